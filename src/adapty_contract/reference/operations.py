"""Both operations as the pages tell them: what they do, and the bodies of identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapty_contract.background import Place, PlaceKind
from adapty_contract.model import Operation
from adapty_contract.reference import anchors
from adapty_contract.reference.facts import Facts, Knowledge
from adapty_contract.reference.reading import JSON, example_names, resolved, type_in_words


@dataclass(frozen=True, slots=True)
class Use:
    """An identifier as a field of a body: its place and its type there."""

    anchor: str
    place: Place
    type: str


@dataclass(frozen=True, slots=True)
class Body:
    """The object of all identifiers, as it is read or written; `facts` hold for every field."""

    anchor: str
    description: str
    fields: tuple[Use, ...]
    examples: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation. `request` and `answer` are bodies of identifiers, where it has them."""

    anchor: str
    operation: Operation
    method: str
    summary: str
    description: str
    facts: Facts
    request: Body | None
    answer: Body | None

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Those that it has."""
        return tuple(body for body in (self.request, self.answer) if body)


def operations(knowledge: Knowledge) -> tuple[OperationView, ...]:
    """Both operations, the read first."""
    return tuple(_operation(knowledge, operation) for operation in Operation)


def _operation(knowledge: Knowledge, operation: Operation) -> OperationView:
    contract = knowledge.contract
    item = contract.spec["paths"][contract.path][operation.method.lower()]
    request, answer = item.get("requestBody"), item["responses"]["200"]
    of_request = Place(operation, PlaceKind.REQUEST_FIELD, "")
    of_answer = Place(operation, PlaceKind.RESPONSE_FIELD, "", "200")
    return OperationView(
        anchor=anchors.of_operation(operation),
        operation=operation,
        method=operation.method,
        summary=item["summary"],
        description=item["description"],
        facts=knowledge.of_place([operation], item),
        request=_body(knowledge, of_request, request) if request else None,
        answer=_body(knowledge, of_answer, answer) if "content" in answer else None,
    )


def _body(knowledge: Knowledge, place: Place, node: Mapping[str, Any]) -> Body:
    """A body; `place` is that of its fields, without their names."""
    content = node["content"][JSON]
    schema = resolved(knowledge.contract, content["schema"])
    facts = knowledge.of_place([place.operation], node, schema)
    return Body(
        anchor=_anchor(place),
        description=schema["description"],
        fields=tuple(_use(knowledge, place, name, each) for name, each in schema["properties"].items()),
        examples=example_names(content),
        facts=facts,
    )


def _use(knowledge: Knowledge, place: Place, name: str, schema: Mapping[str, Any]) -> Use:
    own = Place(place.operation, place.kind, name, place.status)
    return Use(_anchor(own), own, type_in_words(knowledge.contract, schema))


def _anchor(place: Place) -> str:
    of_part = anchors.of_request if place.kind is PlaceKind.REQUEST_FIELD else anchors.of_answer
    return of_part(place.operation, place.name)
