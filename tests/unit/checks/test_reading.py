"""What a successful read says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapty_contract.checks.reading import false_nulls, is_read, read_object
from adapty_contract.model import Headers, Verdict
from support.exchanges import ALL_UNSET, CONTRACT, NAMES, answer, read, refusal, verdict_of, violations, write

JSON: Headers = (("content-type", "application/json"),)
EXAMPLE: dict[str, Any] = dict(CONTRACT.spec["components"]["examples"]["SomeIdentifiersSet"]["value"])


def shown(value: Any, headers: Headers = JSON) -> Any:
    return read(answer(200, value, headers=headers))


def test_the_contracts_own_examples_hold() -> None:
    for name in ("SomeIdentifiersSet", "NoIdentifierSet", "EveryIdentifier"):
        exchange = shown(CONTRACT.spec["components"]["examples"][name]["value"])
        assert violations(exchange) == set()
        for clause in ("read-is-json", "read-is-flat", "read-values-are-strings-or-null",
                       "read-names-every-identifier", "unset-identifier-is-named", "read-holds-nothing-private"):  # fmt: skip
            assert verdict_of(clause, exchange) is Verdict.HELD


def test_only_successful_reads_are_judged_here() -> None:
    reading = {clause.id for clause in CONTRACT.clauses.values() if clause.topic == "reading"}
    others = [write(answer(200, {"x": 1})), read(refusal(401, "not_authenticated")), read(answer(204, {"x": 1})),
              read(answer(200, {"x": 1}), method="HEAD"), read(answer(200, {"x": 1}), operation=None)]  # fmt: skip
    for exchange in others:
        assert exchange.response is not None
        assert not is_read(exchange, exchange.response)
        assert read_object(exchange, exchange.response) is None
        assert violations(exchange) & reading <= {"known-profile-is-read-with-200"}


# --- read-is-json


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<html></html>", (("content-type", "text/html"),)),
        (ALL_UNSET, (("content-type", "text/plain"),)),
        (ALL_UNSET, ()),
        (b"", JSON),
        (b"{", JSON),
        (b"<html>", JSON),
        (ALL_UNSET, (("content-type", "application/vnd.api+json"),)),
    ],
    ids=["a web page", "as text", "no label", "nothing", "broken", "a web page as JSON", "another JSON"],
)
def test_a_read_that_is_no_json_is_told(body: Any, headers: Headers) -> None:
    assert verdict_of("read-is-json", shown(body, headers)) is Verdict.VIOLATED


def test_a_parameter_of_the_media_type_makes_no_difference() -> None:
    assert verdict_of("read-is-json", shown(ALL_UNSET, (("Content-Type", "Application/JSON; x=y"),))) is Verdict.HELD


# --- read-is-flat


@pytest.mark.parametrize(
    "value",
    [
        {"data": ALL_UNSET},
        [ALL_UNSET],
        "text",
        5,
        None,
        {"unknown": 5},
        {**ALL_UNSET, "more": {NAMES[0]: "x"}},
        {"more": [1, {NAMES[0]: "x"}]},
    ],
    ids=["envelope", "list", "text", "number", "null", "no identifier", "nested", "in a list"],
)
def test_anything_but_one_flat_object_is_told(value: Any) -> None:
    assert verdict_of("read-is-flat", shown(value)) is Verdict.VIOLATED


@pytest.mark.parametrize("value", [{}, {NAMES[0]: "x"}, {"later_id": "x"}, {**ALL_UNSET, "later": {"of": "any type"}}])
def test_a_flat_object_holds_with_more_or_fewer_members(value: Any) -> None:
    assert verdict_of("read-is-flat", shown(value)) is Verdict.HELD


# --- read-values-are-strings-or-null


@pytest.mark.parametrize("value", [5, 1.5, True, False, [], ["x"], {}, {"value": "x"}])
def test_an_identifier_of_another_type_is_told(value: Any) -> None:
    assert verdict_of("read-values-are-strings-or-null", shown(ALL_UNSET | {NAMES[3]: value})) is Verdict.VIOLATED


@pytest.mark.parametrize("value", [None, "", "5", "true", "null", "x" * 5000])
def test_a_string_or_null_holds_whatever_it_looks_like(value: Any) -> None:
    assert verdict_of("read-values-are-strings-or-null", shown(ALL_UNSET | {NAMES[3]: value})) is Verdict.HELD


def test_other_members_may_have_any_scalar_type() -> None:
    assert verdict_of("read-values-are-strings-or-null", shown(ALL_UNSET | {"counter": 5})) is Verdict.HELD


# --- read-names-every-identifier, unset-identifier-is-named


def test_one_name_forgotten_beside_nulls_is_told() -> None:
    for forgotten in NAMES:
        exchange = shown({name: None for name in NAMES if name != forgotten})
        assert verdict_of("read-names-every-identifier", exchange) is Verdict.VIOLATED


def test_leaving_all_unset_ones_out_is_a_choice_that_is_recorded() -> None:
    exchange = shown({name: value for name, value in EXAMPLE.items() if value is not None})
    assert verdict_of("read-names-every-identifier", exchange) is Verdict.HELD
    assert verdict_of("unset-identifier-is-named", exchange) is Verdict.INCONCLUSIVE


def test_an_empty_object_leaves_all_unset_ones_out() -> None:
    assert verdict_of("read-names-every-identifier", shown({})) is Verdict.HELD
    assert verdict_of("unset-identifier-is-named", shown({})) is Verdict.INCONCLUSIVE


def test_an_object_without_any_identifier_is_told_as_such_and_not_sixteen_times() -> None:
    assert violations(shown({"unknown": 5})) == {"read-is-flat"}


# --- read-holds-nothing-private


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", "x"),
        ("access_token", "x"),
        ("token", "x"),
        ("ip", "x"),
        ("email", "a@b.example"),
        ("Mail", "x"),
        ("phone_number", "x"),
        ("password_hash", "x"),
        ("ip_address", "x"),
        ("note", "secret_live_abcd.efgh"),
        ("note", "eyJhbGciOi.eyJzdWIiOi.x"),
        ("note", "-----BEGIN PRIVATE KEY-----"),
    ],
)
def test_a_secret_beside_the_identifiers_is_told(name: str, value: str) -> None:
    assert verdict_of("read-holds-nothing-private", shown(ALL_UNSET | {name: value})) is Verdict.VIOLATED


@pytest.mark.parametrize(
    "name", ["later_vendor_user_id", "emailing_opt_in", "updated_at", "keychain", "session_id", "push_token"]
)
def test_a_new_identifier_is_no_secret(name: str) -> None:
    assert verdict_of("read-holds-nothing-private", shown(ALL_UNSET | {name: "x"})) is Verdict.HELD


def test_a_private_member_that_is_null_tells_nothing() -> None:
    assert verdict_of("read-holds-nothing-private", shown(ALL_UNSET | {"email": None})) is Verdict.HELD


def test_an_identifier_may_look_like_a_secret() -> None:
    value = "secret_live_abcd.efgh"
    assert verdict_of("read-holds-nothing-private", shown(ALL_UNSET | {NAMES[0]: value})) is Verdict.HELD


# --- stand-ins for null


@pytest.mark.parametrize("stand_in", ["", " ", "null", "NULL", "None", "undefined", "nil", "n/a"])
def test_texts_that_stand_for_null_are_recognised(stand_in: str) -> None:
    assert false_nulls({NAMES[2]: stand_in, NAMES[3]: "x", NAMES[4]: None}, CONTRACT) == (NAMES[2],)


def test_numbers_and_unknown_members_are_no_stand_ins() -> None:
    assert false_nulls({NAMES[2]: 0, "unknown": "", NAMES[3]: "x0"}, CONTRACT) == ()


def test_the_page_of_the_vendor_holds_word_for_word() -> None:
    assert violations(shown(json.dumps(EXAMPLE, indent=4).encode())) == set()
