"""What a run has to say of one clause in plain text, for formats that show it in a box: in short, in full, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.curl import curl_line
from adapty_contract.model import Verdict
from adapty_contract.visible import one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.model import ClauseReport, Exchange, Source
    from adapty_contract.record import RunRecord

SHORT = 300
"""Characters of a text that is to be read at a glance."""

_TEXT = 4000
_RESULTS = 5  # of one clause; the record has them all


def numbered(record: RunRecord) -> dict[int, Exchange]:
    """The exchanges of a run by their numbers."""
    return {exchange.number: exchange for exchange in record.exchanges}


def elapsed(report: ClauseReport, exchanges: Mapping[int, Exchange]) -> float:
    """The seconds that the exchanges took which the results of a clause name."""
    numbers = {number for result in report.results for number in result.exchanges}
    return sum(exchanges[number].elapsed for number in numbers if number in exchanges)


def in_short(report: ClauseReport) -> str:
    """What a violated clause says, and what was seen instead, on one line."""
    seen = next((result.seen for result in report.results if result.verdict is Verdict.VIOLATED), "")
    return one_line(f"{report.clause.statement} Seen: {one_line(seen, SHORT)}", 2 * SHORT)


def in_full(record: RunRecord, report: ClauseReport, exchanges: Mapping[int, Exchange]) -> str:
    """The evidence: for each violation what was expected and seen, and a line that sends the request again."""
    lines = [f"{report.clause.level} {report.clause.id}: {report.clause.statement}"]
    violations = [result for result in report.results if result.verdict is Verdict.VIOLATED]
    for result in violations[:_RESULTS]:
        lines += ["", f"expected: {shortened(result.expected, _TEXT)}", f"seen:     {shortened(result.seen, _TEXT)}"]
        lines += [f"found by: {result.layer}, {shortened(result.case, SHORT)}; seed {record.seed}"]
        for number in result.exchanges[-_RESULTS:]:
            if number in exchanges:
                line = curl_line(exchanges[number], record.target.url)
                lines.append(
                    f"exchange {number}: {line if len(line) <= _TEXT else 'too long for a line; see report.har'}"
                )
    if len(violations) > _RESULTS:
        lines += ["", f"{len(violations) - _RESULTS} more in report.json"]
    return "\n".join(lines)


def facts(report: ClauseReport) -> dict[str, str]:
    """What a clause is and how often it was exercised: names and texts, for properties and lists."""
    clause = report.clause
    return {
        "level": clause.level,
        "verdict": report.verdict,
        "exercised": str(report.exercised),
        "sources": ", ".join(map(cited, clause.sources)),
        "ledger": ", ".join(clause.ledger),
    }


def cited(source: Source) -> str:
    """A source by its id, with the line if it has one."""
    return source.source if source.line is None else f"{source.source}, line {source.line}"


def trouble(record: RunRecord) -> str | None:
    """Why the verdicts do not tell the whole story; `None` where they do."""
    if record.complete and record.exit_code in (0, 1):
        return None
    return record.stopped or f"the run ended with exit status {record.exit_code}"
