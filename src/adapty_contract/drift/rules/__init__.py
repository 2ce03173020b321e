"""The rules that find discrepancies: one module a topic, one function a rule, registered by its id."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.model import Discrepancy

Found: TypeAlias = Iterator[Discrepancy]
Finder: TypeAlias = Callable[[Evidence], Found]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, what it looks for, and the function that looks."""

    id: str
    description: str
    find: Finder


_RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Finder], Finder]:
    """Register a function as the rule `name`; its docstring says what it looks for."""

    def register(function: Finder) -> Finder:
        if name in _RULES:
            raise ValueError(f"two rules are called {name}")
        _RULES[name] = Rule(name, (function.__doc__ or "").strip(), function)
        return function

    return register


@functools.cache
def rules() -> Mapping[str, Rule]:
    """All rules by id."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return MappingProxyType(_RULES)


def find_all(evidence: Evidence) -> Found:
    """What every rule finds."""
    for each in rules().values():
        yield from each.find(evidence)
