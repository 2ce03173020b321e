"""SARIF 2.1.0, so that code hosts annotate the pages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from adapty_contract import __version__
from adapty_contract.drift.comparison import Comparison
from adapty_contract.drift.formats import formatter
from adapty_contract.drift.judging import CONTRACT_RULE
from adapty_contract.drift.model import Finding, Outcome
from adapty_contract.drift.rules import rules
from adapty_contract.visible import one_line

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_OTHERS = {
    CONTRACT_RULE: "A claim contradicts the contract.",
    "ledger-statement-gone": "A page no longer states what an entry of the ledger says it does.",
    "ledger-line-stale": "What an entry of the ledger quotes stands on another line.",
    "ledger-entry-missing": "The contract refers to an entry that the ledger does not have.",
    "ledger-entry-unneeded": "Nothing needs an entry of the ledger.",
    "page-not-given": "No page about one of the operations was given.",
}
_TEXT = 1000


@formatter("sarif")
def sarif(comparison: Comparison) -> str:
    """Drift as errors; what the ledger explains as suppressed notes, with its decision as justification."""
    descriptions = {**_OTHERS, **{name: each.description for name, each in rules().items()}}
    names = sorted(descriptions)
    run = {
        "tool": {
            "driver": {
                "name": "adapty-contract",
                "version": __version__,
                "rules": [{"id": name, "shortDescription": {"text": descriptions[name]}} for name in names],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(comparison, each, names.index(each.rule)) for each in comparison.report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _result(comparison: Comparison, finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": "error" if finding.outcome is Outcome.DRIFT else "note",
        "message": {"text": one_line(f"{finding.subject}: {finding.sentence}", _TEXT)},
        "locations": [_location(finding, finding.line)],
        "partialFingerprints": {"finding/v2": one_line(finding.id)},
    }
    if finding.also:
        result["relatedLocations"] = [{"id": at, **_location(finding, line)} for at, line in enumerate(finding.also)]
    if finding.outcome is Outcome.EXPLAINED:
        entry = comparison.contract.ledger[finding.entries[0]]
        why = f"ledger entry {entry.id}: {entry.decision}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one_line(why, _TEXT)}]
    return result


def _location(finding: Finding, line: int) -> dict[str, Any]:
    uri = quote(finding.page.replace("\\", "/"), errors="replace")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": max(line, 1)}}}
