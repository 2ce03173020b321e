"""JSX: finds where a tag, an expression or a comment ends. Pages nest them in Markdown, so no grammar fits the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Attribute = str | bool

_LONGEST_EXPRESSION = 1000  # of an attribute: what is longer is no tag, and a search for its end costs no more
_DEEPEST_EXPRESSION = 30
_SPECIAL = re.compile(r"""[{}()\[\]"'`]|/\*""")
_QUOTES = "\"'`"
_PAIRS = {"{": "}", "(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of JSX or HTML, up to `end` in the text; `attributes` hold texts, or True for those without a value."""

    name: str
    kind: Literal["open", "close", "alone"]
    end: int
    attributes: dict[str, Attribute] = field(default_factory=dict)


def scan_tag(text: str, start: int) -> Tag | None:
    """The tag that begins at `start`, or None if none does."""
    if not text.startswith("<", start):
        return None
    at = start + 1
    closing = text.startswith("/", at)
    at += closing
    name_end = _name_end(text, at)
    name, at = text[at:name_end], name_end
    if name and not name[0].isalpha():
        return None
    if closing:
        at = _skip_space(text, at)
        return Tag(name, "close", at + 1) if text.startswith(">", at) else None
    return _scan_rest(text, at, name)


def _scan_rest(text: str, at: int, name: str) -> Tag | None:
    attributes: dict[str, Attribute] = {}
    while True:
        spaced = _skip_space(text, at)
        if text.startswith(">", spaced):
            return Tag(name, "open", spaced + 1, attributes)
        if text.startswith("/>", spaced):
            return Tag(name, "alone", spaced + 2, attributes)
        if spaced == at or not name:
            return None
        found = _scan_attribute(text, spaced)
        if found is None:
            return None
        key, value, at = found
        attributes[key] = value


def _scan_attribute(text: str, at: int) -> tuple[str, Attribute, int] | None:
    if text.startswith("{", at):
        end = scan_braces(text, at, _LONGEST_EXPRESSION)
        return None if end is None else (text[at:end], True, end)
    name_end = _name_end(text, at)
    if name_end == at:
        return None
    if not text.startswith("=", name_end):
        return text[at:name_end], True, name_end
    value = _scan_value(text, name_end + 1)
    return None if value is None else (text[at:name_end], *value)


def _scan_value(text: str, at: int) -> tuple[str, int] | None:
    if text.startswith("{", at):
        end = scan_braces(text, at, _LONGEST_EXPRESSION)
        return None if end is None else (text[at:end], end)
    if text.startswith(('"', "'"), at):
        end_quote = text.find(text[at], at + 1)
        return None if end_quote < 0 else (text[at + 1 : end_quote], end_quote + 1)
    end = at
    while end < len(text) and not text[end].isspace() and text[end] not in "<>\"'{}=`/":
        end += 1
    return None if end == at else (text[at:end], end)


def scan_braces(text: str, start: int, longest: int) -> int | None:
    """Where the expression in braces that begins at `start` ends, strings and comments in it respected."""
    stack: list[str] = []
    last = min(len(text), start + longest)
    if text.find("}", start, last) < 0:
        return None
    found = _SPECIAL.search(text, start, last)
    while found is not None and len(stack) < _DEEPEST_EXPRESSION:
        sign, at = found[0], found.end()
        if sign in _QUOTES:
            at = _string_end(text, found.start(), last)
        elif sign == "/*":
            end = text.find("*/", at, last)
            if end < 0:
                return None
            at = end + 2
        elif sign in _PAIRS:
            stack.append(_PAIRS[sign])
        elif stack and sign == stack[-1]:
            stack.pop()
            if not stack:
                return at
        found = _SPECIAL.search(text, at, last)
    return None


def _string_end(text: str, at: int, last: int) -> int:
    """Behind a string; an apostrophe that opens none is passed over alone."""
    end = at + 1
    while end < last and text[end] != text[at]:
        if text[end] == "\n" and text[at] != "`":
            return at + 1
        end += 2 if text[end] == "\\" else 1
    return end + 1 if end < last else at + 1


def is_comment(expression: str) -> bool:
    """Whether an expression in braces holds nothing but a comment."""
    inner = expression[1:-1].strip()
    return inner.startswith("/*") and inner.find("*/", 2) == len(inner) - 2


def _name_end(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] in "_.:-"):
        at += 1
    return at


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
