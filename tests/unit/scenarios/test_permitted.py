"""What servers may do that looks wrong at first sight."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from adapty_contract.mock.seeds import CUSTOMER_2
from adapty_contract.mock.settings import MockSettings
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Headers, Request, Response
from adapty_contract.scenarios import all_scenarios
from adapty_contract.scenarios.catalogue import FOR_ALL, LENGTHS, SURE
from adapty_contract.scenarios.keys import WRONG_KEY
from support.senders import Answer, Bench, Change

BY_ID = {item.id: item for item in all_scenarios()}


def run(made: Bench, *names: str) -> dict[str, str]:
    """The clauses that some scenarios find violated, after the first reads."""
    for name in ("first-reads", *names):
        BY_ID[name].function(made.session)
    return made.violated()


def refusing(body: Change) -> Change:
    """A server whose 401 is bent by `body`."""

    def change(request: Request, answer: Answer) -> Answer:
        return body(request, answer) if isinstance(answer, Response) and answer.status == 401 else answer

    return change


def with_number(counter: itertools.count[int]) -> Change:
    def change(_: Request, answer: Answer) -> Answer:
        assert isinstance(answer, Response)
        told = {**json.loads(answer.body), "request_id": f"req_{'abcXYZ'[next(counter) % 6]}{next(counter)}Qz"}
        return replace(answer, body=json.dumps(told).encode())

    return change


def by_turns(counter: itertools.count[int]) -> Change:
    def change(_: Request, answer: Answer) -> Answer:
        assert isinstance(answer, Response)
        served: Headers = (("X-Served-By", f"web-{'ab'[next(counter) % 2]}"),)
        return replace(answer, headers=(*answer.headers, *served))

    return change


@pytest.mark.parametrize("make", [with_number, by_turns], ids=["an id in each refusal", "two servers by turns"])
def test_refusals_that_are_never_the_same_tell_strangers_nothing(make: object) -> None:
    made = Bench(change=refusing(make(itertools.count())))  # type: ignore[operator]
    assert run(made, "strangers-learn-nothing") == {}


def test_a_header_field_that_knows_the_profile_is_told() -> None:
    def change(request: Request, answer: Answer) -> Answer:
        known = CUSTOMER_2.customer_user_id in [value for _, value in request.headers]
        assert isinstance(answer, Response)
        return replace(answer, headers=(*answer.headers, ("X-Cache", "HIT" if known else "MISS")))

    assert "refused-key-learns-nothing" in run(Bench(change=refusing(change)), "strangers-learn-nothing")


@pytest.mark.parametrize("near", ["the other case", "a character more"])
def test_a_neighbour_that_exists_is_not_written_to(near: str) -> None:
    made = Bench()
    value = CUSTOMER_2.customer_user_id or ""
    neighbour = value.swapcase() if near == "the other case" else f"{value}0"
    made.api.store.put(StoredProfile("3b241101-e2bb-4255-8caf-4136c566a962", neighbour))
    assert run(made, "near-customer-user-ids", "writes-by-near-ids") == {}
    held = made.api.store.by_customer_user_id(neighbour)
    assert held is not None
    assert not any(held.identifiers.values())


@pytest.mark.parametrize(
    "expires",
    [
        "Thu, 01 Jan 1970 00:00:00",
        "Thu, 01 Jan 1970 00:00:00 -0000",
        "Thu, 01 Jan 1970 00:00:00 +99999999999999999999",
        "0",
        "",
    ],
)
def test_an_expiry_in_whatever_form_ends_no_run(expires: str) -> None:
    def change(_: Request, answer: Answer) -> Answer:
        assert isinstance(answer, Response)
        headers: Headers = (("Date", "Tue, 24 Nov 2026 12:00:00 GMT"), ("Expires", expires))
        kept = tuple(pair for pair in answer.headers if pair[0].lower() not in {"cache-control", "date"})
        return replace(answer, headers=(*kept, *headers))

    assert run(Bench(change=change)) == {}


def test_an_expiry_in_an_hour_lets_caches_keep_what_is_private() -> None:
    def change(_: Request, answer: Answer) -> Answer:
        assert isinstance(answer, Response)
        headers: Headers = (
            ("Date", "Tue, 24 Nov 2026 12:00:00 GMT"),
            ("Expires", "Tue, 24 Nov 2026 13:00:00 GMT"),
        )
        kept = tuple(pair for pair in answer.headers if pair[0].lower() not in {"cache-control", "date"})
        return replace(answer, headers=(*kept, *headers))

    assert run(Bench(change=change)).keys() == {"private-data-is-not-cached"}


def test_a_refused_origin_is_the_servers_choice() -> None:
    def change(request: Request, answer: Answer) -> Answer:
        refused = Response(403, (("content-type", "text/plain"),), b"Invalid CORS request")
        return refused if request.method == "GET" and request.header("origin") else answer

    assert run(Bench(change=change), "options") == {}


@pytest.mark.parametrize("winner", ["both-headers-profile-id-wins", "both-headers-400"])
def test_two_ids_of_two_profiles_mean_one_of_them_however_late_it_is_seen(winner: str) -> None:
    made = Bench(mock=MockSettings(dialects=("copies-by-turns", winner)))
    assert run(made, "a-write-is-seen", "both-headers", "both-headers-of-one-profile") == {}


def test_no_value_of_ours_shares_a_long_piece_with_a_key_of_counted_characters() -> None:
    """A key may well end in the alphabet: what was written would then be taken for an echo of it."""
    counted = "0123456789abcdefghijklmnopqrstuvwxyz"
    pieces = {counted[at : at + 12] for at in range(len(counted) - 11)}
    values = [*SURE.values(), *(make(at) for make in FOR_ALL.values() for at in range(16)), WRONG_KEY]
    assert not [value for value in values for piece in pieces if piece in value]
    assert LENGTHS
