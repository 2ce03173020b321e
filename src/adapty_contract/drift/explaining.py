"""Matches discrepancies with the entries of the ledger that explain them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from adapty_contract.drift.model import Discrepancy, Missing, Reading, Settled, Stated
from adapty_contract.drift.subjects import matches
from adapty_contract.ledger import LedgerEntry, Statement


def settle(ledger: Mapping[str, LedgerEntry], discrepancies: Iterable[Discrepancy]) -> Iterator[Settled]:
    """Each discrepancy with the entry that explains it: one about its subject that knows every claim in it."""
    for discrepancy in discrepancies:
        about = [entry for entry in ledger.values() if matches(entry.subject, discrepancy.subject)]
        explaining = [entry for entry in about if explains(entry, discrepancy)]
        entry = min(explaining, key=_openness).id if explaining else None
        yield Settled(discrepancy, entry, _to_blame(about, discrepancy))


def explains(entry: LedgerEntry, discrepancy: Discrepancy) -> bool:
    """Whether an entry has a statement for every claim, and for every one that is missing."""
    return all(covers(entry, each) for each in discrepancy.claims) and all(
        knows_missing(entry, each) for each in discrepancy.missing
    )


def covers(entry: LedgerEntry, stated: Stated) -> bool:
    """Whether one of the entry's statements is this claim, with this value."""
    component = stated.claim.page.partition(".")[0] if stated.is_imported else None
    return any(is_claim(each, stated) for each in _statements(entry, stated.reading, component))


def is_claim(statement: Statement, stated: Stated) -> bool:
    """Whether a statement of the claim's page is this claim: its subject and, where the ledger has them, its value and words."""
    if not any(matches(pattern, stated.subject) for pattern in statement.claims):
        return False
    return says(statement, stated)


def says(statement: Statement, stated: Stated) -> bool:
    """Whether a claim has the value, and the words, that a statement depends on."""
    if statement.words is not None and statement.words not in " ".join(str(stated.claim.value).split()):
        return False
    return not statement.values or any(_same(value, stated.claim.value) for value in statement.values)


def knows_missing(entry: LedgerEntry, missing: Missing) -> bool:
    """Whether one of the entry's statements says that the page makes no such claim."""
    return any(
        matches(pattern, missing.subject) for each in _statements(entry, missing.reading) for pattern in each.absent
    )


def _statements(entry: LedgerEntry, reading: Reading, component: str | None = None) -> Iterator[Statement]:
    """The statements of a page and of a component, which is a source of its own, of the same name.

    What a document of others says may be a statement of any source but the pages.
    """
    source = None if reading.source is None else reading.source.id
    for each in entry.statements:
        if each.source in (source, component) or (reading.openapi and not each.source.startswith("S-")):
            yield each


def _same(left: object, right: object) -> bool:
    """Equality as JSON has it: true is not 1."""
    return type(left) is type(right) and left == right


def _openness(entry: LedgerEntry) -> tuple[int, str]:
    return entry.subject.count("*"), entry.id


def _to_blame(about: list[LedgerEntry], discrepancy: Discrepancy) -> Stated | Missing:
    """What to point at: the first that no entry about the subject knows, or simply the first."""
    unknown = [each for each in discrepancy.claims if not any(covers(entry, each) for entry in about)]
    absent = [each for each in discrepancy.missing if not any(knows_missing(entry, each) for entry in about)]
    order: list[Stated | Missing] = [*unknown, *absent, *discrepancy.claims, *discrepancy.missing]
    return order[0]
