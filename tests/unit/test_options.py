"""Options are understood in the words people write, and contradictions are told before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapty_contract.errors import UsageError
from adapty_contract.model import Profile
from adapty_contract.options import VerifyOptions, per_second, seconds

URL = "http://127.0.0.1:8080"
P = "11111111-1111-4111-8111-111111111111"
Q = "22222222-2222-4222-8222-222222222222"
SERVER: dict[str, Any] = {"url": URL, "customer_user_id": "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 30.0),
        ("30", 30.0),
        ("500ms", 0.5),
        ("2m", 120.0),
        ("1h", 3600.0),
        ("1.5s", 1.5),
        ("0s", 0.0),
        ("0", 0.0),
        (" 2 M ", 120.0),
    ],
)
def test_durations_are_read(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "s", "-1s", "1d", "1 2", "inf", "nan", "1e3", "1,5s", "30 seconds", "0x10"])
def test_other_durations_are_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        seconds(text)
    assert repr(text) in caught.value.what
    assert "500ms" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5/s", 5.0), ("300/m", 5.0), ("300/min", 5.0), ("7200/h", 2.0), ("5", 5.0), ("0.5 / sec", 0.5)],
)
def test_rates_are_read(text: str, expected: float) -> None:
    assert per_second(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "0", "0/s", "0.0/m", "-1/s", "5/d", "5 per second", "s/5", "inf", "5/ms"])
def test_other_rates_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        per_second(text)
    assert "300/m" in caught.value.hint


@given(st.text(max_size=12))
def test_any_text_is_a_duration_of_some_length_or_refused(text: str) -> None:
    for read in (seconds, per_second):
        try:
            assert 0 <= read(text) < float("inf")
        except UsageError as error:
            assert error.hint  # noqa: PT017


@given(st.floats(0, 1e6).map(lambda number: round(number, 3)))
def test_what_is_written_is_what_is_read(number: float) -> None:
    assert seconds(f"{number:.3f}s") == pytest.approx(number)
    assert seconds(f"{number * 1000:.0f}ms") == pytest.approx(number, abs=0.001)


@pytest.mark.parametrize(
    ("given", "said", "hint"),
    [
        ({"url": URL}, "a server at a URL needs a test profile", "--customer-user-id or --profile-id"),
        ({**SERVER, "faults": ("x",)}, "--fault and --dialect change the embedded mock", "leave one out"),
        ({**SERVER, "dialects": ("x",)}, "--fault and --dialect change the embedded mock", "leave one out"),
        ({"customer_user_id": "a"}, "the embedded mock has profiles of its own", "or give a URL"),
        ({"profile_id": "a"}, "the embedded mock has profiles of its own", "or give a URL"),
        ({"other_customer_user_id": "a"}, "the embedded mock has profiles of its own", "or give a URL"),
        ({"other_profile_id": "a"}, "the embedded mock has profiles of its own", "or give a URL"),
        ({**SERVER, "other_customer_user_id": "a"}, "the same as the first", "--other-customer-user-id"),
        ({"url": URL, "profile_id": P, "other_profile_id": P}, "the same as the first", "--other-profile-id"),
        ({"budget": -1.0}, "a duration cannot be negative", ""),
        ({"lag": -0.1}, "a duration cannot be negative", ""),
        ({"timeout": 0.0}, "--timeout must be more than nothing", ""),
        ({"timeout": -1.0}, "--timeout must be more than nothing", ""),
        ({"max_requests": 0}, "--max-requests must be at least 1", ""),
        ({"max_requests": -3}, "--max-requests must be at least 1", ""),
        ({"rate": 0.0}, "rate", ""),
        ({"rate": -1.0}, "rate", ""),
        ({"budget": float("nan")}, "", ""),
        ({"timeout": float("nan")}, "", ""),
    ],
)
def test_options_that_make_no_sense_are_refused(given: dict[str, Any], said: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        VerifyOptions(**given)
    assert said in caught.value.what
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"dialects": ("x",), "faults": ("y",)},
        SERVER,
        {"url": URL, "profile_id": P},
        {**SERVER, "profile_id": P, "other_customer_user_id": "b", "other_profile_id": Q, "allow_writes": True},
        {"budget": 0.0, "lag": 0.0, "timeout": 0.1, "max_requests": 1},
    ],
)
def test_options_that_make_sense_are_taken(given: dict[str, Any]) -> None:
    VerifyOptions(**given)


def test_a_run_neither_writes_to_a_server_nor_is_strict_unless_asked() -> None:
    assert VerifyOptions(**SERVER).allow_writes is False
    assert VerifyOptions(**SERVER).strict is False


def test_profiles_are_named_by_one_id_or_both() -> None:
    assert VerifyOptions().profile is None
    assert VerifyOptions().other is None
    options = VerifyOptions(url=URL, customer_user_id="a", profile_id=P, other_profile_id=Q)
    assert options.profile == Profile("a", P)
    assert options.other == Profile(None, Q)
