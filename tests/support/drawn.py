"""Generated cases, drawn once: drawing takes most of the time of a test, and a seed always gives the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from hypothesis.strategies import SearchStrategy

from adapty_contract.fuzz.drive import draw_cases

C = TypeVar("C")
Use = Callable[[Any], bool]


def all_of(strategy: SearchStrategy[C], *, seed: int, cases: int) -> list[C]:
    """Every case that is drawn for a seed."""
    drawn: list[C] = []

    def keep(case: C) -> bool:
        drawn.append(case)
        return True

    assert draw_cases(strategy, keep, seed=seed, cases=cases)
    return drawn


@contextmanager
def drawn_once() -> Iterator[None]:
    """For as long, whoever asks for the cases of a seed again gets those drawn before.

    For one layer at a time: what tells them apart is the seed and the count.
    """
    kept: dict[tuple[int, int], list[Any]] = {}

    def hand(strategy: Any, use: Use, *, seed: int, cases: int) -> bool:
        if (seed, cases) not in kept:
            kept[seed, cases] = all_of(strategy, seed=seed, cases=cases)
        return all(use(case) for case in kept[seed, cases])

    with patch("adapty_contract.fuzz.drive.draw_cases", hand):
        yield
