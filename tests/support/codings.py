"""How servers write a key into what they send, and an eye for it in any file that shares no code with the redaction."""

from __future__ import annotations

import base64
import functools
import html
import json
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

PREFIX = "secret_live_"
PIECE = 12


@dataclass(frozen=True, slots=True)
class Coding:
    """A way to write a text.

    Of each `span` characters, those at some places stand in the writing as if they were written alone; 0 if none do.
    """

    write: Callable[[str], str]
    span: int = PIECE
    folds: bool = False
    """Whether only letters and digits count, so that the few that follow what every key begins with may be words."""


def _each(write: Callable[[int], str], between: str = "") -> Coding:
    return Coding(lambda text: between.join(write(byte) for byte in text.encode()))


def _between(separator: str) -> Coding:
    return Coding(separator.join, folds=True)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _wide(text: str) -> str:
    return text.encode("utf-16-le").decode("latin-1")


CODINGS: dict[str, Coding] = {
    "as it is": Coding(str),
    "base64": Coding(_base64),
    "base64 after one byte": Coding(lambda text: _base64("x" + text), span=0),
    "base64 after two bytes": Coding(lambda text: _base64("xy" + text), span=0),
    "base64 of a header value": Coding(
        lambda text: base64.urlsafe_b64encode(f"Api-Key {text}!".encode()).decode(), span=0
    ),
    "base64 of base64": Coding(lambda text: _base64(_base64(text)), span=18),
    "base64 of base64, both in the middle": Coding(lambda text: _base64("x" + _base64("Api-Key " + text)), span=0),
    "base64 of UTF-16": Coding(lambda text: base64.b64encode(text.encode("utf-16-le")).decode()),
    "base64 of UTF-16, big-endian": Coding(lambda text: base64.b64encode(text.encode("utf-16-be")).decode()),
    "base32": Coding(lambda text: base64.b32encode(text.encode()).decode(), span=15),
    "base32 in the middle": Coding(lambda text: base64.b32encode(f"key {text}".encode()).decode(), span=0),
    "base32 in lower case": Coding(lambda text: base64.b32encode(text.encode()).decode().lower().rstrip("="), span=15),
    "upper case": Coding(str.upper, folds=True),
    "lower case": Coding(str.lower, folds=True),
    "case exchanged": Coding(str.swapcase, folds=True),
    "URL-encoded": Coding(lambda text: quote(text, safe="")),
    "URL-encoded, every byte": _each("%{:02X}".format),
    "URL-encoded in lower case": _each("%{:02x}".format),
    "URL-encoded twice": _each("%25{:02X}".format),
    "URL-encoded in the manner of escape()": _each("%u{:04X}".format),
    "URL-encoded base64": Coding(lambda text: quote(_base64(text), safe=""), span=0),
    "quoted-printable": Coding(lambda text: quopri.encodestring(text.encode(), header=True).decode(), span=0),
    "quoted-printable, every byte": _each("={:02X}".format),
    "quoted-printable on lines of four": Coding(lambda text: "=\r\n".join(re.findall(".{1,4}", text)), folds=True),
    "JSON-escaped": Coding(lambda text: json.dumps(text)[1:-1]),
    "JSON-escaped, every character": _each("\\u{:04x}".format),
    "JSON in JSON": _each("\\\\u{:04x}".format),
    "escaped with braces": _each("\\u{{{:x}}}".format),
    "escaped in hexadecimal": _each("\\x{:02x}".format),
    "escaped in upper case": _each("\\x{:02X}".format),
    "escaped in octal": _each("\\{:03o}".format),
    "HTML-escaped": Coding(html.escape),
    "HTML-escaped, every character": _each("&#{};".format),
    "HTML-escaped in hexadecimal": _each("&#x{:X};".format),
    "UTF-16 read as bytes": Coding(_wide),
    "half of it escaped": Coding(
        lambda text: text[: len(text) // 2] + "".join(f"%{byte:02X}" for byte in text[len(text) // 2 :].encode()),
        span=0,
    ),
    "half of it in octal": Coding(
        lambda text: text[: len(text) // 2] + "".join(f"\\{byte:03o}" for byte in text[len(text) // 2 :].encode()),
        span=0,
    ),
    "hexadecimal": _each("{:02x}".format),
    "hexadecimal in upper case": _each("{:02X}".format),
    "hexadecimal with colons": _each("{:02x}".format, ":"),
    "hexadecimal with spaces": _each("{:02X}".format, " "),
    "hexadecimal in pairs": Coding(lambda text: " ".join(re.findall(".{1,4}", text.encode().hex()))),
    "hexadecimal numbers": _each("0x{:02x}".format, ", "),
    "hexadecimal of UTF-16": Coding(lambda text: text.encode("utf-16-le").hex()),
    "code points": _each("U+{:04X}".format, " "),
    "decimal numbers": _each(str, ", "),
    "decimal numbers without commas": _each(str, " "),
    "decimal numbers on lines": _each("{:>5}".format, ",\n"),
    "octal numbers": _each("{:03o}".format, " "),
    "octal literals": _each("0o{:03o}".format, ", "),
    "spaces between": _between(" "),
    "hyphens between": _between("-"),
    "nothing of any width between": _between("\u200b"),
    "joiners of UTF-8 between": _between("\u2060".encode().decode("latin-1")),
    "line ends between": _between("\r\n"),
}
"""Every coding that redaction claims to know, by what a test calls it."""


def needles(name: str, key: str) -> set[str]:
    """What betrays `key` in that coding: each piece of it, written; none if `betrayed` sees it by another one's."""
    coding = CODINGS[name]
    own = key.removeprefix(PREFIX)
    return {coding.write(own[at : at + coding.span]) for at in range(len(own) - coding.span + 1) if coding.span}


def betrayed(content: bytes, key: str) -> list[str]:
    """The codings in which a piece of `key` stands in a file of any format."""
    readings = {*_readings(content)}
    own = _bare(key.removeprefix(PREFIX))
    pieces = {own[at : at + PIECE] for at in range(len(own) - PIECE + 1)}
    found = {"letters" for text in {*map(_bare, readings)} if _stand_in(text, pieces)}
    sought = {name: needles(name, key) for name in CODINGS}
    for text in readings:
        found |= {name for name in sought if _stand_in(text, sought[name])}
    return sorted(found)


@functools.lru_cache(64)
def _samples(text: str) -> frozenset[str]:
    """Four characters of every nine: whatever twelve stand in the text, four of theirs are among these."""
    return frozenset(text[at : at + 4] for at in range(0, len(text), PIECE - 3))


def _stand_in(text: str, pieces: set[str]) -> bool:
    samples = _samples(text)
    return any(piece in text for piece in pieces if any(piece[at : at + 4] in samples for at in range(PIECE - 3)))


def _readings(content: bytes) -> Iterator[str]:
    """A file as it stands, and what its format (JSON, XML, HTML, base64 of bodies, lines) wraps around texts undone."""
    text = content.decode("utf-8", "replace")
    yield content.decode("latin-1")
    whole = {text, text.replace("{ ", "{")}  # SARIF parts what looks like its own
    if not text.startswith("{"):
        whole.add(html.unescape(text))
    if not text.startswith(("{", "<")):
        whole.add(re.sub(r"\s*\n\s*", "", text))  # a terminal's lines
    for reading in whole:
        yield reading
        yield _unescaped(reading)
        yield _unescaped(_unescaped(reading))  # a control character that was made visible, in JSON
    for coded in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        if len(coded) % 4 == 0:
            yield base64.b64decode(coded).decode("latin-1")


def _bare(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def _unescaped(text: str) -> str:
    simple = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
    pattern = re.compile(r'\\(?:u([0-9a-fA-F]{4})|x([0-9a-f]{2})|([nrt"\\/]))')
    return pattern.sub(lambda match: simple[match[3]] if match[3] else chr(int(match[1] or match[2], 16)), text)
