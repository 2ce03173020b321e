"""The badge says how many clauses held, and is green for nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.model import Level, Verdict
from adapty_contract.reporters.badge import render

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord


def badge(record: RunRecord) -> tuple[str, str]:
    """Message and colour of a badge that has all that its readers need."""
    found = json.loads(render(record))
    assert set(found) == {"schemaVersion", "label", "message", "color"}
    assert found["schemaVersion"] == 1
    assert found["label"]
    return found["message"], found["color"]


def test_all_that_held_is_bright_green(clean: RunRecord) -> None:
    held = tuple(report for report in clean.clauses if report.verdict is Verdict.HELD)

    assert badge(replace(clean, clauses=held)) == ("48 of 48 held", "brightgreen")


def test_what_was_not_exercised_counts(clean: RunRecord) -> None:
    assert badge(clean) == ("48 of 53 held", "green")


def test_strict_run_counts_what_may_fail_it(clean: RunRecord) -> None:
    assert badge(replace(clean, settings={"strict": True})) == ("57 of 62 held", "green")


def test_violations_that_fail_the_run_are_red(broken: RunRecord) -> None:
    assert badge(broken) == ("14 violated", "red")


def test_violation_that_fails_no_run_is_not_counted(clean: RunRecord, make: SimpleNamespace) -> None:
    found = make.violated(make.clause("should", level=Level.SHOULD), "seen")

    assert badge(replace(clean, clauses=(*clean.clauses, found))) == ("48 of 53 held", "green")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"exit_code": 3, "clauses": ()}, ("not tested", "lightgrey")),
        ({"exit_code": 3, "stopped": "the key was refused"}, ("not tested", "lightgrey")),
        ({"exit_code": 5, "clauses": ()}, ("nothing exercised", "lightgrey")),
        ({"exit_code": 0, "clauses": ()}, ("nothing exercised", "lightgrey")),
        ({"exit_code": 130, "complete": False}, ("interrupted", "lightgrey")),
        ({"exit_code": 4, "complete": False}, ("stopped", "lightgrey")),
        ({"exit_code": 0, "complete": False}, ("48 of 53 held, incomplete", "yellow")),
    ],
)
def test_run_without_a_verdict_says_so(clean: RunRecord, changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert badge(replace(clean, **changes)) == expected


def test_run_that_was_stopped_after_a_violation_says_both(broken: RunRecord) -> None:
    assert badge(replace(broken, complete=False, exit_code=4)) == ("14 violated, stopped", "red")
