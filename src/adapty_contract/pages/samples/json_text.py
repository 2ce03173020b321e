"""JSON in a page, with the line of each of its fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adapty_contract.jsontext import read_document
from adapty_contract.pages.model import Located, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_ARRAYS = frozenset({"array"})


class NoJson(Exception):  # noqa: N818  (an answer to a question, not an error of anybody)
    """A text that is no JSON; says why."""


def read_json(text: str, line: int = 0) -> Located:
    """The document in `text`, which begins on `line`; raises NoJson."""
    from adapty_contract.pages.samples.grammars import parse

    document = read_document(text.encode("utf-8", "replace"))
    if not document.ok:
        raise NoJson(document.detail or ", ".join(document.faults))
    if not isinstance(document.value, dict | list):
        return Located(document.value, line)
    blank = len(text) - len(text.lstrip())
    root = parse("javascript", f"({text})").root_node  # in parentheses: by itself, an object would be a block
    node: Node | None = root
    while node is not None and node.type not in ("object", "array"):
        node = node.named_children[0] if node.named_children else None
    if node is None:
        return Located(document.value, line + text.count("\n", 0, blank))
    return _located(node, document.value, line)


def _located(node: Node, value: Value, line: int) -> Located:
    at = line + node.start_point[0]
    if isinstance(value, dict) and node.type == "object":
        pairs = [(_key(pair), pair.child_by_field_name("value")) for pair in node.named_children if pair.type == "pair"]
        members = (_member(key, part, value[key], line) for key, part in pairs if part is not None and key in value)
        return Located(value, at, members=tuple(members))
    if isinstance(value, list) and node.type in _ARRAYS:
        parts = [part for part in node.named_children if part.type != "comment"]
        return Located(value, at, items=tuple(map(_located, parts, value, [line] * len(parts))))
    return Located(value, at)


def _member(key: str, node: Node, value: Value, line: int) -> tuple[str, Located]:
    """A field stands where its name does."""
    located = _located(node, value, line)
    named = node.parent
    first = located.line if named is None else line + named.start_point[0]
    return key, Located(value, first, located.members, located.items)


def _key(pair: Node) -> str:
    named = pair.child_by_field_name("key")
    text = "" if named is None or named.text is None else named.text.decode("utf-8", "replace")
    try:
        return str(json.loads(text))
    except ValueError:
        return text
