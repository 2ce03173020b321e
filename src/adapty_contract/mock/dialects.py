"""Dialects: permitted ways to behave where sources disagree or are silent, each switchable, several at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapty_contract.errors import UsageError
from adapty_contract.mock.behaviour import STRICT, Behaviour
from adapty_contract.mock.names import choose

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Dialect:
    """One permitted behaviour: the choice it makes (`group`), what it does, the ledger entries that leave it open.

    Two dialects of one group contradict each other; those of different groups can be spoken together.
    """

    id: str
    group: str
    description: str
    ledger: tuple[str, ...]
    apply: Callable[[Behaviour], Behaviour]


@cache
def dialects() -> Mapping[str, Dialect]:
    """Every dialect by its id, in the catalogue's order."""
    from adapty_contract.mock.dialect_catalogue import CATALOGUE

    found: dict[str, Dialect] = {}
    for entry in CATALOGUE:
        if entry.id in found:
            raise ValueError(f"dialect {entry.id} is catalogued twice")
        found[entry.id] = entry
    return MappingProxyType(found)


def dialect(name: str, description: str, *ledger: str, **choice: Any) -> Dialect:
    """A dialect that makes one choice: a field of Behaviour, which names the group, and its value."""
    (made,) = choice
    return Dialect(name, made.replace("_", "-"), description, ledger, partial(_with, choice))


def compose(names: Iterable[str], base: Behaviour = STRICT) -> Behaviour:
    """The behaviour of a mock that speaks every dialect in `names`. Raises UsageError for unknown or contradictory ones."""
    behaviour = base
    spoken: dict[str, str] = {}
    for chosen in choose(dialects(), names, "dialect"):
        if chosen.group in spoken:
            raise UsageError(
                f"dialects {spoken[chosen.group]} and {chosen.id} contradict each other",
                hint=f"both decide about {chosen.group}: name one of them",
            )
        spoken[chosen.group] = chosen.id
        behaviour = chosen.apply(behaviour)
    return behaviour


def by_group() -> Mapping[str, tuple[str, ...]]:
    """The ids of the dialects of each group."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for each in dialects().values():
        groups[each.group].append(each.id)
    return {group: tuple(names) for group, names in groups.items()}


def compatible_all() -> tuple[str, ...]:
    """As many dialects as can be spoken together: the first one of each group."""
    return tuple(names[0] for names in by_group().values())


def random_combination(rng: random.Random) -> tuple[str, ...]:
    """A random set of dialects that can be spoken together, at least one; the same for the same state of `rng`."""
    groups = by_group()
    chosen = rng.sample(sorted(groups), rng.randint(1, len(groups)))
    return tuple(rng.choice(groups[group]) for group in chosen)


def _with(choice: Mapping[str, Any], behaviour: Behaviour) -> Behaviour:
    return replace(behaviour, **choice)
