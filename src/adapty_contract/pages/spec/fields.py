"""The fields that a schema describes, as claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapty_contract.pages.spec.document import Document, Place
from adapty_contract.pages.spec.types import allowed, choices_of, parts_of, read_type

_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its schema, and where it is required, if it is."""

    place: Place
    required: Place | None


def claim_fields(
    document: Document, schema: Place, base: str, prefix: str = "", above: frozenset[str] = frozenset()
) -> None:
    """Notes all that a schema says of the fields of an object, or of the objects in an array."""
    objects = _objects_of(document, schema)
    here = frozenset(place.pointer for place, _ in objects)
    fields = {} if here & above else _fields_of(document, objects)
    if here & above:
        document.unread(schema, "a schema that contains itself")
    elif fields and prefix.count(".") > _DEEPEST:
        document.unread(schema, "fields that nest too deeply")
        return
    for name, field in fields.items():
        _claim_field(document, field, f"{base}.field.{prefix}{name}")
        claim_fields(document, field.place, base, f"{prefix}{name}.", above | here)


def _objects_of(document: Document, schema: Place) -> list[tuple[Place, bool]]:
    """Every schema that a value must fit, or, with False, may fit as one of several; items stand for their array."""
    found: dict[str, tuple[Place, bool]] = {}
    waiting = [(schema, True)]
    while waiting:
        place, counts = waiting.pop(0)
        for part in parts_of(document, place):
            if part.pointer in found:
                continue
            found[part.pointer] = (part, counts)
            items = part.get("items")
            waiting += [] if items is None else [(items, counts)]
            waiting += [(branch, False) for branches in choices_of(part) for branch in branches]
    return list(found.values())


def _fields_of(document: Document, objects: Sequence[tuple[Place, bool]]) -> dict[str, Field]:
    """The fields that schemas describe; what one alternative requires, another may not."""
    required: dict[str, Place] = {}
    for part, counts in objects:
        if counts:
            required |= {item.node.text: item for item in document.items(part, "required")}
    fields: dict[str, Field] = {}
    for part, _ in objects:
        for name, place in document.members(part, "properties"):
            fields.setdefault(name, Field(place, required.get(name)))
    return fields


def _claim_field(document: Document, field: Field, subject: str) -> None:
    place = field.place
    document.claim(place, f"{subject}.presence", value=True)
    says = read_type(document, place)
    document.claim(says.named_at or place, f"{subject}.type", says.type)
    document.claim(field.required or place, f"{subject}.required", field.required is not None)
    document.claim(says.nullable_at or place, f"{subject}.nullable", says.nullable)
    claim_details(document, place, subject)


def claim_details(document: Document, schema: Place, subject: str) -> None:
    """Notes the description, format and values of a schema, each where it is told first."""
    told: dict[str, tuple[Place, object]] = {}
    for part in parts_of(document, schema):
        for name in ("description", "format"):
            text, at = part.text(name), part.get(name)
            if text is not None and at is not None:
                told.setdefault(name, (at, " ".join(text.split())))
        values = allowed(part)
        if values is not None:
            told.setdefault("values", values)
    for name, (at, value) in told.items():
        document.claim(at, f"{subject}.{name}", value)  # type: ignore[arg-type]  # JSON, from the document
