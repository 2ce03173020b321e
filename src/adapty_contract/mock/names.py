"""Choosing members of a family (dialects, faults) by their names."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeVar

from adapty_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Member = TypeVar("Member")


def choose(family: Mapping[str, Member], names: Iterable[str], kind: str) -> tuple[Member, ...]:
    """The members called `names`, in that order, each once. Raises UsageError with the nearest name for an unknown one.

    `kind` is the singular word for a member, as the command line spells it: `dialect`, `fault`.
    """
    chosen: dict[str, Member] = {}
    for name in names:
        if name not in family:
            near = difflib.get_close_matches(name, family, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise UsageError(f"unknown {kind}: {name}", hint=f"{hint}`adapty-contract clauses --{kind}s` lists them")
        chosen[name] = family[name]
    return tuple(chosen.values())
