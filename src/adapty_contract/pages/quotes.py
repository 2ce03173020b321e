"""Short quotes, which stand literally on the line they are cited from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

MAX_WORDS = 8
_MAX_CHARACTERS = 160
_CELL = re.compile(r"(?:[^|\\]|\\.)+")
_WORD = re.compile(r"\S+")


@lru_cache(maxsize=256)
def clip(text: str) -> str:
    """The first words of a line, as they are written."""
    ends = [match.end() for match in islice(_WORD.finditer(text), MAX_WORDS)]
    return text[: ends[-1]].strip()[:_MAX_CHARACTERS] if ends else ""


def find_quote(lines: Sequence[str], line: int, wanted: str) -> str:
    """`wanted` as far as it may be quoted, if it stands on `line`, or else the first words of that line.

    In a row of a table it is quoted with the rest of its cell, so that one word is not all that is seen.
    """
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    short = clip(wanted)
    if not short or short not in text:
        return clip(text)
    return next((clip(cell) for cell in _cells(text) if cell.lstrip("*`_[<").startswith(short)), short)


@lru_cache(maxsize=16)
def _cells(text: str) -> tuple[str, ...]:
    """The cells of a line, if it is a row of a table."""
    is_row = text[:1] == "|" or text.lstrip()[:1] == "|"
    return tuple(cell.strip() for cell in _CELL.findall(text)) if is_row else ()


def find_line(lines: Sequence[str], first: int, last: int, wanted: str) -> int:
    """The first line of those given that holds `wanted`, or the first of all."""
    for number in range(first, min(last, len(lines)) + 1):
        if wanted and wanted in lines[number - 1]:
            return number
    return first
