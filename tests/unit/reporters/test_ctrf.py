"""The CTRF report is valid and maps every verdict to a status that misleads nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from adapty_contract.curl import curl_line
from adapty_contract.model import Level, Verdict
from adapty_contract.reporters.ctrf import render

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

SCHEMA = Path(__file__).parents[2] / "data/reports/published/ctrf-0.0.schema.json"
VALIDATOR = jsonschema.Draft7Validator(
    json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
)


def read(record: RunRecord) -> dict[str, Any]:
    """A report that was found valid."""
    found = json.loads(render(record))
    VALIDATOR.validate(found)
    assert isinstance(found, dict)
    return found


def cases(record: RunRecord) -> dict[str, Any]:
    return {each["name"]: each for each in read(record)["results"]["tests"]}


@pytest.mark.parametrize("name", ["clean", "broken", "hostile"])
def test_report_is_valid_and_its_summary_counts_its_tests(name: str, request: pytest.FixtureRequest) -> None:
    found = read(request.getfixturevalue(name))["results"]
    summary = found["summary"]
    statuses = [each["status"] for each in found["tests"]]

    assert summary["tests"] == len(statuses)
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert summary[status] == statuses.count(status)


@pytest.mark.parametrize(
    ("verdict", "level", "strict", "status"),
    [
        (Verdict.HELD, Level.MUST, False, "passed"),
        (Verdict.VIOLATED, Level.MUST, False, "failed"),
        (Verdict.VIOLATED, Level.SHOULD, False, "other"),
        (Verdict.VIOLATED, Level.SHOULD, True, "failed"),
        (Verdict.VIOLATED, Level.MAY, True, "other"),
        (Verdict.INCONCLUSIVE, Level.MUST, False, "other"),
        (Verdict.NOT_EXERCISED, Level.MUST, False, "skipped"),
    ],
)
def test_status_follows_from_verdict_and_level(
    clean: RunRecord, make: SimpleNamespace, verdict: Verdict, level: Level, status: str, *, strict: bool
) -> None:
    report = make.report(make.clause("one", level=level), verdict, why="so")
    [test] = cases(replace(clean, clauses=(report,), settings={"strict": strict})).values()

    assert test["status"] == status
    assert test["rawStatus"] == verdict
    assert test["extra"]["level"] == level


def test_test_tells_what_its_clause_came_to(broken: RunRecord) -> None:
    test = cases(broken)["write-is-stored"]

    assert test["suite"] == ["writing"]
    assert test["duration"] == 25
    assert "the read after it says null" in test["message"]
    assert curl_line(broken.exchanges[1], broken.target.url) in test["trace"]
    assert test["extra"]["exercised"] == 3
    assert test["extra"]["sources"] == ["vendor-spec, line 12"]


def test_clause_without_a_verdict_says_why(clean: RunRecord) -> None:
    assert cases(clean)["needs-0"]["message"] == "not exercised: needs a second profile (--other-customer-user-id)"


def test_times_are_milliseconds_of_the_run(clean: RunRecord) -> None:
    summary = read(clean)["results"]["summary"]

    assert (summary["start"], summary["stop"]) == (1769860800000, 1769860802000)
    assert summary["duration"] == 1938


def test_environment_says_what_was_tested_with_what(clean: RunRecord) -> None:
    found = read(clean)["results"]
    environment = found["environment"]

    assert found["tool"] == {"name": "adapty-contract", "version": "0.1.0"}
    assert environment["extra"]["target"] == "http://127.0.0.1:8080"
    assert environment["extra"]["seed"] == 20260131
    assert environment["healthy"] is True


@pytest.mark.parametrize(
    "changes",
    [
        {"complete": False, "stopped": "interrupted", "exit_code": 130},
        {"exit_code": 3, "stopped": "the key was refused", "clauses": ()},
        {"exit_code": 5, "clauses": (), "started": "", "ended": "never"},
    ],
)
def test_run_that_does_not_say_everything_is_not_green(clean: RunRecord, changes: dict[str, Any]) -> None:
    record = replace(clean, **changes)

    assert cases(record)["run-is-complete"]["status"] == "failed"
    assert read(record)["results"]["environment"]["healthy"] is False


def test_same_run_has_the_same_id_and_another_run_another(clean: RunRecord) -> None:
    assert read(clean)["reportId"] == read(clean)["reportId"] != read(replace(clean, run_id="x"))["reportId"]


def test_endless_durations_are_numbers_all_the_same(broken: RunRecord) -> None:
    exchanges = tuple(replace(each, elapsed=1e308) for each in broken.exchanges)
    found = read(replace(broken, duration=1e308, exchanges=exchanges))["results"]

    assert found["summary"]["duration"] == 1e12
    assert all(each["duration"] <= 1e12 for each in found["tests"])


def test_violations_are_counted_where_the_record_keeps_some(clean: RunRecord, make: SimpleNamespace) -> None:
    often = replace(make.violated(make.clause("often"), "no", 1), count=541, exercised=566)
    test = cases(replace(clean, clauses=(often,), exit_code=1))["often"]

    assert test["extra"]["violatedBy"] == 541
    assert "violated by 541 of 566 results; 1 of them in report.json" in test["trace"]
