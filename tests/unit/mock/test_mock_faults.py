"""The seam for faults: each one is a subclass of the steps, named, described, and combinable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.errors import UsageError
from adapty_contract.mock.app import MockApi, create_api
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.faults import fault, faults, steps_with
from adapty_contract.mock.settings import MockSettings
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import MemoryStore, StoredProfile
from adapty_contract.model import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapty_contract.mock.answers import Call

CONTRACT = load_contract()
JANE = StoredProfile("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "jane")


def test_every_fault_names_clauses_that_exist_and_is_described() -> None:
    assert faults()
    for each in faults().values():
        assert each.violates
        assert set(each.violates) <= set(CONTRACT.clauses)
        assert each.description.endswith(".")
        assert issubclass(each.steps, Steps)


def test_unset_told_as_empty() -> None:
    strict, faulty = (
        Caller(create_api(CONTRACT, MockSettings(faults=names))) for names in ((), ("unset-told-as-empty",))
    )
    assert faulty.identifiers() == {name: value or "" for name, value in strict.identifiers().items()}
    name = CONTRACT.identifiers[0]
    assert strict.write({name: "x"}) == faulty.write({name: "x"})


def test_unknown_fault_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="unknown fault: unset-told-empty") as caught:
        create_api(CONTRACT, MockSettings(faults=("unset-told-empty",)))
    assert "did you mean unset-told-as-empty?" in caught.value.hint


def test_a_name_can_be_taken_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        fault("unset-told-as-empty", "Something else.", violates=())(Steps)


def test_no_fault_means_the_correct_steps() -> None:
    assert steps_with([]) is Steps


class LetsEverybodyIn(Steps):
    def authenticate(self, call: Call) -> Response | None:
        super().authenticate(call)
        return None


class FindsFirst(Steps):
    def order(self, call: Call) -> tuple[Callable[[Call], Response | None], ...]:
        steps = list(super().order(call))
        steps.remove(self.find_profile)
        return (self.route, self.find_profile, *steps)


class Wraps(Steps):
    def encode(self, call: Call, document: object) -> bytes:
        return b"[" + super().encode(call, document) + b"]"


def mock_with(*defects: type[Steps]) -> Caller:
    steps = type("Faulty", (*defects, Steps), {})
    return Caller(MockApi(CONTRACT, MemoryStore([JANE]), steps=steps), customer_user_id="jane")


def test_a_step_can_be_overruled() -> None:
    assert mock_with(LetsEverybodyIn).read({"authorization": None}).status == 200


def test_the_order_can_be_changed() -> None:
    stranger = {"authorization": None, "adapty-customer-user-id": "nobody"}
    assert mock_with().read(stranger).status == 401
    assert mock_with(FindsFirst).read(stranger).status == 404
    assert mock_with(FindsFirst).read({"authorization": None}).status == 401


def test_defects_add_up() -> None:
    response = mock_with(LetsEverybodyIn, Wraps, FindsFirst).read({"authorization": None})
    assert set(json.loads(response.body)[0]) == set(CONTRACT.identifiers)
