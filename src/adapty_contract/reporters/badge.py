"""The badge of a run, as the endpoint of shields.io reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adapty_contract.model import Level, Verdict
from adapty_contract.record import counts, fails_run
from adapty_contract.reporters import headline, reporter

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord

_LABEL = "API contract"


@reporter("badge", filename="badge.json")
def render(record: RunRecord) -> bytes:
    """A badge for shields.io, by its endpoint schema: how many binding clauses held, or why nobody knows."""
    message, color = _message(record)
    badge = {"schemaVersion": 1, "label": _LABEL, "message": message, "color": color}
    return (json.dumps(badge, ensure_ascii=True) + "\n").encode("ascii")


def _message(record: RunRecord) -> tuple[str, str]:
    """What the badge says, and its colour. A run that did not come to its end is never green."""
    violated = sum(fails_run(record, report) for report in record.clauses)
    ended = record.complete and record.exit_code in (0, 1)
    why = "" if ended else _why(record)
    if violated:
        return f"{violated} violated" + (f", {why}" if why else ""), "red"
    held, binding = _binding(record)
    if not held or record.exit_code not in (0, 1):
        return why or "nothing exercised", "lightgrey"
    said = f"{held} of {binding} held"
    if why:
        return f"{said}, {why}", "yellow"
    return said, "brightgreen" if held == binding else "green"


def _why(record: RunRecord) -> str:
    return headline.word(record).lower() if record.exit_code not in (0, 1) else "incomplete"


def _binding(record: RunRecord) -> tuple[int, int]:
    """How many clauses held of those that would fail the run, and how many there are."""
    table = counts(record)
    rows = [table[level] for level in ((Level.MUST, Level.SHOULD) if record.strict else (Level.MUST,))]
    return sum(row[Verdict.HELD] for row in rows), sum(sum(row.values()) for row in rows)
