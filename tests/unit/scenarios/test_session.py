"""What a scenario can do: send, be judged, and know what each profile should hold."""

from __future__ import annotations

import pytest

from adapty_contract.errors import SafetyStop
from adapty_contract.mock.settings import MOCK_KEY
from adapty_contract.model import (
    Facts,
    KeyFact,
    Operation,
    Profile,
    ProfileFact,
    Request,
    Response,
    TransportFault,
    Verdict,
)
from adapty_contract.scenarios.spelling import dump, ids_of
from support.senders import Answer, Bench


def test_a_read_names_the_main_profile_and_carries_the_key() -> None:
    made = Bench(base_path="")
    exchange, shown = made.session.read(label="a read")
    assert shown == dict.fromkeys(made.contract.identifiers)
    assert exchange.request == Request(
        "GET",
        made.contract.path,
        (("Authorization", f"Api-Key {MOCK_KEY}"), ("adapty-customer-user-id", "customer-2")),
    )
    assert (exchange.operation, exchange.label) == (Operation.GET, "a read")
    assert (exchange.facts.key, exchange.facts.profile) == (KeyFact.VALID, ProfileFact.KNOWN)
    assert made.verdicts()["known-profile-is-read-with-200"] is Verdict.HELD


def test_a_base_path_stands_before_the_path() -> None:
    made = Bench(base_path="/prefix")
    assert made.session.get(label="x", suffix="?a=b").request.target == f"/prefix{made.contract.path}?a=b"


def test_every_part_of_a_request_can_be_bent() -> None:
    made = Bench()
    exchange = made.session.call(
        Operation.SET, label="x", ids=(), authorization=None, headers=(("X", "y"),), body=b"z", path="/p", method="PUT"
    )
    assert exchange.request == Request("PUT", "/p", (("X", "y"),), b"z")
    assert made.session.get(label="x", authorization="Bearer b").request.header("authorization") == "Bearer b"


def test_a_profile_is_named_by_its_customer_user_id_if_it_has_one() -> None:
    assert ids_of(Profile("a", "p")) == (("adapty-customer-user-id", "a"),)
    assert ids_of(Profile(None, "p")) == (("adapty-profile-id", "p"),)


def test_a_write_is_compact_json_under_its_media_type() -> None:
    made = Bench()
    request = made.session.post({"branch_id": "ä"}, label="x").request
    assert request.body == '{"branch_id":"ä"}'.encode()
    assert request.header("content-type") == "application/json"
    assert dump({"a": "\ud800"}) == b'{"a":"\\ud800"}'


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (Response(200), ["new"]),
        (Response(204), ["new"]),
        (Response(400), [None]),
        (Response(404), [None]),
        (Response(500), ["new", None]),
        (Response(502), ["new", None]),
        (Response(301), ["new", None]),
        (Response(429), ["new", None]),
        (TransportFault("read-timeout", "x"), ["new", None]),
    ],
    ids=["200", "204", "400", "404", "500", "502", "301", "429", "no answer"],
)
def test_what_a_write_leaves_is_known_from_its_answer(answer: Answer, right: list[str | None]) -> None:
    made = Bench(change=lambda request, given: answer if request.method == "POST" else given)
    name = made.contract.identifiers[0]
    holding = made.session.holding()
    holding.settle({})
    made.session.write({name: "new"}, clause="write-is-visible", label="x")
    accepted = [value for value in ("new", None) if not holding.compare({name: value})]
    assert accepted == right


def test_fresh_values_are_new_each_time_and_the_same_for_a_seed() -> None:
    first, again, other = (Bench(seed=seed).session for seed in (1, 1, 2))
    values = [first.fresh("x") for _ in range(200)]
    assert len(set(values)) == 200
    assert values == [again.fresh("x") for _ in range(200)]
    assert not set(values) & {other.fresh("x") for _ in range(200)}


def test_absences_are_waited_for_only_where_writes_were_seen_late() -> None:
    made = Bench()
    made.session.settle()
    assert made.clock.waits == []
    made.session.lag_seen = 0.4
    made.session.settle()
    assert made.clock.waits == [0.5]


