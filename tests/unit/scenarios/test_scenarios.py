"""Each scenario runs clean against a right server, exercises what it says, and never blames the weather on it."""

from __future__ import annotations

import itertools
import json
import pkgutil
import subprocess
import sys
from dataclasses import replace

import pytest

from adapty_contract import scenarios
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.seeds import ANONYMOUS, CUSTOMER_1, CUSTOMER_2
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Profile, Request, Response, TransportFault, Verdict
from adapty_contract.scenarios import TOPICS, Scenario, all_scenarios
from adapty_contract.scenarios.catalogue import SURE, UNSURE, real_values, rounds
from support.senders import Answer, Bench

BY_ID = {item.id: item for item in all_scenarios()}


def run(made: Bench, items: tuple[Scenario, ...] | None = None) -> Bench:
    """Run scenarios, the first reads before all others, as far as the session can."""
    chosen = items or all_scenarios()
    if BY_ID["first-reads"] not in chosen:
        chosen = (BY_ID["first-reads"], *chosen)
    for item in chosen:
        if made.session.can(*item.needs):
            item.function(made.session)
    return made


def test_every_module_of_the_folder_is_a_topic_with_scenarios_or_a_tool() -> None:
    tools = {"alike", "blame", "catalogue", "confirm", "excerpts", "finding", "holding", "judging", "keys", "looking"}
    tools |= {"old_views", "session", "spelling"}
    modules = {info.name for info in pkgutil.iter_modules(scenarios.__path__)}
    assert modules == {*TOPICS, *tools}
    assert {item.function.__module__.rpartition(".")[2] for item in all_scenarios()} == set(TOPICS)


