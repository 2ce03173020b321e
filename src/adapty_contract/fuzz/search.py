"""Look for a case that violates something new, reduce it, tell it, and look on behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from adapty_contract.fuzz.findings import REPLAYS, Findings
from adapty_contract.fuzz.trial import Tried

C = TypeVar("C")

Cases = Callable[[Callable[[C], bool]], None]
"""Hands cases to a function, one after the other and always the same ones, until it returns false."""


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
        """Whether to wait no longer for a write to be seen than writes were seen to need."""


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
    position: int  # of the case among all


class Search(Generic[C]):
    """One search through cases. It finds the same in the same cases as long as the budget lasts."""

    def __init__(self, findings: Findings, cases: Cases[C], subject: Subject[C], limits: Limits) -> None:
        """What is found goes to `findings`."""
        self._findings = findings
        self._all_cases = cases
        self._subject = subject
        self._limits = limits
        self._deadline = limits.clock() + limits.budget
        self._counted = 0
        self._begin()
        self.cases = 0
        """How many cases were tried, without those that only reduced another one."""
        self.note = ""

    def _begin(self) -> None:
        self._position = 0
        self._met: set[str] = set()
        self._found: _Failure[C] | None = None

    def run(self) -> None:
        """Try every case, or as many as the budget allows. Raises SafetyStop if a safety rule ends the run."""
        passed = told = 0
        while told < self._limits.findings:
            failure = self._next_failure(passed)
            if failure is None:
                return
            sure = self._handle(failure)
            told += sure
            passed = failure.position - sure  # a case that was told may violate more: it is tried again
        self.note = f"stopped after {told} findings"

    def _next_failure(self, passed: int) -> _Failure[C] | None:
        """Go through the cases again, but try those only that did not pass before, till one violates something new."""
        self._begin()
        self._all_cases(lambda case: self._try(case, passed))
        return self._found

    def _try(self, case: C, passed: int) -> bool:
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
        if self._findings.news(tried):
            self._found = _Failure(case, tried, self._position)
            return False
        self._findings.pass_on(tried)
        return True

    def _count(self) -> None:
        if self._position > self._counted:
            self._counted = self._position
            self.cases += 1

    # --- what to do with a failure

    def _handle(self, failure: _Failure[C]) -> bool:
        """Tell the smallest case that fails, or else the one that was found; whether anything sure was told."""
        try:
            seen_again = self._tell_again(failure)
        except BaseException:  # the run is stopped: what was seen must not be lost
            self._findings.tell_unsure(failure.tried)
            raise
        return self._findings.tell_unsure(failure.tried) if seen_again is None else seen_again

    def _tell_again(self, failure: _Failure[C]) -> bool | None:
        """Tell a reduced case if it fails once more with full patience; `None` if it does not, false if it is known."""
        self._subject.hurry(hurried=True)
        try:
            if self._findings.explains(self._attempt(failure.case, careful=True), failure.tried):
                self._findings.take_for_known(failure.tried)
                return False
            reduced = self._reduced(failure.case)
        finally:
            self._subject.hurry(hurried=False)
        return None if reduced is None else self._tell_reduced(*reduced)

    def _tell_reduced(self, case: C, least: Tried) -> bool | None:
        for replay in range(REPLAYS):
            again = self._attempt(case, careful=replay == 0)
            if self._findings.explains(again, least):
                self._findings.take_for_known(least)
                return False
            if self._findings.news(again):
                self._findings.tell(again, instead_of=least)
                return True
        return None

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
        tried = self._attempt(case)
        return tried if self._findings.news(tried) else None

    def _attempt(self, case: C, *, careful: bool = False) -> Tried:
        return self._subject.attempt(case, fresh=True, careful=careful) or Tried(())
