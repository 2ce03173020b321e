"""A body without its content coding, never larger than the cap, and what was odd about the coding."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP, _ZLIB, _RAW = 31, 15, -15  # window sizes, as zlib spells the formats


class CutShortError(Exception):
    """The coded body ends before its coding does."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body and the remarks on its coding, as in `Response.remarks`."""

    body: bytes
    remarks: frozenset[str] = frozenset()


def decode(body: bytes, coding: str | None, *, cap: int, asked: bool = False, whole: bool = True) -> Decoded:
    """`body` without `coding` (a Content-Encoding header's value), cut at `cap` bytes.

    `asked` says that the request permitted a coding, `whole` that `body` is not cut itself. Raises `CutShortError` if
    a whole body ends too early: without its trailer nobody knows that it is complete.
    """
    codings = [name for part in (coding or "").lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if not codings or not body:
        return Decoded(body)
    remarks = set() if asked else {"unasked-coding"}
    if len(codings) > 1:
        return Decoded(body, frozenset(remarks | {"unexpected-coding"}))
    if codings[0] not in ("gzip", "x-gzip", "deflate"):
        return Decoded(body, frozenset(remarks | {"unknown-coding"}))
    # Deflate: the standard says zlib, old servers send the bare format.
    formats: tuple[int, ...] = (_ZLIB, _RAW) if codings[0] == "deflate" else (_GZIP,)
    for window in formats:
        plain = _inflate(body, window, cap, whole=whole)
        if plain is not None:
            return Decoded(plain[:cap], frozenset(remarks | _oddities(plain, cap)))
    return Decoded(body, frozenset(remarks | {"coding-mismatch"}))


def _oddities(plain: bytes, cap: int) -> set[str]:
    over = {"body-over-cap"} if len(plain) > cap else set()
    return over | ({"unexpected-coding"} if plain.startswith(_GZIP_MAGIC) else set())


def _inflate(body: bytes, window: int, cap: int, *, whole: bool) -> bytes | None:
    """At most `cap` + 1 bytes of what `body` unpacks to; `None` if it is not in that format."""
    plain = b""
    while body:
        unpacker = zlib.decompressobj(window)
        try:
            plain += unpacker.decompress(body, cap + 1 - len(plain))
        except zlib.error:
            return None
        if len(plain) > cap:
            return plain
        if not unpacker.eof:
            if whole:
                raise CutShortError(f"the coded body ends after {len(body)} bytes, before its coding does")
            return plain
        body = unpacker.unused_data if window == _GZIP else b""  # gzip files may follow each other
    return plain
