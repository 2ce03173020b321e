"""What follows from a record: which violation explains which, what counts, what fails a run."""

from __future__ import annotations

import pytest

from adapty_contract.model import Level, Verdict
from adapty_contract.record import counts, fails_run, findings
from support.records import made, said


def test_findings_put_consequences_under_their_root() -> None:
    record = made(
        said("second", after="first"),
        said("first"),
        said("third", after="second"),
        said("alone", after="held"),
        said("held", Verdict.HELD),
        said("either", after="held alone first"),
    )

    assert [
        (finding.root.clause.id, [it.clause.id for it in finding.consequences]) for finding in findings(record)
    ] == [
        ("first", ["second", "third"]),
        ("alone", ["either"]),
    ]


def test_findings_of_more_binding_levels_come_first() -> None:
    record = made(
        said("may", level=Level.MAY),
        said("should", level=Level.SHOULD),
        said("other-should", level=Level.SHOULD),
        said("must", after="other-should"),
    )

    assert [finding.root.clause.id for finding in findings(record)] == ["other-should", "should", "may"]


@pytest.mark.parametrize("circle", [("b", "a"), ("b", "c", "a"), ("a",)])
def test_clauses_that_explain_each_other_are_told_once(circle: tuple[str, ...]) -> None:
    names = "abc"[: len(circle)]
    record = made(*(said(name, after=after) for name, after in zip(names, circle, strict=True)), said("d", after="a"))
    [finding] = findings(record)

    assert finding.root.clause.id == "a"
    assert [report.clause.id for report in finding.consequences] == [*names[1:], "d"]


def test_counts_have_every_level_and_verdict() -> None:
    table = counts(made(said("a"), said("b", Verdict.HELD), said("c", Verdict.HELD), said("d", level=Level.MAY)))

    assert table[Level.MUST] == {
        Verdict.HELD: 2,
        Verdict.VIOLATED: 1,
        Verdict.INCONCLUSIVE: 0,
        Verdict.NOT_EXERCISED: 0,
    }
    assert table[Level.MAY][Verdict.VIOLATED] == 1
    assert sum(table[Level.SHOULD].values()) == 0


@pytest.mark.parametrize(
    ("level", "verdict", "strict", "fails"),
    [
        (Level.MUST, Verdict.VIOLATED, False, True),
        (Level.MUST, Verdict.INCONCLUSIVE, True, False),
        (Level.SHOULD, Verdict.VIOLATED, False, False),
        (Level.SHOULD, Verdict.VIOLATED, True, True),
        (Level.MAY, Verdict.VIOLATED, True, False),
    ],
)
def test_only_binding_violations_fail_a_run(level: Level, verdict: Verdict, *, strict: bool, fails: bool) -> None:
    assert fails_run(made(settings={"strict": strict}), said("a", verdict, level)) is fails
