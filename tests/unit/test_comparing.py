"""Comparing runs: what changed is told once, in both directions, and with what makes it less than certain."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapty_contract.comparing import Change, ClauseChange, Comparison, ObservationChange, Standing, compare
from adapty_contract.comparing.formats import FORMATS, as_json, as_markdown, as_text, sentence, word
from adapty_contract.model import ClauseReport, Level, Observation, Profile, Result, Verdict
from adapty_contract.record import ContractStamp, RunRecord, TargetKind, TargetRecord, Tool
from support.records import made, said

MIRRORED = {
    Change.NEW: {Change.GONE, Change.UNJUDGED},
    Change.GONE: {Change.NEW},
    Change.UNJUDGED: {Change.NEW},
    Change.ADDED: {Change.REMOVED},
    Change.REMOVED: {Change.ADDED},
    Change.STILL: {Change.STILL},
    Change.OTHER: {Change.OTHER},
}
NAMES = tuple("abcdef")
HOSTILE = "\x1b[31m\u202e\x00\ud800 `` ` @octocat <img src=x> ![i](https://evil.test)\r\n# heading\n| a |"


def with_why(report: ClauseReport, why: str) -> ClauseReport:
    return replace(report, why=why, results=(Result(report.clause.id, report.verdict, "expected", why),))


@st.composite
def records(draw: st.DrawFn) -> RunRecord:
    """Any run over a few clauses and questions."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    reports = [said(name, draw(st.sampled_from(Verdict)), draw(st.sampled_from(Level))) for name in names]
    asked = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    answers = [draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=3)) for _ in asked]
    return made(
        *reports,
        observations=tuple(
            Observation(name, "; ".join(said), answers=tuple(said)) for name, said in zip(asked, answers, strict=True)
        ),
        settings={"strict": draw(st.booleans()), "only": []},
        complete=draw(st.booleans()),
        seed=draw(st.integers(1, 2)),
    )


def changes(comparison: Comparison) -> dict[str, Change]:
    return {each.clause: each.change for each in comparison.clauses}


@given(record=records())
@settings(max_examples=100, deadline=None, derandomize=True)
def test_run_beside_itself_is_the_same(record: RunRecord) -> None:
    comparison = compare(record, record)

    assert comparison.same
    assert comparison.worse == ()
    assert comparison.observations == ()
    assert {each.subject for each in comparison.doubts} <= {"end"}
    assert set(changes(comparison).values()) <= {Change.STILL}
    assert [each.clause for each in comparison.clauses] == [
        report.clause.id for report in record.clauses if report.verdict is Verdict.VIOLATED
    ]


@given(older=records(), newer=records())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_comparison_in_the_other_direction_is_its_mirror(older: RunRecord, newer: RunRecord) -> None:
    there, back = compare(older, newer), compare(newer, older)

    assert {ClauseChange(each.clause, each.after, each.before) for each in there.clauses} == set(back.clauses)
    assert changes(there).keys() == changes(back).keys()
    assert all(changes(back)[name] in MIRRORED[change] for name, change in changes(there).items())
    assert {ObservationChange(each.id, each.after, each.before, each.ledger) for each in there.observations} == set(
        back.observations
    )
    assert {(each.subject, each.after, each.before) for each in there.doubts} == {
        (each.subject, each.before, each.after) for each in back.doubts
    }
    assert (there.same, there.common) == (back.same, back.common)


