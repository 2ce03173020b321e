"""The ledger as the pages tell it: each entry with its evidence, what it shaped, and whether its question is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.ledger import LedgerEntry, SourceRecord, Statement
from adapty_contract.model import Clause, Observation
from adapty_contract.reference.citations import url_of
from adapty_contract.reference.facts import Knowledge
from adapty_contract.reference.last_report import LastReport, Witness
from adapty_contract.reference.places import ShapedPlace


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement with its source, and where it can be read."""

    statement: Statement
    source: SourceRecord
    url: str | None


@dataclass(frozen=True, slots=True)
class SpokenDialect:
    """A dialect of the mock in which a permitted server answers otherwise."""

    id: str
    description: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """A ledger entry with all that belongs to it.

    `state` is `closed`, `open`, `settled`, or `answered by` a server that is not the vendor's.
    """

    entry: LedgerEntry
    evidence: tuple[Evidence, ...]
    clauses: tuple[Clause, ...]
    places: tuple[ShapedPlace, ...]
    dialects: tuple[SpokenDialect, ...]
    answers: tuple[Observation, ...]
    state: str

    @property
    def file(self) -> str:
        """Its page."""
        return f"ledger/{self.entry.id}.html"


def entries(knowledge: Knowledge, places: Mapping[str, tuple[ShapedPlace, ...]]) -> tuple[EntryView, ...]:
    """Every ledger entry, in alphabetical order."""
    return tuple(_entry(knowledge, entry, places.get(entry.id, ())) for entry in knowledge.contract.ledger.values())


def _entry(knowledge: Knowledge, entry: LedgerEntry, places: tuple[ShapedPlace, ...]) -> EntryView:
    contract, report = knowledge.contract, knowledge.report
    answers = () if report is None else report.answers.get(entry.id, ())
    return EntryView(
        entry=entry,
        evidence=tuple(_evidence(contract, entry.statements)),
        clauses=tuple(clause for clause in contract.clauses.values() if entry.id in clause.ledger),
        places=places,
        dialects=tuple(_dialects(entry.dialects)),
        answers=answers,
        state=_state(entry, report if answers else None),
    )


def _evidence(contract: Contract, statements: Iterable[Statement]) -> Iterator[Evidence]:
    for statement in statements:
        source = contract.sources[statement.source]
        yield Evidence(statement, source, url_of(source, statement.line))


def _dialects(names: Iterable[str]) -> Iterator[SpokenDialect]:
    from adapty_contract.mock.dialects import dialects

    known = dialects()
    for name in names:
        yield SpokenDialect(name, known[name].description if name in known else "")


def _state(entry: LedgerEntry, answering: LastReport | None) -> str:
    """Whether its question is still open: only the vendor's own service can settle it."""
    if entry.settles is None:
        return "closed"
    if answering is None:
        return "open"
    return "settled" if answering.witness is Witness.VENDOR else f"answered by {answering.server}"
