"""`adapty-contract snippets`: run the code samples of pages against the mock, and tell what each really did."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from adapty_contract.printing import write_output

if TYPE_CHECKING:
    from adapty_contract.pages.model import Sample
    from adapty_contract.snippets.model import SampleRun

_FOUND = 1
_NOTHING_RAN = 5


@click.command("snippets")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...", type=click.Path(path_type=Path))
@click.option(
    "--components",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder that the pages' imported components lie in.",
)
@click.option(
    "--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write it."
)
@click.option("--timeout", default="20s", show_default=True, metavar="DURATION", help="How long one sample may run.")
@click.option("--require-all", is_flag=True, help="Exit with 1 if any sample was not run, whatever the reason.")
def command(pages: tuple[Path, ...], components: Path | None, fmt: str, timeout: str, *, require_all: bool) -> int:
    """Run the code samples of vendor pages, and compare what they do with what their page says.

    Each sample is run as it stands, but for host and placeholders, against a fresh mock: curl by bash, Python by the
    interpreter that runs this, JavaScript by node. It is as stated, differs, sends nothing, or is not run: the report
    says why, and that nothing is known of it. Exit status: 0 every difference of the samples that ran is explained by
    the ledger, 1 one is not, or a sample was not run and --require-all is given, 5 nothing was exercised: no sample
    ran, or there is none.

    This runs code from the pages. A sample has an empty folder, a few variables and no key but the mock's; its time,
    memory, output and files are limited; all that it starts is ended with it. On Linux it reads no home folder and
    nothing of other processes, writes nowhere else, connects to the mock's port only and signals nobody, as far as
    the kernel has Landlock and seccomp; the report says what was not ensured. Not sandboxed: it may read other files
    that you may read, reach another host on the very port number of the mock, fill its folder with many files, and
    start many processes until its time is up. On macOS, limits are all there is: use a container.

    \b
    Examples:
      adapty-contract snippets get-integration-identifiers.mdx
      adapty-contract snippets docs/*.mdx --components docs/components
      adapty-contract snippets docs/*.mdx --require-all     # in CI, where every interpreter is installed
      adapty-contract snippets docs/*.mdx --format json | jq '.samples[] | {id, outcome}'
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.contract import load_contract
    from adapty_contract.options import seconds
    from adapty_contract.pages import read_page
    from adapty_contract.snippets.running import run_samples
    from adapty_contract.snippets.telling import as_data, as_text

    limit = _limit(seconds(timeout))
    contract = load_contract()
    read = [read_page(path, components) for path in pages]
    runs = [run for page in read for run in run_samples(page, contract, limit, _progress)]
    if fmt == "json":
        write_output(json.dumps(as_data(runs), indent=2) + "\n")
    else:
        write_output("\n".join([*as_text(runs), ""]))
    return _status(runs, require_all=require_all)


def _limit(timeout: float) -> float:
    from adapty_contract.errors import UsageError

    if not 0 < timeout <= 3600:
        raise UsageError("--timeout must be more than nothing and at most an hour", hint="write 20s or 500ms")
    return timeout


def _progress(sample: Sample) -> None:
    from adapty_contract.visible import one_line

    if sys.stderr.isatty():
        click.echo(one_line(f"running {sample.id} of {sample.page}", 200), err=True)


def _status(runs: list[SampleRun], *, require_all: bool) -> int:
    if require_all and not all(run.has_run for run in runs):
        return _FOUND
    if not any(run.has_run for run in runs):
        return _NOTHING_RAN
    return 0 if all(run.is_explained for run in runs) else _FOUND
