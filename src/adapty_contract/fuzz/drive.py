"""The one place where Hypothesis runs: some cases of a strategy, and the shrinking of one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from adapty_contract.errors import SafetyStop

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

C = TypeVar("C")

BATCH = 9
"""How many cases one drive generates. From the tenth on Hypothesis mutates earlier cases: five in six would repeat most
of what was sent before, in a run that has time for sixty. The first case is always the simplest one of all."""


class Halt(BaseException):
    """Leaves Hypothesis at once, which takes ordinary exceptions for findings; `stop` goes on to the caller."""

    def __init__(self, stop: SafetyStop | None = None) -> None:
        super().__init__()
        self.stop = stop


class ViolationError(Exception):
    """Tells Hypothesis that a case is of interest."""


def drive(strategy: SearchStrategy[C], is_interesting: Callable[[C], bool], seed: int) -> None:
    """Ask of `BATCH` cases of `strategy` whether they are of interest; the first one that is, is shrunk by asking on.

    The cases depend on `seed` alone. Raises what `is_interesting` raises, and the SafetyStop of a Halt.
    """
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Flaky

    found = False

    def test(case: C) -> None:
        nonlocal found
        if is_interesting(case):
            found = True
            raise ViolationError  # in one place: Hypothesis takes another line for another bug

    configure = settings(
        max_examples=BATCH,
        database=None,
        deadline=None,
        derandomize=False,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=tuple(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        backend="hypothesis",
    )
    try:
        configure(seeded(seed)(given(case=strategy)(test)))()
    except ViolationError:
        pass
    except Flaky:  # a server need not do the same again
        if not found:
            raise
    except Halt as halt:
        if halt.stop is not None:
            raise halt.stop from None
