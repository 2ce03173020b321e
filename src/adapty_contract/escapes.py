"""A text with its URL, JSON and HTML escapes and NUL bytes (UTF-16) taken away, in every way that can hide a secret."""

from __future__ import annotations

import html
import json
import re
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROUNDS = 3  # nested escapes: URL-encoded twice within JSON


def decoded(text: str) -> Iterator[str]:
    """The different texts of `views(text)`, `text` itself first; quick, because they don't remember positions."""
    yield text
    kinds = [kind for kind in _KINDS if kind[0] in text]
    if not kinds:
        return
    seen = {text}
    for mark, pattern, replace in kinds:
        single = text.replace(mark, "") if mark == "\0" else pattern.sub(replace, text)
        if single not in seen:
            seen.add(single)
            yield single
    for _ in range(_ROUNDS):
        text = _ANY.sub(_any, text.replace("\0", ""))
        if text not in seen:
            seen.add(text)
            yield text


def views(text: str) -> Iterator[View]:
    """`text` as it stands, without each kind of escape, and without all kinds, up to three times over."""
    view = View(text, array("I", range(len(text))), array("I", range(1, len(text) + 1)))
    yield view
    kinds = [kind for kind in _KINDS if kind[0] in text]
    for _, pattern, replace in kinds:
        yield view.without(pattern, replace)
    for _ in range(_ROUNDS if kinds else 0):
        before, view = view, view.without(_ANY, _any)
        if view.text == before.text:
            return
        yield view


@dataclass(frozen=True, slots=True)
class View:
    """A text with some escapes taken away; character `i` came from `starts[i]:stops[i]` of the original."""

    text: str
    starts: array[int]
    stops: array[int]

    def without(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> View:
        """This view with each match of `pattern` replaced."""
        parts: list[str] = []
        starts = array("I")
        stops = array("I")
        end = 0
        for match in pattern.finditer(self.text):
            new, start, stop = replace(match), match.start(), match.end()
            parts += [self.text[end:start], new]
            starts += self.starts[end:start] + self.starts[start : start + 1] * len(new)
            stops += self.stops[end:start] + self.stops[stop - 1 : stop] * len(new)
            end = stop
        text = "".join([*parts, self.text[end:]])
        return View(text, starts + self.starts[end:], stops + self.stops[end:])


def _url(match: re.Match[str]) -> str:
    return chr(int(match.group()[1:], 16))


def _json(match: re.Match[str]) -> str:
    _, unicode, digits = match.group().partition("u")
    return chr(int(digits, 16)) if unicode else str(json.loads(f'"{match.group()}"'))


def _html(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def _nothing(_: re.Match[str]) -> str:
    return ""


_URL = r"%[0-9A-Fa-f]{2}"
_JSON = r"\\(?:u[0-9A-Fa-f]{4}|[\"\\/bfnrt])"
_HTML = r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|\w{2,6});"
_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("%", re.compile(_URL), _url),
    ("\\", re.compile(_JSON), _json),
    ("\\u", re.compile(r"\\u[0-9A-Fa-f]{4}"), _json),  # also where a backslash before it belongs to the text around
    ("&", re.compile(_HTML), _html),
    ("\0", re.compile("\0"), _nothing),
)
_ANY = re.compile(f"{_URL}|{_JSON}|{_HTML}|\0")
_BY_MARK = {"%": _url, "\\": _json, "&": _html, "\0": _nothing}


def _any(match: re.Match[str]) -> str:
    return _BY_MARK[match.group()[0]](match)
