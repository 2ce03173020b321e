"""The model of a profile knows what a read may show, and names the one way in which it shows something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapty_contract.scenarios.holding import Difference, Holding, Mismatch

NAMES = ("a", "b", "c", "d")
FOUND: dict[str, str | None] = {"a": "old a", "b": None, "c": "old c", "d": "old d"}
VALUES = st.sampled_from(["v1", "v2", "v3"])
WRITES = st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1)
STEPS = st.lists(st.tuples(st.sampled_from(["written", "perhaps", "settle"]), WRITES), max_size=8)
JSON = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()) | st.just({"x": 1})


def holding(found: Mapping[str, Any] = FOUND) -> Holding:
    made = Holding(NAMES)
    made.settle(found)
    return made


def written(made: Holding, **values: str) -> Holding:
    made.written(values, {}, "write-is-visible", 5)
    return made


def one(made: Holding, **changes: Any) -> Mismatch:
    """The only mismatch of a read that shows what it should but for `changes`."""
    (found,) = made.compare({**made.now, **changes})
    return found


def test_before_the_first_read_nothing_is_known() -> None:
    made = Holding(NAMES)
    assert not made.known
    made.settle(FOUND)
    assert made.known
    assert made.now == FOUND
    assert made.compare(FOUND) == []


def test_a_read_that_leaves_unset_identifiers_out_is_as_good() -> None:
    assert holding().compare({name: value for name, value in FOUND.items() if value is not None}) == []


def test_members_that_are_no_identifiers_do_not_count() -> None:
    assert holding().compare({**FOUND, "x": "y"}) == []
    made = holding()
    made.written({"x": "y"}, {}, "write-is-visible", 1)
    assert made.is_settled


def test_a_value_that_nobody_wrote_is_untouched_and_belongs_to_no_clause() -> None:
    assert one(written(holding(), a="new"), c="other") == Mismatch("c", Difference.UNTOUCHED, "old c", "other", None)


def test_the_value_from_before_a_write_is_stale() -> None:
    made = written(holding(), a="new")
    assert one(made, a="old a") == Mismatch("a", Difference.STALE, "new", "old a", "write-is-visible", 5)
    assert one(written(holding(), b="new"), b=None).kind is Difference.STALE


def test_every_value_since_the_last_comparison_is_stale() -> None:
    made = written(written(holding(), a="new"), a="newer")
    assert {one(made, a=value).kind for value in ("old a", "new")} == {Difference.STALE}


def test_a_value_from_before_the_last_write_is_stale_even_after_that_write_was_seen() -> None:
    """It may come from a cache or a replica that lags behind."""
    made = written(holding(), a="new")
    made.settle(made.now)
    assert one(made, a="old a") == Mismatch("a", Difference.STALE, "new", "old a", None)
    assert one(made, a="another").kind is Difference.UNTOUCHED
    assert one(made, c="another").kind is Difference.UNTOUCHED


def test_a_value_changed_on_its_way_is_wrong() -> None:
    assert one(written(holding(), a="new"), a="NEW") == Mismatch(
        "a", Difference.WRONG, "new", "NEW", "write-is-visible", 5
    )
    assert one(written(holding(), a="new"), a=None).kind is Difference.WRONG


def test_a_refused_value_that_shows_is_forbidden_wherever_it_shows() -> None:
    made = written(holding(), a="new")
    made.forbid("canary", "refused-write-changes-nothing", 9)
    for name in NAMES:
        found = one(made, **{name: "canary"})
        assert (found.kind, found.clause, found.exchange) == (Difference.FORBIDDEN, "refused-write-changes-nothing", 9)


def test_a_forbidden_value_stays_forbidden_after_a_comparison() -> None:
    made = holding()
    made.forbid("canary", "profiles-are-isolated", None)
    made.settle(FOUND)
    assert one(made, d="canary").kind is Difference.FORBIDDEN


def test_a_value_that_was_told_once_is_not_told_again() -> None:
    made = written(holding(), a="new")
    made.settle({**FOUND, "a": "mangled"})
    assert made.compare({**FOUND, "a": "mangled"}) == []


def test_other_accepted_values_are_right() -> None:
    made = holding()
    made.written({"a": " new "}, {"a": frozenset({"new", None})}, "values-round-trip", 5)
    assert [made.compare({**FOUND, "a": value}) for value in (" new ", "new", None)] == [[], [], []]
    assert one(made, a="ne").kind is Difference.WRONG


def test_a_value_that_is_disallowed_is_wrong_after_all() -> None:
    made = holding()
    made.written({"a": ""}, {"a": frozenset({None, "old a"})}, "null-is-refused-ignored-or-clears", 5)
    made.disallow("a", "")
    assert [made.compare({**FOUND, "a": value}) for value in ("old a", None)] == [[], []]
    assert one(made, a="").kind is Difference.WRONG


def test_after_a_write_of_unknown_outcome_either_value_is_right() -> None:
    made = holding()
    made.perhaps_written({"a": "new", "b": None})
    assert [made.compare({**FOUND, "a": value}) for value in ("old a", "new")] == [[], []]
    assert one(made, a="another").kind is Difference.UNTOUCHED


def test_after_a_pending_write_and_one_of_unknown_outcome_all_three_are_right() -> None:
    made = written(holding(), a="new")
    made.perhaps_written({"a": "newer"})
    assert [made.compare({**FOUND, "a": value}) for value in ("old a", "new", "newer")] == [[], [], []]


def test_a_write_of_unknown_outcome_may_show_until_the_write_after_it_does() -> None:
    made = holding()
    made.perhaps_written({"a": "perhaps"})
    written(made, a="sure")
    assert made.compare({**FOUND, "a": "sure"}) == []
    assert one(made, a="perhaps").kind is Difference.STALE
    assert one(made, a="old a").kind is Difference.STALE


def test_whatever_is_shown_for_a_forgotten_identifier_is_right_once() -> None:
    made = holding()
    made.forget(["a"])
    assert made.compare({**FOUND, "a": 5}) == []
    made.settle({**FOUND, "a": "whatever"})
    assert one(made, a="another").kind is Difference.UNTOUCHED


def test_pending_writes_are_told_with_the_last_exchange_of_each_clause() -> None:
    made = holding()
    made.written({"a": "x", "b": "x"}, {}, "write-merges", 1)
    made.written({"c": "x"}, {}, "values-round-trip", 2)
    made.written({"b": "y"}, {}, "write-merges", 3)
    assert made.written_under() == {"write-merges": 3, "values-round-trip": 2}
    assert not made.is_settled
    made.settle(FOUND)
    assert made.written_under() == {}
    assert made.is_settled


@pytest.mark.parametrize("odd", [0, 1, True, 1.5, [], {}, ["old a"], {"a": "old a"}])
def test_a_value_of_another_type_is_left_to_the_check_of_types(odd: object) -> None:
    assert holding().compare({**FOUND, "a": odd}) == []
    assert written(holding(), a="new").compare({**FOUND, "a": odd}) == []
    assert one(holding(), a=odd, c="other").name == "c"


def test_only_values_that_are_no_coincidence_can_be_told_from_an_answer() -> None:
    assert set(holding({**FOUND, "a": "1234567", "b": "12345678", "d": "äöüß"}).tellable) == {
        b"12345678",
        "äöüß".encode(),
    }


# --- laws


def played(steps: list[tuple[str, dict[str, str]]]) -> tuple[Holding, dict[str, list[str | None]], set[str | None]]:
    """A model after some steps, each identifier's possible values since the last comparison, and every value ever."""
    made = holding()
    history: dict[str, list[str | None]] = {name: [value] for name, value in FOUND.items()}
    for number, (step, values) in enumerate(steps):
        if step == "settle":
            made.settle(made.now)
            history = {name: [value] for name, value in made.now.items()}
        elif step == "written":
            made.written(values, {}, f"clause-{number}", number)
        else:
            made.perhaps_written(values)
        if step != "settle":
            for name, value in values.items():
                history[name].append(value)
    return made, history, {*FOUND.values(), "v1", "v2", "v3"}


