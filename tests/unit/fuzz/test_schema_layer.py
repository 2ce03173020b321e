"""Cases from the spec's schemas: quiet on what is permitted, safe for everybody else's profiles, telling the least case."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapty_contract.fuzz.schema import PER_OPERATION, run_schema
from adapty_contract.mock.dialects import compatible_all, dialects
from adapty_contract.model import Request, Response, Verdict
from adapty_contract.record import LayerRecord
from adapty_contract.reporters.progress import SilentProgress
from support.bent import Bend, BentBench, Handle, changing_values, failing, members, with_members
from support.drawn import drawn_once

SEEDS = (0, 1, 2)
MET = [name for name in dialects() if not name.startswith(("slash-", "head-", "options-", "method-"))]
"""The dialects that reads and writes of the one path can tell from each other."""


@pytest.fixture(autouse=True, scope="module")
def cases_are_drawn_once() -> Iterator[None]:
    with drawn_once():
        yield


def probed(bench: BentBench, *, seed: int = 0, cases: int = 90, budget: float = 600.0) -> LayerRecord:
    return run_schema(bench.session, budget=budget, seed=seed, progress=SilentProgress(), cases=cases)


# --- what is permitted


@pytest.mark.parametrize("seed", SEEDS)
def test_strict_mock_violates_nothing(seed: int) -> None:
    bench = BentBench(seed=seed)
    record = probed(bench, seed=seed)
    assert bench.violated() == {}
    assert record.exchanges == len(bench.exchanges) > 200
    assert record.cases > 120
    assert (record.name, record.note) == ("schema", "")
    assert [seen.answer for seen in bench.tally.observations if seen.id == "second-oracle"] == []


@pytest.mark.parametrize("name", MET)
def test_dialect_violates_nothing(name: str) -> None:
    bench = BentBench(dialects=(name,))
    probed(bench)
    assert bench.violated() == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_all_dialects_together_violate_nothing(seed: int) -> None:
    bench = BentBench(dialects=compatible_all(), seed=seed)
    probed(bench, seed=seed)
    assert bench.violated() == {}


def test_a_permitted_choice_that_the_spec_does_not_show_is_only_recorded() -> None:
    bench = BentBench(dialects=("unset-omitted",))
    probed(bench)
    (seen,) = [seen.answer for seen in bench.tally.observations if seen.id == "second-oracle"]
    assert "required property" in seen
    assert bench.verdicts()["read-names-every-identifier"] is Verdict.HELD


def test_gateway_that_fails_now_and_then_violates_nothing() -> None:
    bench = BentBench()
    count = iter(range(10**9))
    bench.sender.refuse = lambda _: next(count) % 7 == 6
    probed(bench)
    assert bench.violated() == {}


# --- what is sent


@pytest.fixture(scope="module")
def usual() -> BentBench:
    """Everything that is sent to a correct server."""
    bench = BentBench()
    probed(bench, cases=PER_OPERATION)
    return bench


def test_nobody_elses_profile_is_named(usual: BentBench) -> None:
    ours = {"customer-1", "customer-2", "", None}
    names = {each.request.header("adapty-customer-user-id") for each in usual.exchanges} - ours
    assert len(names) > 5
    assert {name for name in names if name and not name.startswith("ac-nobody-")} == set()


def test_an_id_that_a_read_may_have_created_is_not_written_to(usual: BentBench) -> None:
    ids: dict[str, set[str | None]] = {"GET": set(), "POST": set()}
    for each in usual.exchanges:
        ids[each.request.method] |= {each.request.header("adapty-customer-user-id")}
        ids[each.request.method] |= {each.request.header("adapty-profile-id")}
    ours = {None, "", "x", "customer-1", "customer-2", "22222222-2222-4222-8222-222222222222"}
    assert min(len(ids["GET"] - ours), len(ids["POST"] - ours)) > 10
    assert ids["GET"] & ids["POST"] <= ours


def test_ids_that_the_spec_gives_as_examples_are_not_sent(usual: BentBench) -> None:
    sent = {value for each in usual.exchanges for _, value in each.request.headers}
    assert not sent & {"0f2c7b1e-5a3d-4c8e-9b6f-2d1e7a9c4b30", "user-4711", "jane.doe@example.com"}


def test_every_request_goes_to_the_one_path_by_one_of_the_two_methods(usual: BentBench) -> None:
    assert {each.request.target for each in usual.exchanges} == {usual.contract.path}
    assert {each.request.method for each in usual.exchanges} == {"GET", "POST"}


def test_bodies_are_valid_and_invalid_and_not_always_the_same(usual: BentBench) -> None:
    writes = [each for each in usual.exchanges if each.request.method == "POST"]
    assert len({each.request.body for each in writes}) > 70
    statuses = [each.status for each in writes]
    assert min(statuses.count(200), statuses.count(400)) > 20


def test_without_permission_to_write_only_reads_are_sent() -> None:
    bench = BentBench(allow_writes=False)
    record = probed(bench)
    assert {each.request.method for each in bench.exchanges} == {"GET"}
    assert record.cases > 40
    assert bench.violated() == {}


def test_without_time_nothing_is_sent() -> None:
    bench = BentBench()
    record = probed(bench, budget=0)
    assert (record.exchanges, len(bench.exchanges), record.note) == (0, 0, "no time was given")


def test_the_budget_ends_it_and_is_named() -> None:
    ticks = iter(range(10**9))
    bench = BentBench()
    record = run_schema(bench.session, budget=30, seed=0, progress=SilentProgress(), clock=lambda: float(next(ticks)))
    assert record.note == f"the time was up after {record.cases} cases"


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    probed(BentBench(), cases=70)
    assert list(tmp_path.iterdir()) == []


# --- what is wrong


def on_value(of_type: type[Any]) -> Callable[[Request], bool]:
    return lambda request: any(isinstance(value, of_type) for value in (members(request) or {}).values())


def nulls_kept_as_text(request: Request, handle: Handle) -> Response:
    values = members(request)
    if values and None in values.values():
        request = with_members(request, {name: "None" if value is None else value for name, value in values.items()})
    return handle(request)


def found_anyway(request: Request, handle: Handle) -> Response:
    answer = handle(request)
    if request.method == "GET" and answer.status == 404:
        return Response(200, (("Content-Type", "application/json"),), b"{}")
    return answer


def refused_in_html(request: Request, handle: Handle) -> Response:
    answer = handle(request)
    return replace(answer, headers=(("Content-Type", "text/html"),)) if answer.status == 404 else answer


def list_taken(request: Request, handle: Handle) -> Response:
    return Response(200) if request.body.strip() in {b"[]", b"[{}]"} else handle(request)


FOUND: dict[str, tuple[Bend, str, str]] = {
    "a list as a value crashes it": (failing(on_value(list)), "never-500", """body '{"%s":[]}' (type); read"""),
    "an id in braces crashes it": (
        failing(lambda request: "{" in (request.header("adapty-profile-id") or "")),
        "never-500",
        'GET with made-up ids, adapty-profile-id: "{b0e7a5f4-63c1-4d29-8f0a-7c95d2e1a846}"',
    ),
    "null is kept as text": (
        nulls_kept_as_text,
        "null-is-refused-ignored-or-clears",
        """body '{"%s":null}' (type); read""",
    ),
    "an unknown profile is found": (found_anyway, "unknown-profile-is-404", "GET with made-up ids, adapty-profile-id"),
    "a refusal is labelled HTML": (refused_in_html, "refusal-is-json", "GET with made-up ids, adapty-profile-id"),
    "a list is taken for an object": (list_taken, "non-object-body-is-400", "body '[]' (type); read"),
    "values beyond ISO 8859-1 are replaced": (
        changing_values(lambda value: value.encode("latin-1", "replace").decode("latin-1")),
        "values-round-trip",
        """POST by customer user id, body '{"%s":""",
    ),
}


@pytest.mark.parametrize("name", list(FOUND))
def test_defect_is_found_and_told_by_the_least_case(name: str) -> None:
    bend, clause, text = FOUND[name]
    bench = BentBench(bend, dialects=("null-ignored",) if bend is nulls_kept_as_text else ())
    probed(bench)
    consequences = {"container-value-is-400"} if "list as a value" in name else set()
    assert {clause} <= bench.violated().keys() <= {clause} | consequences
    (result,) = bench.told(clause)
    named = next((name for name in bench.contract.identifiers if name in result.case.rpartition(": ")[0]), "")
    expected = [text.replace("%s", name) for name in bench.contract.identifiers] if "%s" in text else [text]
    assert any(each in result.case for each in expected), (result.case, named)
    assert (result.layer, len(result.exchanges) <= 8) == ("schema", True)


def test_the_last_exchange_told_shows_the_violation() -> None:
    bench = BentBench(failing(on_value(list)))
    probed(bench)
    (result,) = bench.told("never-500")
    last = next(each for each in bench.exchanges if each.number == result.exchanges[-1])
    assert last.status == 500
    assert list(json.loads(last.request.body).values()) == [[]]
