"""A test profile is put back as it was found, as far as the API can unset a value, and what is left is named."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.mock.seeds import CUSTOMER_1
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Profile, Request, Response, TransportFault
from adapty_contract.record import Restoration, RestorationRecord
from adapty_contract.restoring import PLACEHOLDER, Restorer
from support.senders import Answer, Bench, Change

PROFILE = Profile(CUSTOMER_1.customer_user_id, CUSTOMER_1.profile_id)
NAMES = Bench().contract.identifiers
A, B, C = NAMES[:3]
UNSET: dict[str, str | None] = dict.fromkeys(NAMES)
FOUND = {**UNSET, A: "mine a", B: "mine b"}


class Repair:
    """A profile that a run left as `left`, to be put back as FOUND."""

    def __init__(
        self, left: dict[str, str | None], *dialects: str, change: Change | None = None, lag_s: float | None = None
    ) -> None:
        self.bench = Bench(mock=MockSettings(dialects=dialects, lag_s=lag_s), change=change)
        (stored,) = [each for each in self.bench.api.store.every() if each.profile_id == PROFILE.profile_id]
        self._id = stored.profile_id
        self.bench.api.store.put(type(stored)(stored.profile_id, stored.customer_user_id).merged(left))

    def __call__(self, found: dict[str, str | None] | None = None) -> RestorationRecord:
        restorer = Restorer(self.bench.sender, self.bench.contract.path, MOCK_KEY, self.bench.clock.wait)
        return restorer.restore(PROFILE, FOUND if found is None else found)

    @property
    def holds(self) -> dict[str, str]:
        return next(dict(each.identifiers) for each in self.bench.api.store.every() if each.profile_id == self._id)

    @property
    def writes(self) -> int:
        return sum(exchange.request.method == "POST" for exchange in self.bench.exchanges)


def test_a_profile_that_is_as_it_was_found_is_not_written_to() -> None:
    repair = Repair(FOUND)
    assert repair() == RestorationRecord(PROFILE, Restoration.NOT_NEEDED)
    assert repair.writes == 0


def test_values_are_written_back() -> None:
    repair = Repair({**UNSET, A: "fuzz", B: "mine b"})
    assert repair() == RestorationRecord(PROFILE, Restoration.RESTORED)
    assert repair.holds == {A: "mine a", B: "mine b"}
    assert repair.bench.exchanges[1].request.body == b'{"%s":"mine a"}' % A.encode()
    assert repair.writes == 1


def test_a_value_that_vanished_is_written_back() -> None:
    repair = Repair(UNSET)
    assert repair().outcome is Restoration.RESTORED
    assert repair.holds == {A: "mine a", B: "mine b"}


def test_where_null_unsets_everything_is_as_before() -> None:
    repair = Repair({**UNSET, A: "fuzz", C: "fuzz"}, "null-clears")
    assert repair() == RestorationRecord(PROFILE, Restoration.RESTORED)
    assert repair.holds == {A: "mine a", B: "mine b"}


@pytest.mark.parametrize("dialects", [(), ("null-ignored",)])
def test_what_cannot_be_unset_gets_a_harmless_text_and_is_named(dialects: tuple[str, ...]) -> None:
    repair = Repair({**UNSET, A: "fuzz", C: "fuzz"}, *dialects)
    assert repair() == RestorationRecord(PROFILE, Restoration.NOT_UNSET, (C,))
    assert repair.holds == {A: "mine a", B: "mine b", C: PLACEHOLDER}
    assert repair.bench.clock.waits == []


def test_a_value_that_is_refused_costs_no_other_value() -> None:
    """What a profile holds can be older than the rules of its server."""
    repair = Repair({**UNSET, A: "fuzz"})
    repair.bench.sender.refuse = lambda request: b"odd" in request.body
    record = repair({**FOUND, B: "odd"})
    assert (record.outcome, record.names) == (Restoration.FAILED, (B,))
    assert repair.holds[A] == "mine a"


def test_writes_that_are_seen_late_are_waited_for() -> None:
    repair = Repair({**UNSET, A: "fuzz", B: "mine b"}, lag_s=1.0)
    assert repair() == RestorationRecord(PROFILE, Restoration.RESTORED)
    assert sum(repair.bench.clock.waits) >= 1.0


def test_patience_ends() -> None:
    repair = Repair({**UNSET, A: "fuzz", B: "mine b"}, lag_s=3600.0)
    assert repair() == RestorationRecord(PROFILE, Restoration.FAILED, (A,))
    assert sum(repair.bench.clock.waits) < 10


@pytest.mark.parametrize(
    "answer", [Response(401), Response(500), TransportFault("reset", "x"), Response(200, (), b"{")]
)
def test_a_profile_that_cannot_be_read_is_a_failure_and_left_alone(answer: Answer) -> None:
    repair = Repair({**UNSET, A: "fuzz"}, change=lambda *_: answer)
    assert repair().outcome is Restoration.FAILED
    assert repair.writes == 0


def refusing_writes(request: Request) -> bool:
    return request.method == "POST"


def test_writes_that_are_refused_are_a_failure_that_names_what_is_lost() -> None:
    repair = Repair({**UNSET, A: "fuzz", C: "fuzz"})
    repair.bench.sender.refuse = refusing_writes
    record = repair()
    assert record.outcome is Restoration.FAILED
    assert set(record.names) >= {A, B}


def test_a_fuzzed_text_that_cannot_even_be_written_over_is_a_failure() -> None:
    repair = Repair({**FOUND, C: "fuzz"})
    repair.bench.sender.refuse = refusing_writes
    record = repair()
    assert (record.outcome, record.names) == (Restoration.FAILED, (C,))


def test_any_text_comes_back_as_it_was() -> None:
    odd: dict[str, Any] = {A: " \x00\U0001f600é\n", B: "x" * 5000}
    repair = Repair(UNSET)
    assert repair({**UNSET, **odd}).outcome is Restoration.RESTORED
    assert repair.holds == odd


def test_only_the_named_profile_is_touched() -> None:
    repair = Repair({**UNSET, A: "fuzz"})
    repair()
    named = {exchange.request.header("adapty-customer-user-id") for exchange in repair.bench.exchanges}
    assert named == {"customer-1"}
