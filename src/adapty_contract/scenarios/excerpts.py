"""Two values as short texts, for people who compare them."""

from __future__ import annotations

from typing import Any


def excerpt(expected: Any, seen: Any) -> tuple[str, str]:
    """Two values as short texts that show where they begin to differ."""
    if not (isinstance(expected, str) and isinstance(seen, str)) or max(len(expected), len(seen)) <= 80:
        return f"{expected!a:.200}", f"{seen!a:.200}"
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, seen, strict=False)) if a != b), min(len(expected), len(seen))
    )
    start = max(0, at - 10)
    return tuple(f"{text[start : at + 30]!a} from character {start} of {len(text)}" for text in (expected, seen))  # type: ignore[return-value]
