"""Where ledger entries and sources stand in the spec, as places of the pages that can be linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapty_contract.model import Operation
from adapty_contract.reference import anchors
from adapty_contract.reference.citations import Citation
from adapty_contract.reference.components import EXAMPLES_PAGE, FRONT_PAGE, Components
from adapty_contract.reference.facts import Facts
from adapty_contract.reference.headers import Header
from adapty_contract.reference.identifiers import Identifier
from adapty_contract.reference.operations import OperationView
from adapty_contract.reference.statuses import Status


@dataclass(frozen=True, slots=True)
class ShapedPlace:
    """A place of the spec: its anchor, what it is in words, and the page that has it."""

    anchor: str
    label: str
    page: str = FRONT_PAGE


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place with the ids of the ledger entries that shaped it and the sources that it cites."""

    place: ShapedPlace
    entries: tuple[str, ...]
    sources: tuple[Citation, ...]


def named_places(
    *,
    document: Facts,
    url: Facts,
    operations: Iterable[OperationView],
    headers: Iterable[Header],
    statuses: Iterable[Status],
    identifiers: Iterable[Identifier],
    components: Iterable[Components],
) -> tuple[NamedPlace, ...]:
    """Every place, in the order of the pages."""
    return (
        _place(anchors.CONTRACT, "the document", document),
        _place(anchors.URL, "the URL", url),
        *(_place(each.anchors[0], _header_label(each), each.facts) for each in headers),
        *(place for each in statuses for place in _of_status(each)),
        *(place for operation in operations for place in _of_operation(operation)),
        *(_of_identifier(each) for each in identifiers),
        *(place for each in components for place in _of_components(each)),
    )


def by_entry(places: Iterable[NamedPlace]) -> Mapping[str, tuple[ShapedPlace, ...]]:
    """For each ledger entry the places that name it."""
    found: defaultdict[str, dict[ShapedPlace, None]] = defaultdict(dict)
    for each in places:
        for entry in each.entries:
            found[entry][each.place] = None
    return {entry: tuple(shaped) for entry, shaped in found.items()}


def _place(anchor: str, label: str, facts: Facts, page: str = FRONT_PAGE) -> NamedPlace:
    return NamedPlace(ShapedPlace(anchor, label, page), tuple(entry.id for entry in facts.entries), facts.sources)


def _methods(operations: Iterable[Operation]) -> str:
    return " and ".join(operation.method for operation in operations)


def _header_label(header: Header) -> str:
    return f"{_methods(header.operations)}: {header.name}"


def _of_status(status: Status) -> Iterator[NamedPlace]:
    label = f"{_methods(status.operations)}: {status.code}"
    yield _place(status.anchors[0], label, status.facts)
    for header in status.headers:
        yield _place(header.anchors[0], f"{label}, {header.name}", header.facts)


def _of_operation(view: OperationView) -> Iterator[NamedPlace]:
    yield _place(view.anchor, view.method, view.facts)
    if view.request:
        yield _place(view.request.anchor, f"{view.method}: body", view.request.facts)
    if view.answer:
        yield _place(view.answer.anchor, f"{view.method}: answer", view.answer.facts)


def _of_identifier(each: Identifier) -> NamedPlace:
    place = _place(each.anchors[0], each.name, each.facts)
    return NamedPlace(place.place, place.entries, (*place.sources, *each.format_sources, *each.obtained_sources))


def _of_components(components: Components) -> Iterator[NamedPlace]:
    for schema in components.schemas:
        yield _place(schema.anchor, schema.name, schema.facts, components.page)
        for member in schema.members:
            yield _place(member.anchor, f"{schema.name}.{member.name}", member.facts, components.page)
    page = EXAMPLES_PAGE if components.page == FRONT_PAGE else components.page
    for example in components.examples:
        shaped = ShapedPlace(example.anchor, f"example {example.name}", page)
        yield NamedPlace(shaped, tuple(entry.id for entry in example.entries), ())
