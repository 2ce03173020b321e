"""Settings and seeds that make no sense are refused before anything starts."""

from __future__ import annotations

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.errors import UsageError
from adapty_contract.mock.identity import is_addressable, is_profile_id
from adapty_contract.mock.seeds import ANONYMOUS, CUSTOMER_1, CUSTOMER_2, DEFAULT_SEEDS, Seed, seed_from_text, stored
from adapty_contract.mock.settings import MOCK_KEY, MockSettings


def test_the_fake_key_has_what_tests_of_keys_need() -> None:
    prefix, _, rest = MOCK_KEY.partition(".")
    assert (len(prefix), len(rest)) == (8, 32)
    assert MOCK_KEY != MOCK_KEY.upper() != MOCK_KEY.lower()


def test_default_profiles_are_one_documented_one_empty_one_anonymous() -> None:
    contract = load_contract()
    one, two, three = (stored(seed, contract) for seed in DEFAULT_SEEDS)
    assert len(one.identifiers) == 5
    assert set(one.identifiers) < set(contract.identifiers)
    assert (two.identifiers, three.identifiers, three.customer_user_id) == ({}, {}, None)
    assert [CUSTOMER_1.customer_user_id, CUSTOMER_2.customer_user_id] == ["customer-1", "customer-2"]
    assert all(is_profile_id(seed.profile_id) for seed in (CUSTOMER_1, CUSTOMER_2, ANONYMOUS))


def test_seed_from_text_takes_both_ids_or_one() -> None:
    uuid = "AAAAAAAA-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    assert seed_from_text(f"customer_user_id=jane doe,profile_id={uuid}") == Seed(uuid.lower(), "jane doe")
    assert seed_from_text(f"profile_id={uuid}") == Seed(uuid.lower())
    jane = seed_from_text("customer_user_id=jane@example.com")
    assert jane == seed_from_text(" customer_user_id = jane@example.com ")
    assert is_profile_id(jane.profile_id)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot read the profile"),
        ("jane", "cannot read the profile"),
        ("customer=jane", "cannot read the profile"),
        ("customer_user_id=jane,", "cannot read the profile"),
        ("customer_user_id=", "no header can carry"),
        ("customer_user_id=jos\xe9", "no header can carry"),
        ("customer_user_id=a\nb", "no header can carry"),
        ("profile_id=x", "is no profile id"),
        ("profile_id=", "is no profile id"),
    ],
)
def test_a_seed_that_cannot_be_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        seed_from_text(text)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"key": ""}, "API key"),
        ({"key": "a b"}, "API key"),
        ({"key": "a\n"}, "API key"),
        ({"key": "clé"}, "API key"),
        ({"lag_s": -1.0}, "lag"),
        ({"lag_s": float("nan")}, "lag"),
        ({"lag_s": 3601.0}, "lag"),
        ({"journal_size": -1}, "journal"),
        ({"profiles": (Seed("a"), Seed("a"))}, "share the profile id"),
        ({"profiles": (Seed("a", "x"), Seed("b", "x"))}, "share the customer user id"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        MockSettings(**settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"), [("a", True), ("a b", True), (" a", False), ("a ", False), ("\x7f", False)]
)
def test_addressable_ids_are_visible_ascii(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_addressable(text) is expected
