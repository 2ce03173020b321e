"""Cases that schemathesis makes from the spec: its opinion of each answer, and the opinion of our own checks."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import settings
from requests.structures import CaseInsensitiveDict
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from adapty_contract.checks import judge
from adapty_contract.contract import SPEC_FILE, Contract
from adapty_contract.guard import READING_METHODS
from adapty_contract.model import Level, Verdict
from adapty_contract.plan import Plan
from adapty_contract.resources import data_root
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE, ids_of
from support.guarded import Door, UnsendableError

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""What can be told from an answer alone. The library's other checks take a side where the sources leave a choice."""


def _config() -> schemathesis.Config:
    """Nothing is learned from the server and nothing is kept on disk, so that every run makes the same cases."""
    silent = {"extra-data-sources": {"responses": False}}
    return schemathesis.Config.from_dict(
        {
            "seed": 1,
            "cache": {"enabled": False},
            "analysis": {"constants": {"enabled": False}},
            "generation": {"database": "none"},
            "phases": {"coverage": silent, "fuzzing": {**silent, "error-feedback": {"enabled": False}}},
        }
    )


schema = schemathesis.openapi.from_path(data_root() / SPEC_FILE, config=_config())


@schema.parametrize()
@settings(max_examples=50, derandomize=True, deadline=None)
def test_generated_cases_are_answered_as_the_contract_says(
    case: schemathesis.Case[Any], plan: Plan, contract: Contract, guarded: tuple[requests.Session, Door]
) -> None:
    if not plan.writes and case.operation.method.upper() not in READING_METHODS:
        pytest.skip("needs --allow-writes")
    if not plan.writes and case.method not in READING_METHODS:
        return  # a bent method of an operation that only reads
    session, door = guarded
    generated = {name: value for name, value in (case.headers or {}).items() if name.lower() not in {CUSTOMER, PROFILE}}
    case.headers = CaseInsensitiveDict({**generated, **dict(ids_of(plan.profile))})
    headers = {"Authorization": f"Api-Key {plan.key}"}
    before = len(door.exchanges)
    try:
        response = case.call(base_url=plan.target.base_url, session=session, headers=headers, allow_redirects=False)
    except UnsendableError:
        return
    case.validate_response(response, checks=CHECKS)
    results = [result for exchange in door.exchanges[before:] for result in judge(exchange, contract)]
    violated = [result for result in results if result.verdict is Verdict.VIOLATED]
    binding = [result for result in violated if contract.clauses[result.clause].level is Level.MUST]
    assert binding == []


def test_the_door_lets_no_generated_profile_through(plan: Plan, guarded: tuple[requests.Session, Door]) -> None:
    session, door = guarded
    session.get(
        plan.target.url,
        headers={"Authorization": f"Api-Key {plan.key}", "adapty-profile-id": "somebody-else"},
    )
    sent = dict(door.exchanges[-1].request.headers)
    assert "somebody-else" not in sent.values()
    assert str(plan.profile.customer_user_id or plan.profile.profile_id) in sent.values()
