r"""A text with its escapes taken away, in every way that can hide a secret, and the letters or digits alone of a text.

Escapes are those of URLs (`%73`, `%u0073`), of quoted-printable (`=73`, lines that go on), of JSON and of programming
languages (`\u0073`, `\u{73}`, `\x73`, `\163`), of HTML (`&#115;`), and NUL bytes (UTF-16). All of it takes time in
proportion to the text.
"""

from __future__ import annotations

import html
import re
import string
from array import array
from dataclasses import dataclass
from itertools import compress
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
    for mark, pattern, decode in kinds:
        single = text.replace(mark, "") if mark == _NUL else pattern.sub(decode, text)
        if single not in seen:
            seen.add(single)
            yield single
    for _ in range(_ROUNDS):
        before, text = text, _ANY.sub(_any, text.replace(_NUL, ""))
        if text == before:
            return
        if text not in seen:
            seen.add(text)
            yield text


def views(text: str) -> Iterator[View]:
    """`text` as it stands, without each kind of escape, and without all kinds, up to three times over."""
    view = View(text, array("I", range(len(text))), array("I", range(1, len(text) + 1)))
    yield view
    kinds = [kind for kind in _KINDS if kind[0] in text]
    for _, pattern, decode in kinds:
        yield view.without(pattern, decode)
    for _ in range(_ROUNDS if kinds else 0):
        before, view = view, view.without(_NULS, _nothing).without(_ANY, _any)
        if view.text == before.text:
            return
        yield view


def letters_of(text: str) -> str:
    """The letters and digits of ASCII in `text`, in lower case: nothing that separates them, no case."""
    return text.encode("latin-1", "replace").translate(_LOWER, _OTHERS).decode("ascii")


def digits_of(letters: str) -> str:
    """The hexadecimal digits of what `letters_of` made, without the prefixes `0x` and `0o` of numbers."""
    return letters.replace("0x", "").replace("0o", "").encode().translate(None, _NO_DIGITS).decode()


@dataclass(frozen=True, slots=True)
class View:
    """A text with some escapes taken away; character `i` came from `starts[i]:stops[i]` of the original."""

    text: str
    starts: array[int]
    stops: array[int]

    def without(self, pattern: re.Pattern[str], decode: Callable[[re.Match[str]], str]) -> View:
        """This view with each match of `pattern` decoded."""
        parts: list[str] = []
        starts = array("I")
        stops = array("I")
        end = 0
        for match in pattern.finditer(self.text):
            new, start, stop = decode(match), match.start(), match.end()
            parts += [self.text[end:start], new]
            starts += self.starts[end:start] + self.starts[start : start + 1] * len(new)
            stops += self.stops[end:start] + self.stops[stop - 1 : stop] * len(new)
            end = stop
        text = "".join([*parts, self.text[end:]])
        return View(text, starts + self.starts[end:], stops + self.stops[end:])

    def letters(self) -> View:
        """What `letters_of` makes of the text."""
        return self.keeping(letters_of(self.text), _OTHERS)

    def digits(self) -> View:
        """What `digits_of` makes of the text, if this is a view of letters."""
        bare = self.without(_HEX_PREFIX, _nothing).without(_OCTAL_PREFIX, _nothing)
        return bare.keeping(digits_of(self.text), _NO_DIGITS)

    def keeping(self, kept: str, others: bytes) -> View:
        """What is `kept` of the text: all but the characters among `others`, in whatever case."""
        told = self.text.encode("latin-1", "replace").translate(_NOTHING_OF[others])
        return View(kept, array("I", compress(self.starts, told)), array("I", compress(self.stops, told)))


def _url(match: re.Match[str]) -> str:
    return chr(int(match.group()[1:].removeprefix("u"), 16))


def _printable(match: re.Match[str]) -> str:
    digits = match.group()[1:].strip()
    return chr(int(digits, 16)) if digits else ""


def _backslash(match: re.Match[str]) -> str:
    escape = match.group()[1:]
    if escape[0] in "ux":
        return chr(int(escape[1:].strip("{}"), 16))
    return _BY_LETTER[escape] if escape in _BY_LETTER else chr(int(escape, 8))


def _html(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def _nothing(_: re.Match[str]) -> str:
    return ""


_BY_LETTER = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUL = "\0"
_NULS = re.compile(f"{_NUL}+")
_URL = r"%(?:u[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2})"
_PRINTABLE = r"=(?:[0-9A-Fa-f]{2}|\r?\n)"
_NUMERIC = r"u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,5}\}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}"
_BACKSLASH = rf"\\(?:{_NUMERIC}|[\"\\/bfnrt])"
_HTML = r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|\w{2,6});"
_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("%", re.compile(_URL), _url),
    ("=", re.compile(_PRINTABLE), _printable),
    ("\\", re.compile(_BACKSLASH), _backslash),
    ("\\", re.compile(rf"\\(?:{_NUMERIC})"), _backslash),  # also where a backslash before it belongs to the text around
    ("&", re.compile(_HTML), _html),
    (_NUL, _NULS, _nothing),
)
_ANY = re.compile(f"{_URL}|{_PRINTABLE}|{_BACKSLASH}|{_HTML}")
_BY_MARK = {"%": _url, "=": _printable, "\\": _backslash, "&": _html}

_ALPHANUMERIC = (string.ascii_letters + string.digits).encode()
_LOWER = bytes(range(256)).lower()
_OTHERS = bytes(set(range(256)) - set(_ALPHANUMERIC))
_NO_DIGITS = bytes(set(range(256)) - set(string.hexdigits.encode()))
_NOTHING_OF = {others: bytes(byte not in others for byte in range(256)) for others in (_OTHERS, _NO_DIGITS)}
_HEX_PREFIX = re.compile("0x")
_OCTAL_PREFIX = re.compile("0o")


def _any(match: re.Match[str]) -> str:
    return _BY_MARK[match.group()[0]](match)
