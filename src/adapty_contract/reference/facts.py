"""What is known about a place of the contract: who says it, what was decided, which clauses hold it, what was seen."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from adapty_contract.background import Place, PlaceKind
from adapty_contract.contract import Contract
from adapty_contract.ledger import LedgerEntry, Statement
from adapty_contract.model import Clause, Operation
from adapty_contract.reference.citations import Citation, Said, cited
from adapty_contract.reference.last_report import Last, LastReport
from adapty_contract.reference.reading import ledger_ids, named_sources

_STATUS = re.compile(r"\b([1-5]\d\d|[1-5]xx)\b", re.IGNORECASE)

Node = Mapping[str, Any]


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
    """The contract and the last report, asked for facts.

    The clauses of a place are those that it names under `x-clauses`, those whose sentence names it, and those that share
    a ledger entry with it. The last tell nothing of a status or a header by itself, so their verdicts do not count there.
    Its sources are those that it names under `x-sources`; failing that, those of its entries, or of its clauses.
    """

    contract: Contract
    report: LastReport | None = None

    def of_place(self, operations: Collection[Operation], *nodes: Node) -> Facts:
        """What is known of a place that these parts of the spec describe."""
        return self._facts(operations, nodes, self._concerning(operations, nodes))

    def of_status(self, operations: Collection[Operation], status: str, *nodes: Node) -> Facts:
        """What is known of a status: a clause that names other statuses only does not concern it."""
        explicit, sharing = self._explicit(nodes), self._sharing(operations, nodes)
        named = {clause.id: _named_statuses(clause, self._described) for clause in self._of(operations)}
        own = [each for each in self._of(operations) if status in named[each.id] or each.id in explicit]
        others = [each for each in self._of(operations) if each.id in sharing and not named[each.id]]
        places = [Place(operation, PlaceKind.STATUS, status, status) for operation in operations]
        return self._facts(operations, nodes, self._in_order((*own, *others)), places, own)

    def of_header(self, operations: Collection[Operation], name: str, node: Node, places: Iterable[Place]) -> Facts:
        """What is known of a header."""
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
        explicit, sharing = self._explicit([node]), self._sharing(operations, [node])
        own = [each for each in self._of(operations) if each.id in explicit or word.search(each.statement)]
        others = [each for each in self._of(operations) if each.id in sharing]
        return self._facts(operations, [node], self._in_order((*own, *others)), places, own)

    def of_field(self, name: str, node: Node, shared: Collection[Clause], places: Collection[Place]) -> Facts:
        """What is known of one identifier.

        The entries and clauses are its own; `shared`, the clauses that hold for every one, count for what was last seen.
        A violation counts for the identifiers that it names, if it names any.
        """
        facts = self._facts(tuple(Operation), [node], self._concerning(tuple(Operation), [node]), places)
        own = [
            *self._said([node]),
            *(each for entry in facts.entries for each in entry.statements if _speaks_of(each, name)),
        ]
        last = None
        if self.report is not None:
            judged = tuple(dict.fromkeys((*facts.clauses, *shared)))
            innocent = self.report.innocent(name, judged, facts.clauses, self.contract.identifier_set)
            last = self.report.last([clause for clause in judged if clause.id not in innocent], places)
        return Facts(cited(self.contract, own), facts.entries, facts.clauses, last, facts.places)

    def entries(self, operations: Collection[Operation], *nodes: Node) -> tuple[LedgerEntry, ...]:
        """The ledger entries that shaped these parts of the spec and concern one of these operations."""
        found = (self.contract.ledger[name] for name in ledger_ids(*nodes))
        return tuple(entry for entry in found if set(entry.operations) & set(operations))

    def cited(self, *nodes: Node, of: str | None = None) -> tuple[Citation, ...]:
        """The sources that these parts of the spec name, for themselves or for the extension `of` beside it."""
        return cited(self.contract, self._said(nodes, of))

    def _facts(
        self,
        operations: Collection[Operation],
        nodes: Collection[Node],
        clauses: tuple[Clause, ...],
        places: Iterable[Place] = (),
        judged: Collection[Clause] | None = None,
    ) -> Facts:
        """The facts; what was last seen is told of `judged`, or of all `clauses`."""
        looked_at, entries = tuple(places), self.entries(operations, *nodes)
        said = self._said(nodes) or _statements(entries) or [each for clause in clauses for each in clause.sources]
        last = None if self.report is None else self.report.last(clauses if judged is None else judged, looked_at)
        return Facts(cited(self.contract, said), entries, clauses, last, looked_at)

    def _said(self, nodes: Iterable[Node], of: str | None = None) -> list[Said]:
        return [source for node in nodes for source in named_sources(node, of)]

    def _concerning(self, operations: Collection[Operation], nodes: Collection[Node]) -> tuple[Clause, ...]:
        names = self._explicit(nodes) | self._sharing(operations, nodes)
        return tuple(clause for clause in self._of(operations) if clause.id in names)

    def _sharing(self, operations: Collection[Operation], nodes: Collection[Node]) -> frozenset[str]:
        entries = {entry.id for entry in self.entries(operations, *nodes)}
        return frozenset(clause.id for clause in self._of(operations) if entries.intersection(clause.ledger))

    def _in_order(self, clauses: Iterable[Clause]) -> tuple[Clause, ...]:
        """The clauses, each once, in the order of the contract."""
        names = {clause.id for clause in clauses}
        return tuple(clause for clause in self.contract.clauses.values() if clause.id in names)

    def _explicit(self, nodes: Iterable[Node]) -> frozenset[str]:
        return self.contract.select(name for node in nodes for name in node.get("x-clauses", ()))

    def _of(self, operations: Collection[Operation]) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.contract.clauses.values() if set(clause.operations) & set(operations))

    @cached_property
    def _described(self) -> frozenset[str]:
        """The statuses that the spec describes for one operation or the other."""
        item = self.contract.spec["paths"][self.contract.path]
        return frozenset(status for each in Operation for status in item[each.method.lower()]["responses"])


def _statements(entries: Iterable[LedgerEntry]) -> list[Said]:
    return [statement for entry in entries for statement in entry.statements]


def _named_statuses(clause: Clause, described: frozenset[str]) -> frozenset[str]:
    """The statuses that a clause's sentence names, as the spec describes them: 406 falls under `4XX`."""
    named = (found.upper() for found in _STATUS.findall(clause.statement))
    return frozenset(name if name in described else f"{name[0]}XX" for name in named)


def _speaks_of(statement: Statement, name: str) -> bool:
    """Whether a statement claims something of this identifier."""
    return any(name in subject.split(".") for subject in statement.claims)
