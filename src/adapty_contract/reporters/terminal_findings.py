"""How a finding looks on a terminal: the clause, what was expected, what came, and how to see it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.model import Result, Verdict
from adapty_contract.record import fails_run
from adapty_contract.reporters.phrases import how_often, left_out
from adapty_contract.reporters.reproduction import request_line, without_line
from adapty_contract.reporters.terminal_parts import plural, remark
from adapty_contract.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

    from adapty_contract.model import ClauseReport
    from adapty_contract.record import Finding, RunRecord
    from adapty_contract.reporters.terminal_parts import Page

_CONSEQUENCES = 10
_CURL_LINES = 3
_VALUE = 300


def finding_lines(record: RunRecord, finding: Finding, page: Page) -> Iterator[Text]:
    """The clause that explains itself in full, its consequences a line each."""
    from rich.text import Text

    report = finding.root
    fails = fails_run(record, report)
    style = "bold red" if fails else "bold yellow"
    title = page.text(f"{page.symbol('✗', 'x')} {report.clause.id}", style=style)
    yield Text.assemble("  ", title, (f"  {report.clause.level}{'' if fails else ', does not fail the run'}", "dim"))
    result = violation(report)
    rows = {
        "clause": report.clause.statement,
        "expected": one_line(result.expected, _VALUE),
        "seen": one_line(result.seen, _VALUE),
        "found by": _origin(record, report, result),
    }
    for label, value in rows.items():
        yield from page.labelled(label, value, indent=4)
    yield from _curl_lines(record, result, page)
    yield from _consequences(record, finding, page)


def violation(report: ClauseReport) -> Result:
    """The first result of a violated clause that shows the violation."""
    found = next((result for result in report.results if result.verdict is Verdict.VIOLATED), None)
    return found or Result(report.clause.id, Verdict.VIOLATED, seen=report.why)


def _origin(record: RunRecord, report: ClauseReport, result: Result) -> str:
    case = f", {result.case}" if result.case else ""
    return "; ".join(filter(None, (f"{result.layer}{case}", f"seed {record.seed}", how_often(record, report))))


def _curl_lines(record: RunRecord, result: Result, page: Page) -> Iterator[Text]:
    """The requests that show it, in the order they were sent; each in one piece, whatever the width."""
    from rich.text import Text

    wanted = set(result.exchanges)
    for exchange in [exchange for exchange in record.exchanges if exchange.number in wanted][-_CURL_LINES:]:
        line = request_line(record, exchange)
        if line is None:
            yield from page.labelled("request", without_line(record, exchange), indent=4)
        else:
            yield Text(f"    {line}", style="cyan")  # printable ASCII, and every space of it counts


def _consequences(record: RunRecord, finding: Finding, page: Page) -> Iterator[Text]:
    members = finding.consequences
    if not members:
        return
    arrow = page.symbol("↳", ">")
    yield remark(f"{plural(len(members), 'violated clause')} that may follow from it:")
    shown = members[:_CONSEQUENCES]
    yield from page.columns([(f"{arrow} {report.clause.id}", violation(report).seen) for report in shown])
    if len(members) > len(shown):
        yield remark(f"{page.symbol('↳', '>')} {left_out(record, len(members) - len(shown))}")
