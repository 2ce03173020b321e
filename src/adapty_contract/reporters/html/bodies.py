"""Bodies as people read them: as text, JSON with a line for each member, and no more of them than fits a page."""

from __future__ import annotations

import re

from adapty_contract.jsontext import read_document
from adapty_contract.visible import one_line

_WHOLE = 3000  # bytes; of a larger body both ends are shown
_HEAD, _TAIL = 1500, 500
_TOP, _BOTTOM = 60, 20  # lines
_GLANCE = 160
_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")
_NEXT = "\n  "
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')


def body_text(body: bytes) -> str:
    r"""A body as text: JSON is laid out, bytes that are no UTF-8 are written as `\xff`, a large or long one has a gap."""
    if len(body) > _WHOLE:
        top, bottom = _decoded(body[:_HEAD]).split("\n")[:_TOP], _decoded(body[-_TAIL:]).split("\n")[-_BOTTOM:]
        return "\n".join((*top, f"[... {len(body):,} bytes in all ...]", *bottom))
    text = _decoded(body)
    return few_lines(laid_out(text) if body[:1] in (b"{", b"[") and read_document(body).ok else text)


def few_lines(text: str) -> str:
    """`text`, or its first and its last lines if it has more than a reader scrolls through."""
    lines = text.split("\n")
    if len(lines) <= _TOP + _BOTTOM:
        return text
    return "\n".join((*lines[:_TOP], f"[... {len(lines):,} lines in all ...]", *lines[-_BOTTOM:]))


def excerpt(body: bytes) -> str:
    """The beginning and the end of a body on one line."""
    ends = body if len(body) <= _WHOLE else body[:_HEAD] + b" [...] " + body[-_TAIL:]
    return one_line(_decoded(ends), _GLANCE)


def laid_out(text: str) -> str:
    """JSON text with a line for each member of the outermost object or list; its strings and numbers stay as written."""
    pieces: list[str] = []
    depth = 0
    for piece in _TOKEN.findall(text):
        depth -= piece in _CLOSING
        if piece in _CLOSING and not depth:
            pieces[-1:] = () if pieces[-1] == _NEXT else (pieces[-1], "\n")
        pieces.append(piece)
        depth += piece in _OPENING
        if depth == 1 and (piece in _OPENING or piece == ","):
            pieces.append(_NEXT)
        elif piece in (":", ","):
            pieces.append(" ")
    return "".join(pieces)


def _decoded(body: bytes) -> str:
    return body.decode("utf-8", "backslashreplace")
