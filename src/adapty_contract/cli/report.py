"""`adapty-contract report`: render a recorded run again."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from adapty_contract.printing import shown_summary, write_result
from adapty_contract.reporters import formats

_TERMINAL = "terminal"  # no file format: it is laid out for the screen it goes to


@click.command("report")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    default=Path("reports/report.json"),
    show_default=True,
    help="The report.json of the run, or its events.ndjson if it was killed.",
)
@click.option(
    "--format",
    "name",
    type=click.Choice([_TERMINAL, *formats()]),
    default=_TERMINAL,
    show_default=True,
    help="What to make of it.",
)
@click.option("--output", default="-", metavar="FILE", show_default=True, help="Where to write it; - is stdout.")
def command(source: Path, name: str, output: str) -> None:
    """Render a recorded run again, in any format.

    Nothing is sent and nothing is judged anew: the verdicts are those of the run.

    \b
    Examples:
      adapty-contract report
      adapty-contract report --format junit --output junit.xml
      adapty-contract report --from reports/events.ndjson   # of a run that was killed
      adapty-contract report --format har | jq '.log.entries | length'
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.replaying import read_run
    from adapty_contract.reporters.writing import find_format, render

    record = read_run(source)
    if name != _TERMINAL:
        content = render(record, find_format(name))
    elif output == "-":
        content = shown_summary(record).encode()
    else:
        from adapty_contract.reporters.terminal import summary

        content = summary(record).encode()
    write_result(content, output)
