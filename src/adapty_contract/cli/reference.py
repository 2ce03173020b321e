"""`adapty-contract reference`: build the living reference as static files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GENERATOR = "adapty-contract reference"
"""What every page that this command wrote names as its generator: `page.html` says it."""

_FRONT = "index.html"
_PAGE = ".html"
_HEAD = 4096
"""How much of a page is read to find out who made it."""

_LOOK_S = 0.2
"""How long it takes at most to notice a signal."""


@click.command("reference")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/reference"),
    show_default=True,
    metavar="DIR",
    help="Where to write it; made if need be.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The report.json of a run, or its events.ndjson if it was killed: says what was last seen to hold, and when.",
)
@click.option(
    "--contract",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="A folder with openapi/ and contracts/ instead of the shipped ones.",
)
@click.option("--serve", is_flag=True, help="Show what was written, on this machine only, until Ctrl-C.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Where to show it; 0 is a free one."
)
@click.pass_context
def command(
    context: click.Context, output: Path, report: Path | None, root: Path | None, *, serve: bool, port: int
) -> None:
    """Build the reference: static pages that open from a folder, and their twins for machines.

    They tell of every header, field, status and clause who says it, what was decided where sources disagree, and, with
    a report, when it was last seen to hold. Nothing is deleted; files that this command did not write are left alone.

    \b
    Examples:
      adapty-contract reference
      adapty-contract reference --report reports/report.json --serve
      adapty-contract reference --output public/api --contract my-contract
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.contract import load_contract
    from adapty_contract.errors import UsageError
    from adapty_contract.reference.building import build
    from adapty_contract.replaying import read_run

    source = context.get_parameter_source("port")
    if not serve and source and source.name == "COMMANDLINE":  # a port in a configuration is for when it is shown
        raise UsageError("--port is where --serve shows the pages", hint="give --serve too, or leave --port out")
    files = build(load_contract(root), None if report is None else read_run(report))
    _write(files, output)
    size = sum(map(len, files.values())) / 1e6
    click.echo(f"Wrote {len(files)} files, {size:.1f} MB, to {output}; its front page is {output / _FRONT}")
    if serve:
        _serve(files, port)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write each file in one step, the front page when all that it links to is there.

    Raises UsageError for a folder with files of others that these would replace, ReportError if one cannot be written.
    """
    from adapty_contract.errors import ReportError, UsageError
    from adapty_contract.reporters.writing import make_folder, write_file

    foreign = _foreign([folder / name for name in files if (folder / name).exists()])
    if foreign is not None:
        raise UsageError(f"{foreign} is there, and was not written by this command", hint="name another --output")
    try:
        for name in sorted(files, key=_turn):
            make_folder((folder / name).parent)
            write_file(folder / name, files[name])
    except ReportError as error:
        raise ReportError(error.what, hint=error.hint.replace("--report-dir", "--output")) from error


def _turn(name: str) -> int:
    """When a file is written: pages first, as they say whose they are, then their twins, then the front page."""
    return 2 if name == _FRONT else 0 if name.endswith(_PAGE) else 1


def _foreign(there: Sequence[Path]) -> Path | None:
    """A file that this command did not write: a page that does not say so, or any file where no page does."""
    pages = [path for path in there if path.suffix == _PAGE]
    foreign = next((path for path in pages if not _is_own(path)), None)
    return there[0] if there and not pages else foreign


def _is_own(page: Path) -> bool:
    """Whether a page says that this command made it."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        generator: str | None = None

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "meta" and ("name", "generator") in attrs:
                self.generator = dict(attrs).get("content")

    reader = Reader()
    try:
        reader.feed(page.read_bytes()[:_HEAD].decode("utf-8", "replace"))
    except OSError:
        return False
    return reader.generator == GENERATOR


def _serve(files: Mapping[str, bytes], port: int) -> None:
    """Show the files on a loopback port until a signal ends it. Raises UsageError if the port is taken."""
    from adapty_contract.errors import UsageError
    from adapty_contract.interrupts import Interrupt
    from adapty_contract.reference.serving import server_of

    try:
        server = server_of(files, port)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}", hint="leave --port out") from error
    interrupt = Interrupt()
    server.timeout = _LOOK_S
    with server, interrupt.listening():
        click.echo(f"Shown at http://127.0.0.1:{server.server_address[1]}/\nCtrl-C stops it.")
        while not interrupt.event.is_set():
            server.handle_request()
