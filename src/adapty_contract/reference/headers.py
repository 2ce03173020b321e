"""Headers of requests and answers as the pages tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapty_contract.background import Place, PlaceKind
from adapty_contract.model import Operation
from adapty_contract.reference import anchors
from adapty_contract.reference.facts import Facts, Knowledge
from adapty_contract.reference.reading import ledger_ids, resolved, type_in_words

_CONTENT_TYPE = "Content-Type"


@dataclass(frozen=True, slots=True)
class Header:
    """A header of requests or of an answer, of the operations in `operations`. `needed` says when it is sent."""

    anchors: tuple[str, ...]
    operations: tuple[Operation, ...]
    name: str
    type: str
    needed: str
    description: str
    values: tuple[str, ...]
    examples: tuple[str, ...]
    facts: Facts


def request_headers(knowledge: Knowledge) -> tuple[Header, ...]:
    """The headers of requests: those of both operations, each told once, and then those of one alone."""
    return (*_schemes(knowledge), *_parameters(knowledge), *_content_types(knowledge))


def answer_headers(
    knowledge: Knowledge, operations: tuple[Operation, ...], code: str, node: Mapping[str, Any]
) -> tuple[Header, ...]:
    """The headers that the spec describes for the answers with a status.

    With them goes `Content-Type`, where the spec says who speaks of the media type.
    """
    described = {name: resolved(knowledge.contract, each) for name, each in node.get("headers", {}).items()}
    of_type = _content_type(node.get("content", {}))
    if of_type["x-sources"]:
        of_type |= {"description": "The media type of the body.", "required": True}
        described = {_CONTENT_TYPE: of_type, **described}
    return tuple(_answer_header(knowledge, operations, code, name, each) for name, each in described.items())


def _schemes(knowledge: Knowledge) -> Iterator[Header]:
    for node in knowledge.contract.spec["components"]["securitySchemes"].values():
        kind = f"{node['x-value-prefix'].strip()} and the key"
        yield _request_header(knowledge, tuple(Operation), node["name"], node, needed="always", kind=kind)


def _parameters(knowledge: Knowledge) -> Iterator[Header]:
    using: dict[str, list[Operation]] = {}
    either: set[str] = set()
    for operation in Operation:
        item = _item(knowledge, operation)
        either.update(item.get("x-exactly-one-of", ()))
        for reference in item["parameters"]:
            using.setdefault(reference["$ref"], []).append(operation)
    for reference, operations in using.items():
        node = resolved(knowledge.contract, {"$ref": reference})
        needed = "this or the other profile header" if node["name"] in either else "optional"
        yield _request_header(knowledge, tuple(operations), node["name"], node, needed=needed)


def _content_types(knowledge: Knowledge) -> Iterator[Header]:
    """`Content-Type` of the operations with a body: the entries at the body that are about this header are its own."""
    ledger, subject = knowledge.contract.ledger, f"request.header.{_CONTENT_TYPE.lower()}."
    for operation in Operation:
        body = _item(knowledge, operation).get("requestBody")
        if body is None:
            continue
        own = [entry for entry in ledger_ids(body) if f"{ledger[entry].subject}.".startswith(subject)]
        node = {**_content_type(body["content"]), "description": "The media type of the body.", "x-ledger": own}
        yield _request_header(knowledge, (operation,), _CONTENT_TYPE, node, needed="always", kind="string")


def _content_type(content: Mapping[str, Any]) -> dict[str, Any]:
    """The header as a part of the spec would describe it: OpenAPI has media types in its place."""
    named = {
        key: [name for each in content.values() for name in each.get(key, ())] for key in ("x-clauses", "x-sources")
    }
    return {**named, "schema": {"enum": [*content]}}


def _request_header(
    knowledge: Knowledge,
    operations: tuple[Operation, ...],
    name: str,
    node: Mapping[str, Any],
    *,
    needed: str,
    kind: str = "",
) -> Header:
    schema = node.get("schema", {})
    covered = name != _CONTENT_TYPE  # the spec describes it as a media type, not as a parameter that a run could cover
    places = [Place(operation, PlaceKind.PARAMETER, name) for operation in operations if covered]
    return Header(
        anchors=tuple(anchors.of_header(operation, name) for operation in operations),
        operations=operations,
        name=name,
        type=kind or type_in_words(knowledge.contract, schema),
        needed=needed,
        description=node["description"],
        values=tuple(schema.get("enum", ())),
        examples=_examples(node),
        facts=knowledge.of_header(operations, name, node, places),
    )


def _answer_header(
    knowledge: Knowledge, operations: tuple[Operation, ...], code: str, name: str, node: Mapping[str, Any]
) -> Header:
    schema = node["schema"]
    places = [Place(operation, PlaceKind.RESPONSE_HEADER, name, code) for operation in operations]
    return Header(
        anchors=tuple(anchors.of_status(operation, code, name) for operation in operations),
        operations=operations,
        name=name,
        type=type_in_words(knowledge.contract, {"type": "string", **schema}),
        needed="always" if node["required"] else "optional",
        description=node["description"],
        values=tuple(schema.get("enum", ())),
        examples=_examples(node),
        facts=knowledge.of_header(operations, name, node, places),
    )


def _examples(node: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["value"]) for each in node.get("examples", {}).values())


def _item(knowledge: Knowledge, operation: Operation) -> Mapping[str, Any]:
    contract = knowledge.contract
    found: Mapping[str, Any] = contract.spec["paths"][contract.path][operation.method.lower()]
    return found
