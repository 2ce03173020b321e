"""The state machine: quiet on what is permitted, and within its bounds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapty_contract.fuzz.model import run_model
from adapty_contract.mock.dialects import compatible_all, dialects
from adapty_contract.model import Profile, ProfileFact, Verdict
from adapty_contract.reporters.progress import SilentProgress
from support.bent import BentBench, failing, walked
from support.drawn import drawn_once

SEEDS = (0, 1, 2)
MET = [name for name in dialects() if not name.startswith(("slash-", "head-", "options-", "method-"))]
"""The dialects that reads and writes of the one path can tell from each other."""


@pytest.fixture(autouse=True, scope="module")
def cases_are_drawn_once() -> Iterator[None]:
    with drawn_once():
        yield


# --- what is permitted


@pytest.mark.parametrize("seed", SEEDS)
def test_strict_mock_violates_nothing(seed: int) -> None:
    bench = BentBench(seed=seed)
    record = walked(bench, seed=seed)
    assert bench.violated() == {}
    assert record.exchanges == len(bench.exchanges) > 300
    assert record.cases > 40
    assert (record.name, record.note) == ("model", "")


@pytest.mark.parametrize("name", MET)
def test_dialect_violates_nothing(name: str) -> None:
    bench = BentBench(dialects=(name,))
    walked(bench, walks=32)
    assert bench.violated() == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_all_dialects_together_violate_nothing(seed: int) -> None:
    bench = BentBench(dialects=compatible_all(), seed=seed)
    walked(bench, seed=seed)
    assert bench.violated() == {}


def test_gateway_that_fails_now_and_then_violates_nothing() -> None:
    bench = BentBench()
    count = iter(range(10**9))
    bench.sender.refuse = lambda _: next(count) % 7 == 6
    walked(bench)
    assert bench.violated() == {}


def test_a_lag_is_waited_for_and_told_to_later_layers() -> None:
    bench = BentBench(dialects=("delayed-visibility",))
    walked(bench, walks=24)
    assert bench.violated() == {}
    assert bench.session.lag_seen > 0.1
    assert sum(bench.clock.waits) > 1


def test_profile_with_one_id_and_no_neighbour_is_enough() -> None:
    bench = BentBench(profile=Profile("customer-2"), other=None)
    walked(bench, walks=24)
    assert bench.violated() == {}
    assert not any(each.request.header("adapty-profile-id") == "" for each in bench.exchanges)


def test_clauses_of_meaning_are_exercised() -> None:
    bench = BentBench()
    walked(bench)
    held = {name for name, verdict in bench.verdicts().items() if verdict is Verdict.HELD}
    assert held >= {
        "values-round-trip",
        "write-merges",
        "write-is-visible",
        "write-is-idempotent",
        "both-headers-see-one-profile",
        "profiles-are-isolated",
        "refused-write-changes-nothing",
        "refused-key-writes-nothing",
        "null-is-refused-ignored-or-clears",
        "blank-is-refused-kept-or-clears",
        "unknown-field-disturbs-nothing",
        "empty-write-changes-nothing",
        "read-has-no-effect",
    }


def test_nobody_elses_profile_is_named() -> None:
    bench = BentBench()
    walked(bench)
    ours: set[tuple[str | None, str | None]] = {("customer-2", None), ("customer-1", None)}
    ours |= {(None, f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}") for digit in "12"}
    named = [
        (each, (each.request.header("adapty-customer-user-id"), each.request.header("adapty-profile-id")))
        for each in bench.exchanges
    ]
    assert {ids for _, ids in named} > ours
    assert {each.facts.profile for each, ids in named if ids not in ours} == {ProfileFact.UNKNOWN}
    strangers = [(customer or "", profile) for _, (customer, profile) in named if (customer, profile) not in ours]
    assert all(customer.startswith("ac-nobody-") or profile for customer, profile in strangers)
    assert len(set(strangers)) == len(strangers), "each of them is made up anew"


# --- its bounds


def test_without_time_nothing_is_sent() -> None:
    bench = BentBench()
    record = walked(bench, budget=0)
    assert (record.exchanges, len(bench.exchanges), record.note) == (0, 0, "no time was given")


def test_without_permission_to_write_nothing_is_sent() -> None:
    bench = BentBench(allow_writes=False)
    record = walked(bench)
    assert (record.exchanges, len(bench.exchanges), record.note) == (0, 0, "writes are not allowed")


def test_the_budget_ends_it_and_is_named() -> None:
    ticks = iter(range(10**9))
    bench = BentBench()
    record = run_model(bench.session, budget=30, seed=0, progress=SilentProgress(), clock=lambda: float(next(ticks)))
    assert record.note == f"the time was up after {record.cases} cases"
    assert 10 < record.cases < 40


def test_a_shorter_budget_sends_the_beginning_of_the_same_requests() -> None:
    whole, part = BentBench(), BentBench()
    walked(whole, seed=3)
    ticks = iter(range(10**9))
    run_model(part.session, budget=20, seed=3, progress=SilentProgress(), clock=lambda: float(next(ticks)))
    assert 0 < len(part.sent()) < len(whole.sent())
    assert part.sent() == whole.sent()[: len(part.sent())]


def test_another_seed_sends_other_requests() -> None:
    one, two = BentBench(), BentBench()
    walked(one, seed=1)
    walked(two, seed=2)
    assert one.sent() != two.sent()


def test_unreadable_profiles_are_left_alone() -> None:
    bench = BentBench(failing(lambda request: request.method == "GET"))
    record = walked(bench)
    assert record.note == "the profiles could not be read"
    assert not any(each.request.method == "POST" for each in bench.exchanges)
