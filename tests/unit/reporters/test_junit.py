"""JUnit XML fits its schema, reads back, and paints nothing red that does not fail the run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import junitparser
import pytest
import xmlschema

from adapty_contract.curl import curl_line
from adapty_contract.model import Level, Verdict
from adapty_contract.reporters.junit import render

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

DATA = Path(__file__).parents[2] / "data/reports"
XSDS = [xmlschema.XMLSchema(DATA / name) for name in ("junit.xsd", "published/junit-10.xsd")]


def suites(record: RunRecord) -> dict[str, Any]:
    """The suites by name, of a document that was found valid."""
    content = render(record)
    for xsd in XSDS:
        xsd.validate(content.decode("utf-8"))
    return {suite.name: suite for suite in junitparser.JUnitXml.fromstring(content)}


def cases(record: RunRecord) -> dict[str, Any]:
    return {case.name: case for suite in suites(record).values() for case in suite}


@pytest.mark.parametrize("name", ["clean", "broken", "hostile"])
def test_document_is_valid(name: str, request: pytest.FixtureRequest) -> None:
    assert suites(request.getfixturevalue(name))


def test_topics_are_suites_and_clauses_are_cases(broken: RunRecord) -> None:
    found = {(name, case.name) for name, suite in suites(broken).items() for case in suite}

    assert found == {(report.clause.topic, report.clause.id) for report in broken.clauses}


def test_suite_counts_its_cases(broken: RunRecord) -> None:
    writing = suites(broken)["writing"]

    assert (writing.tests, writing.failures, writing.errors, writing.skipped) == (26, 13, 0, 0)
    assert suites(broken)["isolation"].skipped == 5


def test_document_counts_its_suites(broken: RunRecord) -> None:
    document = junitparser.JUnitXml.fromstring(render(broken))

    assert (document.tests, document.failures, document.errors) == (len(broken.clauses), 14, 0)


def test_properties_say_what_was_tested_with_what(clean: RunRecord) -> None:
    properties = {each.name: each.value for each in suites(clean)["reading"].properties()}

    assert properties == {
        "seed": "20260131",
        "target": "http://127.0.0.1:8080",
        "target-kind": "embedded",
        "tool": "adapty-contract 0.1.0",
        "contract": "1.0.0 (3f2a9c1b7e04" + "0" * 52 + ")",
        "run-id": "20260131-120000-5e1f",
        "strict": "false",
    }


def test_violated_must_is_a_failure_with_its_evidence(broken: RunRecord) -> None:
    case = cases(broken)["write-is-stored"]
    [failure] = case.result

    assert isinstance(failure, junitparser.Failure)
    assert failure.type == "MUST"
    assert "the read after it says null" in failure.message
    for part in ("expected: the read after it says b-1", "seen:     the read after it says null", "seed 20260131"):
        assert part in failure.text
    assert curl_line(broken.exchanges[1], broken.target.url) in failure.text
    assert case.time == pytest.approx(0.025)


def test_case_says_what_its_clause_is(clean: RunRecord, make: SimpleNamespace) -> None:
    about = make.clause("told", ledger=("an-entry", "another"))
    record = replace(clean, clauses=(make.report(about), make.violated(make.clause("wrong"), "seen")))
    found = cases(record)

    assert found["told"].system_out.splitlines() == [
        "level: MUST",
        "verdict: held",
        "exercised: 3",
        "sources: vendor-spec, line 12",
        "ledger: an-entry, another",
    ]
    assert "verdict: violated" in found["wrong"].system_out
    assert isinstance(found["wrong"].result[0], junitparser.Failure)


def test_violated_should_passes_and_says_so(broken: RunRecord) -> None:
    case = cases(broken)["post-success-is-blank"]

    assert case.is_passed
    assert "SHOULD clause violated" in case.system_out
    assert '{"ok": true}' in case.system_out


def test_violated_should_of_a_strict_run_is_a_failure(broken: RunRecord) -> None:
    case = cases(replace(broken, settings={"strict": True}))["post-success-is-blank"]

    assert isinstance(case.result[0], junitparser.Failure)


def test_clause_without_a_verdict_is_skipped_with_its_reason(clean: RunRecord) -> None:
    found = cases(clean)

    assert found["needs-0"].is_skipped
    assert found["needs-0"].result[0].message == "not exercised: needs a second profile (--other-customer-user-id)"
    assert found["may-1"].result[0].message == "inconclusive: the server departs 1"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"complete": False, "stopped": "interrupted", "exit_code": 130}, id="interrupted"),
        pytest.param({"stopped": "the key was refused", "exit_code": 3, "clauses": ()}, id="not tested"),
        pytest.param({"exit_code": 5, "clauses": ()}, id="nothing exercised"),
        pytest.param({"complete": False}, id="cut short"),
    ],
)
def test_run_that_does_not_say_everything_is_not_green(clean: RunRecord, changes: dict[str, Any]) -> None:
    case = cases(replace(clean, **changes))["run-is-complete"]

    assert isinstance(case.result[0], junitparser.Error)
    assert changes.get("stopped", "exit status") in case.result[0].message


def test_complete_run_has_no_case_beside_its_clauses(clean: RunRecord) -> None:
    assert "run" not in suites(clean)


def test_megabyte_is_shortened(hostile: RunRecord) -> None:
    assert len(render(hostile)) < 100_000


def test_many_results_of_a_clause_are_counted(clean: RunRecord, make: SimpleNamespace) -> None:
    one = make.violated(make.clause("often"), "seen", 1)
    record = replace(clean, exit_code=1, clauses=(replace(one, results=one.results * 40),))

    assert "violated by 40 of 40 results; all in report.json" in cases(record)["often"].result[0].text


def test_violated_may_passes(clean: RunRecord, make: SimpleNamespace) -> None:
    record = replace(clean, settings={"strict": True}, clauses=(make.violated(make.clause("m", level=Level.MAY), "x"),))

    assert cases(record)["m"].is_passed
    assert record.clauses[0].verdict is Verdict.VIOLATED
