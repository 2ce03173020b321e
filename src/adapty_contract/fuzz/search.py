"""Look for a case that violates something new, have Hypothesis shrink it, tell it, and look on behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from adapty_contract.errors import SafetyStop
from adapty_contract.fuzz.trial import Tried
from adapty_contract.model import Result, Verdict

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from adapty_contract.reporters.progress import Progress
    from adapty_contract.scenarios.session import Session

C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)

_REPLAYS = 3

SHAKY = frozenset(
    {
        "write-merges",
        "profiles-are-isolated",
        "read-has-no-effect",
        "refused-write-changes-nothing",
        "state-is-the-profiles-alone",
        "null-is-refused-ignored-or-clears",
        "blank-is-refused-kept-or-clears",
        "scalar-is-refused-or-told-as-string",
        "empty-write-changes-nothing",
        "unknown-field-disturbs-nothing",
    }
)
"""Clauses on which a copy of the data that lags behind can make a correct server look wrong for a moment: what was seen
once and never again is inconclusive. Everything else is a violation even if it comes once in a run."""


class Subject(Protocol[C_contra]):
    """What tries cases."""

    def attempt(self, case: C_contra, *, fresh: bool) -> Tried | None:
        """Send what `case` says and judge it; `None` if there is nothing to send.

        `fresh` sets what the case touches to values that no case has, so that it fails as often as it is tried.
        """

    def hurry(self, *, hurried: bool) -> None:
        """Whether to wait less for writes that are seen late: one was lost already."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes. Seconds, except for the counts; `cases` are generated ones."""

    cases: int
    budget: float
    shrink_seconds: float = 5.0
    shrink_attempts: int = 300
    findings: int = 4
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class _Failure(Generic[C]):
    case: C
    tried: Tried
    position: int  # of the case among the generated ones

    @property
    def size(self) -> tuple[int, int]:
        return len(self.tried.text), len(self.tried.exchanges)


class _ViolationError(Exception):
    """Tells Hypothesis that a case is of interest."""


class _Halt(BaseException):
    """Leaves Hypothesis at once: it takes ordinary exceptions for findings."""


