"""Look for a case that violates something new, reduce it, tell it, and look on behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from adapty_contract.fuzz.trial import Tried
from adapty_contract.model import Result, Verdict

if TYPE_CHECKING:
    from adapty_contract.reporters.progress import Progress
    from adapty_contract.scenarios.session import Session

C = TypeVar("C")

Cases = Callable[[Callable[[C], bool]], None]
"""Hands cases to a function, one after the other and always the same ones, until it returns false."""

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
"""The clauses that a comparison with the model judges. Once one of them is violated, what a profile holds may well look
like the violation of another; so that has to be seen twice."""


class Subject(Protocol[C]):
    """What tries cases."""

    def attempt(self, case: C, *, fresh: bool, careful: bool = False) -> Tried | None:
        """Send what `case` says and judge it; `None` if there is nothing to send.

        `fresh` sets what the case touches to values that no case has, so that it fails as often as it is tried;
        `careful` reads after every step, so that the step at fault is the one that is blamed.
        """

    def simpler(self, case: C) -> Iterator[C]:
        """Simpler cases that may fail in the same way, the boldest first."""

    def hurry(self, *, hurried: bool) -> None:
        """Whether to wait less for writes that are seen late: one was lost already."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes: seconds, and counts."""

    budget: float
    reduce_seconds: float = 5.0
    reduce_attempts: int = 200
    findings: int = 4
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class _Failure(Generic[C]):
    case: C
    tried: Tried
    position: int  # of the case among the generated ones


class Search(Generic[C]):
    """One search through cases. It finds the same in the same cases as long as the budget lasts."""

    def __init__(
        self, session: Session, cases: Cases[C], subject: Subject[C], *, limits: Limits, progress: Progress
    ) -> None:
        """Results go to `session.tally`."""
        self._session = session
        self._all_cases = cases
        self._subject = subject
        self._limits = limits
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
        self._found: _Failure[C] | None = None

    def run(self) -> None:
        """Try every case, or as many as the budget allows. Raises SafetyStop if a safety rule ends the run."""
        passed = 0
        for _ in range(self._limits.findings):
            failure = self._next_failure(passed)
            if failure is None:
                return
            sure = self._tell_failure(failure)
            passed = failure.position - sure  # a case that was told may violate more: it is tried again
        self.note = self.note or f"stopped after {self._limits.findings} findings"

    def _next_failure(self, passed: int) -> _Failure[C] | None:
        """Go through the cases again, but try those only that did not pass before, till one violates something new."""
        self._begin()
        self._all_cases(lambda case: self._generated(case, passed))
        return self._found

    def _generated(self, case: C, passed: int) -> bool:
        """Try a case unless it was tried; whether to go on."""
        self._position += 1
        key = repr(case)
        if key in self._met or self._position <= passed:
            self._met.add(key)
            return True
        self._met.add(key)
        if self._limits.clock() >= self._deadline:
            self.note = f"the time was up after {self.cases} cases"
            return False
        tried = self._subject.attempt(case, fresh=False)
        if tried is None:
            return True
        self._count()
        if self._news(tried):
            self._found = _Failure(case, tried, self._position)
            return False
        self._session.tally.add(_but_violations(tried))
        return True

    def _count(self) -> None:
        if self._position > self._counted:
            self._counted = self._position
            self.cases += 1
            self._progress.advance()

    # --- reducing

    def _tell_failure(self, failure: _Failure[C]) -> bool:
        """Tell the smallest case that fails, or else the one that was found; whether it surely violates something."""
        self._subject.hurry(hurried="write-is-visible" in failure.tried.violated)
        try:
            reduced = self._reduced(failure.case)
        except BaseException:
            self._tell_unsure(failure.tried)
            raise
        finally:
            self._subject.hurry(hurried=False)
        return (reduced is not None and self._tell_least(*reduced)) or self._tell_unsure(failure.tried)

    def _reduced(self, case: C) -> tuple[C, Tried] | None:
        """The smallest case that fails, and what it came to, within the time and the tries; `None` if none fails again."""
        ends = self._limits.clock() + self._limits.reduce_seconds
        tried = self._fails(case) or self._fails(case)
        if tried is None:
            return None
        tested = {repr(case)}
        candidates = self._subject.simpler(case)
        while (candidate := next(candidates, None)) is not None:
            if repr(candidate) in tested:
                continue
            if self._limits.clock() >= ends or len(tested) >= self._limits.reduce_attempts:
                break
            tested.add(repr(candidate))
            found = self._fails(candidate)
            if found is not None:
                case, tried, candidates = candidate, found, self._subject.simpler(candidate)
        return case, tried

    def _fails(self, case: C) -> Tried | None:
        """What a case came to, started afresh, if it violates something new."""
        tried = self._subject.attempt(case, fresh=True)
        return tried if tried is not None and self._news(tried) else None

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

    def _tell_least(self, case: C, least: Tried) -> bool:
        """Tell a reduced case if it fails again with full patience; whether it did."""
        for replay in range(_REPLAYS):
            tried = self._subject.attempt(case, fresh=True, careful=replay == 0)
            if tried is not None and (self._news(tried) or self._explains(tried, least)):
                news = self._new_results(tried)
                self._told |= least.violated | tried.violated
                self._tell(tried, [_with_what_led_to_it(result, tried) for result in news])
                return True
        return False

    def _explains(self, careful: Tried, least: Tried) -> bool:
        """Whether a case, looked at step by step, is only one more sight of what was told before."""
        return self._news(least) <= MEANING and not careful.violated.isdisjoint(MEANING)

    def _tell_unsure(self, tried: Tried) -> bool:
        """Tell a case that was seen once only; whether any of it is beyond doubt."""
        results = self._new_results(tried)
        doubted = MEANING if any(self._is_known(clause, set()) for clause in MEANING) else SHAKY
        self._told |= tried.violated - doubted
        self._tell(tried, [_in_doubt(result) if result.clause in doubted else result for result in results])
        return any(result.clause not in doubted for result in results)

    def _tell(self, tried: Tried, news: list[Result]) -> None:
        self._session.tally.add(_but_violations(tried))
        self._session.tally.add(replace(result, case=tried.text) for result in news)

    def _new_results(self, tried: Tried) -> list[Result]:
        """The first violation of each clause that was not known to be violated, nor what it follows from."""
        known = {clause for clause in tried.violated if self._is_known(clause, set())}
        news = [result for result in tried.results if result.verdict is Verdict.VIOLATED and result.clause not in known]
        return list({result.clause: result for result in reversed(news)}.values())[::-1]


def _but_violations(tried: Tried) -> list[Result]:
    return [result for result in tried.results if result.verdict is not Verdict.VIOLATED]


def _with_what_led_to_it(result: Result, tried: Tried) -> Result:
    """A result with every exchange of its case up to the one that shows it."""
    last = max(result.exchanges, default=0)
    return replace(result, exchanges=tuple(number for number in tried.exchanges if number <= last))


def _in_doubt(result: Result) -> Result:
    seen = f"{result.seen} (once; not again in {_REPLAYS} more tries, as a copy that lags behind would show it)"
    return replace(result, verdict=Verdict.INCONCLUSIVE, seen=seen)
