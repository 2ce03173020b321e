"""Faults in one mock: each does its part, none crashes over what another has made, and two that cannot are refused."""

from __future__ import annotations

import json
import random
from itertools import combinations
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.errors import UsageError
from adapty_contract.mock.app import create_api
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.faults import faults, steps_with
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER
from adapty_contract.mock.seeds import CUSTOMER_1
from adapty_contract.mock.settings import MockSettings

CONTRACT = load_contract()
NAMES = CONTRACT.identifiers
BARE = CONTRACT.path.rstrip("/")
NOBODY = "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5b"
ALL = {name: f"value {number}/é😀" for number, name in enumerate(NAMES)}
BODIES: tuple[Any, ...] = (
    {NAMES[0]: "x"}, {NAMES[0]: "x"}, ALL, {}, [], {NAMES[1]: None, NAMES[2]: "y"}, {NAMES[3]: 5}, {NAMES[4]: [1]}, {NAMES[5]: ""},
    {"adapty_unknown": {"x": 1}, "adapty_too": "z"}, b"", b"{", b"null", b'{"branch_id":"\\ud800"}', {NAMES[-1]: "x" * 4096},
)  # fmt: skip
"""What is written: some of everything that faults look at."""
FIELDS: tuple[dict[str, str | None], ...] = (
    {}, {"authorization": None}, {"authorization": "Api-Key wrong"}, {CUSTOMER_HEADER: "nobody"}, {CUSTOMER_HEADER: None},
    {CUSTOMER_HEADER: None, PROFILE_HEADER: CUSTOMER_1.profile_id}, {CUSTOMER_HEADER: None, PROFILE_HEADER: NOBODY},
    {CUSTOMER_HEADER: None, PROFILE_HEADER: "no-uuid"}, {CUSTOMER_HEADER: "customer-2", PROFILE_HEADER: CUSTOMER_1.profile_id},
    {"accept": "text/html"}, {"accept-encoding": "gzip"}, {"if-none-match": '"x"'}, {"origin": "https://a.example"},
)  # fmt: skip

THREE = ("subscription-told-for-player", "read-shows-the-last-read", "write-goes-to-the-last-read")
CRASHED = (
    THREE,
    ("each-told-as-list", "told-as-pairs"),
    ("one-unset-told-as-empty", "names-in-camel-case"),
    ("zero-left-out", "wrapped-in-data"),
    ("key-beside-them", "told-as-json-text"),
    ("read-beyond-measure", "told-as-pairs"),
    ("same-value-refused", "writes-collide"),
    ("browser-gets-a-page", "read-compressed-in-secret"),
    ("read-splits-pairs", "read-in-silence"),
    ("read-in-single-quotes", "read-compressed-in-secret"),
    ("read-in-utf-16", "read-in-latin-1"),
    ("cache-goes-by-path", "reads-stand-still"),
    ("status-as-text", "refused-body-as-detail"),
    ("code-in-capitals", "code-as-null"),
    ("refusal-without-code", "refusal-in-a-list"),
    ("stranger-told-identifiers", "refusal-in-a-list"),
    ("unknown-created-though-refused", "customer-finds-nobody"),
    ("customer-by-profile-id", "profile-id-by-customer"),
    ("unknown-names-kept-together", "no-object-taken"),
)
"""What was once answered with an exception of the mock."""

MADE_OF_ANOTHER = [
    (one.id, other.id)
    for one, other in combinations(faults().values(), 2)
    if issubclass(one.steps, other.steps) or issubclass(other.steps, one.steps)
]


def sampled(count: int) -> list[tuple[str, ...]]:
    """Some pairs of faults, the same every time."""
    rng, names = random.Random(1), sorted(faults())  # noqa: S311  (reproducible, not secret)
    return [tuple(rng.sample(names, 2)) for _ in range(count)]


def ask_everything(names: tuple[str, ...]) -> None:
    """Ask a mock with these faults for everything; fails if one of them raises anything."""
    api = create_api(CONTRACT, MockSettings(faults=names, journal_size=0))
    caller = Caller(api)
    for fields in FIELDS:
        caller.read(fields)
        caller.write({NAMES[6]: "x"}, fields)
    for body in BODIES:
        caller.write(body)
        caller.read()
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"):
        caller.call(method, json.dumps(ALL).encode(), headers={"content-type": "application/json"})
    for target in (BARE, f"{CONTRACT.path}?x=1"):
        caller.call("GET", target=target)
        caller.call("POST", json.dumps(ALL).encode(), target=target, headers={"content-type": "application/json"})


@pytest.mark.parametrize("names", [*CRASHED, *(names[::-1] for names in CRASHED)], ids="+".join)
def test_faults_that_change_the_same_answer_add_up(names: tuple[str, ...]) -> None:
    ask_everything(names)


def test_no_fault_crashes_over_what_another_has_made() -> None:
    combined = 0
    for names in sampled(250):
        try:
            steps_with(names)
        except UsageError:
            continue
        ask_everything(names)
        combined += 1
    assert combined > 240


@pytest.mark.parametrize("names", MADE_OF_ANOTHER, ids="+".join)
def test_a_fault_made_of_another_one_is_combined_with_it_in_any_order(names: tuple[str, str]) -> None:
    for order in (names, names[::-1]):
        ask_everything(order)


def test_two_faults_of_empty_writes_both_do_their_part() -> None:
    pair = ("nothing-clears-everything", "no-body-clears-everything")
    for names in (pair, pair[::-1]):
        bodies: tuple[Any, ...] = ({}, b"")
        for body in bodies:
            caller = Caller(create_api(CONTRACT, MockSettings(faults=names)))
            caller.write({NAMES[0]: "x"})
            assert caller.write(body).status == 200
            assert set(caller.identifiers().values()) == {None}


def test_each_fault_has_a_memory_of_its_own() -> None:
    caller = Caller(create_api(CONTRACT, MockSettings(faults=THREE)))
    for value in ("first", "second"):
        caller.read()
        caller.write({"one_signal_subscription_id": value})
        caller.read()
    assert caller.identifiers()["one_signal_player_id"] is not None


@pytest.mark.parametrize(
    "names",
    [
        ("stranger-answered-403", "stranger-answered-200"),
        ("unknown-customer-created", "unknown-profile-id-created"),
        ("write-tells-bare-profile", "write-says-ok", "write-tells-identifiers"),
    ],
    ids="+".join,
)
def test_faults_of_which_one_would_hide_the_other_are_refused_by_name(names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=f"the faults {names[0]} and {names[-1]} spoil the same place"):
        create_api(CONTRACT, MockSettings(faults=names))


def test_few_pairs_are_refused() -> None:
    refused = 0
    for names in combinations(sorted(faults())[::7], 2):
        try:
            steps_with(names)
        except UsageError:
            refused += 1
    assert refused < 20