class Search(Generic[C]):
    """One search through the cases of a strategy. The same seed draws the same cases as long as the budget lasts."""

    def __init__(
        self,
        session: Session,
        strategy: SearchStrategy[C],
        subject: Subject[C],
        *,
        limits: Limits,
        seed: int,
        progress: Progress,
    ) -> None:
        """Results go to `session.tally`."""
        self._session = session
        self._strategy = strategy
        self._subject = subject
        self._limits = limits
        self._seed = seed
        self._progress = progress
        self._told: set[str] = set()
        self._deadline = limits.clock() + limits.budget
        self._position = 0
        self._first: _Failure[C] | None = None
        self._least: _Failure[C] | None = None
        self._stop: SafetyStop | None = None
        self._shrinking_ends = 0.0
        self._attempts = 0
        self._counted = 0
        self.cases = 0
        """How many cases were tried, without those that only shrank another one."""
        self.note = ""

    def run(self) -> None:
        """Try every case, or as many as the budget allows. Raises SafetyStop if a safety rule ends the run."""
        passed = 0
        for _ in range(self._limits.findings):
            failure = self._pass(passed)
            if failure is None:
                return
            passed = failure.position - 1  # the same case again: it may violate more than was told
        self.note = self.note or f"stopped after {self._limits.findings} findings"

    def _pass(self, passed: int) -> _Failure[C] | None:
        """Generate from the beginning, skip the cases that passed before, and tell the first finding after them."""
        self._position, self._first, self._least = 0, None, None
        finished = False
        try:
            finished = self._drive(passed)
        finally:
            if self._first is not None and not finished:
                self._tell_unsure(self._first.tried)
        if self._first is not None:
            self._tell_least(self._first, self._least or self._first)
        return self._first

    def _drive(self, passed: int) -> bool:
        """Let Hypothesis generate and shrink; whether it came to an end by itself or by our limits."""
        from hypothesis.errors import Flaky

        try:
            drive(self._strategy, lambda case: self._consider(case, passed), self._seed, self._limits.cases)
        except _ViolationError:
            pass
        except Flaky:
            if self._first is None:
                raise
        except _Halt:
            if self._stop is not None:
                raise self._stop from None
        return True

    def _consider(self, case: C, passed: int) -> None:
        try:
            violates = (
                self._generated(case, passed) if self._least is None else self._shrunk(case, self._least)
            )
        except SafetyStop as stop:
            self._stop = stop
            raise _Halt from stop
        if violates:  # raised in one place, since Hypothesis takes another line for another bug
            raise _ViolationError

    def _generated(self, case: C, passed: int) -> bool:
        self._position += 1
        if self._position <= passed:
            return False
        if self._limits.clock() >= self._deadline:
            self.note = f"the time was up after {self.cases} cases"
            raise _Halt
        tried = self._subject.attempt(case, fresh=False)
        if tried is None:
            return False
        self.cases += self._position > self._counted
        self._counted = max(self._counted, self._position)
        self._progress.advance()
        if not self._news(tried):
            self._session.tally.add(_but_violations(tried.results))
            return False
        self._first = self._least = _Failure(case, tried, self._position)
        self._shrinking_ends = self._limits.clock() + self._limits.shrink_seconds
        self._attempts = 0
        self._subject.hurry(hurried="write-is-visible" in tried.violated)
        return True

    def _shrunk(self, case: C, least: _Failure[C]) -> bool:
        self._attempts += 1
        if self._limits.clock() >= self._shrinking_ends or self._attempts > self._limits.shrink_attempts:
            raise _Halt
        tried = self._subject.attempt(case, fresh=True)
        if tried is None or not self._news(tried):
            return False
        failure = _Failure(case, tried, least.position)
        if least is self._first or failure.size <= least.size:
            self._least = failure
        return True

    def _news(self, tried: Tried) -> frozenset[str]:
        """The clauses that the case violates, unless they or what they follow from were found violated before."""
        return frozenset(clause for clause in tried.violated if not self._is_known(clause, set()))

    def _is_known(self, clause: str, seen: set[str]) -> bool:
        if clause in seen:
            return False
        seen.add(clause)
        if clause in self._told or self._session.tally.is_violated(clause):
            return True
        return any(self._is_known(root, seen) for root in self._session.contract.clauses[clause].after)

    def _tell_least(self, first: _Failure[C], least: _Failure[C]) -> None:
        """Tell the smallest case if it can be seen again with full patience, the first one otherwise."""
        self._subject.hurry(hurried=False)
        for _ in range(_REPLAYS):
            tried = self._subject.attempt(least.case, fresh=True)
            if tried is not None and self._news(tried):
                self._tell(tried, [replace(result, exchanges=tried.exchanges) for result in self._new_results(tried)])
                return
        self._tell_unsure(first.tried)

    def _tell_unsure(self, tried: Tried) -> None:
        """Tell a case that was seen once only."""
        results = self._new_results(tried)
        self._tell(tried, [_in_doubt(result) if result.clause in SHAKY else result for result in results])

    def _tell(self, tried: Tried, news: list[Result]) -> None:
        self._told |= tried.violated
        self._session.tally.add(_but_violations(tried.results))
        self._session.tally.add(replace(result, case=tried.text) for result in news)

    def _new_results(self, tried: Tried) -> list[Result]:
        """The first violation of each clause that was not known to be violated, nor what it follows from."""
        known = {clause for clause in tried.violated if self._is_known(clause, set())}
        news = [result for result in tried.results if result.verdict is Verdict.VIOLATED and result.clause not in known]
        return list({result.clause: result for result in reversed(news)}.values())[::-1]


def drive(strategy: SearchStrategy[C], function: Callable[[C], None], seed: int, cases: int) -> None:
    """Call `function` with so many cases of `strategy`; an exception from it makes Hypothesis shrink the case."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import seed as seeded

    configure = settings(
        max_examples=cases,
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

    def test(case: C) -> None:
        function(case)

    configure(seeded(seed)(given(case=strategy)(test)))()


def _but_violations(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.verdict is not Verdict.VIOLATED]


def _in_doubt(result: Result) -> Result:
    seen = f"{result.seen} (once; not again in {_REPLAYS} more tries, as a copy that lags behind would show it)"
    return replace(result, verdict=Verdict.INCONCLUSIVE, seen=seen)
