"""Reads a body as JSON the way a careful client would, and says what a careless one would not notice."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from adapty_contract.model import Document

MAX_DEPTH = 200
"""So deep may arrays and objects nest before a body is not read."""

SAFE_INTEGER = 2**53
"""The largest integer up to which every client reads the number that was written."""

_BIG_INTEGER = 2**64
_SAFE_DIGITS = 15  # integers so short are below 2^53
_MAX_DIGITS = 4000  # Python refuses to convert longer ones
_BOMS = ((b"\xef\xbb\xbf", "bom"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_NESTING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHOWN = 80


def read_document(body: bytes) -> Document:
    """`body` as a JSON document. Never raises; `ok` is false where there is no one value that it says.

    Faults: `empty`, `bom`, `utf-16`, `invalid-utf-8` (with the offset), `too-deep`, `invalid-json`, `trailing-bytes`,
    `not-a-number` (NaN, Infinity, a number too large for a float) make it no JSON. `duplicate-key` (the last value
    counts), `unsafe-integer` (over 2^53), `big-integer` (beyond 64 bits; no value over 4000 digits) and `lone-surrogate`
    leave a value.
    """
    if b"\\u" not in body and _brackets(body) <= MAX_DEPTH:
        try:
            return Document(_ORDINARY.decode(body.decode("utf-8")), ok=True)
        except ValueError:  # anything at all that is not ordinary: read it again, slowly
            return _read_slowly(body)
    return _read_slowly(body)


def _read_slowly(body: bytes) -> Document:
    refused = _refused_bytes(body)
    if refused is not None:
        return refused
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = body[error.start]
        return Document(faults=("invalid-utf-8",), detail=f"byte 0x{byte:02x} at offset {error.start}: {error.reason}")
    return _Reading(text).document()


def _brackets(body: bytes) -> int:
    return body.count(b"[") + body.count(b"{")


def _refused_bytes(body: bytes) -> Document | None:
    """What makes a body unreadable before its characters are looked at."""
    for mark, code in _BOMS:
        if body.startswith(mark):
            return Document(faults=(code,), detail=f"begins with the byte order mark {mark.hex(' ')}")
    if not body.strip(b" \t\r\n"):
        return Document(faults=("empty",), detail=f"{len(body)} bytes, all white space" if body else "no bytes")
    if b"\0" in body[:2]:  # JSON begins with an ASCII character, so a NUL there means two or four bytes each
        return Document(faults=("utf-16",), detail=f"begins with {body[:4].hex(' ')}")
    depth_at = _too_deep_at(body)
    if depth_at is not None:
        return Document(faults=("too-deep",), detail=f"more than {MAX_DEPTH} levels at offset {depth_at}")
    return None


def _too_deep_at(body: bytes) -> int | None:
    """The offset at which the nesting passes the limit, found without recursion."""
    if _brackets(body) <= MAX_DEPTH:
        return None
    depth = 0
    for match in _NESTING.finditer(body):
        first = body[match.start()]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                return match.start()
        elif first in b"]}":
            depth -= 1
    return None


class _NumberError(ValueError):
    """A number that JSON cannot write, or that no program holds; `code` is the fault."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class _Reading:
    """One reading of a text; collects what it notices."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._faults: dict[str, str] = {}

    def document(self) -> Document:
        """The document, with its faults in the order in which they were noticed."""
        decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=self._integer,
            parse_float=_number,
            parse_constant=_refuse_constant,
        )
        start = len(self._text) - len(self._text.lstrip(" \t\r\n"))
        try:
            value, end = decoder.raw_decode(self._text, start)
        except _NumberError as error:
            return self._failed(error.code, str(error))
        except json.JSONDecodeError as error:
            return self._failed("invalid-json", f"{error.msg} at line {error.lineno}, column {error.colno}")
        rest = self._text[end:].strip(" \t\r\n")
        if rest:
            return self._failed("trailing-bytes", f"after the value at offset {end}: {rest[:_SHOWN]!r}")
        if _ESCAPED_SURROGATE.search(self._text):
            self._look_for_surrogates(value)
        return Document(value, ok=True, faults=tuple(self._faults), detail="; ".join(self._faults.values()))

    def _failed(self, code: str, detail: str) -> Document:
        return Document(faults=(code,), detail=detail)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            self._note_duplicates(pairs)
        return members

    def _note_duplicates(self, pairs: list[tuple[str, Any]]) -> None:
        seen: dict[str, Any] = {}
        for name, value in pairs:
            if name in seen and "duplicate-key" not in self._faults:
                shown = f"{_shown(name)} is {_shown(seen[name])} and {_shown(value)}"
                self._faults["duplicate-key"] = shown
            seen[name] = value

    def _integer(self, digits: str) -> int:
        if len(digits) > _MAX_DIGITS:
            raise _NumberError("big-integer", f"an integer of {len(digits.lstrip('-'))} digits")
        value = int(digits)
        if abs(value) >= _BIG_INTEGER:
            self._faults.setdefault("big-integer", f"{digits[:_SHOWN]} does not fit into 64 bits")
        elif abs(value) > SAFE_INTEGER:
            self._faults.setdefault("unsafe-integer", f"{digits} is over 2^53")
        return value

    def _look_for_surrogates(self, value: Any) -> None:
        pending = [value]
        while pending:
            item = pending.pop()
            if isinstance(item, str) and (match := _SURROGATE.search(item)):
                self._faults["lone-surrogate"] = f"U+{ord(match.group()):04X} in {_shown(item)}"
                return
            if isinstance(item, dict):
                pending += [*item, *item.values()]
            elif isinstance(item, list):
                pending += item


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is there twice")
    return members


def _safe_integer(digits: str) -> int:
    if len(digits) > _SAFE_DIGITS:
        raise ValueError("an integer that may be unsafe")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _NumberError("not-a-number", f"{digits[:_SHOWN]} is too large for a number")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _NumberError("not-a-number", f"{name} is no JSON")


def _shown(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


_ORDINARY = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_safe_integer, parse_float=_number, parse_constant=_refuse_constant
)