@given(older=records(), newer=records())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_every_difference_is_told_and_only_that(older: RunRecord, newer: RunRecord) -> None:
    before = {report.clause.id: (report.clause.level, report.verdict) for report in older.clauses}
    after = {report.clause.id: (report.clause.level, report.verdict) for report in newer.clauses}
    told = changes(compare(older, newer))

    assert set(told) >= {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert all(before[name][1] is Verdict.VIOLATED for name in told if before.get(name) == after.get(name))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Verdict.HELD, Verdict.VIOLATED, Change.NEW),
        (None, Verdict.VIOLATED, Change.NEW),
        (Verdict.VIOLATED, Verdict.VIOLATED, Change.STILL),
        (Verdict.VIOLATED, Verdict.HELD, Change.GONE),
        (Verdict.VIOLATED, Verdict.NOT_EXERCISED, Change.UNJUDGED),
        (Verdict.VIOLATED, Verdict.INCONCLUSIVE, Change.UNJUDGED),
        (Verdict.VIOLATED, None, Change.UNJUDGED),
        (Verdict.HELD, Verdict.NOT_EXERCISED, Change.OTHER),
        (Verdict.HELD, Verdict.INCONCLUSIVE, Change.OTHER),
        (None, Verdict.HELD, Change.ADDED),
        (Verdict.HELD, None, Change.REMOVED),
    ],
)
def test_change_is_called_by_its_name(before: Verdict | None, after: Verdict | None, change: Change) -> None:
    older = made(*([said("a", before)] if before else []))
    newer = made(*([said("a", after)] if after else []))

    assert changes(compare(older, newer)) == {"a": change}


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (said("a", Verdict.HELD), said("a"), True),
        (said("a", Verdict.HELD, Level.SHOULD), said("a", level=Level.SHOULD), False),
        (said("a", level=Level.SHOULD), said("a"), True),
        (said("a"), said("a"), False),
        (said("a"), said("a", Verdict.NOT_EXERCISED), False),
        (said("other", Verdict.HELD), said("a"), True),
    ],
)
def test_worse_is_what_fails_the_run_and_did_not_before(
    before: ClauseReport, after: ClauseReport, *, worse: bool
) -> None:
    assert bool(compare(made(before), made(after)).worse) is worse


def test_strict_run_fails_by_what_an_earlier_one_let_pass() -> None:
    record = made(said("a", level=Level.SHOULD))
    comparison = compare(record, replace(record, settings={"strict": True}))

    assert [each.clause for each in comparison.worse] == ["a"]
    assert [(each.subject, each.before, each.after) for each in comparison.doubts] == [
        ("strict", "not recorded", "true")
    ]


def test_order_of_answers_says_nothing() -> None:
    def seen(*answers: str) -> RunRecord:
        return made(observations=(Observation("q", "; ".join(answers), ("entry",), answers=answers),))

    assert not compare(seen("a: 1", "b; c: 2"), seen("b; c: 2", "a: 1")).observations
    (moved,) = compare(seen("a: 1", "b; c: 2"), seen("a: 1", "b", "c: 2")).observations
    assert (moved.gone, moved.new) == (("b; c: 2",), ("b", "c: 2"))


def test_what_one_run_did_not_look_at_is_told_in_a_line() -> None:
    older = made(*(said(name, Verdict.HELD) for name in NAMES), said("broken"))
    newer = made(said("other", Verdict.HELD))
    text = as_text(compare(older, newer))
    assert "violated before, not judged now:\n  broken: MUST violated -> absent\n" in text
    assert "removed:\n  6 clauses: a, b, c, d, e and 1 more\n" in text


def test_question_that_one_run_did_not_ask_appears_or_vanishes() -> None:
    asked, silent = made(observations=(Observation("q", "a"),)), made()

    assert compare(silent, asked).observations == (ObservationChange("q", None, frozenset({"a"})),)
    assert compare(asked, silent).observations == (ObservationChange("q", frozenset({"a"}), None),)


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"contract": ContractStamp("1.0.0", "11")}, "contract"),
        ({"tool": Tool("adapty-contract", "9")}, "tool"),
        ({"target": TargetRecord(TargetKind.URL, "https://other.example.test")}, "target"),
        ({"target": TargetRecord(TargetKind.URL, "https://api.example.test", Profile("c"))}, "test profiles"),
        ({"settings": {"only": ["reading"]}}, "only"),
        ({"seed": 2}, "seed"),
        ({"complete": False, "stopped": "interrupted", "exit_code": 130}, "end"),
        ({"exit_code": 3, "stopped": "the key was refused"}, "end"),
    ],
)
def test_runs_that_were_not_made_alike_are_doubted(change: dict[str, Any], subject: str) -> None:
    comparison = compare(made(said("a")), made(said("a"), **change))

    assert [each.subject for each in comparison.doubts] == [subject]
    assert "The runs were not made alike." in sentence(comparison)
    assert "not comparable without thought" in as_text(comparison)


