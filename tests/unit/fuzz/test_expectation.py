"""What may be read back where a write leaves a choice, and what may not."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.fuzz.expectation import absorb, kept_by, leaves_a_choice
from adapty_contract.model import Exchange, Request, Response
from support.bent import BentBench

NAME = "branch_id"
BEFORE = "before"


def judged(members: dict[str, Any], status: int, shown: dict[str, Any]) -> list[str | None]:
    """The clauses that a read violates after `members` were answered `status`, where every identifier held `BEFORE`."""
    bench = BentBench()
    session = bench.session
    holding = session.holding()
    everything = dict.fromkeys(bench.contract.identifiers, BEFORE)
    holding.settle(everything)
    absorb(session, Exchange(1, Request("POST", "/"), Response(status)), members, session.main)
    return [found.clause for found in holding.compare({**everything, **shown})]


@pytest.mark.parametrize(
    ("value", "permitted"),
    [
        ("plain", ["plain"]),
        (" plain ", [" plain ", "plain"]),
        ("", ["", None, BEFORE]),
        (" ", [" ", "", None, BEFORE]),
        (None, [None, BEFORE]),
        (5, ["5", None, BEFORE]),
        (0, ["0", None, BEFORE]),
        (True, ["true", "True", "1", None, BEFORE]),
        (False, ["false", "False", "0", None, BEFORE]),
    ],
)
def test_what_is_permitted_violates_nothing_and_all_else_does(value: Any, permitted: list[str | None]) -> None:
    for shown in (*permitted, "something else", "null"):
        assert bool(judged({NAME: value}, 200, {NAME: shown})) == (shown not in permitted), shown


@pytest.mark.parametrize("value", [1.5, 10**400, [], {}, ["x"]])
def test_of_what_nobody_knows_nothing_is_judged(value: Any) -> None:
    assert judged({NAME: value}, 200, {NAME: "whatever"}) == []


def test_refused_write_leaves_everything() -> None:
    assert judged({NAME: None, "mixpanel_user_id": "x"}, 400, {NAME: None}) == [None]
    assert judged({NAME: "x"}, 400, {}) == []


@pytest.mark.parametrize("status", [500, 502, 429, 301])
def test_after_a_failure_either_value_is_right(status: int) -> None:
    assert judged({NAME: "x"}, status, {NAME: "x"}) == judged({NAME: "x"}, status, {}) == []
    assert judged({NAME: None}, status, {NAME: None}) == judged({NAME: None}, status, {}) == []


def test_an_identifier_that_is_not_named_keeps_its_value() -> None:
    assert judged({NAME: None}, 200, {NAME: None, "mixpanel_user_id": None}) == [None]


@pytest.mark.parametrize(
    ("members", "choice"),
    [
        ({NAME: "x"}, False),
        ({NAME: "x", "unknown": None}, False),
        ({NAME: ""}, True),
        ({NAME: " x"}, True),
        ({NAME: None}, True),
        ({NAME: "x", "mixpanel_user_id": 5}, True),
    ],
)
def test_a_choice_is_seen(members: dict[str, Any], choice: object) -> None:
    assert leaves_a_choice(members, BentBench().session) is choice


@pytest.mark.parametrize(
    ("members", "clause"),
    [
        ({NAME: "x"}, "write-merges"),
        ({NAME: None, "mixpanel_user_id": "x"}, "null-is-refused-ignored-or-clears"),
        ({NAME: ""}, "blank-is-refused-kept-or-clears"),
        ({NAME: 5}, "scalar-is-refused-or-told-as-string"),
        ({NAME: "x", "unknown": "y"}, "unknown-field-disturbs-nothing"),
        ({"unknown": "y"}, "unknown-field-disturbs-nothing"),
        ({}, "empty-write-changes-nothing"),
    ],
)
def test_the_clause_that_protects_other_identifiers_is_that_of_the_write(members: dict[str, Any], clause: str) -> None:
    assert kept_by(members, BentBench().session) == clause
