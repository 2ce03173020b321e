"""What a run has to say of one clause in plain text, for formats that show it in a box: in short, in full, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.model import Verdict
from adapty_contract.record import ended_as_planned
from adapty_contract.reporters.phrases import how_often, violations
from adapty_contract.reporters.reproduction import request_line, without_line
from adapty_contract.visible import one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.model import ClauseReport, Exchange, Source
    from adapty_contract.record import RunRecord

SHORT = 300
"""Characters of a text that is to be read at a glance."""

_TEXT = 4000
_RESULTS = 5  # of one clause
_LONGEST = 1e9  # seconds; a record may hold what no run takes, and sums of that are no numbers any more


def numbered(record: RunRecord) -> dict[int, Exchange]:
    """The exchanges of a run by their numbers."""
    return {exchange.number: exchange for exchange in record.exchanges}


def elapsed(report: ClauseReport, exchanges: Mapping[int, Exchange]) -> float:
    """The seconds that the exchanges took which the results of a clause name."""
    numbers = {number for result in report.results for number in result.exchanges}
    return bounded(sum(exchanges[number].elapsed for number in numbers if number in exchanges))


def bounded(time: float) -> float:
    """Seconds, or so many that nobody takes them for a run's, where they are more than formats can hold."""
    return max(min(time, _LONGEST), 0.0)


def in_short(report: ClauseReport) -> str:
    """What a violated clause says, and what was seen instead, on one line."""
    seen = next((result.seen for result in report.results if result.verdict is Verdict.VIOLATED), "")
    return one_line(f"{report.clause.statement} Seen: {one_line(seen, SHORT)}", 2 * SHORT)


def in_full(record: RunRecord, report: ClauseReport, exchanges: Mapping[int, Exchange]) -> str:
    """The evidence: for each violation what was expected and seen, and a line that sends the request again."""
    lines = [f"{report.clause.level} {report.clause.id}: {report.clause.statement}"]
    found = [result for result in report.results if result.verdict is Verdict.VIOLATED]
    for result in found[:_RESULTS]:
        lines += ["", f"expected: {shortened(result.expected, _TEXT)}", f"seen:     {shortened(result.seen, _TEXT)}"]
        lines += [f"found by: {result.layer}, {shortened(result.case, SHORT)}; seed {record.seed}"]
        for number in result.exchanges[-_RESULTS:]:
            if number in exchanges:
                line = request_line(record, exchanges[number], _TEXT)
                lines.append(f"exchange {number}: {line}" if line else without_line(record, exchanges[number]))
    if often := how_often(record, report):
        lines += ["", f"violated by {often}"]
    return "\n".join(lines)


def facts(report: ClauseReport) -> dict[str, str]:
    """What a clause is and how often it was exercised: names and texts, for properties and lists."""
    clause = report.clause
    return {
        "level": clause.level,
        "verdict": report.verdict,
        "exercised": str(report.exercised),
        "violated by": str(violations(report) or ""),
        "sources": ", ".join(map(cited, clause.sources)),
        "ledger": ", ".join(clause.ledger),
    }


def cited(source: Source) -> str:
    """A source by its id, with the line if it has one."""
    return source.source if source.line is None else f"{source.source}, line {source.line}"


def trouble(record: RunRecord) -> str | None:
    """Why the verdicts do not tell the whole story; `None` where they do."""
    if ended_as_planned(record):
        return None
    return record.stopped or f"the run ended with exit status {record.exit_code}"
