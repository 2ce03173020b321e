"""Faults: seeded defects of the mock, each violating clauses it names; they exist to prove that checks find them.

A fault is a subclass of Steps, registered with `@fault`, in the module of this package that has its topic.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from adapty_contract.errors import UsageError
from adapty_contract.mock.names import choose
from adapty_contract.mock.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Fault:
    """One defect: what is wrong, in words, the ids of the clauses it violates, and the steps that do it.

    `random` faults show now and then, or hang on which request comes first, so that a run need not meet all of it.
    """

    id: str
    description: str
    violates: tuple[str, ...]
    steps: type[Steps]
    random: bool = False

    @property
    def topic(self) -> str:
        """The module of this package that it stands in."""
        return self.steps.__module__.rpartition(".")[2]


_REGISTERED: Final[dict[str, Fault]] = {}


def fault(
    name: str, description: str, *, violates: tuple[str, ...], random: bool = False
) -> Callable[[type[Steps]], type[Steps]]:
    """Registers a subclass of Steps as the fault `name`. Raises ValueError for a name used twice."""

    def register(steps: type[Steps]) -> type[Steps]:
        if name in _REGISTERED:
            raise ValueError(f"fault {name} is registered twice")
        _REGISTERED[name] = Fault(name, description, violates, steps, random)
        return steps

    return register


@cache
def faults() -> Mapping[str, Fault]:
    """Every fault by its id."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    return MappingProxyType(_REGISTERED)


def steps_with(names: Iterable[str]) -> type[Steps]:
    """The steps of a mock that has every fault in `names`; the first one is the outermost.

    A fault that is made of another one goes outside of it. Raises UsageError for an unknown name, and for two faults of
    which one would keep the other from ever being asked.
    """
    names = tuple(names)
    if not names:
        return Steps  # without importing a hundred faults
    chosen = choose(faults(), names, "fault")
    for first, second in combinations(chosen, 2):
        if _fill_one_gap(first.steps, second.steps):
            told = f"the faults {first.id} and {second.id} spoil the same place, and cannot be combined"
            raise UsageError(told, hint="leave one of them out")
    bases: list[type[Steps]] = []
    for each in chosen:
        made_of = (at for at, other in enumerate(bases) if issubclass(each.steps, other))
        bases.insert(next(made_of, len(bases)), each.steps)
    return type("FaultySteps", (*bases, Steps), {})


def _fill_one_gap(first: type[Steps], second: type[Steps]) -> bool:
    """Whether both fill in the same member of a class that is made for it: of two, only the outer one is ever asked."""
    if issubclass(first, second) or issubclass(second, first):
        return False
    shared = {each for each in first.__mro__ if issubclass(second, each) and not issubclass(Steps, each)}
    gaps = {name for each in shared for name in vars(each) if not hasattr(Steps, name) and not name.startswith("__")}
    return any(getattr(first, name) is not getattr(second, name) for name in gaps)
