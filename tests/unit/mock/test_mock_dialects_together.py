"""Dialects by name, together, and over time."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.errors import UsageError
from adapty_contract.mock.app import MockApi, create_api
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.dialect_catalogue import LAG_S
from adapty_contract.mock.dialects import by_group, compatible_all, compose, dialects, random_combination
from adapty_contract.mock.settings import MockSettings

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
PROFILE_1 = "11111111-1111-4111-8111-111111111111"


def mock_speaking(*names: str, **settings: Any) -> Caller:
    mock = Caller(create_api(CONTRACT, MockSettings(dialects=names, **settings), clock=lambda: 0.0))
    profile = mock.api.store.by_profile_id(PROFILE_1)
    assert profile is not None
    mock.api.store.put(profile.merged({NAME: "old"}))
    return mock


def test_descriptions_are_one_sentence() -> None:
    for dialect in dialects().values():
        assert dialect.description.endswith(".")
        assert len(dialect.description) <= 80


def test_unknown_dialect_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown dialect: chunk") as caught:
        compose(["chunk"])
    assert "did you mean chunked?" in caught.value.hint


def test_contradictory_dialects_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="slash-404 and slash-served contradict each other"):
        compose(["chunked", "slash-404", "slash-served"])


def test_a_dialect_named_twice_contradicts_nobody() -> None:
    assert compose(["chunked", "chunked"]) == compose(["chunked"])


def test_compatible_ones_are_as_many_as_there_are_choices() -> None:
    together = compatible_all()
    assert len(together) == len(by_group())
    compose(together)


def test_random_combinations_make_sense_and_repeat() -> None:
    combinations, again = ([random_combination(random.Random(seed)) for seed in range(50)] for _ in "12")  # noqa: S311
    assert combinations == again
    assert len(set(combinations)) > 40
    for combination in combinations:
        assert combination
        compose(combination)


def test_all_together_still_read_and_write() -> None:
    mock = mock_speaking(*compatible_all(), lag_s=0.0)
    assert json.loads(mock.write({NAME: " new "}).body)["data"]["profile_id"] == PROFILE_1
    assert mock.identifiers()[NAME] == "new"


def test_throttling_is_counted_and_waits_seldom() -> None:
    mock = mock_speaking("throttled")
    answers = [mock.read() for _ in range(37 * 5)]
    throttled = {
        number: answer.header("retry-after") for number, answer in enumerate(answers, 1) if answer.status == 429
    }
    assert throttled == {37: "0", 74: "0", 111: "0", 148: "1", 185: "0"}


def test_throttling_is_shifted_by_the_seed() -> None:
    mock = mock_speaking("throttled", seed=36)
    assert mock.read().status == 429
    assert mock.read().status == 200


def test_refused_keys_are_not_counted() -> None:
    mock = mock_speaking("throttled")
    statuses = {mock.read({"authorization": None}).status for _ in range(40)}
    assert statuses == {401}
    assert mock.read().status == 200


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5", "5"),
        ("5.50", "5.50"),
        ("true", "True"),
        ("13278911961594196248", "13278911961594196248"),
        ("1e400", "1e400"),
    ],
)
def test_coerced_scalars_keep_every_digit(value: str, text: str) -> None:
    mock = mock_speaking("scalars-coerced")
    assert mock.write(f'{{"{NAME}": {value}}}'.encode()).status == 200
    assert mock.identifiers()[NAME] == text


@pytest.mark.parametrize("name", ["null-clears", "blank-clears"])
def test_cleared_identifier_is_null_again(name: str) -> None:
    mock = mock_speaking(name)
    assert mock.write({NAME: None if name == "null-clears" else " "}).status == 200
    assert mock.identifiers()[NAME] is None


def test_ignored_null_keeps_the_value() -> None:
    mock = mock_speaking("null-ignored")
    assert mock.write({NAME: None}).status == 200
    assert mock.identifiers()[NAME] == "old"


def test_an_ignored_null_beside_a_value_keeps_only_itself() -> None:
    other = CONTRACT.identifiers[1]
    mock = mock_speaking("null-ignored")
    assert mock.write({NAME: None, other: "new"}).status == 200
    assert (mock.identifiers()[NAME], mock.identifiers()[other]) == ("old", "new")


def test_lag_of_the_settings_overrides_the_dialect() -> None:
    assert MockSettings(dialects=("delayed-visibility",), lag_s=2.5).behaviour().lag_s == 2.5
    assert MockSettings(lag_s=0.1).behaviour().lag_s == 0.1


def test_delayed_write_is_seen_after_its_time() -> None:
    now = [0.0]
    api: MockApi = create_api(CONTRACT, MockSettings(dialects=("delayed-visibility",)), clock=lambda: now[0])
    mock = Caller(api)
    mock.write({NAME: "one"})
    now[0] = LAG_S / 2
    mock.write({NAME: "two"})
    seen = []
    for now[0] in (LAG_S * 0.9, LAG_S * 1.1, LAG_S * 1.4, LAG_S * 1.6):
        seen.append(mock.identifiers()[NAME])
    assert seen == [None, "one", "one", "two"]
