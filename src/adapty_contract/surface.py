"""What of the contract a record carries with it: what a run can cover, which questions it may settle, who is cited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapty_contract.background import Place, PlaceKind, Question, SourceName
from adapty_contract.contract import Contract
from adapty_contract.model import Operation

_JSON = "application/json"


def surface(contract: Contract) -> tuple[Place, ...]:
    """Everything that the spec describes and an exchange can touch, in the order of the spec, each once."""
    item = contract.spec["paths"][contract.path]
    found: dict[Place, None] = {}
    for operation in Operation:
        found |= dict.fromkeys(_of_operation(contract, operation, item[operation.method.lower()]))
    return tuple(found)


def questions(contract: Contract) -> tuple[Question, ...]:
    """The ledger entries that an observation would settle, in alphabetical order."""
    return tuple(
        Question(entry.id, entry.title, entry.decision, entry.settles.observation)
        for entry in contract.ledger.values()
        if entry.settles
    )


def source_names(contract: Contract) -> tuple[SourceName, ...]:
    """The sources that clauses cite, in the order of their file."""
    cited = {source.source for clause in contract.clauses.values() for source in clause.sources}
    return tuple(
        SourceName(name, source.title, source.where) for name, source in contract.sources.items() if name in cited
    )


def _of_operation(contract: Contract, operation: Operation, described: Mapping[str, Any]) -> Iterator[Place]:
    for scheme in contract.spec["components"]["securitySchemes"].values():
        yield Place(operation, PlaceKind.PARAMETER, scheme["name"])
    for parameter in described.get("parameters", ()):
        yield Place(operation, PlaceKind.PARAMETER, _resolved(contract, parameter)["name"])
    body = described.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema", {})
    for name in _resolved(contract, body).get("properties", {}):
        yield Place(operation, PlaceKind.REQUEST_FIELD, name)
    for status, reference in described["responses"].items():
        response = _resolved(contract, reference)
        yield Place(operation, PlaceKind.STATUS, status, status)
        for name in response.get("headers", {}):
            yield Place(operation, PlaceKind.RESPONSE_HEADER, name, status)
        schema = response.get("content", {}).get(_JSON, {}).get("schema", {})
        for name in _resolved(contract, schema).get("properties", {}):
            yield Place(operation, PlaceKind.RESPONSE_FIELD, name, status)


def _resolved(contract: Contract, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or what its reference points to; the spec refers to its own components only."""
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = contract.spec["components"][kind][name]
    return node