def test_the_order_is_that_of_the_topics_whichever_is_imported_first() -> None:
    program = (
        "import adapty_contract.scenarios.ending\n"
        "from adapty_contract.scenarios import all_scenarios\n"
        "print(*(item.id for item in all_scenarios()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == [item.id for item in all_scenarios()]
    assert done.stdout.split()[-1] == "what-was-written-lasts"


def test_every_scenario_names_clauses_and_needs_that_exist() -> None:
    contract = Bench().contract
    known = {need for clause in contract.clauses.values() for need in clause.needs} | {"loopback"}
    for item in all_scenarios():
        assert item.clauses
        assert set(item.clauses) <= contract.clauses.keys(), item.id
        assert set(item.needs) <= known, item.id


@pytest.mark.parametrize("name", BY_ID)
def test_a_scenario_runs_clean_and_exercises_its_clauses(name: str) -> None:
    made = run(Bench(), (BY_ID[name],))
    verdicts = made.verdicts()
    assert made.violated() == {}
    assert {clause: verdicts.get(clause) for clause in BY_ID[name].clauses} == dict.fromkeys(
        BY_ID[name].clauses, Verdict.HELD
    )
    assert all(exchange.label for exchange in made.exchanges)


def test_all_together_every_clause_is_held_without_waiting() -> None:
    made = run(Bench())
    assert set(made.verdicts().values()) == {Verdict.HELD}
    assert made.verdicts().keys() == made.contract.clauses.keys()
    assert made.clock.waits == []


def test_the_same_seed_sends_the_same_requests() -> None:
    first, again, other = (in_order(run(Bench(seed=seed))) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def in_order(made: Bench) -> list[Request]:
    """What was sent, one after the other; then, sorted, what was sent at the same time."""
    racing = [each for each in made.exchanges if " while " in each.label or "others at the same time" in each.label]
    ordered = [each.request for each in made.exchanges if each not in racing]
    return ordered + sorted((each.request for each in racing), key=repr)


# --- with less than everything


@pytest.mark.parametrize(
    "lacking",
    [
        {"allow_writes": False},
        {"other": None},
        {"profile": Profile(CUSTOMER_2.customer_user_id)},
        {"profile": Profile(None, CUSTOMER_2.profile_id), "other": Profile(None, CUSTOMER_1.profile_id)},
        {"profile": Profile(None, ANONYMOUS.profile_id), "other": None},
        {"loopback": False},
    ],
    ids=["no writes", "no other profile", "no profile id", "profile ids only", "anonymous", "far away"],
)
def test_what_a_run_lacks_is_left_out_and_the_rest_runs_clean(lacking: dict[str, object]) -> None:
    made = run(Bench(**lacking))  # type: ignore[arg-type]
    assert set(made.verdicts().values()) == {Verdict.HELD}
    lacks = {
        need for need in ("writes", "customer-user-id", "profile-id", "other-profile") if not made.session.can(need)
    }
    expected = {clause.id for clause in made.contract.clauses.values() if not lacks & set(clause.needs)}
    assert expected <= made.verdicts().keys() | {"both-headers-are-not-mixed"}


def test_without_permission_nothing_but_reading_methods_is_used() -> None:
    made = run(Bench(allow_writes=False))
    assert {exchange.request.method for exchange in made.exchanges} == {"GET", "HEAD", "OPTIONS"}
    assert len(made.exchanges) > 100
    assert {exchange.request.body for exchange in made.exchanges} <= {b"", b"{}"}


def test_far_away_the_key_is_never_put_into_a_target() -> None:
    for loopback in (True, False):
        made = run(Bench(loopback=loopback))
        assert any(MOCK_KEY in exchange.request.target for exchange in made.exchanges) is loopback


def test_only_known_profiles_are_ever_named_with_the_key_and_a_valid_write() -> None:
    known = {CUSTOMER_1.customer_user_id, CUSTOMER_2.customer_user_id, CUSTOMER_1.profile_id, CUSTOMER_2.profile_id}
    made = run(Bench())
    for exchange in made.exchanges:
        if exchange.request.method == "POST" and exchange.status == 200:
            assert {
                value for name, value in exchange.request.headers if name.startswith("adapty-") and "-id" in name
            } <= known


# --- permitted ways to behave


@pytest.mark.parametrize("name", [name for name in dialects() if name != "throttled"])
def test_no_scenario_fails_on_a_dialect(name: str) -> None:
    made = run(Bench(mock=MockSettings(dialects=(name,))))
    assert made.violated() == {}


@pytest.mark.parametrize("lag", [0.05, 0.5, 2.0, 4.5])
def test_no_scenario_fails_on_a_lag_that_is_tolerated(lag: float) -> None:
    made = run(Bench(mock=MockSettings(lag_s=lag)))
    assert made.violated() == {}
    assert made.session.lag_seen >= lag


# --- bad weather

STORMS: dict[str, Answer] = {
    "throttled": Response(429, (("retry-after", "1"),)),
    "gateway": Response(503, (("content-type", "text/html"),), b"<html>"),
    "cloudflare": Response(522, (("content-type", "application/json"),), b'{"status":522}'),
    "firewall": Response(403, (("content-type", "text/html"),), b"<html>"),
    "cut off": TransportFault("truncated", "x"),
    "silent": TransportFault("read-timeout", "x"),
}


@pytest.mark.parametrize("every", [2, 3, 5, 7, 11, 40])
@pytest.mark.parametrize("name", STORMS)
def test_bad_weather_is_never_blamed_on_the_server(name: str, every: int) -> None:
    counter = itertools.count(1)

    def change(request: Request, answer: Answer) -> Answer:
        if next(counter) % every:
            return answer
        instead = STORMS[name]
        return replace(instead, body=b"") if request.method == "HEAD" and isinstance(instead, Response) else instead

    made = run(Bench(change=change, lag=0.5))
    assert made.violated() == {}


@pytest.mark.parametrize("every", [3, 5, 7, 11])
def test_weather_that_kept_the_request_from_the_server_is_not_blamed_either(every: int) -> None:
    counter = itertools.count(1)
    made = Bench(lag=0.5)
    made.sender.refuse = lambda _: next(counter) % every == 0
    run(made)
    assert made.violated() == {}


JSON = (("content-type", "application/json"),)
ALWAYS: dict[str, Response] = {
    "a failure": Response(500, JSON, b"{}"),
    "a web page": Response(200, (("content-type", "text/html"),), b"<html>"),
    "nothing": Response(204),
    "an empty object": Response(200, JSON, b"{}"),
    "a list": Response(200, JSON, b"[]"),
    "broken JSON": Response(200, JSON, b"{"),
    "numbers": Response(200, JSON, json.dumps(dict.fromkeys(Bench().contract.identifiers, 5)).encode()),
    "refusals": Response(400, JSON, b'{"errors":["x"],"error_code":"x","status_code":400}'),
    "not found": Response(404, JSON, b'{"errors":["x"],"error_code":"not_found","status_code":404}'),
    "a redirect": Response(301, (("location", "https://elsewhere.example/"),)),
    "a status that is none": Response(999),
}


@pytest.mark.parametrize("half", ["GET", "POST", "both"])
@pytest.mark.parametrize("name", ALWAYS)
def test_a_server_that_always_answers_the_same_is_found_out_and_survived(name: str, half: str) -> None:
    def change(request: Request, answer: Answer) -> Answer:
        return answer if half not in {request.method, "both"} else ALWAYS[name]

    made = run(Bench(change=change, lag=0.1))
    assert made.violated()
    for exchange in made.exchanges:
        assert exchange.label


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_that_answers_only_half_of_the_requests_is_survived(method: str) -> None:
    silent = TransportFault("read-timeout", "x")
    made = run(Bench(change=lambda request, answer: silent if request.method == method else answer, lag=0.1))
    assert made.violated() == {}


def test_a_server_that_never_answers_proves_nothing() -> None:
    made = run(Bench(change=lambda _, __: TransportFault("read-timeout", "x")))
    assert Verdict.HELD not in made.verdicts().values()
    assert Verdict.VIOLATED not in made.verdicts().values()


# --- the catalogue


def test_every_value_of_the_catalogue_is_dealt_out_once() -> None:
    contract = Bench().contract
    for values in (SURE, UNSURE):
        for shift in (0, 3, 5):
            dealt = rounds(contract.identifiers, values, shift)
            assert sorted(text for each in dealt for text in each.values()) == sorted(values.values())
            assert all(set(each) <= contract.identifier_set for each in dealt)


def test_another_shift_gives_a_value_to_another_identifier() -> None:
    contract = Bench().contract
    first, other = (rounds(contract.identifiers, SURE, shift)[0] for shift in (0, 5))
    assert all(first[name] != other.get(name) for name in first)


def test_real_values_cover_every_identifier_and_the_pages_own_values() -> None:
    contract = Bench().contract
    writes = real_values(contract)
    assert {name for values in writes[:-1] for name in values} == contract.identifier_set
    assert writes[-1] == {name: f"example_{name}" for name in contract.identifiers}
