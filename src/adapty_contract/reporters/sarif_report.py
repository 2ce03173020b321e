"""SARIF 2.1.0: a rule per clause, and a result for each that did not hold, at the file that states it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapty_contract.model import Verdict
from adapty_contract.record import fails_run, findings
from adapty_contract.reporters import reporter
from adapty_contract.reporters.evidence import SHORT, cited, facts, trouble
from adapty_contract.reporters.terminal_findings import violation
from adapty_contract.sarif import log, message, place
from adapty_contract.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.model import Clause, ClauseReport, Source
    from adapty_contract.record import RunRecord

_SOURCES = "SOURCES"  # a base without a URI: whoever has the pages at hand says where
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_LONG = 1000


@reporter("sarif", filename="report.sarif")
def render(record: RunRecord) -> bytes:
    """SARIF 2.1.0 for code hosts: a rule per clause, a result for each clause that did not hold.

    What fails the run is an error, another violation a warning; an inconclusive clause is an open question without a
    level. A result stands at the file that states its clause, with the lines of the pages that say so beside it.
    """
    roots = {each.clause.id: one.root.clause.id for one in findings(record) for each in one.consequences}
    titles = {source.id: f"{source.title} ({source.where})" for source in record.contract.sources}
    reported = [(index, each) for index, each in enumerate(record.clauses) if _is_told(each)]
    results = [_result(record, report, index, roots, titles) for index, report in reported]
    rules = [_rule(report.clause) for report in record.clauses]
    run = {
        "automationDetails": {"id": one_line(f"adapty-contract/{record.run_id}", SHORT)},
        "invocations": [_invocation(record)],
        "originalUriBaseIds": {_SOURCES: {"description": message("The sources of the contract, by their ids.")}},
        "properties": _properties(record),
    }
    return log(one_line(record.tool.version, SHORT), rules, results, **run).encode("ascii")


def _is_told(report: ClauseReport) -> bool:
    return report.verdict in (Verdict.VIOLATED, Verdict.INCONCLUSIVE)


def _rule(clause: Clause) -> dict[str, Any]:
    by = "; ".join(cited(source) + (f' ("{source.quote}")' if source.quote else "") for source in clause.sources)
    told = f"{clause.level}. {clause.statement} Sources: {by or 'none'}."
    ledger = f" Entries of the ledger: {', '.join(clause.ledger)}." if clause.ledger else ""
    return {
        "id": one_line(clause.id, SHORT),
        "shortDescription": message(clause.statement),
        "fullDescription": message(clause.statement),  # GitHub wants both
        "help": message(told + ledger, 2 * _LONG),
        "defaultConfiguration": {"level": "error" if clause.level == "MUST" else "warning"},
        "properties": {"level": clause.level, "tags": [one_line(clause.topic, SHORT)]},
    }


def _result(
    record: RunRecord, report: ClauseReport, index: int, roots: Mapping[str, str], titles: Mapping[str, str]
) -> dict[str, Any]:
    clause = report.clause
    name = one_line(clause.id, SHORT)
    told = {key: one_line(value, SHORT) for key, value in facts(report).items() if value}
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": index,
        **_weight(record, report),
        "message": message(_sentence(report, roots.get(clause.id)), 2 * _LONG),
        "locations": [place(f"contracts/clauses/{one_line(clause.topic, SHORT)}.yaml", clause.line)],
        # The second is the only one that GitHub compares; without it, the same alert is a new one where a line moves.
        "partialFingerprints": {"clause/v1": name, "primaryLocationLineHash": f"{name}:1"},
        "properties": told,
    }
    if pages := [source for source in clause.sources if source.line is not None]:
        result["relatedLocations"] = [_related(at, source, titles) for at, source in enumerate(pages)]
    return result


def _weight(record: RunRecord, report: ClauseReport) -> dict[str, str]:
    if report.verdict is Verdict.INCONCLUSIVE:
        return {"kind": "open", "level": "none"}
    return {"kind": "fail", "level": "error" if fails_run(record, report) else "warning"}


def _sentence(report: ClauseReport, root: str | None) -> str:
    if report.verdict is Verdict.INCONCLUSIVE:
        return f"{report.clause.statement} Inconclusive: {one_line(report.why, _LONG)}"
    result = violation(report)
    parts = [report.clause.statement]
    parts += [f"Expected: {one_line(result.expected, SHORT)}"] if result.expected else []
    parts += [f"Seen: {one_line(result.seen, SHORT)}"] if result.seen else []
    parts += [f"This may follow from {root}."] if root else []
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


def _related(number: int, source: Source, titles: Mapping[str, str]) -> dict[str, Any]:
    title = titles.get(source.source, "")
    text = f"{cited(source)}: {title}" if title else cited(source)
    return {"id": number, **place(one_line(source.source, SHORT), source.line, base=_SOURCES), "message": message(text)}


def _invocation(record: RunRecord) -> dict[str, Any]:
    why = trouble(record)
    notes = [*([("error", why)] if why else []), *(("warning", warning) for warning in record.warnings)]
    moments = {"startTimeUtc": record.started, "endTimeUtc": record.ended}
    return {
        "executionSuccessful": why is None,
        "exitCode": record.exit_code,
        **{name: moment for name, moment in moments.items() if _MOMENT.fullmatch(moment)},
        "toolExecutionNotifications": [{"level": level, "message": message(text)} for level, text in notes],
    }


def _properties(record: RunRecord) -> dict[str, Any]:
    return {
        "runId": one_line(record.run_id, SHORT),
        "seed": record.seed,
        "target": one_line(record.target.url, SHORT),
        "targetKind": record.target.kind,
        "contract": one_line(f"{record.contract.version} ({record.contract.digest})", SHORT),
        "strict": record.strict,
    }