@pytest.mark.parametrize(
    "change",
    [{"run_id": "run-2"}, {"started": "2026-02-01T12:00:00Z"}, {"duration": 9.0}, {"settings": {"formats": ["json"]}}],
)
def test_what_changes_no_verdict_is_no_doubt(change: dict[str, Any]) -> None:
    assert compare(made(said("a")), made(said("a"), **change)).doubts == ()


def test_port_of_the_embedded_mock_is_no_doubt() -> None:
    first, second = (
        made(target=TargetRecord(TargetKind.EMBEDDED, f"http://127.0.0.1:{port}", Profile(f"c-{port}")))
        for port in (1, 2)
    )

    assert compare(first, second).doubts == ()


def test_newer_contract_gives_the_order() -> None:
    older = made(*(said(name) for name in "zab"))
    newer = made(*(said(name) for name in "bac"))

    assert [each.clause for each in compare(older, newer).clauses] == ["b", "a", "c", "z"]


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        (made(said("a", Verdict.HELD)), made(said("a")), "WORSE"),
        (made(said("a")), made(said("a", Verdict.HELD)), "NOTHING WORSE"),
        (made(said("a")), made(said("a")), "SAME"),
        (made(said("a", Verdict.HELD)), made(said("a", Verdict.NOT_EXERCISED)), "NOTHING TO COMPARE"),
        (made(), made(), "NOTHING TO COMPARE"),
    ],
)
def test_first_word_is_what_it_came_to(older: RunRecord, newer: RunRecord, expected: str) -> None:
    comparison = compare(older, newer)

    assert word(comparison) == expected
    assert as_text(comparison).startswith(f"{expected}  ")
    assert as_markdown(comparison).startswith(f"## {expected}\n")
    assert json.loads(as_json(comparison))["result"] == expected.lower()


def test_text_says_what_was_seen() -> None:
    older = made(
        said("read-is-private", Verdict.HELD), observations=(Observation("caching", "no-store", ("caching",)),)
    )
    newer = made(with_why(said("read-is-private"), "Cache-Control: public"))
    text = as_text(compare(older, newer))

    assert "read-is-private: MUST held -> MUST violated; this fails the run: Cache-Control: public\n" in text
    assert "caching: not seen any more: no-store (ledger: caching)\n" in text


def test_json_is_complete() -> None:
    older, newer = made(said("a", Verdict.HELD)), made(with_why(said("a"), "x" * 10_000))
    data = json.loads(as_json(compare(older, newer)))

    assert data["worse"] == ["a"]
    assert data["clauses"][0]["change"] == "newly violated"
    assert data["clauses"][0]["after"]["detail"] == "x" * 10_000
    assert data["clauses"][0]["before"] == {"level": "MUST", "verdict": "held", "fails": False, "detail": ""}


@pytest.mark.parametrize("name", FORMATS)
def test_texts_of_a_server_do_no_harm(name: str) -> None:
    older = made(said("a", Verdict.HELD), observations=(Observation(HOSTILE, "b"),))
    newer = made(
        with_why(said("a"), HOSTILE * 10_000),
        said(HOSTILE),
        observations=(Observation(HOSTILE, HOSTILE, (HOSTILE,)),),
        stopped=HOSTILE,
        complete=False,
        run_id=HOSTILE,
    )
    text = FORMATS[name](compare(older, newer))

    text.encode("utf-8")
    assert not set(text) & {"\x00", "\x1b", "\r", "\u202e"}
    if name == "json":
        assert json.loads(text)["worse"]
    else:
        assert len(text) < 20_000
    if name == "markdown":
        kinds = {
            token.type for block in MarkdownIt("commonmark").parse(text) for token in (block, *(block.children or ()))
        }
        assert not kinds & {"link_open", "image", "html_inline", "html_block", "blockquote_open", "ordered_list_open"}


def test_standing_of_a_clause_without_a_verdict_says_why() -> None:
    report = replace(said("a", Verdict.NOT_EXERCISED), why="needs writes")
    [change] = compare(made(said("a", Verdict.HELD)), made(report)).clauses

    assert change.after == Standing(Level.MUST, Verdict.NOT_EXERCISED, fails=False, detail="needs writes")
