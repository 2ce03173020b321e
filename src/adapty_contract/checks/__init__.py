"""Judge one exchange: pure functions, grouped by topic, each registered with the clauses it judges."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.model import Exchange, Response, Result, Verdict

CheckFunction = Callable[[Exchange, Response, Contract], Iterator[Result]]


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check: its name, the clauses it judges, the function that does."""

    name: str
    clauses: tuple[str, ...]
    function: CheckFunction


_SEEN = 600
"""Characters of what was seen that a result keeps; the exchange has the rest."""

_REGISTRY: dict[str, Check] = {}


def check(*clauses: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function that judges `clauses` on an exchange that has a response.

    It yields a result for each clause that the exchange concerns, and nothing for the others.
    """

    def register(function: CheckFunction) -> CheckFunction:
        name = function.__name__.replace("_", "-")
        _REGISTRY[name] = Check(name, clauses, function)
        return function

    return register


@functools.cache
def all_checks() -> tuple[Check, ...]:
    """Every check of this folder, in the order of its modules."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return tuple(_REGISTRY.values())


def judge(exchange: Exchange, contract: Contract) -> Iterator[Result]:
    """What every check says of one exchange. Without a response there is nothing to judge."""
    if exchange.response is None:
        return
    for registered in all_checks():
        yield from registered.function(exchange, exchange.response, contract)


def held(clause: str, exchange: Exchange) -> Result:
    """The clause held on this exchange."""
    return Result(clause, Verdict.HELD, exchanges=(exchange.number,), case=exchange.label)


def violated(clause: str, exchange: Exchange, expected: str, seen: str) -> Result:
    """The clause is violated by this exchange."""
    return Result(clause, Verdict.VIOLATED, expected, seen[:_SEEN], (exchange.number,), case=exchange.label)


def inconclusive(clause: str, exchange: Exchange, expected: str, seen: str) -> Result:
    """The exchange says nothing sure of the clause; or departs from an open one, where the sources leave a choice."""
    return Result(clause, Verdict.INCONCLUSIVE, expected, seen[:_SEEN], (exchange.number,), case=exchange.label)


def says(clause: str, exchange: Exchange, expected: str, seen: str, *, holds: bool) -> Result:
    """Held or violated, by `holds`."""
    return held(clause, exchange) if holds else violated(clause, exchange, expected, seen)


def leaves_open(clause: str, exchange: Exchange, expected: str, seen: str, *, holds: bool) -> Result:
    """Held, or a departure from the stricter reading of an open clause."""
    return held(clause, exchange) if holds else inconclusive(clause, exchange, expected, seen)
