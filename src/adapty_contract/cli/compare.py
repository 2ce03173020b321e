"""`adapty-contract compare`: what changed between two recorded runs."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from adapty_contract.comparing.formats import FORMATS
from adapty_contract.printing import write_result

_WORSE = 1
_NOTHING = 5
"""The exit status where no clause was exercised by both runs."""


@click.command("compare")
@click.argument("older", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("newer", metavar="NEW", type=click.Path(path_type=Path))
@click.option(
    "--format", "name", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="How to write it."
)
@click.option("--output", default="-", metavar="FILE", show_default=True, help="Where to write it; - is stdout.")
def command(older: Path, newer: Path, name: str, output: str) -> int:
    """Compare two recorded runs, each by its report.json, or its events.ndjson if it was killed.

    Told are the clauses that are newly violated, still violated, or have another verdict, and the open questions that
    the server answers otherwise. Where the runs had not the same contract, target, settings or seed, or one ended
    early, that is told first: what follows may come from that.

    Exit status: 0 nothing is worse; 1 a violation fails the newer run that did not fail the older one; 2 a file that
    holds no record; 5 no clause was exercised by both runs; 6 the output could not be written.

    \b
    Examples:
      adapty-contract compare last-night/report.json reports/report.json
      adapty-contract compare old.json new.json --format markdown --output changes.md
      adapty-contract compare old.json new.json --format json | jq -r '.worse[]'
    """  # noqa: D301  (click wants the control character)
    from adapty_contract.comparing import compare
    from adapty_contract.replaying import read_run

    comparison = compare(read_run(older), read_run(newer))
    content = FORMATS[name](comparison).encode()
    write_result(content, output)
    if comparison.worse:
        return _WORSE
    return 0 if comparison.common else _NOTHING
