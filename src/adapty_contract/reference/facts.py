"""What is known about a place of the contract: who says it, what was decided, which clauses hold it, what was seen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from adapty_contract.background import Place, PlaceKind
from adapty_contract.contract import Contract
from adapty_contract.ledger import LedgerEntry, Statement
from adapty_contract.model import Clause, Operation
from adapty_contract.reference.citations import Citation, Said, by_the_vendor, cited
from adapty_contract.reference.last_report import Last, LastReport

_STATUS = re.compile(r"\b([1-5]\d\d|[1-5]xx)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """Sources with lines, the ledger entries that decided, the clauses that concern it, the last observation.

    `places` are those that a run can cover, if it is about such.
    """

    sources: tuple[Citation, ...]
    entries: tuple[LedgerEntry, ...]
    clauses: tuple[Clause, ...]
    last: Last | None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Knowledge:
    """The contract and the last report, asked for facts."""

    contract: Contract
    report: LastReport | None = None

    def of_place(self, operations: Collection[Operation], ledger: Iterable[str]) -> Facts:
        """What is known of a place that these ledger entries shaped: clauses concern it if they name one of them."""
        entries = self.entries(operations, ledger)
        return self._facts(entries, self._sharing(operations, entries), _statements(entries))

    def of_status(self, operations: Collection[Operation], status: str, ledger: Iterable[str]) -> Facts:
        """What is known of a status: clauses concern it if they name it, or name no status and share an entry."""
        entries = self.entries(operations, ledger)
        named = {clause.id: _named_statuses(clause, self._described) for clause in self._of(operations)}
        sharing = {clause.id for clause in self._sharing(operations, entries)}
        clauses = tuple(
            clause
            for clause in self._of(operations)
            if status in named[clause.id] or (not named[clause.id] and clause.id in sharing)
        )
        places = [Place(operation, PlaceKind.STATUS, status, status) for operation in operations]
        return self._facts(entries, clauses, _statements(entries), places=places)

    def of_header(
        self, operations: Collection[Operation], name: str, ledger: Iterable[str], places: Iterable[Place]
    ) -> Facts:
        """What is known of a header: clauses concern it if they name it or share an entry."""
        entries = self.entries(operations, ledger)
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
        sharing = self._sharing(operations, entries)
        clauses = tuple(clause for clause in self._of(operations) if clause in sharing or word.search(clause.statement))
        return self._facts(entries, clauses, _statements(entries), places=places)

    def of_field(
        self, name: str, ledger: Iterable[str], shared: Collection[Clause], places: Collection[Place]
    ) -> Facts:
        """What is known of one identifier.

        The entries and clauses are its own; `shared`, the clauses that hold for every one, count for what was last seen,
        and what the vendor itself says in them is said of this one too.
        """
        entries = self.entries(tuple(Operation), ledger)
        clauses = self._sharing(tuple(Operation), entries)
        own = [each for each in _statements(entries) if _speaks_of(each, name, self.contract.identifier_set)]
        of_all = (source for clause in shared for source in clause.sources)
        said: list[Said] = [*own]
        said += [each for each in of_all if by_the_vendor(self.contract.sources[each.source])]
        judged = tuple(dict.fromkeys((*clauses, *shared)))
        last = None if self.report is None else self.report.last(judged, places)
        return Facts(cited(self.contract, said), entries, clauses, last, tuple(places))

    def entries(self, operations: Collection[Operation], ledger: Iterable[str]) -> tuple[LedgerEntry, ...]:
        """The ledger entries of these ids that concern one of these operations."""
        found = (self.contract.ledger[name] for name in dict.fromkeys(ledger))
        return tuple(entry for entry in found if set(entry.operations) & set(operations))

    def _facts(
        self,
        entries: tuple[LedgerEntry, ...],
        clauses: tuple[Clause, ...],
        said: Iterable[Said],
        *,
        places: Iterable[Place] = (),
    ) -> Facts:
        looked_at = tuple(places)
        said = [*said] or [source for clause in clauses for source in clause.sources]
        last = None if self.report is None else self.report.last(clauses, looked_at)
        return Facts(cited(self.contract, said), entries, clauses, last, looked_at)

    def _of(self, operations: Collection[Operation]) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.contract.clauses.values() if set(clause.operations) & set(operations))

    def _sharing(self, operations: Collection[Operation], entries: Iterable[LedgerEntry]) -> tuple[Clause, ...]:
        names = {entry.id for entry in entries}
        return tuple(clause for clause in self._of(operations) if names.intersection(clause.ledger))

    @cached_property
    def _described(self) -> frozenset[str]:
        """The statuses that the spec describes for one operation or the other."""
        item = self.contract.spec["paths"][self.contract.path]
        return frozenset(status for each in Operation for status in item[each.method.lower()]["responses"])


def _statements(entries: Iterable[LedgerEntry]) -> list[Statement]:
    return [statement for entry in entries for statement in entry.statements]


def _named_statuses(clause: Clause, described: frozenset[str]) -> frozenset[str]:
    """The statuses that a clause's sentence names, as the spec describes them: 406 falls under `4XX`."""
    named = (found.upper() for found in _STATUS.findall(clause.statement))
    return frozenset(name if name in described else f"{name[0]}XX" for name in named)


def _speaks_of(statement: Statement, name: str, names: frozenset[str]) -> bool:
    """Whether a statement is about this identifier: it claims something of it, or nothing of any."""
    subjects = (*statement.claims, *statement.absent)
    named = {part for subject in subjects for part in subject.split(".") if part in names}
    return not named or name in named
