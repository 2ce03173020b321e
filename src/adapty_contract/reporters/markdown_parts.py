"""The pieces that Markdown is made of; every text from outside goes through `code`, `prose` or `fenced`."""

from __future__ import annotations

import re

from adapty_contract.visible import one_line

_TICKS = re.compile("`+")
_TOO_MANY = re.compile("`{9,}")  # a renderer may stop counting and take a long run for text
_SPAN = r"`[^`]+`"
_VARIABLE = r"\b[A-Z]+(?:_[A-Z]+)+\b"
_CODE = re.compile(_SPAN)
_WORDS = r"[A-Za-z0-9 ,;.()'\"%/=+?!-]|:(?= )"
_PROSE = re.compile(f"(?:{_WORDS}|{_SPAN})*")
_LINK = re.compile(r"www\.|//|\b[0-9a-f]{7,40}\b|\bGH-\d", re.IGNORECASE)


def code(text: str, limit: int | None = None) -> str:
    """`text` on one line as code, in which nothing is a link, a mention, a tag or the end of the code.

    No such piece may stand in a table: there a bar ends the cell even within code.
    """
    line = _TOO_MANY.sub(lambda ticks: r"\x60" * len(ticks[0]), one_line(text, limit))
    line = line if limit is None else one_line(line, limit)
    if not line:
        return "*nothing*"
    fence = "`" * (max(map(len, _TICKS.findall(line)), default=0) + 1)
    pad = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def prose(text: str, limit: int | None = None) -> str:
    """`text` as it is if it is a plain sentence, perhaps with code in single backticks; otherwise as code.

    A sentence must not begin a line: some of its words could be a list or a heading there.
    """
    line = one_line(text, limit)
    return line if _PROSE.fullmatch(line) and not _LINK.search(_CODE.sub("``", line)) else code(line)


def fenced(line: str, language: str = "sh") -> str:
    """One line as a block of code. A line that does not consist of backticks alone cannot end it."""
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in _TICKS.findall(line))])
    return f"{fence}{language}\n{one_line(line)}\n{fence}"


def addressed(text: str, address: str, limit: int | None = None) -> str:
    """`text` as prose in which the names of variables, and an address that is known to stand in it, are code."""
    pieces = [_SPAN, _VARIABLE, *([re.escape(address)] if address and "`" not in address else [])]
    return prose(re.sub("|".join(pieces), _as_code, text), limit)


def _as_code(piece: re.Match[str]) -> str:
    return piece[0] if piece[0].startswith("`") else f"`{piece[0]}`"


def folded(title: str, content: list[str]) -> str:
    """Content behind a title of our own, to be unfolded."""
    return "\n\n".join((f"<details><summary>{title}</summary>", *content, "</details>"))
