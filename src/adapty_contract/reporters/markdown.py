"""Markdown: the summary of a run for the pages of build servers, in which no text of a server is more than text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.curl import curl_line
from adapty_contract.model import Verdict
from adapty_contract.record import counts, fails_run, findings
from adapty_contract.reporters import headline, reporter
from adapty_contract.reporters.evidence import SHORT
from adapty_contract.reporters.markdown_parts import code, fenced, prose
from adapty_contract.reporters.reproduction import verify_line
from adapty_contract.reporters.terminal_findings import violation
from adapty_contract.reporters.terminal_parts import plural, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapty_contract.model import Profile, Result
    from adapty_contract.record import Finding, RunRecord

# What is shown of each is limited, and the rest counted: build servers refuse a summary of more than 1 MiB as a whole.
_FINDINGS = 25
_CONSEQUENCES = 20
_CURL_LINES = 3
_CURL_LENGTH = 1500
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
    yield f"**API contract.** {prose(headline.sentence(record), 2 * SHORT)}"
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
    yield from _more(len(found) - _FINDINGS, "finding")


def _finding(record: RunRecord, finding: Finding) -> Iterator[str]:
    report = finding.root
    result = violation(report)
    weight = "" if fails_run(record, report) else ", does not fail the run"
    others = sum(other.verdict is Verdict.VIOLATED for other in report.results) - 1
    more = f"; {plural(others, 'more result')} in report.json" if others > 0 else ""
    yield f"#### {code(report.clause.id, _NAME)} ({report.clause.level}{weight})"
    rows = [
        f"clause: {prose(report.clause.statement, 2 * SHORT)}",
        f"expected: {code(result.expected, SHORT)}",
        f"seen: {code(result.seen, SHORT)}",
        f"found by: {code(', '.join(filter(None, (result.layer, result.case))), SHORT)}{more}",
    ]
    yield _list(rows)
    yield from _curl_lines(record, result)
    if members := [each.clause.id for each in finding.consequences]:
        yield f"{plural(len(members), 'violated clause')} that may follow from it: {_names(members, _CONSEQUENCES)}"


def _curl_lines(record: RunRecord, result: Result) -> Iterator[str]:
    """The requests that show it, in the order they were sent."""
    wanted = set(result.exchanges)
    for exchange in [exchange for exchange in record.exchanges if exchange.number in wanted][-_CURL_LINES:]:
        line = curl_line(exchange, record.target.url)
        if len(line) > _CURL_LENGTH:
            yield f"The request is exchange {exchange.number} in report.har; it is too long for a line here."
        else:
            yield fenced(line)


def _unsettled(record: RunRecord) -> Iterator[str]:
    """Clauses that are inconclusive or were not exercised, by their reason."""
    for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED):
        reasons: dict[str, list[str]] = {}
        for report in record.clauses:
            if report.verdict is verdict:
                reasons.setdefault(report.why or "no reason given", []).append(report.clause.id)
        if not reasons:
            continue
        ranked = sorted(reasons.items(), key=lambda item: -len(item[1]))
        yield f"### {verdict.capitalize()}"
        yield _list([f"because {prose(why, SHORT)}: {_names(ids, _CLAUSES)}" for why, ids in ranked[:_REASONS]])
        yield from _more(len(ranked) - _REASONS, "reason")


def _observations(record: RunRecord) -> Iterator[str]:
    """What the server does where the contract leaves it open, folded away."""
    seen = record.observations
    if not seen:
        return
    rows = [
        f"{code(each.id, _NAME)}: {code(each.answer, SHORT)}"
        + (f" (ledger: {_names(each.ledger, _ENTRIES)})" if each.ledger else "")
        for each in seen[:_OBSERVATIONS]
    ]
    yield f"<details><summary>{plural(len(seen), 'observation')} of what the contract leaves open</summary>"
    yield _list(rows)
    yield from _more(len(seen) - _OBSERVATIONS, "observation")
    yield "</details>"


def _settings(record: RunRecord) -> Iterator[str]:
    yield "### The run"
    yield _list(list(_rows(record)))
    yield "The same run again:"
    line = verify_line(record)
    yield fenced(line) if len(line) <= _CURL_LENGTH else "Its settings are too many for a line; see report.json."


def _rows(record: RunRecord) -> Iterator[str]:
    target, contract, tool = record.target, record.contract, record.tool
    yield f"target: {target.kind}, {code(target.url, SHORT)}"
    for name, profile in (("profile", target.profile), ("other profile", target.other_profile)):
        if profile is not None:
            yield f"{name}: {code(_profile(profile), SHORT)}"
    yield f"contract: {code(f'{contract.version} ({contract.digest[:12]})', SHORT)}"
    yield f"tool: {code(f'{tool.name} {tool.version}', SHORT)}"
    yield f"requests: {len(record.exchanges)} in {seconds(record.duration)}"
    yield f"seed: {record.seed}{', strict' if record.strict else ''}"
    yield from _patience(record)
    yield from (f"warning: {code(warning, SHORT)}" for warning in record.warnings[:_WARNINGS])
    if len(record.warnings) > _WARNINGS:
        yield f"{plural(len(record.warnings) - _WARNINGS, 'more warning')} in report.json"
    for left in record.restoration:
        names = f": {_names(left.names, _CLAUSES)}" if left.names else ""
        yield f"afterwards: {code(_profile(left.profile), SHORT)} {left.outcome}{names}"


def _patience(record: RunRecord) -> Iterator[str]:
    tolerated = record.tolerated
    if tolerated.lag_seen:
        yield f"tolerated: lag of writes up to {seconds(tolerated.lag_seen)}"
    if tolerated.throttled:
        yield f"tolerated: {tolerated.throttled} throttled, {seconds(tolerated.throttling_waited)} waited"
    if tolerated.retries:
        yield f"tolerated: {plural(tolerated.retries, 'read')} sent again"


def _profile(profile: Profile) -> str:
    """The id that people know a profile by."""
    return profile.customer_user_id if profile.customer_user_id is not None else f"profile {profile.profile_id}"


def _names(names: Sequence[str], limit: int) -> str:
    more = f" and {len(names) - limit} more in report.json" if len(names) > limit else ""
    return ", ".join(code(name, _NAME) for name in names[:limit]) + more


def _list(rows: Sequence[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)


def _more(left: int, noun: str) -> Iterator[str]:
    if left > 0:
        yield f"{plural(left, f'more {noun}')} in report.json."
