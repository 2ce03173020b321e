"""The one place where Hypothesis runs: it draws the cases of a strategy, always the same ones for a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

C = TypeVar("C")

_BATCH = 9
"""How many cases Hypothesis draws in one go. From the tenth on it mutates earlier ones: five in six would repeat most of
what was sent before, in a run that has time for some hundred."""


class _Left(BaseException):
    """Leaves Hypothesis at once, with what `use` raised."""

    def __init__(self, cause: Exception | None) -> None:
        super().__init__()
        self.cause = cause


def draw_cases(strategy: SearchStrategy[C], use: Callable[[C], bool], *, seed: int, cases: int) -> bool:
    """Hand about so many cases of `strategy` to `use`, until it returns false; whether it never did.

    Passes on what `use` raises. Which cases come depends on `seed` alone; some come twice. Hypothesis does not shrink here: with a few hundred
    requests its shrinker leaves most of a long walk as it was, so searches reduce by what they know of their cases.
    """
    for batch in range(max(1, cases // (_BATCH - 1))):  # the first case of each batch is the simplest of all
        try:
            _draw_batch(strategy, use, seed * 1_000_003 + batch)
        except _Left as left:
            if left.cause is not None:
                raise left.cause from None
            return False
    return True


def _draw_batch(strategy: SearchStrategy[C], use: Callable[[C], bool], seed: int) -> None:
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import HypothesisException

    def test(case: C) -> None:
        try:
            more = use(case)
        except HypothesisException:
            raise
        except Exception as error:
            raise _Left(error) from error
        if not more:
            raise _Left(None)

    configure = settings(
        max_examples=_BATCH,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        suppress_health_check=tuple(HealthCheck),
        phases=(Phase.generate,),
        verbosity=Verbosity.quiet,
        backend="hypothesis",
    )
    configure(seeded(seed)(given(case=strategy)(test)))()
