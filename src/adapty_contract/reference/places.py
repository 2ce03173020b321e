"""Where each ledger entry stands in the spec, as places of the pages that can be linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.ledger import LedgerEntry
from adapty_contract.reference import anchors
from adapty_contract.reference.components import FRONT_PAGE, Components
from adapty_contract.reference.headers import Header
from adapty_contract.reference.identifiers import Identifier
from adapty_contract.reference.operations import OperationView
from adapty_contract.reference.reading import ledger_ids
from adapty_contract.reference.statuses import Status


@dataclass(frozen=True, slots=True)
class ShapedPlace:
    """A place of the spec that ledger entries shaped: its anchor, what it is in words, and the page that has it."""

    anchor: str
    label: str
    page: str = FRONT_PAGE


_Named = tuple[ShapedPlace, Iterable[str]]


def places_by_entry(
    contract: Contract,
    operations: Iterable[OperationView],
    headers: Iterable[Header],
    statuses: Iterable[Status],
    identifiers: Iterable[Identifier],
    components: Iterable[Components],
) -> Mapping[str, tuple[ShapedPlace, ...]]:
    """For each ledger entry the places that name it, in the order of the pages."""
    found: defaultdict[str, dict[ShapedPlace, None]] = defaultdict(dict)
    named = (
        *_of_document(contract),
        *(_place(each.anchors[0], each.name, each.facts.entries) for each in headers),
        *(_place(each.anchors[0], _status_label(each), each.facts.entries) for each in statuses),
        *(named for operation in operations for named in _of_operation(operation)),
        *(_place(each.anchors[0], each.name, each.facts.entries) for each in identifiers),
        *(named for each in components for named in _of_components(each)),
    )
    for place, entries in named:
        for entry in entries:
            found[entry][place] = None
    return {entry: tuple(places) for entry, places in found.items()}


def _place(anchor: str, label: str, entries: Iterable[LedgerEntry], page: str = FRONT_PAGE) -> _Named:
    return ShapedPlace(anchor, label, page), [entry.id for entry in entries]


def _status_label(status: Status) -> str:
    return f"{' and '.join(operation.method for operation in status.operations)}: {status.code}"


def _of_document(contract: Contract) -> Iterator[_Named]:
    spec = contract.spec
    yield ShapedPlace(anchors.CONTRACT, "the document"), ledger_ids(spec["info"])
    yield ShapedPlace(anchors.URL, "the URL"), ledger_ids(*spec["servers"], spec["paths"][contract.path])


def _of_operation(view: OperationView) -> Iterator[_Named]:
    yield _place(view.anchor, view.method, view.facts.entries)
    if view.request:
        yield _place(view.request.anchor, f"{view.method}: body", view.request.facts.entries)
    if view.answer:
        yield _place(view.answer.anchor, f"{view.method}: answer", view.answer.facts.entries)


def _of_components(components: Components) -> Iterator[_Named]:
    for schema in components.schemas:
        yield _place(schema.anchor, schema.name, schema.entries, components.page)
        for member in schema.members:
            yield _place(member.anchor, f"{schema.name}.{member.name}", member.entries, components.page)
    for example in components.examples:
        yield _place(example.anchor, f"example {example.name}", example.entries, components.page)
