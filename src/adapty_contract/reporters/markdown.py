"""Markdown: the summary of a run for the pages of build servers, in which no text of a server is more than text."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from adapty_contract.model import Verdict
from adapty_contract.record import counts, fails_run, findings
from adapty_contract.reporters import headline, reporter
from adapty_contract.reporters.evidence import SHORT
from adapty_contract.reporters.markdown_parts import addressed, code, fenced, folded, prose
from adapty_contract.reporters.phrases import (
    UNTESTABLE,
    how_often,
    known_as,
    left_out,
    patience,
    place,
    restore_line,
    sent,
    unjudged,
)
from adapty_contract.reporters.reproduction import CURL_LENGTH, request_line, verify_line, without_line
from adapty_contract.reporters.terminal_findings import violation
from adapty_contract.reporters.terminal_parts import plural, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapty_contract.model import Result
    from adapty_contract.record import Finding, RunRecord
    from adapty_contract.reporters.phrases import Unjudged

# What is shown of each is limited, and the rest counted: build servers refuse a summary of more than 1 MiB as a whole.
_FINDINGS = 25
_CONSEQUENCES = 20
_CURL_LINES = 3
_OBSERVATIONS = 100
_REASONS = 10
_CLAUSES = 20
_ENTRIES = 5
_NAME = 80  # characters
_WARNINGS = 20


@reporter("markdown", filename="summary.md")
def render(record: RunRecord) -> bytes:
    """The summary of a run as Markdown, for the pages of build servers; at most a few hundred KiB.

    Texts of the server are code of a line: no link, mention, image or tag in them is one.
    """
    parts = [
        *_head(record),
        *_findings(record),
        *_unsettled(record),
        *_observations(record),
        *_settings(record),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _head(record: RunRecord) -> Iterator[str]:
    yield f"## {headline.word(record)}"
    address = headline.origin(record.target.url)
    yield f"**API contract.** {addressed(headline.lead(record), address, 2 * SHORT)}"
    if line := restore_line(record):
        yield f"**What to do first.** Put the test profiles back: {code(line)}"
    if advice := headline.advice(record):
        yield f"**What to do.** {addressed(advice, '', 2 * SHORT)}"
    if record.clauses:
        head = ["", *Verdict]
        rows = [[level, *map(str, row.values())] for level, row in counts(record).items()]
        yield "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---", *["---:"] * len(Verdict)], *rows))


def _findings(record: RunRecord) -> Iterator[str]:
    found = findings(record)
    if not found:
        return
    yield "### Findings"
    for finding in found[:_FINDINGS]:
        yield from _finding(record, finding)
    yield from _more(record, len(found) - _FINDINGS, "finding")


def _finding(record: RunRecord, finding: Finding) -> Iterator[str]:
    report = finding.root
    result = violation(report)
    weight = "" if fails_run(record, report) else ", does not fail the run"
    often = how_often(record, report)
    yield f"#### {code(report.clause.id, _NAME)} ({report.clause.level}{weight})"
    rows = [
        f"clause: {prose(report.clause.statement, 2 * SHORT)}",
        f"expected: {code(result.expected, SHORT)}",
        f"seen: {code(result.seen, SHORT)}",
        f"found by: {code(', '.join(filter(None, (result.layer, result.case))), SHORT)}{f'; {often}' if often else ''}",
    ]
    yield _list(rows)
    yield from _curl_lines(record, result)
    if members := [each.clause.id for each in finding.consequences]:
        yield f"{plural(len(members), 'violated clause')} that may follow from it: {_names(record, members, _CONSEQUENCES)}"


def _curl_lines(record: RunRecord, result: Result) -> Iterator[str]:
    """The requests that show it, in the order they were sent."""
    wanted = set(result.exchanges)
    for exchange in [exchange for exchange in record.exchanges if exchange.number in wanted][-_CURL_LINES:]:
        line = request_line(record, exchange)
        yield fenced(line) if line else f"No curl line: {without_line(record, exchange)}."


def _unsettled(record: RunRecord) -> Iterator[str]:
    """Clauses that are inconclusive or were not exercised, by their reason; folded away where all have the same."""
    for verdict, reasons in groupby(unjudged(record), key=lambda each: each.verdict):
        ranked = list(reasons)
        rows = [_told(record, each) for each in ranked[:_REASONS]]
        content = [_list(rows), *_more(record, len(ranked) - _REASONS, "reason")]
        if record.exit_code == UNTESTABLE:
            count = sum(len(each.reports) for each in ranked)
            yield folded(f"{plural(count, 'clause')} {verdict}", content)
        else:
            yield "\n\n".join((f"### {verdict.capitalize()}", *content))


def _told(record: RunRecord, reason: Unjudged) -> str:
    names = _names(record, [report.clause.id for report in reason.reports], _CLAUSES)
    return f"because {prose(reason.why, SHORT)}: {names}"


def _observations(record: RunRecord) -> Iterator[str]:
    """What the server does where the contract leaves it open, folded away."""
    seen = record.observations
    if not seen:
        return
    rows = [
        f"{code(each.id, _NAME)}: {code(each.answer, SHORT)}"
        + (f" (ledger: {_names(record, each.ledger, _ENTRIES)})" if each.ledger else "")
        for each in seen[:_OBSERVATIONS]
    ]
    more = _more(record, len(seen) - _OBSERVATIONS, "observation")
    yield folded(f"{plural(len(seen), 'observation')} of what the contract leaves open", [_list(rows), *more])


def _settings(record: RunRecord) -> Iterator[str]:
    yield "### The run"
    yield _list(list(_rows(record)))
    yield "The same run again:"
    line = verify_line(record)
    yield (
        fenced(line)
        if len(line) <= CURL_LENGTH
        else f"Its settings are too many for a line; they are in {place(record)}."
    )


def _rows(record: RunRecord) -> Iterator[str]:
    target, contract, tool = record.target, record.contract, record.tool
    yield f"target: {target.kind}, {code(target.url, SHORT)}"
    for name, profile in (("profile", target.profile), ("other profile", target.other_profile)):
        if profile is not None:
            yield f"{name}: {code(known_as(profile), SHORT)}"
    yield f"contract: {code(f'{contract.version} ({contract.digest[:12]})', SHORT)}"
    yield f"tool: {code(f'{tool.name} {tool.version}', SHORT)}"
    yield f"requests: {sent(record)} in {seconds(record.duration)}"
    yield f"seed: {record.seed}{', strict' if record.strict else ''}"
    yield from (f"tolerated: {each}" for each in patience(record))
    yield from (f"warning: {prose(warning, SHORT)}" for warning in record.warnings[:_WARNINGS])
    if len(record.warnings) > _WARNINGS:
        yield left_out(record, len(record.warnings) - _WARNINGS, "warning")
    for left in record.restoration:
        names = f": {_names(record, left.names, _CLAUSES)}" if left.names else ""
        yield f"afterwards: {code(known_as(left.profile), SHORT)} {left.outcome}{names}"


def _names(record: RunRecord, names: Sequence[str], limit: int) -> str:
    more = f" and {left_out(record, len(names) - limit)}" if len(names) > limit else ""
    return ", ".join(code(name, _NAME) for name in names[:limit]) + more


def _list(rows: Sequence[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)


def _more(record: RunRecord, left: int, noun: str) -> Iterator[str]:
    if left > 0:
        yield f"{left_out(record, left, noun)}."
