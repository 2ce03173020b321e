"""Make text from a server safe to show: what a terminal, an XML parser or a reader's eye would obey becomes visible."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f"  # control characters, among them the ones that start a terminal's escape sequences
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    # (these reorder, join, separate, or are not seen at all)
    "\ud800-\udfff"  # surrogates without a partner: no encoding has them
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"  # no characters, or marks around them
    "\U000e0000-\U000e007f"  # tags, invisible
)
_HOSTILE = re.compile(f"[{_INVISIBLE}]")
_HOSTILE_OR_FOREIGN = re.compile(f"[{_INVISIBLE}]|[^\x00-\x7f]")
_ROOM_FOR_LENGTH = 80
_MARKS = 8  # on one character; no script needs more, and a thousand cover the lines around them
_PILE = re.compile(r"[^\x00-\x7f\w\s]{9,}")  # what may hold more marks than that; a mark is no character of a word
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str, *, keep: str = "\n\t", ascii_only: bool = False) -> str:
    r"""`text` with control, bidi and other invisible characters written as `\x1b` or `\u202e`.

    So are combining marks that would pile up on one character. Characters in `keep` stay. `ascii_only` writes every character beyond ASCII that way, for sinks that know no other.
    The result is well-formed in UTF-8 and in XML 1.0.
    """
    pattern = _HOSTILE_OR_FOREIGN if ascii_only else _HOSTILE
    shown = pattern.sub(lambda match: match[0] if match[0] in keep else _escape(match[0]), text)
    return shown if shown.isascii() else _PILE.sub(lambda match: _levelled(match[0]), shown)


def one_line(text: str, limit: int | None = None, *, ascii_only: bool = False) -> str:
    """`text` made visible on a single line, shortened in the middle to `limit` characters."""
    if limit is None or len(text) <= limit:
        line = " ".join(visible(text, ascii_only=ascii_only).split())
        if limit is None or len(line) <= limit:
            return line
    ends = (text[:limit], text[-limit:])  # of a megabyte, only what can be shown is looked at
    head, tail = (" ".join(visible(end, ascii_only=ascii_only).split()) for end in ends)
    return _joined(head, tail, len(text), limit)


def shortened(text: str, limit: int) -> str:
    """`text` if it has at most `limit` characters; otherwise its start and its end, and how long it was."""
    return text if len(text) <= limit else _joined(text, text, len(text), limit)


def _joined(head: str, tail: str, length: int, limit: int) -> str:
    remark = f" [... {length} characters in all ...] " if limit >= _ROOM_FOR_LENGTH else " ... "
    kept = max(limit - len(remark), 2)
    after = kept // 3
    return f"{head[: kept - after]}{remark}{tail[len(tail) - after :] if after < len(tail) else tail}"


def well_formed(text: str) -> str:
    r"""`text` with each lone surrogate written as `\ud800`, which no UTF-8 and no strict JSON reader takes."""
    return text if text.isascii() else _SURROGATE.sub(lambda match: _escape(match[0]), text)


def _levelled(text: str) -> str:
    """`text` with no more marks in a row than a script needs; the others are written as escapes."""
    pieces, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        pieces.append(character if marks <= _MARKS else _escape(character))
    return "".join(pieces)


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
