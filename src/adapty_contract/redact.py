"""Redaction by value: whatever shape the API key takes on its way through a server, it leaves no report.

A secret is looked for in several *views* of a text: as it stands, and with its URL, JSON and HTML escapes and NUL
bytes (UTF-16) taken away, one kind at a time and all together, several times over. In each view the needles are the
secret and its base64 at every alignment. A view remembers where its characters came from, so that what is cut out is
always cut out of the original text.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapty_contract.escapes import decoded, views

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapty_contract.model import Headers

PLACEHOLDER = "[redacted]"
"""What stands where a secret stood."""

PIECE = 12
"""So many consecutive characters of a secret are already too many; a shorter secret is one piece."""

_BASE64_PIECE = 14  # so many base64 characters a piece of 12 determines wherever it starts
_BASE64_SHORTEST = 6  # less than that could stand anywhere by chance
_PUBLIC_PREFIX = re.compile(r"(?:secret|public)_[a-z]+_(?=.{8})")  # of every key, and so no secret by itself
_MASKED_WHOLE = frozenset({"cookie", "set-cookie", "x-api-key"})
_MASKED_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_SCHEME = re.compile(r"\s*(?:api[-_ ]?key|basic|bearer|digest|negotiate|token)\s+(?=\S)", re.IGNORECASE)


class Redactor:
    """Takes secrets out of text, bytes, headers and JSON-like data; redacting twice changes nothing."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Secrets to look for; empty ones are ignored."""
        self._anchors: dict[str, list[_Anchor]] = {}
        for needle in {needle for secret in secrets if secret for needle in _needles(secret)}:
            for anchor in _anchors(needle):
                self._anchors.setdefault(anchor.block, []).append(anchor)
        self._blocks = tuple(self._anchors)

    def __repr__(self) -> str:
        return f"Redactor({len(self._blocks)} blocks)"

    def found_in(self, data: bytes | str) -> bool:
        """Whether a secret, or a piece of one, stands in `data` in any known form."""
        text = data.decode("latin-1") if isinstance(data, bytes) else data
        return any(True for part in text.split(PLACEHOLDER) for _ in self._spans(part))

    def text(self, text: str) -> str:
        """`text` without secrets."""
        while self._suspicious(text):
            cleaner = PLACEHOLDER.join(map(self._once, text.split(PLACEHOLDER)))
            if cleaner == text:
                break
            text = cleaner
        return text

    def bytes(self, data: bytes) -> bytes:
        """`data` without secrets; bytes that are no secret stay, whatever their encoding."""
        text = data.decode("latin-1")
        clean = self.text(text)
        return data if clean is text else clean.encode("latin-1")

    def headers(self, headers: Headers) -> Headers:
        """`headers` without secrets, and without the credentials of any header that is meant to carry some."""
        if not self._suspicious(
            "\n".join(part for header in headers for part in header)
        ):  # once for all: nearly always
            return tuple((name, _masked(name, value)) for name, value in headers)
        return tuple((self.text(name), self.text(_masked(name, value))) for name, value in headers)

    def data(self, value: Any) -> Any:
        """A copy of JSON-like `value` (dicts, lists, tuples, strings, bytes) without secrets, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.data(key): self._member(key, member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.data(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self.data(item) for item in value)
        return self.bytes(value) if isinstance(value, bytes) else value

    def _member(self, key: Any, value: Any) -> Any:
        if isinstance(key, str) and isinstance(value, str):
            return self.text(_masked(key, value))
        return self.data(value)

    def _suspicious(self, text: str) -> bool:
        """Whether a view holds a block of a secret: never wrong with *no*, and what nearly every text stops at."""
        return any(map(self._touches, decoded(text)))

    def _touches(self, text: str) -> bool:
        for block in self._blocks:  # noqa: SIM110  (a third faster; substring search beats any regex of these blocks)
            if block in text:
                return True
        return False

    def _once(self, text: str) -> str:
        pieces, end = [], 0
        for start, stop in sorted(self._spans(text)):
            if start >= end:
                pieces += [text[end:start], PLACEHOLDER]
            end = max(end, stop)
        return "".join([*pieces, text[end:]])

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        if not self._suspicious(text):
            return
        for view in views(text):
            for start, stop in self._matches(view.text):
                yield view.starts[start], view.stops[stop - 1]

    def _matches(self, text: str) -> Iterator[tuple[int, int]]:
        for block, anchors in self._anchors.items():
            position = text.find(block)
            while position >= 0:
                for anchor in anchors:
                    start, stop = anchor.grown(text, position)
                    if anchor.betrays(start, stop, position):
                        yield start, stop
                position = text.find(block, position + 1)


def _masked(name: str, value: str) -> str:
    """The value of header `name` without credentials, if that header is there to carry some."""
    name = name.lower()
    if not value or (name not in _MASKED_WHOLE and name not in _MASKED_CREDENTIALS):
        return value
    scheme = _SCHEME.match(value) if name in _MASKED_CREDENTIALS else None
    return (scheme.group() if scheme else "") + PLACEHOLDER


@dataclass(frozen=True, slots=True)
class _Needle:
    """A form of a secret, and how many of its consecutive characters betray it.

    The first `public` characters are those that every key begins with: a server may speak of them.
    """

    text: str
    least: int
    public: int = 0


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A block of a needle at an offset; blocks lie so close together that each betraying piece contains one."""

    needle: _Needle
    offset: int
    block: str

    def grown(self, text: str, position: int) -> tuple[int, int]:
        """The longest piece of the needle in `text` around the block found at `position`: start and stop."""
        whole, left, right = self.needle.text, self.offset, self.offset + len(self.block)
        start, stop = position, position + len(self.block)
        while left > 0 and start > 0 and whole[left - 1] == text[start - 1]:
            left, start = left - 1, start - 1
        while right < len(whole) and stop < len(text) and whole[right] == text[stop]:
            right, stop = right + 1, stop + 1
        return start, stop

    def betrays(self, start: int, stop: int, position: int) -> bool:
        """Whether the piece from `start` to `stop`, with the block at `position`, tells enough of the secret."""
        reaches = self.offset + stop - position
        return stop - start >= self.needle.least and reaches > self.needle.public


def _needles(secret: str) -> Iterator[_Needle]:
    raw = secret.encode("utf-8", "surrogatepass")
    prefix = _PUBLIC_PREFIX.match(secret)
    public = prefix.end() if prefix else 0
    for form in {secret, raw.decode("latin-1")}:  # a body is looked at as ISO 8859-1
        yield _Needle(form, min(PIECE, len(form)), public)
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        # What depends on a neighbour is left out: the first character or two, the last group if it is not full.
        start = shift and shift + 1
        inside = encoded[start : (shift + len(raw)) * 8 // 6]
        if len(inside) >= _BASE64_SHORTEST:
            least = min(_BASE64_PIECE, len(inside))
            known = max(0, (shift + public) * 8 // 6 - start)
            yield _Needle(inside, least, known)
            yield _Needle(inside.replace("+", "-").replace("/", "_"), least, known)
    if len(raw) < PIECE:  # short: its padded base64 counts as a whole only
        encoded = base64.b64encode(raw).decode()
        yield _Needle(encoded, len(encoded))


def _anchors(needle: _Needle) -> Iterator[_Anchor]:
    size = max(1, needle.least // 2)
    step = needle.least - size + 1
    for offset in range(0, len(needle.text) - size + 1, step):
        yield _Anchor(needle, offset, needle.text[offset : offset + size])
