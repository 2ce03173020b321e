"""What the columns of a table hold, told from their headings, whatever they are called and in whichever order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from adapty_contract.pages.scopes import slug

Column = Literal[
    "name", "header", "status", "type", "required", "optional", "nullable", "description", "values", "default",
    "example", "place",
]  # fmt: skip

_WORDS: dict[Column, tuple[str, ...]] = {
    "header": ("header", "header-name", "http-header", "headers"),
    "name": (
        "parameter", "parameters", "param", "name", "field", "fields", "key", "property", "attribute", "argument",
        "parameter-name", "field-name", "property-name", "key-name", "body-parameter", "query-parameter", "element", "variable",
    ),
    "status": (
        "status", "status-code", "code", "http-status", "http-code", "http-status-code", "response-code", "error-code",
    ),
    "type": ("type", "data-type", "datatype", "value-type"),
    "description": (
        "description", "descriptions", "details", "meaning", "explanation", "comment", "comments", "notes", "note",
    ),
    "values": ("allowed-values", "possible-values", "accepted-values", "values", "enum", "options"),
    "default": ("default", "default-value"),
    "example": ("example", "examples", "example-value", "sample"),
    "place": ("in", "location", "place", "passed-in"),
}  # fmt: skip
_PREFIXED = frozenset({"required", "optional", "nullable"})
_KINDS: dict[str, Column] = {word: column for column, words in _WORDS.items() for word in words}


def read_columns(headings: Sequence[str]) -> list[Column | str]:
    """What each column holds; one that is not known keeps its own words, as does a second one of the same kind."""
    kinds: list[Column | str] = []
    for heading in headings:
        own = slug(heading)
        kind = _kind(own)
        kinds.append(own if kind is None or kind in kinds else kind)
    return kinds


def are_headings(headings: Sequence[str]) -> bool:
    """Whether a row holds nothing but what columns are called, of which one must be that of names or its like."""
    if not headings or _kind(slug(headings[0])) is None:  # as in nearly every row
        return False
    columns = read_columns(headings)
    known = [column for column in columns if column in _WORDS or column in _PREFIXED]
    return len(known) == len(columns) > 1 and bool({"name", "header", "status"} & set(known))


def _kind(heading: str) -> Column | None:
    if heading.startswith(("required", "mandatory", "is-required")):
        return "required"
    if heading.startswith("optional"):
        return "optional"
    if heading.startswith(("nullable", "can-be-null", "is-nullable")) or heading == "null":
        return "nullable"
    return _KINDS.get(heading)
