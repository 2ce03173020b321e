"""Dotted paths, and patterns of them."""

from __future__ import annotations

from functools import cache


def matches(pattern: str, subject: str) -> bool:
    """Whether `subject` fits `pattern`, in which `*` stands for any one part and `**`, at the end, for all that follow."""
    return _fits(_parts(pattern), _parts(subject))


def bound(pattern: str, subject: str) -> tuple[str, ...] | None:
    """What the asterisks of `pattern` stand for in `subject`; a final `**` gives the rest. None if it does not fit."""
    wanted, given = _parts(pattern), _parts(subject)
    if not _fits(wanted, given):
        return None
    single = [part for want, part in zip(wanted, given, strict=False) if want == "*"]
    return (*single, ".".join(given[len(wanted) - 1 :])) if wanted[-1] == "**" else tuple(single)


@cache
def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _fits(wanted: tuple[str, ...], given: tuple[str, ...]) -> bool:
    if wanted[-1] == "**":
        if len(given) < len(wanted):
            return False
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    return len(wanted) == len(given) and all(want in ("*", part) for want, part in zip(wanted, given, strict=True))
