"""For programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from adapty_contract.drift.changes import Change
from adapty_contract.drift.comparison import Comparison
from adapty_contract.drift.formats import formatter
from adapty_contract.drift.model import Finding, Judged, Outcome, Reading, Report, Settled
from adapty_contract.pages.model import Claim

VERSION = 1


@formatter("json")
def json_text(comparison: Comparison) -> str:
    """Everything; plain ASCII, so that no reader is led astray by what a page holds."""
    return json.dumps(as_data(comparison), indent=2, ensure_ascii=True) + "\n"


def as_data(comparison: Comparison) -> dict[str, Any]:
    """The comparison as JSON."""
    report = comparison.report
    data: dict[str, Any] = {
        "version": VERSION,
        "contract": comparison.contract.version,
        "summary": {**_counts(report), "findings": len(report.drift)},
        "pages": [_page(report, each) for each in report.readings],
        "findings": [_finding(each) for each in report.findings],
        "claims": [_judged(each) for each in report.claims],
        "discrepancies": [_settled(each) for each in report.settled],
    }
    if comparison.changes is not None:
        data["changes"] = [_change(each) for each in comparison.changes]
    return data


def _counts(report: Report, reading: Reading | None = None) -> dict[str, int]:
    counts = Counter(each.outcome for each in report.claims if reading in (None, each.stated.reading))
    return {str(outcome): counts[outcome] for outcome in Outcome}


def _page(report: Report, reading: Reading) -> dict[str, Any]:
    return {
        "path": reading.path,
        "title": reading.page.title,
        "operation": reading.method,
        "source": None if reading.source is None else reading.source.id,
        "openapi": reading.openapi,
        "compared": reading.is_ours,
        "summary": _counts(report, reading),
        "unread": [{"page": each.page, "line": each.line, "what": each.what} for each in reading.page.unread],
        "components": [
            {"name": each.name, "line": each.line, "source": each.source, "file": each.file}
            for each in reading.page.components
        ],
        **({} if reading.is_ours else {"claims": [_claim(each) for each in reading.page.claims]}),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "page": claim.page,
        "line": claim.line,
        "subject": claim.subject,
        "value": claim.value,
        "quote": claim.quote,
    }


def _judged(judged: Judged) -> dict[str, Any]:
    more = {"entries": list(judged.entries), "why": judged.why}
    return {**_claim(judged.stated.claim), "outcome": str(judged.outcome), **more}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "rule": finding.rule,
        "subject": finding.subject,
        "outcome": "told" if finding.outcome is Outcome.AGREES else str(finding.outcome),
        "sentence": finding.sentence,
        "page": finding.page,
        "origin": finding.origin,
        "line": finding.line,
        "lines": list(finding.lines),
        "quote": finding.quote,
        "entries": list(finding.entries),
    }


def _settled(settled: Settled) -> dict[str, Any]:
    found = settled.discrepancy
    return {
        "rule": found.rule,
        "subject": found.subject,
        "sentence": found.sentence,
        "entry": settled.entry,
        "claims": [
            {"page": each.claim.page, "line": each.claim.line, "subject": each.subject} for each in found.claims
        ],
        "missing": [{"page": each.reading.page.name, "subject": each.subject} for each in found.missing],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": str(change.kind),
        "subject": change.subject,
        "old": None if change.old is None else _claim(change.old),
        "new": None if change.new is None else _claim(change.new),
    }
