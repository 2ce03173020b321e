"""Many results become one verdict a clause: whatever their order, and never a better one than was seen."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.contract import load_contract
from adapty_contract.model import ClauseReport, Level, Observation, Result, Verdict
from adapty_contract.tally import KEPT_PER_CLAUSE, Tally, decisive

CONTRACT = load_contract()
PLAIN = "read-is-json"
OPEN = "write-answer-is-blank"
WORSE = [Verdict.HELD, Verdict.INCONCLUSIVE, Verdict.VIOLATED]
SEEN = st.lists(st.sampled_from(WORSE), min_size=1, max_size=8)


def result(clause: str, verdict: Verdict, case: str = "a case", **more: str) -> Result:
    return Result(clause, verdict, exchanges=(1,), case=case, **({"expected": "this", "seen": "that"} | more))


def tallied(results: Iterable[Result], *, strict: bool = False, only: frozenset[str] | None = None) -> Tally:
    tally = Tally(CONTRACT.clauses, strict=strict, only=only)
    for each in results:
        tally.add([each])
    return tally


def report_of(tally: Tally, clause: str) -> ClauseReport:
    return next(report for report in tally.reports({}) if report.clause.id == clause)


def verdict_of(clause: str, seen: Iterable[Verdict], *, strict: bool = False) -> Verdict:
    return report_of(tallied([result(clause, verdict) for verdict in seen], strict=strict), clause).verdict


# --- merging


def test_both_clauses_are_of_the_kind_that_is_tested() -> None:
    assert not CONTRACT.clauses[PLAIN].open
    assert CONTRACT.clauses[OPEN].open


@pytest.mark.parametrize(
    ("seen", "plain", "open_"),
    [
        ("H", "H", "H"),
        ("I", "I", "I"),
        ("V", "V", "V"),
        ("HV", "V", "V"),
        ("IV", "V", "V"),
        ("HIV", "V", "V"),
        ("HI", "H", "I"),
    ],
)
def test_the_worst_counts_but_weather_undoes_nothing_that_held(seen: str, plain: str, open_: str) -> None:
    letters = dict(zip("HIV", WORSE, strict=True))
    for order in itertools.permutations(seen):
        assert verdict_of(PLAIN, [letters[letter] for letter in order]) is letters[plain]
        assert verdict_of(OPEN, [letters[letter] for letter in order]) is letters[open_]


@settings(deadline=None)
@given(SEEN.flatmap(lambda seen: st.tuples(st.just(seen), st.permutations(seen))))
def test_the_order_of_results_makes_no_difference(both: tuple[list[Verdict], list[Verdict]]) -> None:
    for clause, strict in itertools.product((PLAIN, OPEN), (False, True)):
        first, second = (verdict_of(clause, seen, strict=strict) for seen in both)
        assert first is second


@settings(deadline=None)
@given(SEEN, SEEN)
def test_more_results_never_take_a_violation_back_nor_a_departure(first: list[Verdict], more: list[Verdict]) -> None:
    for clause in (PLAIN, OPEN):
        before, after = verdict_of(clause, first), verdict_of(clause, [*first, *more])
        if before is Verdict.VIOLATED or clause == OPEN:
            assert WORSE.index(after) >= WORSE.index(before)
        if before is Verdict.HELD:
            assert after is not Verdict.NOT_EXERCISED
            assert after is Verdict.VIOLATED or clause == OPEN or after is Verdict.HELD


@settings(deadline=None)
@given(SEEN)
def test_a_strict_run_is_never_milder(seen: list[Verdict]) -> None:
    for clause in (PLAIN, OPEN):
        mild, strict = verdict_of(clause, seen), verdict_of(clause, seen, strict=True)
        assert WORSE.index(strict) >= WORSE.index(mild)
    assert verdict_of(PLAIN, seen, strict=True) is verdict_of(PLAIN, seen)


def test_strict_makes_a_departure_from_an_open_clause_a_violation() -> None:
    assert verdict_of(OPEN, [Verdict.INCONCLUSIVE]) is Verdict.INCONCLUSIVE
    assert verdict_of(OPEN, [Verdict.INCONCLUSIVE, Verdict.HELD], strict=True) is Verdict.VIOLATED
    assert tallied([result(OPEN, Verdict.INCONCLUSIVE)], strict=True).is_violated(OPEN)


# --- what is kept


def test_a_violation_is_shown_with_what_was_expected_and_seen() -> None:
    tally = tallied([result(PLAIN, Verdict.HELD), result(PLAIN, Verdict.VIOLATED, expected="JSON", seen="a web page")])
    report = report_of(tally, PLAIN)
    assert report.why == "expected JSON; saw a web page"
    assert report.exercised == 2
    assert [each.verdict for each in report.results] == [Verdict.VIOLATED]


def test_a_clause_that_held_shows_its_first_exchange_and_how_many_said_nothing() -> None:
    tally = tallied([result(PLAIN, Verdict.INCONCLUSIVE), result(PLAIN, Verdict.HELD, "first"),
                     result(PLAIN, Verdict.HELD, "second")])  # fmt: skip
    report = report_of(tally, PLAIN)
    assert [each.case for each in report.results] == ["first"]
    assert report.why == "1 of 3 exchanges said nothing"
    assert report_of(tallied([result(PLAIN, Verdict.HELD)]), PLAIN).why == ""


def test_the_same_finding_is_kept_once_and_counted_each_time() -> None:
    report = report_of(tallied([result(PLAIN, Verdict.VIOLATED)] * 5), PLAIN)
    assert len(report.results) == 1
    assert report.exercised == 5


def test_a_flood_of_results_is_bounded_and_counted() -> None:
    flood = [result(PLAIN, Verdict.VIOLATED, f"case {number}") for number in range(KEPT_PER_CLAUSE * 3)]
    report = report_of(tallied(flood), PLAIN)
    assert len(report.results) == KEPT_PER_CLAUSE
    assert report.exercised == KEPT_PER_CLAUSE * 3


def test_a_violation_after_much_bad_weather_still_has_its_evidence() -> None:
    storm = [result(PLAIN, Verdict.INCONCLUSIVE, f"case {number}") for number in range(KEPT_PER_CLAUSE + 5)]
    report = report_of(tallied([*storm, result(PLAIN, Verdict.VIOLATED, "the one", seen="a web page")]), PLAIN)
    assert report.verdict is Verdict.VIOLATED
    assert [each.case for each in report.results] == ["the one"]
    assert "a web page" in report.why


# --- clauses that nothing came to


def test_a_clause_that_nothing_came_to_says_why() -> None:
    tally = tallied([])
    assert report_of(tally, PLAIN).why == "no exchange came to it"
    tally.skip([PLAIN], "the sun shone")
    tally.skip([PLAIN], "it rained")
    assert report_of(tally, PLAIN).why == "the sun shone"
    assert report_of(tally, PLAIN).verdict is Verdict.NOT_EXERCISED


def test_what_a_clause_needs_and_the_run_lacks_is_named() -> None:
    missing = {"writes": "--allow-writes", "other-profile": "--other-customer-user-id"}
    tally = tallied([])
    tally.skip(CONTRACT.clauses, "the run ended before")
    found = {report.clause.id: report.why for report in tally.reports(missing)}
    assert found["profiles-are-isolated"] == "needs --allow-writes and --other-customer-user-id"
    assert found["write-is-visible"] == "needs --allow-writes"
    assert found[PLAIN] == "the run ended before"


def test_a_skipped_clause_that_was_exercised_after_all_keeps_its_verdict() -> None:
    tally = tallied([result(PLAIN, Verdict.HELD)])
    tally.skip([PLAIN], "no budget")
    assert report_of(tally, PLAIN).verdict is Verdict.HELD


def test_every_clause_is_reported_in_the_contracts_order() -> None:
    assert [report.clause.id for report in tallied([]).reports({})] == list(CONTRACT.clauses)


def test_only_keeps_what_was_asked_for() -> None:
    tally = tallied([result(PLAIN, Verdict.VIOLATED), result(OPEN, Verdict.HELD)], only=frozenset({OPEN}))
    assert [(report.clause.id, report.verdict) for report in tally.reports({})] == [(OPEN, Verdict.HELD)]
    assert not tally.is_violated(PLAIN)


def test_a_result_of_an_unknown_clause_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        tallied([result("no-such-clause", Verdict.HELD)])


# --- observations


def test_answers_to_one_question_are_joined_and_each_told_once() -> None:
    tally = tallied([])
    for number, answer in enumerate(["ignored", "refused", "ignored"], 1):
        tally.observe(Observation("null-value", answer, ("nullable-on-write",), (number,)))
    tally.observe(Observation("empty-object", "400"))
    assert [(each.id, each.answer) for each in tally.observations] == [
        ("empty-object", "400"),
        ("null-value", "ignored; refused"),
    ]
    assert tally.observations[1].exchanges == (1, 2)
    assert tally.observations[1].ledger == ("nullable-on-write",)


def test_an_answer_that_holds_a_semicolon_is_told_once() -> None:
    tally = tallied([])
    for _ in range(3):
        tally.observe(Observation("q", "a; b"))
        tally.observe(Observation("q", "c"))
    assert tally.observations[0].answer == "a; b; c"


# --- what decides


@pytest.mark.parametrize(
    ("clause", "strict", "decides"),
    [(PLAIN, False, True), (PLAIN, True, True), (OPEN, False, False), (OPEN, True, True)],
)
def test_must_decides_always_and_should_in_a_strict_run(clause: str, strict: bool, decides: bool) -> None:  # noqa: FBT001
    assert CONTRACT.clauses[PLAIN].level is Level.MUST
    assert CONTRACT.clauses[OPEN].level is Level.SHOULD
    reports = tallied([result(clause, Verdict.VIOLATED)]).reports({})
    assert [report.clause.id for report in decisive(reports, strict=strict)] == ([clause] if decides else [])


def test_nothing_but_a_violation_decides() -> None:
    reports = tallied([result(PLAIN, Verdict.INCONCLUSIVE), result("never-500", Verdict.HELD)]).reports({})
    assert decisive(reports, strict=True) == ()
