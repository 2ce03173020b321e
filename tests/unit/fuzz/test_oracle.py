"""Schemathesis as a second oracle: agreed with, recorded, or heard where our checks overlook something."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest

from adapty_contract import checks
from adapty_contract.contract import load_contract
from adapty_contract.fuzz.oracle import Opinion, SecondOracle
from adapty_contract.fuzz.spec_cases import operations
from adapty_contract.model import Exchange, Facts, KeyFact, Operation, ProfileFact, Request, Response

CONTRACT = load_contract()
ALL = dict.fromkeys(CONTRACT.identifiers)
ENVELOPE = {"errors": [{"source": None, "errors": ["no"]}], "error_code": "profile_does_not_exist", "status_code": 404}
VALID = Facts(KeyFact.VALID, ProfileFact.KNOWN)


@pytest.fixture(scope="module")
def oracle() -> SecondOracle:
    return SecondOracle(CONTRACT, operations(CONTRACT))


def answered(
    status: int,
    body: Any,
    *,
    operation: Operation = Operation.GET,
    kind: str | None = "application/json",
    facts: Facts = VALID,
) -> Exchange:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, (("Content-Type", kind),) if kind else (), raw)
    return Exchange(3, Request(operation.method, CONTRACT.path), response, facts=facts, operation=operation)


@pytest.mark.parametrize(
    "exchange",
    [
        answered(200, ALL),
        answered(200, {**ALL, "branch_id": "x", "new": {}}),
        answered(404, ENVELOPE),
        answered(200, b"", operation=Operation.SET, kind=None),
        answered(502, b"<html>", kind="text/html"),
        answered(418, b"tea", kind="text/plain"),
        answered(405, b"no", kind="text/plain"),
    ],
)
def test_permitted_answers_are_agreed_on(oracle: SecondOracle, exchange: Exchange) -> None:
    assert oracle.opinion(exchange) == Opinion()


@pytest.mark.parametrize(
    "exchange",
    [
        answered(200, {**ALL, "branch_id": 5}),
        answered(200, [ALL]),
        answered(200, b"{"),
        answered(404, {"error": "no"}),
        answered(404, b"<html>", kind="text/html"),
    ],
)
def test_what_our_checks_find_too_is_not_told_twice(oracle: SecondOracle, exchange: Exchange) -> None:
    assert oracle.opinion(exchange) == Opinion()


def test_unset_identifiers_left_out_are_recorded(oracle: SecondOracle) -> None:
    opinion = oracle.opinion(answered(200, {"branch_id": "x"}))
    assert opinion.results == ()
    assert opinion.remark.startswith("GET 200: Response violates schema")


@pytest.mark.parametrize(
    ("exchange", "clause"),
    [
        (answered(200, {**ALL, "branch_id": 5}), "read-values-are-strings-or-null"),
        (answered(404, {"error": "no"}, facts=Facts()), "refusal-is-an-envelope"),
    ],
)
def test_what_our_checks_overlook_is_told_under_the_nearest_clause(
    oracle: SecondOracle, exchange: Exchange, clause: str
) -> None:
    def judge_blindly(seen: Exchange, contract: object) -> Any:
        assert contract is CONTRACT
        results = list(checks.judge(seen, CONTRACT))
        return [checks.held(each.clause, seen) if each.clause == clause else each for each in results]

    with patch("adapty_contract.fuzz.oracle.judge", judge_blindly):
        opinion = oracle.opinion(exchange)
    assert [result.clause for result in opinion.results] == [clause]
    assert opinion.results[0].exchanges == (3,)


def test_several_complaints_at_once_are_taken_in(oracle: SecondOracle) -> None:
    opinion = oracle.opinion(answered(200, {"branch_id": "x"}, kind="application/vnd.api+json"))
    assert opinion == Opinion()  # our checks find the label


def test_exchange_without_an_answer_or_bent_on_purpose_is_not_asked_about(oracle: SecondOracle) -> None:
    request = Request("GET", CONTRACT.path)
    assert oracle.opinion(Exchange(1, request, None, operation=Operation.GET)) == Opinion()
    bent = Exchange(1, request, Response(200), facts=Facts(probe=True), operation=Operation.GET)
    assert oracle.opinion(bent) == Opinion()
