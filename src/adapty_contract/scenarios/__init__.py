"""Make a sequence of calls and judge it: one file per topic, each scenario registered with the clauses it exercises."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapty_contract.scenarios.session import Session

TOPICS = (
    "visibility",
    "identifiers",
    "authentication",
    "strangers",
    "profiles",
    "near_ids",
    "isolation",
    "values",
    "bodies",
    "odd_bodies",
    "open_bodies",
    "protocol",
    "immaterial",
    "slashes",
    "concurrency",
    "ending",
)
"""The modules in the order they run: what later ones rely on comes first (`visibility` measures the lag)."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A registered scenario: its id, the clauses it exercises beyond what checks judge, what it needs to run."""

    id: str
    clauses: tuple[str, ...]
    needs: tuple[str, ...]
    function: Callable[[Session], None]


_REGISTRY: dict[str, Scenario] = {}


def scenario(
    *clauses: str, needs: tuple[str, ...] = ()
) -> Callable[[Callable[[Session], None]], Callable[[Session], None]]:
    """Register a scenario for `clauses`. It runs if the session has what `needs` names (the words of a clause's needs)."""

    def register(function: Callable[[Session], None]) -> Callable[[Session], None]:
        name = function.__name__.replace("_", "-")
        _REGISTRY[name] = Scenario(name, clauses, needs, function)
        return function

    return register


@functools.cache
def all_scenarios() -> tuple[Scenario, ...]:
    """Every scenario, in the order in which they run, whichever module was imported first."""
    modules = [importlib.import_module(f"{__name__}.{topic}").__name__ for topic in TOPICS]
    return tuple(sorted(_REGISTRY.values(), key=lambda item: modules.index(item.function.__module__)))
