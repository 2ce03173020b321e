"""Which entries of the ledger tell of a difference. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from adapty_contract.ledger import LedgerEntry
from adapty_contract.pages.model import Claim, Sample
from adapty_contract.snippets.model import Difference


def explain(
    difference: Difference, sample: Sample, own: Mapping[str, Claim], ledger: Iterable[LedgerEntry]
) -> Difference:
    """`difference` with the entries that explain it; `own` are the sample's claims.

    An entry explains it by being about that very part of that very sample, and by quoting the line that makes the
    sample do what it does: another cause of the same effect is another discrepancy. An entry about a set of samples
    (with a `*`) says that they differ from each other, not why one does.
    """
    entries = [entry for entry in ledger if entry.subject in difference.subjects]
    found = tuple(entry.id for entry in entries if _quotes(entry, _line(sample, own.get(entry.subject))))
    return replace(difference, explained_by=found)


def _line(sample: Sample, claim: Claim | None) -> str:
    """The line of the sample that a claim was read from."""
    lines = sample.code.split("\n")
    at = -1 if claim is None else claim.line - sample.line
    return lines[at] if 0 <= at < len(lines) else ""


def _quotes(entry: LedgerEntry, line: str) -> bool:
    return any(statement.quote and statement.quote in line for statement in entry.statements)