@given(STEPS)
def test_a_read_that_equals_the_model_has_no_mismatch(steps: list[tuple[str, dict[str, str]]]) -> None:
    made, _, _ = played(steps)
    assert made.compare(made.now) == []


@given(STEPS, st.sampled_from(NAMES), st.none() | st.text())
def test_any_one_changed_identifier_is_exactly_one_mismatch(
    steps: list[tuple[str, dict[str, str]]], name: str, value: str | None
) -> None:
    made, _, ever = played(steps)
    assume(value not in ever)
    (found,) = made.compare({**made.now, name: value})
    assert (found.name, found.seen) == (name, value)
    assert found.kind in {Difference.WRONG, Difference.UNTOUCHED}
    assert (found.kind is Difference.WRONG) == (found.clause is not None)


@given(STEPS)
def test_what_a_profile_may_still_hold_is_stale_at_worst(steps: list[tuple[str, dict[str, str]]]) -> None:
    made, history, _ = played(steps)
    for name, values in history.items():
        for value in values:
            assert {found.kind for found in made.compare({**made.now, name: value})} <= {Difference.STALE}


@given(STEPS, st.dictionaries(st.sampled_from([*NAMES, "x"]), JSON))
def test_any_object_can_be_compared_and_taken(steps: list[tuple[str, dict[str, str]]], seen: dict[str, Any]) -> None:
    made, _, _ = played(steps)
    assert len(made.compare(seen)) <= len(NAMES)
    made.settle(seen)
    assert made.compare(made.now) == []
    assert all(value is None or isinstance(value, str) for value in made.now.values())
