"""Two values as short texts, for people who compare them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from adapty_contract.checks.wording import told_value
from adapty_contract.scenarios.holding import Mismatch

_WHOLE = 80
"""Up to so many characters two texts are told whole."""
_LONGEST = 200


def excerpt(expected: Any, seen: Any) -> tuple[str, str]:
    """Two values as short texts that show where they begin to differ; what looks alike is spelled in escapes."""
    if not (isinstance(expected, str) and isinstance(seen, str)):
        return told_value(expected, _LONGEST), told_value(seen, _LONGEST)
    if max(len(expected), len(seen)) <= _WHOLE:
        return _told(expected, seen)
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, seen, strict=False)) if a != b), min(len(expected), len(seen))
    )
    start = max(0, at - 10)
    first, second = _told(expected[start : at + 30], seen[start : at + 30])
    place = f"from character {start} of"
    return f"{first} {place} {len(expected)}", f"{second} {place} {len(seen)}"


def excerpts(wrong: Sequence[Mismatch]) -> tuple[str, str]:
    """What the first of several identifiers should be and what it is, and how many more there are; empty if none."""
    if not wrong:
        return "", ""
    name, others = wrong[0].name, len(wrong) - 1
    expected, seen = excerpt(wrong[0].expected, wrong[0].seen)
    more = f" (and {others} more identifier{'s' if others > 1 else ''})" if others else ""
    return f"{name}: {expected}", f"{name}: {seen}{more}"


def instead(wrong: Sequence[Mismatch]) -> str:
    """The first of several identifiers, as it is and as it should be; empty if there is none."""
    if not wrong:
        return ""
    expected, seen = excerpt(wrong[0].expected, wrong[0].seen)
    return f"{wrong[0].name}: {seen}, instead of {expected}"


def _told(expected: str, seen: str) -> tuple[str, str]:
    """Two texts in quotes; in escapes, those for spaces in a row too, where a reader could not tell them apart."""
    alike = expected != seen and _looks(expected) == _looks(seen)
    first, second = (told_value(text, _LONGEST, ascii_only=alike) for text in (expected, seen))
    return (_with_spaces_escaped(first), _with_spaces_escaped(second)) if alike else (first, second)


def _looks(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _with_spaces_escaped(text: str) -> str:
    return re.sub("  +", lambda spaces: "\\u0020" * len(spaces[0]), text)
