"""What of a case is news, what is sure, and under which clause it is told."""

from __future__ import annotations

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.fuzz import findings, steps
from adapty_contract.fuzz.findings import MEANING, SHAKY, Findings
from adapty_contract.fuzz.trial import Tried
from adapty_contract.model import Result, Verdict
from support.bent import BentBench


def tried(*clauses: str, exchanges: tuple[int, ...] = (2,), all_exchanges: tuple[int, ...] = (1, 2, 3)) -> Tried:
    """A case that violated these clauses."""
    results = (Result(each, Verdict.VIOLATED, "good", "bad", exchanges, "model") for each in clauses)
    return Tried(tuple(results), all_exchanges, "a case")


def found(bench: BentBench, *known: str) -> Findings:
    """Findings of a search in a run that found these violations before."""
    bench.tally.add(Result(each, Verdict.VIOLATED) for each in known)
    return Findings(bench.session)


def test_every_clause_spoken_of_exists() -> None:
    narrower = {clause for group in findings._EXPLAINED_BY.values() for clause in group}
    named = {*MEANING, *findings._PECULIAR, *findings._EXPLAINED_BY, *narrower, *steps.EXTRA_CLAUSES.values()}
    assert named - load_contract().clauses.keys() == set()


@pytest.mark.parametrize("clause", sorted(SHAKY))
def test_what_a_late_copy_can_show_is_in_doubt_if_seen_once(clause: str) -> None:
    bench = BentBench()
    assert not found(bench).tell_unsure(tried(clause))
    (result,) = bench.told(clause)
    assert result.verdict is Verdict.INCONCLUSIVE
    assert "once" in result.seen


@pytest.mark.parametrize("clause", ["never-500", "values-round-trip", "broken-json-is-400"])
def test_what_no_late_copy_can_show_is_sure_if_seen_once(clause: str) -> None:
    bench = BentBench()
    assert found(bench).tell_unsure(tried(clause))
    assert bench.violated().keys() == {clause}


def test_once_a_value_came_back_otherwise_other_differences_must_be_seen_twice() -> None:
    bench = BentBench()
    search = found(bench, "json-spelling-is-immaterial")
    assert not search.tell_unsure(tried("values-round-trip"))
    assert search.tell_unsure(tried("never-500"))
    assert bench.violated().keys() == {"json-spelling-is-immaterial", "never-500"}


@pytest.mark.parametrize(
    "clause", ["json-spelling-is-immaterial", "write-is-idempotent", "both-headers-see-one-profile"]
)
def test_a_write_that_came_back_otherwise_once_is_not_blamed_on_what_was_peculiar_to_it(clause: str) -> None:
    bench = BentBench()
    found(bench).tell_unsure(tried(clause, exchanges=(1, 2)))
    assert bench.violated().keys() == {"values-round-trip"}


@pytest.mark.parametrize(
    ("known", "clause", "is_known"),
    [
        ("values-round-trip", "values-round-trip", True),
        ("write-merges", "values-round-trip", True),
        ("values-round-trip", "write-merges", False),
        ("values-round-trip", "identifiers-are-independent", True),
        ("platform-is-taken", "valid-write-is-200", True),
        ("found-by-profile-id", "known-profile-is-read-with-200", True),
        ("never-500", "valid-write-is-200", True),
        ("null-is-refused-ignored-or-clears", "identifiers-are-independent", True),
        ("null-is-refused-ignored-or-clears", "values-round-trip", False),
        ("platform-is-taken", "write-is-visible", False),
        ("real-values-are-taken", "platform-is-taken", True),
        ("real-values-are-taken", "write-merges", False),
        ("write-is-idempotent", "write-merges", False),
    ],
)
def test_what_a_known_violation_explains_is_no_news(known: str, clause: str, is_known: object) -> None:
    search = found(BentBench(), known)
    assert search.is_known(clause) is is_known
    assert search.news(tried(clause)) == (set() if is_known else {clause})


def test_a_case_looked_at_closely_that_shows_only_what_is_known_is_explained_by_it() -> None:
    search = found(BentBench(), "values-round-trip")
    assert search.explains(tried("values-round-trip"), tried("write-merges"))
    assert not search.explains(tried("values-round-trip"), tried("never-500")), "nobody reads that wrong"
    assert not search.explains(tried(), tried("write-merges"))
    assert not search.explains(tried("values-round-trip", "write-merges"), tried("write-merges"))


def test_a_finding_is_told_with_what_led_to_it_and_nothing_after() -> None:
    bench = BentBench()
    case = tried("values-round-trip", exchanges=(4, 6), all_exchanges=(3, 4, 5, 7))
    found(bench).tell(case, instead_of=case)
    (result,) = bench.told("values-round-trip")
    assert (result.exchanges, result.case, result.layer) == ((3, 4, 5, 6), "a case", "model")


def test_what_a_bigger_case_showed_beside_is_known_with_the_smaller_one() -> None:
    search = found(BentBench())
    search.tell(tried("values-round-trip"), instead_of=tried("values-round-trip", "profiles-are-isolated"))
    assert search.is_known("profiles-are-isolated")
