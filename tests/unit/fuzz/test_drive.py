"""What Hypothesis draws: the same cases for a seed, handed on until somebody has had enough."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from adapty_contract.fuzz.drive import draw_cases
from adapty_contract.fuzz.quarantine import quarantine
from support.drawn import all_of

NUMBERS = st.integers(0, 10**9)


def drawn(seed: int, cases: int = 40) -> list[int]:
    with quarantine():
        return all_of(NUMBERS, seed=seed, cases=cases)


def test_a_seed_always_gives_the_same_cases_and_another_one_others() -> None:
    assert drawn(1) == drawn(1)
    assert set(drawn(1)) & set(drawn(2)) == {0}, "the simplest case alone"


def test_about_as_many_cases_come_as_are_asked_for() -> None:
    assert 35 <= len(drawn(1)) <= 45
    assert len(set(drawn(1))) > 30


def test_more_cases_begin_with_the_same_ones() -> None:
    assert drawn(3, 80)[: len(drawn(3))] == drawn(3)


def test_drawing_ends_when_somebody_has_had_enough() -> None:
    seen: list[int] = []

    def three(case: int) -> bool:
        seen.append(case)
        return len(seen) < 3

    with quarantine():
        assert not draw_cases(NUMBERS, three, seed=1, cases=40)
    assert seen == drawn(1)[:3]


@pytest.mark.parametrize("error", [KeyError("inside"), AssertionError("inside"), KeyboardInterrupt("inside")])
def test_what_goes_wrong_with_a_case_is_passed_on_at_once(error: BaseException) -> None:
    seen: list[int] = []

    def fail(case: int) -> bool:
        seen.append(case)
        raise error

    with quarantine(), pytest.raises(type(error), match="inside") as caught:
        draw_cases(NUMBERS, fail, seed=1, cases=40)
    assert caught.value is error
    assert len(seen) == 1, "nothing is shrunk here"
