"""Look for a case that violates something new, have Hypothesis shrink it, tell it, and look on behind it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from adapty_contract.errors import SafetyStop
from adapty_contract.fuzz.drive import BATCH, Halt, drive
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

MEANING = SHAKY | {"values-round-trip", "write-is-visible", "write-is-idempotent", "both-headers-see-one-profile"}
"""The clauses that a comparison with the model judges."""


class Subject(Protocol[C_contra]):
    """What tries cases."""

    def attempt(self, case: C_contra, *, fresh: bool, careful: bool = False) -> Tried | None:
        """Send what `case` says and judge it; `None` if there is nothing to send.

        `fresh` sets what the case touches to values that no case has, so that it fails as often as it is tried;
        `careful` reads after every step, so that the step at fault is the one that is blamed.
        """

    def hurry(self, *, hurried: bool) -> None:
        """Whether to wait less for writes that are seen late: one was lost already."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes. Seconds, except for the counts; `cases` are generated ones."""

    cases: int
    budget: float
    shrink_seconds: float = 5.0
    shrink_attempts: int = 500
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


class Search(Generic[C]):
    """One search through the cases of a strategy. The same seed draws the same cases as long as the budget lasts."""

    def __init__(  # noqa: PLR0913  (each is a part of it)
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
        self._counted = 0
        self._begin()
        self.cases = 0
        """How many cases were tried, without those that only shrank another one."""
        self.note = ""

    def _begin(self) -> None:
        self._position = 0
        self._met: set[str] = set()
        self._first: _Failure[C] | None = None
        self._least: _Failure[C] | None = None
        self._shrinking_ends = 0.0
        self._attempts: dict[str, bool] = {}

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
        self._begin()
        whole = False
        try:
            for batch in range(-(-self._limits.cases // (BATCH - 1))):
                drive(self._strategy, lambda case: self._consider(case, passed), self._seed * 1_000_003 + batch)
                if self._first is not None or self.note:
                    break
            whole = True
        finally:
            if self._first is not None and not whole:
                self._tell_unsure(self._first.tried)
        if self._first is not None:
            self._tell_least(self._first, self._least or self._first)
        return self._first

    def _consider(self, case: C, passed: int) -> bool:
        """Whether the case violates something new, when Hypothesis asks."""
        try:
            return self._generated(case, passed) if self._least is None else self._shrunk(case, self._least)
        except SafetyStop as stop:
            raise Halt(stop) from stop

    def _generated(self, case: C, passed: int) -> bool:
        self._position += 1
        key = repr(case)
        if key in self._met or self._position <= passed:
            self._met.add(key)
            return False
        self._met.add(key)
        if self._limits.clock() >= self._deadline:
            self.note = f"the time was up after {self.cases} cases"
            raise Halt
        tried = self._subject.attempt(case, fresh=False)
        if tried is None:
            return False
        self._count()
        if not self._news(tried):
            self._session.tally.add(_but_violations(tried))
            return False
        self._first = self._least = _Failure(case, tried, self._position)
        self._shrinking_ends = self._limits.clock() + self._limits.shrink_seconds
        self._subject.hurry(hurried="write-is-visible" in tried.violated)
        return True

    def _count(self) -> None:
        if self._position > self._counted:
            self._counted = self._position
            self.cases += 1
            self._progress.advance()

    def _shrunk(self, case: C, least: _Failure[C]) -> bool:
        key = repr(case)
        if key not in self._attempts:
            if self._limits.clock() >= self._shrinking_ends or len(self._attempts) >= self._limits.shrink_attempts:
                raise Halt
            self._attempts[key] = self._is_smaller(case, least)
        return self._attempts[key]

    def _is_smaller(self, case: C, least: _Failure[C]) -> bool:
        tried = self._subject.attempt(case, fresh=True)
        if tried is None or not self._news(tried):
            return False
        failure = _Failure(case, tried, least.position)
        if least is self._first or failure.size <= least.size:
            self._least = failure
        return True

    # --- what is new

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

    # --- telling

    def _tell_least(self, first: _Failure[C], least: _Failure[C]) -> None:
        """Tell the smallest case if it can be seen again with full patience, the first one otherwise."""
        self._subject.hurry(hurried=False)
        for replay in range(_REPLAYS):
            tried = self._subject.attempt(least.case, fresh=True, careful=replay == 0)
            if tried is not None and (self._news(tried) or self._explains(tried, least.tried)):
                news = self._new_results(tried)
                self._told |= least.tried.violated
                self._tell(tried, [replace(result, exchanges=tried.exchanges) for result in news])
                return
        self._tell_unsure(first.tried)

    def _explains(self, careful: Tried, least: Tried) -> bool:
        """Whether a case, looked at step by step, is only one more sight of what was told before."""
        return self._news(least) <= MEANING and not careful.violated.isdisjoint(MEANING)

    def _tell_unsure(self, tried: Tried) -> None:
        """Tell a case that was seen once only."""
        results = self._new_results(tried)
        self._tell(tried, [_in_doubt(result) if result.clause in SHAKY else result for result in results])

    def _tell(self, tried: Tried, news: list[Result]) -> None:
        self._told |= tried.violated
        self._session.tally.add(_but_violations(tried))
        self._session.tally.add(replace(result, case=tried.text) for result in news)

    def _new_results(self, tried: Tried) -> list[Result]:
        """The first violation of each clause that was not known to be violated, nor what it follows from."""
        known = {clause for clause in tried.violated if self._is_known(clause, set())}
        news = [result for result in tried.results if result.verdict is Verdict.VIOLATED and result.clause not in known]
        return list({result.clause: result for result in reversed(news)}.values())[::-1]


def _but_violations(tried: Tried) -> list[Result]:
    return [result for result in tried.results if result.verdict is not Verdict.VIOLATED]


def _in_doubt(result: Result) -> Result:
    seen = f"{result.seen} (once; not again in {_REPLAYS} more tries, as a copy that lags behind would show it)"
    return replace(result, verdict=Verdict.INCONCLUSIVE, seen=seen)
