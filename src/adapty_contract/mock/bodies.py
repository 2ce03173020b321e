"""The mock's own reader of JSON bodies: strict, bounded, and never in trouble itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

MAX_BODY: Final = 64 * 1024
"""Bytes; a longer body answers 413."""

MAX_DEPTH: Final = 32
"""Arrays and objects may be nested so deep."""

_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]+|[\]}]+', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class BodyError(ValueError):
    """A body that is no JSON as the mock takes it; its text says where and why."""


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as it was written, whatever its size."""

    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body read as JSON; `repeated` are names that some object has twice (the last value counts)."""

    value: Any
    repeated: tuple[str, ...] = ()


def read_body(data: bytes) -> Body:
    """`data` as JSON: UTF-8 without a mark, one document, nested at most `MAX_DEPTH` deep, numbers kept as written.

    Raises BodyError for everything else, for NaN and Infinity, and for halves of surrogate pairs.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BodyError(f"the body is not UTF-8: byte {error.start}") from error
    if is_too_deep(text):
        raise BodyError(f"more than {MAX_DEPTH} arrays and objects in each other")
    repeated: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            repeated.extend(name for name, times in counted.items() if times > 1)
        return found

    try:
        value = json.loads(
            text, object_pairs_hook=members, parse_int=Number, parse_float=Number, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        raise BodyError(str(error)) from error
    if "\\u" in text and _has_surrogate(value):
        raise BodyError("half of a surrogate pair is no character")
    return Body(value, tuple(repeated))


def is_too_deep(text: str) -> bool:
    """Whether arrays and objects are nested deeper than `MAX_DEPTH`; works on the beginning of a document too."""
    depth = 0
    for found in _STRUCTURE.finditer(text):
        run = found.group()
        if run[0] == '"':
            continue
        depth += len(run) if run[0] in "[{" else -len(run)
        if depth > MAX_DEPTH:
            return True
    return False


def _refuse_constant(name: str) -> Any:
    raise BodyError(f"{name} is no JSON number")


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return _SURROGATE.search(value) is not None
    if isinstance(value, list):
        return any(map(_has_surrogate, value))
    if isinstance(value, dict):
        return any(_has_surrogate(name) or _has_surrogate(member) for name, member in value.items())
    return False
