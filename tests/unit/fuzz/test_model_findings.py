"""What is wrong with a server the state machine finds, and tells in as few steps as it takes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from adapty_contract.errors import SafetyStop
from adapty_contract.model import Request, Response
from support.bent import Bend, BentBench, Handle, changing_values, failing, members, walked, with_members
from support.drawn import drawn_once


@pytest.fixture(autouse=True, scope="module")
def cases_are_drawn_once() -> Iterator[None]:
    with drawn_once():
        yield


def losing_one_field_beside_another(request: Request, handle: Handle) -> Response:
    values = members(request)
    if values and {"branch_id", "mixpanel_user_id"} <= values.keys():
        del values["branch_id"]
        request = with_members(request, values)
    return handle(request)


def forgetting_what_is_not_written() -> Bend:
    latest: dict[str | None, set[str]] = {}

    def bend(request: Request, handle: Handle) -> Response:
        answer = handle(request)
        whose = (request.header("adapty-customer-user-id") or request.header("adapty-profile-id") or "")[-1:]
        values = members(request)
        if answer.status == 200 and values is not None:
            latest[whose] = set(values)
        if request.method == "GET" and answer.status == 200 and whose in latest:
            shown = json.loads(answer.body)
            kept = {name: value if name in latest[whose] else None for name, value in shown.items()}
            return replace(answer, body=json.dumps(kept).encode())
        return answer

    return bend


def writing_with_any_key(request: Request, handle: Handle) -> Response:
    answer = handle(request)
    if request.method == "POST" and answer.status == 401:
        headers = tuple(pair for pair in request.headers if pair[0] != "Authorization")
        key = "MockKey1.ThisKeyOpensNothingButTheMock00x"
        handle(replace(request, headers=(*headers, ("Authorization", f"Api-Key {key}"))))
    return answer


def leaking_to_the_neighbour(request: Request, handle: Handle) -> Response:
    values = members(request) or {}
    if request.header("adapty-customer-user-id") == "customer-1" and "firebase_app_instance_id" in values:
        headers = tuple((name, value.replace("customer-1", "customer-2")) for name, value in request.headers)
        handle(replace(request, headers=headers))
    return handle(request)


def seeing_another_value_on_the_web(request: Request, handle: Handle) -> Response:
    answer = handle(request)
    if request.method == "GET" and answer.status == 200 and request.header("adapty-platform") == "web":
        return replace(answer, body=json.dumps({**json.loads(answer.body), "branch_id": "web"}).encode())
    return answer


BEYOND_THE_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")
CRASH = failing(lambda request: bool(BEYOND_THE_BASIC_PLANE.search(str(members(request) or ""))))

FOUND: dict[str, tuple[Callable[[], Bend], str, str]] = {
    "values cut at 50 characters": (
        lambda: changing_values(lambda value: value[:50]),
        "values-round-trip",
        r'write \{\w+: "a{51}"\}, by customer user id; read',
    ),
    "spaces inside become one": (
        lambda: changing_values(lambda value: re.sub(" +", " ", value)),
        "values-round-trip",
        r'write \{\w+: "a?  a?"\}, by customer user id; read',
    ),
    "values are normalised": (
        lambda: changing_values(lambda value: unicodedata.normalize("NFC", value)),
        "values-round-trip",
        r'write \{\w+: ".{1,20}"\}, by customer user id; read',
    ),
    "zeros in front are dropped": (
        lambda: changing_values(lambda value: str(int(value)) if re.fullmatch("[0-9]{2,9}", value) else value),
        "values-round-trip",
        r'write \{\w+: "00"\}, by customer user id; read',
    ),
    "one field is lost beside another": (
        lambda: losing_one_field_beside_another,
        "values-round-trip",
        r'write \{(branch_id|mixpanel_user_id): "a", (branch_id|mixpanel_user_id): "a"\}, by customer user id; read',
    ),
    "what is not written is forgotten": (
        forgetting_what_is_not_written,
        "write-merges",
        r'write \{\w+: "a"\}, by customer user id; read',
    ),
    "a crash beyond the basic plane": (
        lambda: CRASH,
        "never-500",
        r'write \{\w+: "(\\u[0-9a-f]{4}){2}"\}, by customer user id; read',
    ),
    "a refused key writes": (
        lambda: writing_with_any_key,
        "refused-key-writes-nothing",
        r"write, by customer user id, (no|a wrong) key; read",
    ),
    "a neighbour sees what is written": (
        lambda: leaking_to_the_neighbour,
        "profiles-are-isolated",
        r'write \{firebase_app_instance_id: "a"\} of the other profile, by customer user id; read',
    ),
    "one platform sees something else": (
        lambda: seeing_another_value_on_the_web,
        "state-is-the-profiles-alone",
        r"read, by customer user id, with adapty-platform: web; read",
    ),
}


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", list(FOUND))
def test_defect_is_found_and_told_in_as_few_steps_as_it_takes(name: str, seed: int) -> None:
    bend, clause, steps = FOUND[name]
    bench = BentBench(bend(), seed=seed)
    walked(bench, seed=seed)
    consequences = {"valid-write-is-200"} if clause == "never-500" else set()
    assert {clause} <= bench.violated().keys() <= {clause} | consequences
    (result,) = bench.told(clause)
    assert re.fullmatch(r"holding \{[^}]*\}: " + steps, result.case), result.case
    shown = [each for each in bench.exchanges if each.number in result.exchanges]
    assert len(shown) <= 12
    assert [each.number for each in shown] == list(result.exchanges)


def test_the_exchanges_told_are_those_that_show_it() -> None:
    bench = BentBench(changing_values(lambda value: value[:50]))
    walked(bench)
    (result,) = bench.told("values-round-trip")
    shown = [each for each in bench.exchanges if each.number in result.exchanges]
    write, read = [each for each in shown if each.request.method == "POST"][-1], shown[-1]
    ((name, value),) = (members(write.request) or {}).items()
    assert value == "a" * 51
    assert json.loads(read.response.body if read.response else b"{}")[name] == "a" * 50


def test_one_defect_is_told_once() -> None:
    bench = BentBench(changing_values(lambda value: value[:50]))
    walked(bench)
    assert len(bench.told("values-round-trip")) == 1


def test_two_defects_are_both_told() -> None:
    def bend(request: Request, handle: Handle) -> Response:
        return CRASH(request, lambda passed: losing_one_field_beside_another(passed, handle))

    bench = BentBench(bend)
    walked(bench)
    assert {"never-500", "values-round-trip"} <= bench.violated().keys()


def test_what_is_known_to_be_violated_is_not_looked_for_again() -> None:
    fresh, told = (BentBench(changing_values(lambda value: value[:50])) for _ in range(2))
    walked(fresh)
    told.tally.add(fresh.told("values-round-trip"))
    walked(told)
    assert len(told.told("values-round-trip")) == 1
    assert len(told.exchanges) < len(fresh.exchanges) - 100


def test_a_failure_that_comes_once_in_a_run_is_told() -> None:
    count = iter(range(10**9))
    bench = BentBench(failing(lambda _: next(count) == 150))
    walked(bench)
    (result,) = bench.told("never-500")
    assert [each.status for each in bench.exchanges if each.number in result.exchanges] == [500]


def test_writes_lost_now_and_then_are_told() -> None:
    count = iter(range(10**9))

    def bend(request: Request, handle: Handle) -> Response:
        values = members(request)
        alone = values and all(isinstance(value, str) and value.isascii() for value in values.values())
        probe = handle(replace(request, method="GET", body=b""))
        lost = alone and probe.status == 200 and request.header("Authorization") and next(count) % 17 == 16
        return Response(200) if lost else handle(request)

    bench = BentBench(bend)
    walked(bench)
    assert bench.violated().keys() & {"values-round-trip", "write-is-visible", "write-is-idempotent"}


def test_an_old_copy_that_answers_once_is_no_violation() -> None:
    copies: dict[tuple[tuple[str, str], ...], list[Response]] = {}
    count = iter(range(10**9))

    def bend(request: Request, handle: Handle) -> Response:
        answer = handle(request)
        if request.method == "GET" and answer.status == 200:
            kept = copies.setdefault(request.headers, [])
            kept.append(answer)
            if next(count) == 60:
                return kept[0]
        return answer

    bench = BentBench(bend)
    walked(bench)
    assert bench.violated() == {}


def test_waiting_for_a_lost_write_is_not_repeated_while_it_is_reduced() -> None:
    bench = BentBench(losing_one_field_beside_another, lag=5.0)
    walked(bench)
    assert "values-round-trip" in bench.violated()
    assert sum(bench.clock.waits) <= 3 * 5.0 + 1


def test_results_carry_the_layer() -> None:
    bench = BentBench(changing_values(str.upper))
    walked(bench)
    assert {result.layer for result in bench.told("values-round-trip")} == {"model"}
    assert bench.session.layer == "scenarios"


def test_a_safety_stop_ends_it_and_loses_nothing() -> None:
    cut = changing_values(lambda value: value[:50])

    def bend(request: Request, handle: Handle) -> Response:
        if len(bench.exchanges) > 250:
            raise SafetyStop("the budget of 250 requests is used up")
        return cut(request, handle)

    bench = BentBench(bend)
    with pytest.raises(SafetyStop, match="250 requests"):
        walked(bench)
    assert "values-round-trip" in bench.violated()
    assert bench.session.layer == "scenarios"
