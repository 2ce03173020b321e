"""SARIF 2.1.0, so that code hosts annotate the pages."""

from __future__ import annotations

from typing import Any

from adapty_contract import __version__
from adapty_contract.drift.comparison import Comparison
from adapty_contract.drift.formats import formatter
from adapty_contract.drift.judging import CONTRACT_RULE
from adapty_contract.drift.model import Finding, Outcome
from adapty_contract.drift.rules import rules
from adapty_contract.sarif import log, message, place
from adapty_contract.visible import one_line

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
    described = [{"id": name, "shortDescription": {"text": descriptions[name]}} for name in names]
    results = [_result(comparison, each, names.index(each.rule)) for each in comparison.report.findings]
    return log(__version__, described, results)


def _result(comparison: Comparison, finding: Finding, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": "error" if finding.outcome is Outcome.DRIFT else "note",
        "message": message(f"{finding.subject}: {finding.sentence}"),
        "locations": [place(finding.page, finding.line)],
        "partialFingerprints": {"finding/v2": one_line(finding.id)},
    }
    if finding.also:
        result["relatedLocations"] = [{"id": at, **place(finding.page, line)} for at, line in enumerate(finding.also)]
    if finding.outcome is Outcome.EXPLAINED:
        entry = comparison.contract.ledger[finding.entries[0]]
        why = f"ledger entry {entry.id}: {entry.decision}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one_line(why, _TEXT)}]
    return result
