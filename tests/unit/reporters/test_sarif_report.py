"""The SARIF log is valid, says what did not hold, and claims no place that nobody knows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from adapty_contract.model import Level, Source, Verdict
from adapty_contract.reporters.sarif_report import render

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

SCHEMA = Path(__file__).parents[2] / "data/reports/published/sarif-2.1.0-rtm.5.schema.json"
VALIDATOR = jsonschema.Draft4Validator(
    json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
)


def run(record: RunRecord) -> dict[str, Any]:
    """The one run of a log that was found valid."""
    content = json.loads(render(record))
    VALIDATOR.validate(content)
    [found] = content["runs"]
    assert isinstance(found, dict)
    return found


def results(record: RunRecord) -> dict[str, Any]:
    return {each["ruleId"]: each for each in run(record)["results"]}


@pytest.mark.parametrize("name", ["clean", "broken", "hostile"])
def test_log_is_valid_and_its_results_name_their_rules(name: str, request: pytest.FixtureRequest) -> None:
    found = run(request.getfixturevalue(name))
    rules = found["tool"]["driver"]["rules"]

    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in found["results"])


def test_every_clause_is_a_rule_with_its_level_and_help(broken: RunRecord) -> None:
    rules = {each["id"]: each for each in run(broken)["tool"]["driver"]["rules"]}

    assert list(rules) == [report.clause.id for report in broken.clauses]
    assert rules["write-is-stored"]["defaultConfiguration"] == {"level": "error"}
    assert rules["post-success-is-blank"]["defaultConfiguration"] == {"level": "warning"}
    assert rules["write-is-stored"]["help"]["text"] == (
        "MUST. The sentence of write is stored says what the API promises. "
        'Sources: vendor-spec, line 12 ("a few words").'
    )


def test_what_fails_the_run_is_an_error_and_nothing_else_is(broken: RunRecord) -> None:
    found = results(broken)

    assert found["write-is-stored"]["level"] == "error"
    assert found["post-success-is-blank"]["level"] == "warning"
    assert (found["may-0"]["kind"], found["may-0"]["level"]) == ("open", "none")
    assert "needs-0" not in found
    assert "writing-holds-0" not in found
    assert results(replace(broken, settings={"strict": True}))["post-success-is-blank"]["level"] == "error"


def test_result_tells_what_was_expected_and_seen_and_what_it_may_follow_from(broken: RunRecord) -> None:
    found = results(broken)

    assert found["write-is-stored"]["message"]["text"] == (
        "The sentence of write is stored says what the API promises. "
        "Expected: the read after it says b-1. Seen: the read after it says null."
    )
    assert found["follows-3"]["message"]["text"].endswith("This may follow from write-is-stored.")


def test_result_stands_at_the_file_that_states_its_clause(broken: RunRecord) -> None:
    [location] = results(broken)["write-is-stored"]["locations"]

    assert location == {"physicalLocation": {"artifactLocation": {"uri": "contracts/clauses/writing.yaml"}}}


def test_known_line_of_a_clause_is_its_region(clean: RunRecord, make: SimpleNamespace) -> None:
    clause = replace(make.clause("told"), line=41)
    [location] = results(replace(clean, clauses=(make.violated(clause, "seen"),)))["told"]["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 41}


def test_pages_with_a_line_stand_beside_it(clean: RunRecord, make: SimpleNamespace) -> None:
    sources = (Source("S-POST", 157), Source("YAML"), Source("S-GET", 12))
    record = replace(clean, clauses=(make.violated(make.clause("told", sources=sources), "seen"),))
    first, second = results(record)["told"]["relatedLocations"]

    assert first["message"]["text"].startswith("S-POST, line 157")
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "S-POST", "uriBaseId": "SOURCES"},
        "region": {"startLine": 157},
    }
    assert second["physicalLocation"]["artifactLocation"]["uri"] == "S-GET"
    assert "SOURCES" in run(record)["originalUriBaseIds"]


def test_fingerprints_are_those_of_another_run(broken: RunRecord) -> None:
    later = replace(broken, run_id="another", started="2026-02-01T12:00:00Z", seed=7)

    def prints(record: RunRecord) -> dict[str, Any]:
        return {name: each["partialFingerprints"] for name, each in results(record).items()}

    assert prints(broken) == prints(later)
    assert len({json.dumps(each) for each in prints(broken).values()}) == len(prints(broken))


@pytest.mark.parametrize(
    ("changes", "successful"),
    [
        ({}, True),
        ({"exit_code": 1}, True),
        ({"exit_code": 3, "stopped": "the key was refused", "clauses": ()}, False),
        ({"complete": False}, False),
        ({"started": "yesterday", "ended": ""}, True),
    ],
)
def test_run_that_came_to_no_end_was_no_success(clean: RunRecord, changes: dict[str, Any], *, successful: bool) -> None:
    [invocation] = run(replace(clean, **changes))["invocations"]

    assert invocation["executionSuccessful"] is successful
    assert bool(invocation["toolExecutionNotifications"]) is not successful


def test_texts_of_a_server_make_no_link_and_no_placeholder(clean: RunRecord, make: SimpleNamespace) -> None:
    found = make.violated(make.clause("text"), '[a link](https://evil.test) {0} {"ok": [1]}')
    text = results(replace(clean, clauses=(found,)))["text"]["message"]["text"]

    assert "](" not in text
    assert "{0}" not in text
    assert '{"ok": [1]}' in text


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("level", Level)
def test_log_is_valid_for_every_verdict(
    clean: RunRecord, make: SimpleNamespace, verdict: Verdict, level: Level
) -> None:
    record = replace(clean, clauses=(make.report(make.clause("one", level=level), verdict, why="so"),))

    assert len(run(record)["results"]) == (verdict in (Verdict.VIOLATED, Verdict.INCONCLUSIVE))
