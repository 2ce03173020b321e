"""What both operations share, as the pages tell it: schemas of answers, examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapty_contract.contract import Contract
from adapty_contract.ledger import LedgerEntry
from adapty_contract.model import Operation
from adapty_contract.reference import anchors
from adapty_contract.reference.facts import Facts, Knowledge
from adapty_contract.reference.reading import json_text, referred, type_in_words


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object. `schema` names the component schema that its type is, if the page shows it."""

    anchor: str
    name: str
    type: str
    schema: str
    required: bool
    description: str
    examples: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Schema:
    """A component schema that no identifier and no body of identifiers is."""

    anchor: str
    name: str
    title: str
    description: str
    type: str
    members: tuple[Member, ...]
    examples: tuple[str, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Example:
    """An example of the spec, as text; `origin` is who wrote it."""

    anchor: str
    name: str
    summary: str
    description: str
    origin: str
    text: str
    entries: tuple[LedgerEntry, ...]


@dataclass(frozen=True, slots=True)
class Components:
    """The schemas and the examples that one page shows."""

    page: str
    schemas: tuple[Schema, ...]
    examples: tuple[Example, ...]


FRONT_PAGE = "index.html"
PROFILE_PAGE = "profile.html"
EXAMPLES_PAGE = "examples.html"

_BODIES = frozenset({"IntegrationIdentifiers", "IntegrationIdentifiersUpdate"})
_SCHEMA = "#/components/schemas/"
_EXAMPLE = "#/components/examples/"


def components(knowledge: Knowledge) -> tuple[Components, Components]:
    """What belongs to the usual answers, and what only belongs to the rarer ones, such as the profile after a write."""
    rarer = _only_in_rarer_answers(knowledge.contract)
    schemas, examples = _schemas(knowledge), tuple(_examples(knowledge))
    return (
        Components(
            FRONT_PAGE,
            tuple(each for each in schemas if _SCHEMA + each.name not in rarer),
            tuple(each for each in examples if _EXAMPLE + each.name not in rarer),
        ),
        Components(
            PROFILE_PAGE,
            tuple(each for each in schemas if _SCHEMA + each.name in rarer),
            tuple(each for each in examples if _EXAMPLE + each.name in rarer),
        ),
    )


def _only_in_rarer_answers(contract: Contract) -> frozenset[str]:
    """The references that are made under `x-alternative-content` only."""
    item = contract.spec["paths"][contract.path]
    answers = [answer for each in Operation for answer in item[each.method.lower()]["responses"].values()]
    rarer = [answer.get("x-alternative-content") for answer in answers]
    usual = [{name: node for name, node in answer.items() if name != "x-alternative-content"} for answer in answers]
    return referred(contract, rarer) - referred(contract, usual)


def _schemas(knowledge: Knowledge) -> tuple[Schema, ...]:
    """The schemas of everything but identifiers."""
    contract = knowledge.contract
    told = _BODIES | contract.identifier_set
    return tuple(
        _schema(knowledge, name, schema)
        for name, schema in contract.spec["components"]["schemas"].items()
        if name not in told
    )


def _schema(knowledge: Knowledge, name: str, schema: Mapping[str, Any]) -> Schema:
    return Schema(
        anchor=anchors.of_schema(name),
        name=name,
        title=schema["title"],
        description=schema.get("description", ""),
        type=type_in_words(knowledge.contract, schema),
        members=tuple(_member(knowledge, name, schema, member) for member in schema.get("properties", {})),
        examples=_told(schema),
        facts=knowledge.of_place(tuple(Operation), schema),
    )


def _member(knowledge: Knowledge, of: str, parent: Mapping[str, Any], name: str) -> Member:
    schema = parent["properties"][name]
    words = type_in_words(knowledge.contract, schema)
    return Member(
        anchor=anchors.of_schema(of, name),
        name=name,
        type=words,
        schema=_named_schema(knowledge.contract, words),
        required=name in parent.get("required", ()),
        description=schema.get("description", ""),
        examples=_told(schema),
        facts=knowledge.of_place(tuple(Operation), schema),
    )


def _named_schema(contract: Contract, words: str) -> str:
    """The component schema that a type in words names."""
    return next((word for word in words.split() if word in contract.spec["components"]["schemas"]), "")


def _told(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The examples of a schema as text."""
    return tuple(each if isinstance(each, str) else json.dumps(each) for each in schema.get("examples", ()))


def _examples(knowledge: Knowledge) -> Iterator[Example]:
    for name, each in knowledge.contract.spec["components"]["examples"].items():
        value = each["value"]
        yield Example(
            anchor=anchors.of_example(name),
            name=name,
            summary=each["summary"],
            description=each.get("description", ""),
            origin=each["x-origin"],
            text=value if isinstance(value, str) else json_text(value),
            entries=knowledge.entries(tuple(Operation), each),
        )
