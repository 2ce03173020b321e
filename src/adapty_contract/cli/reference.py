"""`adapty-contract reference`: build the living reference as static files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRONT = "index.html"
_OWN = b"adapty-contract reference"
"""What stands in every front page that this command wrote."""


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
    help="A report.json: says what was last seen to hold, and when.",
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
def command(output: Path, report: Path | None, root: Path | None, *, serve: bool, port: int) -> None:
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
    from adapty_contract.reference.building import build
    from adapty_contract.reporters.json_report import read_report

    record = None if report is None else read_report(report)
    files = build(load_contract(root), record)
    _write(files, output)
    size = sum(map(len, files.values())) / 1e6
    click.echo(f"Wrote {len(files)} files, {size:.1f} MB, to {output}; its front page is {output / _FRONT}")
    if serve:
        _serve(output, port)


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write each file in one step. Raises UsageError for a folder with files of others that these would replace."""
    from adapty_contract.errors import UsageError
    from adapty_contract.reporters.writing import make_folder, write_file

    replaced = next((name for name in files if (folder / name).exists()), None)
    if replaced is not None and not _is_own(folder / _FRONT):
        raise UsageError(
            f"{folder / replaced} is there, and was not written by this command", hint="name another --output"
        )
    for name, content in files.items():
        make_folder((folder / name).parent)
        write_file(folder / name, content)


def _is_own(front: Path) -> bool:
    """Whether a front page was written by this command."""
    try:
        return _OWN in front.read_bytes()
    except OSError:
        return False


def _serve(folder: Path, port: int) -> None:
    """Show the files on a loopback port until a signal ends it. Raises UsageError if the port is taken."""
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    from adapty_contract.errors import UsageError
    from adapty_contract.interrupts import Interrupt

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}", hint="leave --port out") from error
    interrupt = Interrupt()
    server.timeout = _LOOK_S
    with server, interrupt.listening():
        click.echo(f"Shown at http://127.0.0.1:{server.server_address[1]}/\nCtrl-C stops it.")
        while not interrupt.event.is_set():
            server.handle_request()


_LOOK_S = 0.2
"""How long it takes at most to notice a signal."""
