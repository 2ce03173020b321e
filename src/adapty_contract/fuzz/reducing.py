"""Simpler versions of what a case is made of: a sequence with a part taken out, a text that says less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

_MOST_PARTS = 16
"""Into how many parts a sequence is divided at most, so that a long one takes no more tries than a short one."""


def with_less(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The sequence without one of its halves, quarters and so on; never empty."""
    parts = 2
    while len(items) > 1 and parts <= _MOST_PARTS:
        size = max(1, len(items) // parts)
        for start in range(len(items) - size, -1, -size):
            rest = (*items[:start], *items[start + size :])
            if rest:
                yield rest
        if size == 1:
            return
        parts *= 2


def simpler_text(text: str) -> Iterator[str]:
    """Texts that say less than this one, the simplest first; each is shorter, or has more of the letter a."""
    if text in {"", "a"}:
        return
    yield "a"
    cut = len(text) // 2
    while 0 < cut < len(text):  # half of it, three quarters, ...: where a limit is at fault this finds it
        yield text[:cut]
        cut = min(len(text) - 1, cut + (len(text) - cut) // 2) if len(text) - cut > 1 else len(text)
    yield from ("".join(rest) for rest in with_less(text))
    if text.strip("a"):
        yield "a" * len(text)
    if len(text) <= _MOST_PARTS:
        yield from (f"{text[:at]}a{text[at + 1 :]}" for at in range(len(text)) if text[at] != "a")


def simpler_members(members: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Objects with fewer members, then with simpler texts in them."""
    pairs = tuple(members.items())
    yield from (dict(rest) for rest in with_less(pairs))
    for name, value in pairs:
        if isinstance(value, str):
            yield from ({**members, name: text} for text in simpler_text(value))
