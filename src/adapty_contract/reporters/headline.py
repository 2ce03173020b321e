"""What a run came to, in a word and a sentence: the first thing that people read in any report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.model import Level, Verdict
from adapty_contract.record import UNFINISHED, counts, findings

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord

_WORDS = {
    0: "HELD",
    1: "VIOLATED",
    2: "WRONG USAGE",
    3: "NOT TESTED",
    4: "STOPPED",
    5: "NOTHING EXERCISED",
    6: "REPORT MISSING",
    130: "INTERRUPTED",
    UNFINISHED: "UNFINISHED",
    143: "INTERRUPTED",
}
_NO_VERDICT = 2  # exit codes from here on say why there is no verdict


def word(record: RunRecord) -> str:
    """The run's outcome in a word or two, in capitals, by its exit status."""
    return _WORDS.get(record.exit_code, f"EXIT {record.exit_code}")


def sentence(record: RunRecord) -> str:
    """What the clauses say; before that why the run ended early, if it did."""
    reason = record.stopped or ("" if record.complete else "The run ended early.")
    parts = [reason[:1].upper() + reason[1:], _clauses(record)] if reason else [_clauses(record)]
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts)


def _clauses(record: RunRecord) -> str:
    table = counts(record)
    violated = [f"{table[level][Verdict.VIOLATED]} {level}" for level in Level if table[level][Verdict.VIOLATED] > 0]
    if violated:
        many = sum(table[level][Verdict.VIOLATED] for level in Level) > 1
        following = sum(len(finding.consequences) for finding in findings(record))
        note = "" if record.exit_code != 0 else ", which does not fail a run without --strict"
        note += f"; {following} of them may follow from others" if following else ""
        return f"{' and '.join(violated)} {'clauses are' if many else 'clause is'} violated{note}"
    binding = table[Level.MUST]
    if not binding[Verdict.HELD]:
        return "No MUST clause was exercised"
    left = binding[Verdict.NOT_EXERCISED] + binding[Verdict.INCONCLUSIVE]
    if record.exit_code >= _NO_VERDICT or left:
        return f"{binding[Verdict.HELD]} of {sum(binding.values())} MUST clauses held, none is violated"
    return f"All {binding[Verdict.HELD]} MUST clauses held"
