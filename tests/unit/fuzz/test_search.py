"""A search through cases: what it tells, what it leaves, when it ends. The cases are numbers, the server a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from adapty_contract.errors import SafetyStop
from adapty_contract.fuzz.findings import Findings
from adapty_contract.fuzz.search import Cases, Limits, Search
from adapty_contract.fuzz.trial import Tried
from adapty_contract.model import Result, Verdict
from support.bent import BentBench

Answer = Callable[[int], str | None]
"""The clause that a case violates, if any."""


def nothing(case: int) -> None:
    assert isinstance(case, int)


def from_five(case: int) -> str | None:
    return "values-round-trip" if case >= 5 else None


@dataclass
class Numbers:
    """Cases are numbers; a simpler one is smaller."""

    answer: Answer
    afresh: Answer | None = None
    """The answer after the server was set up afresh, if it is another one."""
    tried: list[tuple[int, bool]] = field(default_factory=list)
    hurries: list[bool] = field(default_factory=list)

    def attempt(self, case: int, *, fresh: bool, careful: bool = False) -> Tried | None:  # noqa: ARG002
        self.tried.append((case, fresh))
        if case < 0:
            return None
        clause = (self.afresh or self.answer)(case) if fresh else self.answer(case)
        number = len(self.tried)
        verdict = Verdict.HELD if clause is None else Verdict.VIOLATED
        result = Result(clause or "write-merges", verdict, "good", f"bad {case}", (number,), "model")
        return Tried((result,), (number - 1, number, number + 1), f"case {case}")

    def simpler(self, case: int) -> Iterator[int]:
        yield from range(case)

    def hurry(self, *, hurried: bool) -> None:
        self.hurries.append(hurried)


def handing(*cases: int) -> Cases[int]:
    def hand(use: Callable[[int], bool]) -> None:
        all(use(case) for case in cases)

    return hand


def searched(
    subject: Numbers, *cases: int, bench: BentBench | None = None, limits: Limits | None = None
) -> Search[int]:
    bench = bench or BentBench()
    search = Search(Findings(bench.session), handing(*cases), subject, limits or Limits(budget=60, clock=lambda: 0.0))
    search.run()
    return search


def test_cases_that_pass_are_counted_and_told_as_held() -> None:
    bench, subject = BentBench(), Numbers(nothing)
    search = searched(subject, 1, 2, 3, bench=bench)
    assert subject.tried == [(1, False), (2, False), (3, False)]
    assert (search.cases, search.note) == (3, "")
    assert bench.verdicts() == {"write-merges": Verdict.HELD}


def test_a_case_that_comes_twice_is_tried_once() -> None:
    subject = Numbers(nothing)
    assert searched(subject, 1, 1, 2, 1).cases == 2
    assert len(subject.tried) == 2


def test_a_case_with_nothing_to_send_is_not_counted() -> None:
    assert searched(Numbers(nothing), -1, 1).cases == 1


def test_the_smallest_case_that_fails_is_told_with_all_that_led_to_it() -> None:
    bench = BentBench()
    subject = Numbers(from_five)
    searched(subject, 3, 40, bench=bench)
    (result,) = bench.told("values-round-trip")
    assert (result.case, result.seen) == ("case 5", "bad 5")
    assert len(result.exchanges) == 2


def test_cases_behind_a_finding_are_still_tried_and_it_is_told_once() -> None:
    bench = BentBench()
    subject = Numbers(from_five)
    search = searched(subject, 3, 40, 41, 4, bench=bench)
    assert [case for case, fresh in subject.tried if not fresh] == [3, 40, 40, 41, 4]
    assert search.cases == 4
    assert len(bench.told("values-round-trip")) == 1


def test_two_findings_are_told_apart() -> None:
    bench = BentBench()
    clauses = {7: "values-round-trip", 8: "never-500"}
    searched(Numbers(clauses.get), 7, 8, bench=bench)
    assert bench.violated().keys() == {"values-round-trip", "never-500"}


def test_what_follows_from_a_known_violation_is_no_finding() -> None:
    bench = BentBench()
    bench.tally.add([Result("write-is-visible", Verdict.VIOLATED)])
    subject = Numbers(dict.fromkeys((1, 2), "values-round-trip").get)
    searched(subject, 1, 2, bench=bench)
    assert bench.violated().keys() == {"write-is-visible"}
    assert subject.tried == [(1, False), (2, False)]


def test_a_failure_that_does_not_come_again_is_told_as_it_was_seen() -> None:
    bench = BentBench()
    subject = Numbers({9: "never-500"}.get, nothing)
    searched(subject, 9, bench=bench)
    (result,) = bench.told("never-500")
    assert (result.case, result.exchanges) == ("case 9", (1,))


def test_a_doubtful_failure_that_does_not_come_again_is_inconclusive() -> None:
    bench = BentBench()
    searched(Numbers({9: "write-merges", 10: "write-merges"}.get, nothing), 9, 10, bench=bench)
    assert bench.violated() == {}
    assert bench.verdicts()["write-merges"] is Verdict.INCONCLUSIVE


def test_the_time_for_cases_ends_the_search() -> None:
    ticks = iter(range(100))
    limits = Limits(budget=3, clock=lambda: float(next(ticks)))
    search = searched(Numbers(nothing), *range(10), limits=limits)
    assert search.note == f"the time was up after {search.cases} cases"
    assert search.cases == 2


def test_the_tries_for_reducing_end_it() -> None:
    subject = Numbers({1000: "values-round-trip"}.get)
    limits = Limits(budget=60, clock=lambda: 0.0, reduce_attempts=50)
    searched(subject, 1000, limits=limits)
    assert 50 < len(subject.tried) < 60


def test_the_time_for_reducing_ends_it() -> None:
    ticks = iter(range(10_000))
    subject = Numbers({1000: "values-round-trip"}.get)
    searched(subject, 1000, limits=Limits(budget=1000, clock=lambda: float(next(ticks)), reduce_seconds=20))
    assert 15 < len(subject.tried) < 30


def test_so_many_findings_end_the_search() -> None:
    clauses = ("never-500", "read-is-json", "refusal-is-json", "broken-json-is-400", "key-missing-is-401")
    bench = BentBench()
    search = searched(Numbers(clauses.__getitem__), *range(5), bench=bench)
    assert len(bench.violated()) == 4
    assert search.note == "stopped after 4 findings"


def test_there_is_a_hurry_while_a_case_is_reduced_and_none_when_it_is_told() -> None:
    subject = Numbers(from_five)
    searched(subject, 40)
    assert subject.hurries == [True, False]


def test_a_stop_while_a_case_is_reduced_loses_nothing() -> None:
    def stop(case: int) -> str:
        raise SafetyStop(f"the budget is used up at {case}")

    bench = BentBench()
    with pytest.raises(SafetyStop):
        searched(Numbers({7: "values-round-trip"}.get, stop), 7, bench=bench)
    assert "values-round-trip" in bench.violated()
