"""Where a head and a chunked body end: just enough of HTTP/1.1 to feed a parser one message and not a byte more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapty_contract.model import Headers

_BLANK_LINE = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d\.\d (\d{3})(?: [^\r\n]*)?\r?\n")
_FRAMING_FIELD = re.compile(rb"\n(content-length|transfer-encoding):[ \t]*([^\r\n]*)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t;\r]")


@dataclass(frozen=True, slots=True)
class Head:
    """A response's head as it came: `raw` up to and with the blank line."""

    status: int
    raw: bytes
    length: int | None = None
    """The body's length in bytes; `None` if no usable Content-Length says it."""
    chunked: bool = False
    """Whether a Transfer-Encoding is named, which rules over the length."""
    ambiguous: bool = False
    """Whether both are there."""
    controls: bool = False
    """Whether a control character stands where none may."""

    @property
    def tame(self) -> bytes:
        """The head with a question mark for each control character, so that a strict parser goes on."""
        return _CONTROL.sub(b"?", self.raw) if self.controls else self.raw

    @property
    def headers(self) -> Headers:
        """The header fields with every byte that the parser was not shown."""
        lines = re.split(rb"\r?\n", self.raw.rstrip(b"\r\n"))[1:]
        pairs = (line.decode("latin-1").partition(":") for line in lines)
        return tuple((name, value.strip(" \t")) for name, _, value in pairs)


def head_end(buffer: bytes, start: int) -> int:
    """The index after the first blank line at or after `start`, or -1."""
    match = _BLANK_LINE.search(buffer, start)
    return match.end() if match else -1


def may_be_http(buffer: bytes, start: int) -> bool:
    """Whether what was read so far can still become a response's head that begins at `start`."""
    if buffer.find(b"\n", start) >= 0:
        return _STATUS_LINE.match(buffer, start) is not None
    return b"HTTP/".startswith(buffer[start : start + 5])


def parse_head(raw: bytes) -> Head:
    """Read a whole head that `may_be_http`. What a strict parser would refuse is left for it to refuse."""
    line = _STATUS_LINE.match(raw)
    fields = [(name.lower(), value.strip()) for name, value in _FRAMING_FIELD.findall(raw)]
    lengths = {value for name, value in fields if name == b"content-length"}
    chunked = any(name == b"transfer-encoding" for name, _ in fields)
    length = lengths.pop() if len(lengths) == 1 else b""
    return Head(
        status=int(line[1]) if line else 0,
        raw=raw,
        length=int(length) if length.isdigit() and len(length) < 20 else None,
        chunked=chunked,
        ambiguous=chunked and any(name == b"content-length" for name, _ in fields),
        controls=_CONTROL.search(raw) is not None,
    )


class Chunks:
    """Follows a chunked body to its end. A broken one has no end here: the parser that reads it will say so."""

    def __init__(self) -> None:
        self._line = b""
        self._skip = 0
        self._trailers = False
        self._broken = False

    def end(self, data: bytes) -> int | None:
        """The index in `data`, the next bytes of the body, after the end of the body; `None` if it goes on."""
        at = 0
        while at < len(data) and not self._broken:
            if self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
                continue
            newline = data.find(b"\n", at)
            if newline < 0:
                self._line += data[at:]  # the parser gives up on a line long before memory does
                return None
            if self._ends(self._line + data[at : newline + 1]):
                return newline + 1
            self._line = b""
            at = newline + 1
        return None

    def _ends(self, line: bytes) -> bool:
        if self._trailers:
            return line in (b"\r\n", b"\n")
        size = _CHUNK_SIZE.match(line)
        if size is None:
            self._broken = True
        else:
            self._skip = int(size[1], 16)
            self._trailers = self._skip == 0
            self._skip += 2 if self._skip else 0  # the line end after the data
        return False
