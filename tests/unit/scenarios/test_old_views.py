"""A read that goes back to an older state is a lagging copy's, as long as one may lag."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapty_contract.contract import load_contract
from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import Request, Response, Verdict
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.ending import what_was_written_lasts
from adapty_contract.scenarios.holding import Holding
from adapty_contract.scenarios.looking import look
from adapty_contract.scenarios.old_views import IN_A_ROW, OldViews
from support.senders import Answer, Bench

NAMES = load_contract().identifiers
A, B = NAMES[:2]
UNSET = dict.fromkeys(NAMES)


def write_and_confirm(made: Bench, value: str) -> bool:
    made.session.write({A: value}, clause="write-overwrites", label="a write")
    return confirm(made.session, label="a read after the write")


class Forgetful:
    """Shows the state before everything at every so manieth read, whatever was written since."""

    def __init__(self, every: int) -> None:
        self.reads = itertools.count(1)
        self.every = every

    def __call__(self, request: Request, answer: Answer) -> Answer:
        if request.method != "GET" or not isinstance(answer, Response) or next(self.reads) % self.every:
            return answer
        return replace(answer, body=json.dumps(UNSET).encode())


def test_copies_that_come_to_agree_are_left_alone_and_told() -> None:
    made = Bench(mock=MockSettings(dialects=("copies-by-turns",)))
    assert confirm(made.session, label="a first read")
    assert all(write_and_confirm(made, f"value-{number}") for number in range(8))
    for _ in range(8):
        assert confirm(made.session, label="a read with no write before it")
    assert made.violated() == {}
    assert made.session.old_views.oldest is not None
    told = {each.id: each.answer for each in made.tally.observations}
    assert "what was before" in told["write-visibility-lag"]


def test_copies_that_never_agree_are_told() -> None:
    made = Bench(change=Forgetful(2), lag=2.0)
    confirm(made.session, label="a first read")
    for number in range(4):
        write_and_confirm(made, f"value-{number}")
    assert "read-has-no-effect" in made.violated()
    assert made.session.old_views.refused


def test_an_older_state_that_comes_back_after_all_lag_is_told_at_the_end() -> None:
    made = Bench(change=Forgetful(9), lag=2.0)
    confirm(made.session, label="a first read")
    for number in range(12):
        write_and_confirm(made, f"value-{number}")
    assert made.violated() == {}
    what_was_written_lasts(made.session)
    assert "read-has-no-effect" in made.violated()


def test_nothing_is_waited_for_at_the_end_where_no_read_went_back() -> None:
    made = Bench()
    confirm(made.session, label="a first read")
    write_and_confirm(made, "value")
    what_was_written_lasts(made.session)
    assert made.clock.waits == []
    assert made.verdicts()["writes-last"] is Verdict.HELD


def test_a_look_at_something_else_than_was_ever_held_does_not_wait() -> None:
    made = Bench()
    made.session.holding().settle({**UNSET, A: "not what is read"})
    assert [item.name for item in look(made.session, "a read").mismatches] == [A]
    assert made.clock.waits == []


def test_the_age_of_a_state_counts_from_the_moment_when_it_was_over() -> None:
    now = [0.0]
    made = Holding(NAMES, lambda: now[0])
    made.settle({**UNSET, A: "first"})
    for moment, value in ((10.0, "second"), (20.0, "third")):
        now[0] = moment
        made.written({A: value}, {}, "write-overwrites", 1)
        made.settle({**UNSET, A: value})
    now[0] = 23.0
    assert made.age_of({**UNSET, A: "first"}) == pytest.approx(13.0)
    assert made.age_of({**UNSET, A: "second"}) == pytest.approx(3.0)
    assert made.age_of({**UNSET, A: "first", B: "foreign"}) is None


def test_an_identifier_that_nobody_knew_is_no_reason_against_an_older_state() -> None:
    made = Holding(NAMES, lambda: 0.0)
    made.settle(UNSET)
    made.forget([B])
    made.settle({**UNSET, B: "something"})
    made.written({A: "x"}, {}, "write-overwrites", 1)
    assert made.age_of({**UNSET, B: "something else"}) is not None


@given(st.integers(0, 400), st.integers(0, 400))
def test_so_many_reads_see_an_older_state_again_almost_surely(looks: int, count: int) -> None:
    views = OldViews(5.0, looks=max(looks, count), count=count)
    reads = views.reads_to_be_sure
    share = min(count / max(looks, count, 1), 0.99)
    assert (reads == 0) == (count == 0)
    assert not count or reads >= IN_A_ROW
    assert not count or reads == 300 or (1 - share) ** reads <= 0.01


@pytest.mark.parametrize(("age", "permitted"), [(0.0, True), (5.0, True), (5.1, False)])
def test_no_state_is_older_than_the_tolerated_lag(age: float, *, permitted: bool) -> None:
    assert OldViews(5.0).permits(age) is permitted
    assert not OldViews(5.0, refused=True).permits(age)
