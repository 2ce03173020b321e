"""Statuses as the pages tell them: what they mean, what comes with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from adapty_contract.model import Operation
from adapty_contract.reference import anchors
from adapty_contract.reference.facts import Facts, Knowledge
from adapty_contract.reference.headers import Header, answer_headers
from adapty_contract.reference.reading import example_names, reference_name, resolved

_CLASSES = {"4XX": "Any other client error", "5XX": "Any other server error"}


@dataclass(frozen=True, slots=True)
class Content:
    """What an answer may carry: a media type and the name of its schema."""

    media_type: str
    schema: str


@dataclass(frozen=True, slots=True)
class Status:
    """A status with which the operations in `operations` answer alike. `examples` are names of examples of the spec."""

    anchors: tuple[str, ...]
    operations: tuple[Operation, ...]
    code: str
    phrase: str
    description: str
    contents: tuple[Content, ...]
    blank: bool
    headers: tuple[Header, ...]
    examples: tuple[str, ...]
    facts: Facts


def statuses(knowledge: Knowledge) -> tuple[Status, ...]:
    """Every status that the spec describes, in the order of codes; an answer that operations share is told once."""
    found = [
        _status(knowledge, operations, code, node) for (code, _), (operations, node) in _answers(knowledge).items()
    ]
    return tuple(sorted(found, key=lambda status: status.code))


def _answers(knowledge: Knowledge) -> dict[tuple[str, str], tuple[tuple[Operation, ...], Mapping[str, Any]]]:
    """The answers by code and component: which operations give them, and their node of the spec."""
    contract = knowledge.contract
    found: dict[tuple[str, str], tuple[tuple[Operation, ...], Mapping[str, Any]]] = {}
    for operation in Operation:
        for code, node in contract.spec["paths"][contract.path][operation.method.lower()]["responses"].items():
            key = code, reference_name(node) or operation.method
            operations, _ = found.get(key, ((), node))
            found[key] = (*operations, operation), resolved(contract, node)
    return found


def _status(knowledge: Knowledge, operations: tuple[Operation, ...], code: str, node: Mapping[str, Any]) -> Status:
    contents = [*_contents(node)]
    return Status(
        anchors=tuple(anchors.of_status(operation, code) for operation in operations),
        operations=operations,
        code=code,
        phrase=_CLASSES.get(code) or HTTPStatus(int(code)).phrase,
        description=node["description"],
        contents=tuple(Content(name, reference_name(each["schema"]) or "") for name, each in contents),
        blank=node.get("x-body-optional", False),
        headers=answer_headers(knowledge, operations, code, node),
        examples=tuple(dict.fromkeys(name for _, each in contents for name in example_names(each))),
        facts=knowledge.of_status(operations, code, node),
    )


def _contents(node: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What an answer may carry, the usual forms first."""
    yield from node.get("content", {}).items()
    yield from node.get("x-alternative-content", {}).items()
