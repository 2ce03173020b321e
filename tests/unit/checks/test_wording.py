"""Values, statuses and answers in words: as JSON and HTTP spell them, never as Python does."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.checks.wording import either, told_answer, told_choice, told_reply, told_status, told_value
from adapty_contract.model import Response
from support.exchanges import answer, read


@pytest.mark.parametrize(
    ("value", "told"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param("x", '"x"', id="text"),
        pytest.param("null", '"null"', id="text that says null"),
        pytest.param("it's", '"it\'s"', id="apostrophe"),
        pytest.param('a"b\\', '"a\\"b\\\\"', id="quotes"),
        pytest.param("Größe 標", '"Größe 標"', id="beyond ASCII"),
        pytest.param("a\x1b[31m\n", '"a\\u001b[31m\\n"', id="control characters"),
        pytest.param("a\ud800", '"a\\ud800"', id="a lone surrogate"),
        pytest.param(True, "true", id="true"),
        pytest.param(1.5, "1.5", id="number"),
        pytest.param({"a": [None]}, '{"a": [null]}', id="object"),
    ],
)
def test_a_value_is_told_as_json_spells_it(value: Any, told: str) -> None:
    assert told_value(value) == told


def test_a_long_text_is_cut_behind_its_quotes_and_says_how_long_it_is() -> None:
    assert told_value("x" * 500, 5) == '"xxxxx"... (500 characters)'


def test_a_long_list_is_cut_to_the_limit() -> None:
    assert len(told_value(["x"] * 500, 200)) <= 200


def test_text_can_be_told_in_ascii_alone() -> None:
    assert told_value("é", ascii_only=True) == '"\\u00e9"'


def test_a_status_is_told_in_digits_and_its_lack_in_words() -> None:
    assert told_status(read(answer(404))) == "404"
    assert told_status(read(None)) == "no answer"


def test_an_answer_is_told_by_what_it_is_and_its_lack_by_the_reason() -> None:
    assert told_answer(read(answer(404, {}))) == "404 application/json {}"
    assert told_answer(read(None)) == "no answer: read-timeout"


@pytest.mark.parametrize(
    ("choices", "told"),
    [((400,), "400"), ((400, 404), "400 or 404"), ((1, 2, 3), "1, 2 or 3")],
    ids=["one", "two", "three"],
)
def test_choices_are_told_as_people_list_them(choices: tuple[int, ...], told: str) -> None:
    assert either(choices) == told


@pytest.mark.parametrize(
    ("response", "choice", "reply"),
    [
        pytest.param(answer(200), "kept", "answers 200", id="taken"),
        pytest.param(answer(422, {}), "refused", "answers 422", id="refused"),
        pytest.param(answer(500, {}), "answers 500", "answers 500", id="failed"),
        pytest.param(answer(429), "throttled (429)", "answers 429", id="throttled"),
        pytest.param(None, "no answer: read-timeout", "gets no answer", id="silent"),
    ],
)
def test_no_answer_is_not_taken_for_a_refusal(response: Response | None, choice: str, reply: str) -> None:
    assert told_choice(read(response), "kept") == choice
    assert told_reply(read(response)) == reply
