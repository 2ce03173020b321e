"""The suite's values as JSON data and back, by their own annotations, so that a new field cannot be forgotten."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from adapty_contract.visible import well_formed

_NOT_PLAIN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Decoder = Callable[[Any], Any]


def encode(value: Any) -> Any:  # noqa: PLR0911  (one per kind of value)
    """A value (dataclass, enum, bytes, tuple, frozenset, mapping, scalar) as data that any JSON writer takes.

    Bytes become `{"text": ...}`, with `"encoding": "base64"` unless they are plain UTF-8 text; sets become sorted
    lists; a lone surrogate, which is no character, becomes visible text.
    """
    if isinstance(value, str):
        return well_formed(str(value))
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, bytes):
        return body_text(value)
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {well_formed(str(key)): encode(member) for key, member in value.items()}
    if isinstance(value, frozenset):
        return sorted(encode(item) for item in value)
    kind: Any = type(value)
    return {name: encode(getattr(value, name)) for name in _names(kind)}


def body_text(body: bytes) -> dict[str, str]:
    """A body as `{"text": ...}` if it is UTF-8 without control characters, otherwise in base64 and saying so."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if _NOT_PLAIN.search(text):
        return {"text": base64.b64encode(body).decode("ascii"), "encoding": "base64"}
    return {"text": text}


def decode(kind: Any, data: Any) -> Any:
    """The value of type `kind` that `encode` made `data` from; `data` must fit the schema of that type."""
    return _decoder(kind)(data)


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@functools.cache
def _decoder(kind: Any) -> Decoder:
    """How to read a `kind`; made once for each, as a report holds thousands of values of few kinds."""
    if kind is bytes:
        return _bytes
    if isinstance(kind, type) and issubclass(kind, (Enum, int, float)):
        return kind if kind is not bool else _same  # 1.0 is an integer in JSON, and 1 may be a duration
    if is_dataclass(kind):
        return _dataclass(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(_decoder(next(argument for argument in arguments if argument is not NoneType)))
    if origin in (tuple, frozenset):
        return _sequence(origin, _decoder(arguments[0]))  # all items of a tuple of ours have one type
    return _same


def _dataclass(kind: Any) -> Decoder:
    hints = get_type_hints(kind)
    members = [(name, _decoder(hints[name])) for name in _names(kind)]
    return lambda data: kind(**{name: read(data[name]) for name, read in members})


def _optional(read: Decoder) -> Decoder:
    return lambda data: None if data is None else read(data)


def _sequence(kind: Callable[[Any], Any], read: Decoder) -> Decoder:
    return lambda data: kind(read(item) for item in data)


def _bytes(data: Mapping[str, str]) -> bytes:
    if data.get("encoding") == "base64":
        return base64.b64decode(data["text"], validate=True)
    return data["text"].encode("utf-8", "surrogatepass")  # a file of other hands may hold what ours never does


def _same(data: Any) -> Any:
    return data
