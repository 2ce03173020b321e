"""The identifiers as the pages tell them: each once, with its place in both operations."""

from __future__ import annotations

from dataclasses import dataclass

from adapty_contract.reference import anchors
from adapty_contract.reference.citations import Citation
from adapty_contract.reference.facts import Facts, Knowledge
from adapty_contract.reference.operations import OperationView, Use


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: whose id it is, what it names, what it really looks like, where it stands, what is known of it."""

    anchors: tuple[str, ...]
    name: str
    title: str
    vendor: str
    description: str
    identifies: str
    obtained_from: str
    obtained_sources: tuple[Citation, ...]
    real_format: str
    format_sources: tuple[Citation, ...]
    examples: tuple[str, ...]
    deprecated: bool
    recommended: bool
    uses: tuple[Use, ...]
    facts: Facts


def identifiers(knowledge: Knowledge, operations: tuple[OperationView, ...]) -> tuple[Identifier, ...]:
    """All identifiers, in the order of the spec."""
    return tuple(_identifier(knowledge, operations, name) for name in knowledge.contract.identifiers)


def _identifier(knowledge: Knowledge, operations: tuple[OperationView, ...], name: str) -> Identifier:
    schema = knowledge.contract.schema(name)
    bodies = [body for operation in operations for body in operation.bodies]
    uses = tuple(use for body in bodies for use in body.fields if use.place.name == name)
    shared = dict.fromkeys(clause for body in bodies for clause in body.facts.clauses)
    return Identifier(
        anchors=(anchors.of_identifier(name), *(use.anchor for use in uses)),
        name=name,
        title=schema["title"],
        vendor=schema["x-vendor"],
        description=schema["description"],
        identifies=schema["x-identifies"],
        obtained_from=schema["x-obtained-from"],
        obtained_sources=knowledge.cited(schema, of="x-obtained-from"),
        real_format=schema["x-real-format"],
        format_sources=knowledge.cited(schema, of="x-real-format"),
        examples=tuple(schema["examples"]),
        deprecated=schema.get("deprecated", False),
        recommended=schema.get("x-recommended", False),
        uses=uses,
        facts=knowledge.of_field(name, schema, tuple(shared), [use.place for use in uses]),
    )
