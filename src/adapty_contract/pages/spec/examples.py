"""The examples of a document: what each says, and whether it fits its own schema."""

from __future__ import annotations

from collections.abc import Iterator

from adapty_contract.pages.codes import claim_fields
from adapty_contract.pages.model import Located
from adapty_contract.pages.spec.document import Document, Place
from adapty_contract.pages.spec.node import Node
from adapty_contract.pages.spec.types import parts_of
from adapty_contract.pages.spec.validation import LARGEST, check_example


def claim_examples(document: Document, media: Place, base: str) -> None:
    """Notes the examples of a body, whether they stand beside its schema or in it."""
    schema = media.get("schema")
    for example in _beside(document, media):
        _claim(document, example, f"{base}.example")
        if schema is not None:
            check_example(document, example, schema)
    if schema is not None:
        claim_schema_examples(document, schema, f"{base}.example")


def claim_schema_examples(document: Document, schema: Place, subject: str) -> None:
    """Notes the examples that stand in a schema itself."""
    for part in list(parts_of(document, schema)):
        for example in _within(part):
            _claim(document, example, subject)
            check_example(document, example, schema)


def claim_parameter_examples(document: Document, parameter: Place, subject: str) -> None:
    """Notes the examples of a parameter."""
    schema = parameter.get("schema")
    for example in _beside(document, parameter):
        document.claim(example, f"{subject}.example", example.node.plain())
        if schema is not None:
            check_example(document, example, schema)
    if schema is not None:
        claim_schema_examples(document, schema, f"{subject}.example")


def _within(part: Place) -> Iterator[Place]:
    """The examples in a schema: one, or, where it is JSON Schema, a list."""
    single, several = part.get("example"), part.get("examples")
    if single is not None:
        yield single
    if several is not None and several.node.kind == "sequence":
        yield from several.items()


def _beside(document: Document, holder: Place) -> Iterator[Place]:
    """The examples of a body or a parameter: one, or several by name."""
    single = holder.get("example")
    if single is not None:
        yield single
    for name, named in document.members(holder, "examples"):
        found = document.follow(named)
        value = None if found is None else found.get("value") or found.get("dataValue")
        if value is not None:
            yield value
        elif found is not None:
            document.unread(named, f"the example {name[:40]!r}, whose value does not stand in the document")


def _claim(document: Document, example: Place, subject: str) -> None:
    if example.node.size > LARGEST:
        document.unread(example, f"an example of over {LARGEST} values")
        return
    own = document.notes.findings.unique(subject)
    document.claim(example, own, example.node.plain())
    for _ in range(example.node.size):
        document.spend()  # each of its fields is a claim too
    claim_fields(_located(example.node, example.line), own, 0, document.notes)


def _located(node: Node, line: int) -> Located:
    members = tuple((name, _located(below, at)) for name, (at, below) in node.members.items())
    return Located(node.plain(), line, members, tuple(_located(below, below.line) for below in node.items))
