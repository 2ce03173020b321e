"""A read is compared with patience for what is late, and each difference is told of the clause it breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import Request, Response, TransportFault, Verdict
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.excerpts import excerpt
from support.senders import Answer, Bench, Change

JSON = (("content-type", "application/json"),)


def shows(*reads: dict[str, Any] | Answer) -> Change:
    """A server that takes every write and whose reads show these, the last one for ever."""
    left = list(reads)

    def change(request: Request, _: Answer) -> Answer:
        if request.method != "GET":
            return Response(200)
        value = left.pop(0) if len(left) > 1 else left[0]
        return Response(200, JSON, json.dumps(value).encode()) if isinstance(value, dict) else value

    return change


def bench(*reads: dict[str, Any] | Answer, lag: float = 5.0) -> Bench:
    """A session whose profile was read once: `reads` come after that first one, which showed all unset."""
    made = Bench(change=shows(UNSET, *reads), lag=lag)
    _, shown = made.session.read(label="a first read")
    assert shown == UNSET
    made.session.holding().settle(shown)
    return made


UNSET: dict[str, Any] = dict.fromkeys(Bench().contract.identifiers)
A, B, C = list(UNSET)[:3]


def lagging(lag_s: float, **setting: Any) -> Bench:
    made = Bench(mock=MockSettings(lag_s=lag_s), **setting)
    assert confirm(made.session, label="a first read")
    return made


def test_what_is_there_at_once_is_confirmed_without_waiting() -> None:
    made = bench(UNSET | {A: "x"})
    made.session.write({A: "x"}, clause="write-overwrites", label="a write")
    assert confirm(made.session, label="a read")
    assert made.clock.waits == []
    assert made.session.lag_seen == 0
    assert made.verdicts()["write-overwrites"] is Verdict.HELD
    assert made.verdicts()["write-is-visible"] is Verdict.HELD
    assert made.verdicts()["write-merges"] is Verdict.HELD


@pytest.mark.parametrize("lag", [0.01, 0.3, 1.0, 4.9])
def test_a_write_that_is_seen_late_is_waited_for_and_the_lag_told(lag: float) -> None:
    made = lagging(lag)
    made.session.write({A: "x"}, clause="write-is-visible", label="a write")
    assert confirm(made.session, label="a read")
    assert made.violated() == {}
    assert lag <= made.session.lag_seen <= lag + 0.5
    assert [each.id for each in made.tally.observations] == ["write-visibility-lag"]


def test_most_of_a_lag_that_is_known_is_waited_for_at_once_and_little_more_than_it() -> None:
    made = lagging(2.0)
    for value in "xyz":
        made.clock.waits.clear()
        made.session.write({A: value}, clause="write-is-visible", label="a write")
        assert confirm(made.session, label="a read")
    assert made.clock.waits[0] > 1.75
    assert len(made.clock.waits) < 8
    assert 2.0 <= sum(made.clock.waits) < 2.1


def test_a_write_that_is_never_seen_is_lost_after_the_tolerated_lag() -> None:
    made = lagging(60.0, lag=3.0)
    exchange = made.session.write({A: "x"}, clause="write-overwrites", label="a write")
    assert not confirm(made.session, label="a read")
    assert sum(made.clock.waits) == pytest.approx(3.0)
    assert made.violated() == {"write-is-visible": f'expected {A}: "x"; saw {A}: null'}
    assert "write-overwrites" not in made.verdicts()
    (result,) = next(r for r in made.tally.reports({}) if r.clause.id == "write-is-visible").results
    assert result.exchanges == (exchange.number, made.exchanges[-1].number)
    assert result.case == "a read"


def test_once_a_write_was_lost_no_more_patience_is_spent() -> None:
    made = lagging(60.0, lag=3.0)
    for value in ("x", "y"):
        made.clock.waits.clear()
        made.session.write({A: value}, clause="write-is-visible", label="a write")
        assert not confirm(made.session, label="a read")
    assert sum(made.clock.waits) == 0


def test_no_tolerated_lag_means_no_waiting() -> None:
    made = bench(UNSET, UNSET | {A: "x"}, lag=0.0)
    made.session.write({A: "x"}, clause="write-is-visible", label="a write")
    assert not confirm(made.session, label="a read")
    assert made.clock.waits == []


def test_a_lost_write_can_be_told_under_another_clause() -> None:
    made = bench(UNSET)
    made.session.write({A: "x"}, clause="concurrent-writes-merge", label="a write")
    confirm(made.session, label="a read", stale="concurrent-writes-merge")
    assert set(made.violated()) == {"concurrent-writes-merge"}


def test_a_changed_value_violates_the_clause_of_its_write_without_waiting() -> None:
    made = bench(UNSET | {A: "X"})
    made.session.write({A: "x"}, clause="values-round-trip", label="a write")
    assert not confirm(made.session, label="a read")
    assert made.violated() == {"values-round-trip": f'expected {A}: "x"; saw {A}: "X"'}
    assert made.clock.waits == []


def test_a_value_that_nobody_wrote_violates_what_should_have_kept_it() -> None:
    made = bench(UNSET | {A: "x", B: "y"})
    made.session.write({A: "x"}, clause="write-overwrites", label="a write")
    assert not confirm(made.session, label="a read", kept="identifiers-are-independent")
    assert set(made.violated()) == {"identifiers-are-independent"}
    assert made.verdicts()["write-overwrites"] is Verdict.HELD


def test_a_refused_value_that_shows_violates_the_clause_that_forbids_it() -> None:
    made = bench(UNSET | {C: "canary"})
    refused = made.session.get(label="stands for a refused write")
    made.session.forbid(["canary"], "refused-key-writes-nothing", refused)
    assert not confirm(made.session, label="a read")
    assert set(made.violated()) == {"refused-key-writes-nothing"}
    (result,) = next(r for r in made.tally.reports({}) if r.clause.id == "refused-key-writes-nothing").results
    assert result.exchanges == (refused.number, refused.number + 1)


def test_a_canary_of_one_profile_is_forbidden_for_that_one_only() -> None:
    made = bench(UNSET | {A: "mine"})
    made.session.write({A: "mine"}, clause="write-is-visible", label="a write")
    made.session.forbid(["mine"], "profiles-are-isolated", None, made.session.setting.other)
    assert confirm(made.session, label="a read")
    other = made.session.setting.other
    made.session.holding(other).settle(UNSET)
    assert not confirm(made.session, label="a read of the other", profile=other)
    assert set(made.violated()) == {"profiles-are-isolated"}


def test_one_defect_is_told_once() -> None:
    made = bench(UNSET | {A: "X"})
    made.session.write({A: "x"}, clause="values-round-trip", label="a write")
    assert not confirm(made.session, label="a read")
    assert confirm(made.session, label="another read")


def test_several_identifiers_are_told_together() -> None:
    made = bench(UNSET | {A: "X", B: "Y", C: "Z"})
    made.session.write({A: "x", B: "y", C: "z"}, clause="values-round-trip", label="a write")
    confirm(made.session, label="a read")
    assert made.violated()["values-round-trip"].endswith("(and 2 more identifiers)")


def test_of_one_late_and_one_wrong_value_only_the_wrong_one_is_a_finding() -> None:
    made = bench(UNSET | {B: "nobody's"}, UNSET | {A: "x", B: "nobody's"})
    made.session.write({A: "x"}, clause="write-is-visible", label="a write")
    assert not confirm(made.session, label="a read")
    assert set(made.violated()) == {"write-merges"}


@pytest.mark.parametrize(
    "trouble", [Response(503), Response(429), Response(500), TransportFault("reset", "x"), Response(200, JSON, b"{")]
)
def test_without_a_read_nothing_is_violated_and_nothing_forgotten(trouble: Answer) -> None:
    made = bench(trouble, UNSET | {A: "X"})
    made.session.write({A: "x"}, clause="values-round-trip", label="a write")
    assert not confirm(made.session, label="a read")
    assert made.verdicts()["values-round-trip"] is Verdict.INCONCLUSIVE
    assert made.verdicts()["write-merges"] is Verdict.INCONCLUSIVE
    assert not confirm(made.session, label="another read")
    assert made.violated()["values-round-trip"] == f'expected {A}: "x"; saw {A}: "X"'


# --- whom to blame


def after_a_seen_write(*reads: dict[str, Any] | Answer, lag: float = 0.0) -> Bench:
    """A session that has seen a write come true, `A` holding "seen"."""
    made = bench(UNSET | {A: "seen"}, *reads, lag=lag)
    made.session.write({A: "seen"}, clause="write-is-visible", label="a write that is seen")
    assert confirm(made.session, label="a read")
    return made


@pytest.mark.parametrize(
    ("written_under", "blamed"),
    [("write-is-visible", "every-identifier-is-writable"), ("json-media-type-is-taken", "json-media-type-is-taken")],
)
def test_where_other_writes_were_seen_a_lost_one_is_lost_for_how_it_was_written(
    written_under: str, blamed: str
) -> None:
    made = after_a_seen_write(UNSET | {A: "seen"})
    made.session.write({B: "lost"}, clause=written_under, label="a write")
    assert not confirm(made.session, label="a read")
    assert set(made.violated()) == {blamed}


def test_a_value_under_another_identifiers_name_is_a_confusion_of_identifiers() -> None:
    made = bench(UNSET | {A: "y", B: "x"})
    made.session.write({A: "x", B: "y"}, clause="write-overwrites", label="a write")
    assert not confirm(made.session, label="a read")
    assert set(made.violated()) == {"identifiers-are-independent"}


@pytest.mark.parametrize(
    ("written_under", "blamed"),
    [
        ("write-is-visible", "values-round-trip"),
        ("every-identifier-is-writable", "values-round-trip"),
        ("json-media-type-is-taken", "json-media-type-is-taken"),
    ],
)
def test_a_changed_value_is_blamed_on_the_values_where_the_write_was_plain(written_under: str, blamed: str) -> None:
    made = after_a_seen_write(UNSET | {A: "seen", B: "MANGLED"})
    made.session.write({B: "mangled"}, clause=written_under, label="a write")
    assert not confirm(made.session, label="a read")
    assert set(made.violated()) == {blamed}


def test_a_server_that_changes_values_is_not_blamed_for_how_they_were_written() -> None:
    made = bench(UNSET | {A: "X"}, UNSET | {A: "X"}, UNSET | {A: "X", B: "Y"})
    made.session.write({A: "x"}, clause="write-is-visible", label="a plain write")
    assert not confirm(made.session, label="a read")
    made.session.write({B: "y"}, clause="json-media-type-is-taken", label="another write")
    assert not confirm(made.session, label="a read")
    assert set(made.violated()) == {"values-round-trip"}


def test_two_reads_that_disagree_are_told_as_that() -> None:
    made = bench(UNSET | {C: "now"}, UNSET)
    assert confirm(made.session, label="a read")
    assert made.violated() == {
        "read-has-no-effect": f'expected two reads that agree; saw {C}: "now", then null',
    }


def test_a_late_write_that_comes_true_between_two_reads_is_no_disagreement() -> None:
    made = bench(UNSET | {B: "nobody's"}, UNSET | {A: "x", B: "nobody's"}, lag=0.0)
    made.session.write({A: "x"}, clause="write-overwrites", label="a write")
    assert not confirm(made.session, label="a read")
    assert "read-has-no-effect" not in made.violated()


def test_the_first_read_is_taken_as_it_is() -> None:
    made = Bench(change=shows({A: "whatever"}))
    assert confirm(made.session, label="a first read")
    assert made.session.holding().now == UNSET | {A: "whatever"}


def test_absences_are_judged_after_the_lag_that_was_seen() -> None:
    made = lagging(1.0)
    made.session.write({A: "x"}, clause="write-is-visible", label="a write")
    confirm(made.session, label="a read")
    seen = made.session.lag_seen
    made.clock.waits.clear()
    made.session.write({B: "y"}, clause="write-is-visible", label="another write")
    assert confirm(made.session, label="a settled read", settle=True)
    assert made.clock.waits == [pytest.approx(seen * 1.25)]


def test_a_read_can_be_bent_and_is_compared_all_the_same() -> None:
    made = bench(UNSET)
    assert confirm(made.session, label="a read", headers=(("adapty-platform", "Android"),), suffix="?x=1")
    sent = made.exchanges[-1].request
    assert sent.header("adapty-platform") == "Android"
    assert sent.target.endswith("/?x=1")


def test_long_values_are_shown_where_they_begin_to_differ() -> None:
    long = "x" * 500
    expected, seen = excerpt(long + "a" + long, long + "b" + long)
    assert expected == f'"xxxxxxxxxxa{"x" * 29}" from character 490 of 1001'
    assert seen == f'"xxxxxxxxxxb{"x" * 29}" from character 490 of 1001'
    assert excerpt("é", None) == ('"é"', "null")
    assert excerpt(long, long[:-1])[1].endswith("of 499")
    assert len(excerpt(5, [long])[1]) <= 200


@pytest.mark.parametrize(
    ("expected", "seen", "told"),
    [
        pytest.param("\u00e9", "e\u0301", ('"\\u00e9"', '"e\\u0301"'), id="composed and not"),
        pytest.param("a\u00a0b", "a b", ('"a\\u00a0b"', '"a b"'), id="a no-break space"),
        pytest.param("a  b", "a b", ('"a\\u0020\\u0020b"', '"a b"'), id="spaces in a row"),
        pytest.param("é", "è", ('"é"', '"è"'), id="what the eye tells apart"),
        pytest.param("é", "é", ('"é"', '"é"'), id="the same"),
    ],
)
def test_values_that_look_alike_are_told_in_escapes(expected: str, seen: str, told: tuple[str, str]) -> None:
    assert excerpt(expected, seen) == told
