"""CTRF: a test per clause in the common test report format, for dashboards and pull requests."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapty_contract.model import Verdict
from adapty_contract.record import fails_run
from adapty_contract.record_json import encode
from adapty_contract.reporters import reporter
from adapty_contract.reporters.evidence import SHORT, bounded, cited, elapsed, in_full, in_short, numbered, trouble
from adapty_contract.reporters.headline import sentence
from adapty_contract.reporters.phrases import violations
from adapty_contract.visible import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.model import ClauseReport, Exchange
    from adapty_contract.record import RunRecord

_SPEC_VERSION = "0.0.0"  # of the format: the one that its schema is published for
_STATUSES = ("passed", "failed", "skipped", "pending", "other")
_BY_VERDICT = {Verdict.HELD: "passed", Verdict.NOT_EXERCISED: "skipped"}
_NAMESPACE = uuid.UUID("9f6a1c0e-6a55-5d0b-8d0e-3f1c2b7a9d41")  # ours: the same run gives the same report id


@reporter("ctrf", filename="ctrf.json")
def render(record: RunRecord) -> bytes:
    """A test per clause in the common test report format (CTRF) for dashboards and pull requests.

    A violation that fails the run has failed; one that does not, and an inconclusive clause, are *other*; a clause that
    was not exercised is skipped. A run that ended early, or could not test its target, has one more failed test.
    """
    exchanges = numbered(record)
    tests = [_test(record, report, exchanges) for report in record.clauses]
    if (why := trouble(record)) is not None:
        tests.append(_trouble(record, why))
    started, ended = _milliseconds(record.started), _milliseconds(record.ended)
    summary = {
        "tests": len(tests),
        **{status: sum(test["status"] == status for test in tests) for status in _STATUSES},
        "suites": len({test["suite"][0] for test in tests}),
        "start": started or 0,
        "stop": ended or started or 0,
        "duration": round(bounded(record.duration) * 1000),
    }
    report = {
        "reportFormat": "CTRF",
        "specVersion": _SPEC_VERSION,
        "reportId": str(uuid.uuid5(_NAMESPACE, one_line(record.run_id))),
        **({} if ended is None else {"timestamp": record.ended}),
        "generatedBy": _tool(record),
        "results": {
            "tool": {"name": "adapty-contract", "version": one_line(record.tool.version, SHORT)},
            "summary": summary,
            "tests": tests,
            "environment": _environment(record),
        },
    }
    return (json.dumps(encode(report), ensure_ascii=True, allow_nan=False, indent=1) + "\n").encode("ascii")


def _test(record: RunRecord, report: ClauseReport, exchanges: Mapping[int, Exchange]) -> dict[str, Any]:
    clause = report.clause
    violated = report.verdict is Verdict.VIOLATED
    test: dict[str, Any] = {
        "name": one_line(clause.id, SHORT) or "unnamed",
        "status": "failed" if fails_run(record, report) else _BY_VERDICT.get(report.verdict, "other"),
        "rawStatus": report.verdict,
        "duration": round(elapsed(report, exchanges) * 1000),
        "suite": [one_line(clause.topic, SHORT)],
        "type": "contract",
        "tags": [clause.level, *(f"ledger:{one_line(entry, SHORT)}" for entry in clause.ledger)],
        "extra": {
            "level": clause.level,
            "statement": one_line(clause.statement, 2 * SHORT),
            "verdict": report.verdict,
            "why": one_line(report.why, SHORT),
            "exercised": report.exercised,
            **({"violatedBy": violations(report)} if violated else {}),
            "sources": [one_line(cited(source), SHORT) for source in clause.sources],
        },
    }
    if violated:
        test |= {"message": in_short(report), "trace": visible(in_full(record, report, exchanges))}
    elif report.why:
        test["message"] = one_line(f"{report.verdict}: {report.why}", SHORT)
    return test


def _trouble(record: RunRecord, why: str) -> dict[str, Any]:
    return {
        "name": "run-is-complete",
        "status": "failed",
        "duration": round(bounded(record.duration) * 1000),
        "suite": ["run"],
        "type": "contract",
        "message": one_line(why, SHORT),
        "trace": visible("\n".join(one_line(each, 2 * SHORT) for each in [why, *record.warnings])),
    }


def _environment(record: RunRecord) -> dict[str, Any]:
    return {
        "reportName": one_line(sentence(record), 2 * SHORT),
        "testEnvironment": record.target.kind,
        "healthy": trouble(record) is None,
        "extra": {
            "runId": one_line(record.run_id, SHORT),
            "target": one_line(record.target.url, SHORT),
            "seed": record.seed,
            "strict": record.strict,
            "contract": one_line(f"{record.contract.version} ({record.contract.digest})", SHORT),
            "exitCode": record.exit_code,
        },
    }


def _tool(record: RunRecord) -> str:
    return one_line(f"{record.tool.name} {record.tool.version}", SHORT)


def _milliseconds(moment: str) -> int | None:
    """A moment as CTRF counts it, from the start of 1970; `None` for a text that is none."""
    try:
        found = datetime.fromisoformat(moment)
        return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
