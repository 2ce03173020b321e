from __future__ import annotations

import pytest

from adapty_contract.fuzz.reducing import simpler_members, simpler_text, with_less


@pytest.mark.parametrize("length", range(2, 40))
def test_less_is_shorter_and_never_nothing(length: int) -> None:
    items = tuple(range(length))
    less = list(with_less(items))
    assert less
    assert all(0 < len(rest) < length and set(rest) < set(items) for rest in less)


def test_each_of_a_few_can_be_left_out_alone() -> None:
    assert {(2, 3), (1, 3), (1, 2)} <= {tuple(rest) for rest in with_less((1, 2, 3))}


def test_one_is_as_little_as_it_gets() -> None:
    assert list(with_less((1,))) == []


def least(text: str, fails: object) -> tuple[str, int]:
    """The text that greedy simplification ends with, and how many texts it tried."""
    assert callable(fails)
    tries = 0
    candidates = simpler_text(text)
    while (candidate := next(candidates, None)) is not None:
        tries += 1
        assert tries < 1_000, "it does not come to an end"
        if fails(candidate):
            text, candidates = candidate, simpler_text(candidate)
    return text, tries


@pytest.mark.parametrize(
    ("text", "fails", "result"),
    [
        ("wxyz" * 250, lambda text: len(text) > 255, "a" * 256),
        ("wxyz" * 250, lambda text: len(text) > 49, "a" * 50),
        ("prefix-😀-and more", lambda text: "😀" in text, "😀"),
        ("x  y   z", lambda text: "  " in text, "  "),
        ("0012345", lambda text: text.startswith("0") and len(text) > 1, "0a"),
        ("anything", bool, "a"),
    ],
)
def test_a_text_comes_down_to_what_is_at_fault_in_few_tries(text: str, fails: object, result: str) -> None:
    found, tries = least(text, fails)
    assert found == result
    assert tries < 120


def test_members_are_left_out_before_their_texts_are_simplified() -> None:
    first, *_, last = simpler_members({"a": "xyz", "b": None, "c": "xyz"})
    assert len(first) < 3
    assert list(last) == ["a", "b", "c"]
    assert last["b"] is None
