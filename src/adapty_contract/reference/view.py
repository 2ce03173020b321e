"""All that the pages show, made once from the contract and the last report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.ledger import LedgerEntry
from adapty_contract.model import Clause, ClauseReport, Operation, Result
from adapty_contract.record import RunRecord
from adapty_contract.reference import anchors, texts
from adapty_contract.reference.citations import Citation, cited
from adapty_contract.reference.components import Components, components
from adapty_contract.reference.entries import EntryView, entries
from adapty_contract.reference.facts import Facts, Knowledge
from adapty_contract.reference.headers import Header, request_headers
from adapty_contract.reference.identifiers import Identifier, identifiers
from adapty_contract.reference.last_report import BAD, LastReport, last_report
from adapty_contract.reference.operations import OperationView, operations
from adapty_contract.reference.places import by_entry, named_places
from adapty_contract.reference.samples import Sample, samples
from adapty_contract.reference.sources import CitedSource, all_cited
from adapty_contract.reference.statuses import Status, statuses


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause with its sources and its last verdict."""

    anchor: str
    clause: Clause
    sources: tuple[Citation, ...]
    entries: tuple[LedgerEntry, ...]
    last: ClauseReport | None

    @property
    def results(self) -> tuple[Result, ...]:
        """What was expected and seen, where it was violated or inconclusive."""
        return self.last.results if self.last and self.last.verdict in BAD else ()


@dataclass(frozen=True, slots=True)
class Topic:
    """The clauses of one topic."""

    anchor: str
    title: str
    clauses: tuple[ClauseView, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The content of all pages. `samples` by operation; `changelog` is Markdown.

    `components` are those of the front page; `profile` those of the profile that a write may answer with.
    """

    contract: Contract
    report: LastReport | None
    document: Facts
    url: Facts
    headers: tuple[Header, ...]
    statuses: tuple[Status, ...]
    operations: tuple[OperationView, ...]
    samples: Mapping[Operation, tuple[Sample, ...]]
    identifiers: tuple[Identifier, ...]
    components: Components
    profile: Components
    pitfalls: tuple[texts.Pitfall, ...]
    topics: tuple[Topic, ...]
    entries: tuple[EntryView, ...]
    sources: tuple[CitedSource, ...]
    changelog: str

    @property
    def base_url(self) -> str:
        """Where the real service is."""
        return str(self.contract.spec["servers"][0]["url"])


def view(contract: Contract, record: RunRecord | None = None) -> View:
    """Everything that can be told of a contract, and of what `record` last saw of it."""
    knowledge = Knowledge(contract, last_report(contract, record))
    spec = contract.spec
    both = tuple(Operation)
    of_operations = operations(knowledge)
    of_headers, of_statuses = request_headers(knowledge), statuses(knowledge)
    of_identifiers, of_components = identifiers(knowledge, of_operations), components(knowledge)
    document = knowledge.of_place(both, spec["info"])
    url = knowledge.of_place(both, *spec["servers"], spec["paths"][contract.path])
    places = named_places(
        document=document,
        url=url,
        operations=of_operations,
        headers=of_headers,
        statuses=of_statuses,
        identifiers=of_identifiers,
        components=of_components,
    )
    return View(
        contract=contract,
        report=knowledge.report,
        document=document,
        url=url,
        headers=of_headers,
        statuses=of_statuses,
        operations=of_operations,
        samples={operation: samples(contract, operation) for operation in both},
        identifiers=of_identifiers,
        components=of_components[0],
        profile=of_components[1],
        pitfalls=texts.pitfalls(contract),
        topics=_topics(knowledge),
        entries=entries(knowledge, by_entry(places)),
        sources=all_cited(contract, places),
        changelog=texts.changelog(contract),
    )


def _topics(knowledge: Knowledge) -> tuple[Topic, ...]:
    """The clauses by topic, both in the order of their files."""
    return tuple(
        Topic(
            anchors.of_topic(topic),
            title,
            tuple(
                _clause(knowledge, clause) for clause in knowledge.contract.clauses.values() if clause.topic == topic
            ),
        )
        for topic, title in texts.topic_titles(knowledge.contract).items()
    )


def _clause(knowledge: Knowledge, clause: Clause) -> ClauseView:
    last = None if knowledge.report is None else knowledge.report.verdicts.get(clause.id)
    entries_of = tuple(knowledge.contract.ledger[name] for name in clause.ledger)
    return ClauseView(anchors.of_clause(clause.id), clause, cited(knowledge.contract, clause.sources), entries_of, last)
