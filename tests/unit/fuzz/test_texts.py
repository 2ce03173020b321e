from __future__ import annotations

import unicodedata

import pytest

from adapty_contract.checks.situations import is_plain
from adapty_contract.fuzz.drive import draw_cases
from adapty_contract.fuzz.quarantine import quarantine
from adapty_contract.fuzz.texts import CLASSES, LONGEST, stretched, texts, trimmed


@pytest.fixture(scope="module")
def drawn() -> list[str]:
    seen: list[str] = []
    with quarantine():
        draw_cases(texts().map(seen.append), lambda _: True, seed=7, cases=1_000)
    return seen


def test_values_are_never_empty_never_too_long_and_can_be_written_in_utf_8(drawn: list[str]) -> None:
    assert all(0 < len(value) <= 15_100 for value in drawn)
    assert all(value.encode() for value in drawn)


def test_most_values_are_such_as_every_server_must_take(drawn: list[str]) -> None:
    assert 0.5 < sum(map(is_plain, drawn)) / len(drawn) < 0.9


def test_values_differ(drawn: list[str]) -> None:
    assert len(set(drawn)) > 0.8 * len(drawn)


@pytest.mark.parametrize(
    "category", ["Lu", "Ll", "Lo", "Lm", "Mn", "Nd", "No", "Zs", "Cc", "Cf", "Co", "Cn", "So", "Sm"]
)
def test_every_kind_of_character_is_drawn(drawn: list[str], category: str) -> None:
    assert any(unicodedata.category(character) == category for value in drawn for character in value)


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(lambda value: any(ord(character) > 0xFFFF for character in value), id="beyond the basic plane"),
        pytest.param(lambda value: unicodedata.normalize("NFC", value) != value, id="not composed"),
        pytest.param(lambda value: value.casefold() != value.lower(), id="folded otherwise than lowered"),
        pytest.param(lambda value: "  " in value.strip(), id="two spaces inside"),
        pytest.param(lambda value: value != value.strip(), id="white space around"),
        pytest.param(lambda value: value.isdecimal() and int(value) > 2**53, id="a number beyond a double"),
        pytest.param(lambda value: value.startswith("00") and value.isdecimal(), id="zeros in front"),
        pytest.param(lambda value: len(value) == 64, id="64 characters"),
        pytest.param(lambda value: len(value) > 256, id="more than 256 characters"),
        pytest.param(lambda value: value.startswith("$device:"), id="a real prefix"),
        pytest.param(lambda value: '"' in value or "\\" in value, id="what JSON escapes"),
        pytest.param(lambda value: "\u200d" in value, id="a joiner"),
    ],
)
def test_what_servers_stumble_over_is_drawn(drawn: list[str], what: object) -> None:
    assert callable(what)
    assert any(what(value) for value in drawn)


def test_the_first_of_each_class_is_a_simple_one() -> None:
    assert all(len(characters[0]) <= 2 for characters in CLASSES.values())
    assert len({characters[0] for characters in CLASSES.values()}) > len(CLASSES) - 3


@pytest.mark.parametrize(
    ("value", "instead"),
    [
        ("abc", set()),
        ("a b", set()),
        (" ab ", {"ab"}),
        ("\ufeffab", {"ab"}),
        ("\x85ab", {"ab"}),
        ("\x01ab", {"ab"}),
        ("ab\x00", {"ab"}),
        ("\u3000 ab", {"ab", "\u3000 ab".strip(" ")} - {"\u3000 ab"}),
        ("\x1cab", {"ab"}),
        (" ", {""}),
        ("", set()),
        ("a\u200b", set()),
    ],
)
def test_trimming_is_what_any_common_language_does(value: str, instead: set[str]) -> None:
    assert trimmed(value) == instead


def test_stretching_repeats_up_to_the_length() -> None:
    assert stretched("ab", 5) == "ababa"
    assert len(stretched("x", LONGEST)) == LONGEST