def test_what_a_run_can_do_depends_on_its_setting() -> None:
    assert Bench().session.can("writes", "customer-user-id", "profile-id", "other-profile", "loopback")
    bare = Bench(profile=Profile("a"), other=None, allow_writes=False, loopback=False).session
    assert not any(bare.can(need) for need in ("writes", "profile-id", "other-profile", "loopback"))
    assert bare.can("customer-user-id")


def test_results_of_a_scenario_name_its_exchanges() -> None:
    made = Bench()
    first, second = (made.session.get(label=label) for label in ("one", "two"))
    made.session.say("read-has-no-effect", "the same", "another", first, second, holds=False)
    made.session.unsure("write-answer-is-blank", "blank", "a profile", second)
    reports = {report.clause.id: report for report in made.tally.reports({})}
    (result,) = reports["read-has-no-effect"].results
    assert (result.exchanges, result.case, result.layer) == ((1, 2), "two", "scenarios")
    assert reports["write-answer-is-blank"].verdict is Verdict.INCONCLUSIVE


def test_an_observation_names_the_ledger_entries_that_it_would_settle() -> None:
    made = Bench()
    made.session.observe("empty-body", "400", made.session.get(label="x"))
    (seen,) = made.tally.observations
    assert "get-curl-sends-post" in seen.ledger
    assert seen.exchanges == (1,)


@pytest.mark.parametrize("body", [b"[]", b"{", b"", b'"text"'])
def test_only_an_object_is_something_that_a_read_shows(body: bytes) -> None:
    answer = Response(200, (("content-type", "application/json"),), body)
    assert Bench(change=lambda *_: answer).session.read(label="x")[1] is None
    refused = Response(404, (), b"{}")
    assert Bench(change=lambda *_: refused).session.read(label="x")[1] is None


# --- a key that opens no more

REFUSAL = Response(
    401,
    (("content-type", "application/json"),),
    b'{"errors":["x"],"error_code":"not_authenticated","status_code":401}',
)


def test_a_401_to_the_own_key_is_blamed_on_the_server_if_the_key_still_opens() -> None:
    made = Bench(change=lambda request, given: REFUSAL if request.method == "POST" else given)
    made.session.write({made.contract.identifiers[0]: "x"}, clause="write-is-visible", label="a write")
    assert set(made.violated()) == {"valid-write-is-200"}


def test_a_key_that_opens_no_more_ends_the_run_and_nobody_is_blamed() -> None:
    made = Bench(change=lambda *_: REFUSAL)
    with pytest.raises(SafetyStop, match="no longer"):
        made.session.get(label="a read")
    assert made.verdicts() == {}
    assert len(made.exchanges) == 2


def test_a_401_to_another_key_is_what_it_should_be() -> None:
    made = Bench(change=lambda *_: REFUSAL)
    made.session.get(label="x", authorization="Api-Key other", facts=Facts(KeyFact.REFUSED, ProfileFact.KNOWN))
    assert made.verdicts()["key-wrong-is-401"] is Verdict.HELD
    assert len(made.exchanges) == 1


def test_requests_that_race_are_plain_and_judged_later() -> None:
    made = Bench()
    other = Profile(None, "11111111-1111-4111-8111-111111111111")
    write = made.session.send_plain(b'{"branch_id":"x"}', label="a write", profile=other)
    read = made.session.send_plain(None, label="a read")
    assert (write.request.method, write.status, read.request.method, read.status) == ("POST", 200, "GET", 200)
    assert write.request.header("adapty-profile-id") == other.profile_id
    assert write.request.header("content-type") == "application/json"
    assert read.request.header("content-type") is None
    assert write.facts.clause == "both-headers-see-one-profile"
    assert read.facts.clause is None
    assert made.session.send_plain(None, label="x", profile=made.session.setting.other).facts.clause is None
    assert made.verdicts() == {}


def test_the_setting_does_not_show_the_key() -> None:
    assert MOCK_KEY not in repr(Bench().session.setting)
