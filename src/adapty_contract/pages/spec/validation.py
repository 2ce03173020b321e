"""Whether an example fits its own schema, under the version of OpenAPI that the document declares.

An own, small validator: every step of it is counted, since the schemas are somebody else's; it knows the line of what
it judges; and it starts at once. It judges only what it is sure of: formats, conditions, `not` and the like pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from adapty_contract.pages.spec.document import Document, Place
from adapty_contract.pages.spec.types import allowed, choices_of, parts_of
from adapty_contract.visible import one_line

LARGEST = 5000
"""So many values may an example have, to be read and checked."""

_MESSAGE = 200
_SHOWN = 60
_LONGEST_TEXT = 10_000  # that a pattern is tried on

Found = Iterator[tuple[Place, str]]
"""Where something does not fit, and a sentence about it."""


def check_example(document: Document, example: Place, schema: Place) -> None:
    """Notes the first error of an example that fails its schema, on the line of what fails."""
    found = first_error(document, example, schema) if example.node.size <= LARGEST else None
    if found is not None:
        at, message = found
        place = Place(at.node, example.pointer, at.line)
        document.claim_once(place, f"spec.example.{example.pointer}", one_line(message, _MESSAGE))


def first_error(document: Document, value: Place, schema: Place) -> tuple[Place, str] | None:
    """The first thing in a value that does not fit a schema, outer ones before inner ones; None if all fits."""
    return next(_errors(document, value, schema), None)


def _errors(document: Document, value: Place, schema: Place) -> Found:
    parts = list(parts_of(document, schema))
    for part in parts:
        for rule in _RULES:
            yield from rule(document, value, part)
    for part in parts:
        yield from _object_below(document, value, part)
        yield from _array_below(document, value, part)
        for branches in choices_of(part):
            failed = [first_error(document, value, branch) for branch in branches]
            if all(failed) and (first := failed[0]) is not None:
                yield first[0], f"fits none of {len(branches)} schemas: {first[1]}"


def _is_a(place: Place, name: str) -> bool:
    """Whether a value is of a type; of an unknown type it may be."""
    node, value = place.node, place.node.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    scalar = node.kind == "scalar"
    known = {
        "null": scalar and value is None,
        "boolean": isinstance(value, bool),
        "number": is_number,
        "integer": is_number and (isinstance(value, int) or (isinstance(value, float) and value.is_integer())),
        "string": isinstance(value, str),
        "array": node.kind == "sequence",
        "object": node.kind == "mapping",
    }
    return known.get(name, True)


def _shown(place: Place) -> str:
    kinds = {"mapping": "an object", "sequence": "an array"}
    return kinds.get(place.node.kind) or one_line(json.dumps(place.node.value, ensure_ascii=False), _SHOWN)


def _type(document: Document, value: Place, part: Place) -> Found:
    told = part.get("type")
    if told is None or told.node.kind == "mapping":
        return
    names = [item.node.text for item in told.items()] or [told.node.text]
    nullable = part.get("nullable")
    if nullable is not None and nullable.node.value is True and not document.is_json_schema:
        names.append("null")
    if not any(_is_a(value, name) for name in names):
        yield value, f"{_shown(value)} is not of type {' or '.join(map(repr, names))}"


def _values(_: Document, value: Place, part: Place) -> Found:
    listed = allowed(part)
    if listed is not None and value.node.plain() not in listed[1]:
        yield value, f"{_shown(value)} is none of the {len(listed[1])} values allowed"


def _required(_: Document, value: Place, part: Place) -> Found:
    required = part.get("required")
    if required is None or value.node.kind != "mapping":
        return
    for item in required.items():
        if item.node.text not in value.node.members:
            yield value, f"{item.node.text!r} is required, and missing"


def _unknown(_: Document, value: Place, part: Place) -> Found:
    others = part.get("additionalProperties")
    if (
        others is None
        or others.node.value is not False
        or others.node.kind != "scalar"
        or part.get("patternProperties")
    ):
        return
    properties = part.get("properties")
    known = properties.node.members if properties is not None else {}
    for name, member in value.members():
        if name not in known:
            yield member, f"{name!r} is none of the fields allowed"


def _limits(_: Document, value: Place, part: Place) -> Found:
    """The limits of sizes and numbers."""
    node, number = value.node, value.node.value
    measures: dict[str, float] = {"Properties": len(node.members)} if node.kind == "mapping" else {}
    if node.kind == "sequence":
        measures["Items"] = len(node.items)
    elif isinstance(number, str):
        measures["Length"] = len(number)
    elif isinstance(number, int | float) and not isinstance(number, bool):
        measures["imum"] = number
    for name, measure in measures.items():
        low, high = (_number(part, f"{side}{name}") for side in ("min", "max"))
        if low is not None and measure < low:
            yield value, f"{_shown(value)} is less than min{name} {low} allows"
        if high is not None and measure > high:
            yield value, f"{_shown(value)} is more than max{name} {high} allows"


def _number(part: Place, name: str) -> float | None:
    found = part.get(name)
    value = None if found is None else found.node.value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _pattern(_: Document, value: Place, part: Place) -> Found:
    """By an engine whose time is linear: a pattern of somebody else may be made to take for ever."""
    pattern, text = part.text("pattern"), value.node.value
    if pattern is None or not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        return
    import jsonschema_rs

    options = jsonschema_rs.RegexOptions(size_limit=100_000)
    try:
        fits = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options).is_valid(text)
    except ValueError:  # a pattern that this engine does not know
        return
    if not fits:
        yield value, f"{_shown(value)} does not match the pattern"


def _object_below(document: Document, value: Place, part: Place) -> Found:
    properties, others = part.get("properties"), part.get("additionalProperties")
    for name, member in value.members():
        schema = None if properties is None else properties.get(name)
        if schema is None and others is not None and part.get("patternProperties") is None:
            schema = others
        if schema is not None:
            yield from _errors(document, member, schema)


def _array_below(document: Document, value: Place, part: Place) -> Found:
    items = part.get("items")
    first = part.get("prefixItems") if document.is_json_schema else None
    begins = list(first.items()) if first is not None else []
    for number, item in enumerate(value.items()):
        schema = begins[number] if number < len(begins) else items
        if schema is not None and schema.node.kind == "mapping":
            yield from _errors(document, item, schema)


_RULES: tuple[Callable[[Document, Place, Place], Found], ...] = (
    _type, _values, _required, _unknown, _limits, _pattern,
)  # fmt: skip
