"""`adapty-contract verify` as people use it: what it says, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import jsonschema
import pytest

from adapty_contract.checks import all_checks
from adapty_contract.mock.faults import faults
from adapty_contract.model import Level, Operation
from adapty_contract.record import SCHEMA_FILE, from_json
from adapty_contract.resources import data_root
from adapty_contract.scenarios import all_scenarios
from support.command import CommandLine, Outcome
from support.served import Served, served

QUICK = ("verify", "--budget", "0s", "--quiet")
REPORT = json.loads((data_root() / SCHEMA_FILE).read_text(encoding="utf-8"))
HAR = json.loads((data_root().joinpath("tests/data/reports/har.schema.json")).read_text(encoding="utf-8"))


def verdicts_that(outcome: Outcome, verdict: str) -> set[str]:
    return {clause for clause, found in outcome.verdicts.items() if found == verdict}


def requests_of(outcome: Outcome) -> list[str]:
    """What a run sent, without host and port, one after the other; then, sorted, what it sent at the same time."""
    ordered: list[str] = []
    racing: list[str] = []
    for exchange in outcome.report["exchanges"]:
        request = exchange["request"]
        headers = [pair for pair in request["headers"] if pair[0].lower() != "host"]
        at_once = " while " in exchange["label"] or "others at the same time" in exchange["label"]
        sent = repr((request["method"], request["target"], headers, request["body"]))
        (racing if at_once else ordered).append(sent)
    assert racing
    return ordered + sorted(racing)


# --- a clean run


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run against the embedded mock with nothing but its directed scenarios, in a process of its own."""
    folder = tmp_path_factory.mktemp("clean")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "160"}
    ended = subprocess.run(
        [sys.executable, "-m", "adapty_contract", *QUICK],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return Outcome(ended.returncode, ended.stdout, ended.stderr, folder / "reports")


def test_the_embedded_mock_holds_every_clause(clean: Outcome) -> None:
    assert clean.code == 0
    assert set(clean.verdicts.values()) == {"held"}
    assert re.search(r"All \d+ MUST clauses held", clean.said)
    assert clean.err == ""


def test_its_reports_are_on_disk_and_well_formed(clean: Outcome) -> None:
    jsonschema.validate(clean.report, REPORT, jsonschema.Draft202012Validator)
    record = from_json(clean.report)
    assert (record.complete, record.exit_code, record.seed) == (True, 0, 1)
    suites = ET.parse(clean.folder / "junit.xml").getroot()  # noqa: S314  (our own file)
    assert len(suites.findall(".//testcase")) >= len(record.clauses)
    assert not suites.findall(".//failure")
    har = json.loads((clean.folder / "report.har").read_text(encoding="utf-8"))
    jsonschema.validate(har, HAR)
    assert len(har["log"]["entries"]) == len(record.exchanges)
    for name in ("report.json", "junit.xml", "report.har"):
        assert name in clean.out


def test_the_operations_of_every_exchange_are_known(clean: Outcome) -> None:
    assert {each["operation"] for each in clean.report["exchanges"]} == set(Operation)


def test_only_the_formats_that_were_asked_for_are_written_beside_the_event_log(command: CommandLine) -> None:
    command(*QUICK, "--only", "never-500", "--format", "junit", "--report-dir", "elsewhere/deep")
    written = sorted(path.name for path in (command.work / "elsewhere/deep").iterdir())
    assert written == ["events.ndjson", "junit.xml"]
    assert not (command.work / "reports").exists()


def test_progress_goes_to_standard_error_and_can_be_silenced(command: CommandLine) -> None:
    loud = command("verify", "--budget", "0s", "--only", "never-500")
    assert "scenarios" in loud.err
    assert command(*QUICK, "--only", "never-500").err == ""


def test_json_on_standard_output_is_the_report_and_nothing_else(command: CommandLine) -> None:
    outcome = command(*QUICK, "--json")
    assert outcome.code == 0
    assert json.loads(outcome.out) == outcome.report
    assert outcome.out.isascii()
    assert outcome.out.count("\n") == 1


def test_generated_cases_run_inside_the_budget(command: CommandLine) -> None:
    outcome = command("verify", "--budget", "1s", "--quiet")
    assert outcome.code == 0, outcome.said
    layers = {each["name"]: each for each in outcome.report["layers"]}
    assert layers.keys() == {"scenarios", "model", "schema"}
    assert all(layer["exchanges"] > 0 for layer in layers.values())
    assert layers["model"]["duration"] + layers["schema"]["duration"] < 60, "a busy machine is no failure"


# --- violations


def _one_of_each_topic() -> list[str]:
    """One fault of each module."""
    chosen: dict[str, str] = {}
    for name, fault in sorted(faults().items()):
        if not fault.random:
            chosen.setdefault(fault.steps.__module__.rpartition(".")[2], name)
    return sorted(chosen.values())


@pytest.mark.parametrize("name", _one_of_each_topic()[::3])
def test_a_violation_is_told_with_all_that_is_needed_to_see_it_again(command: CommandLine, name: str) -> None:
    outcome = command(*QUICK, "--fault", name, "--seed", "7", "--lag", "0.1s")
    violated = [each for each in outcome.report["clauses"] if each["verdict"] == "violated"]
    must = [each for each in violated if each["clause"]["level"] == Level.MUST]
    assert outcome.code == (1 if must else 0)
    roots = [each for each in violated if not set(each["clause"]["after"]) & {v["clause"]["id"] for v in violated}]
    for each in roots:
        result = next(result for result in each["results"] if result["verdict"] == "violated")
        assert each["clause"]["id"] in outcome.out
        assert result["expected"][:30].split("  ")[0] in outcome.said
        assert result["exchanges"]
    if roots:
        assert "seed 7" in outcome.said
        assert "curl " in outcome.out
        assert outcome.out.isprintable() or "\x1b" not in outcome.out


def test_the_curl_line_of_a_finding_shows_it_again(command: CommandLine, server: Served, key: str) -> None:
    server.change = lambda request, response: (
        replace(response, body=b"[]") if request.method == "GET" and response.status == 200 else response
    )
    outcome = command("verify", server.url, "--customer-user-id", "customer-1", "--only", "read-is-flat", key=key)
    assert outcome.code == 1
    line = next(line for line in outcome.out.splitlines() if line.strip().startswith("curl "))
    again = subprocess.run(  # noqa: S602  (that is what a curl line is for)
        line,
        shell=True,
        env={"ADAPTY_API_KEY": key, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=10,
        check=True,
    )
    assert b"[]" in again.stdout


def test_junit_names_the_violated_clause(command: CommandLine) -> None:
    outcome = command(*QUICK, "--fault", "unset-told-as-empty")
    assert outcome.code == 1
    tree = ET.parse(outcome.folder / "junit.xml").getroot()  # noqa: S314  (our own file)
    failed = [case.get("name") for case in tree.iter("testcase") if case.find("failure") is not None]
    assert any("unset-identifier-is-null" in (name or "") for name in failed)


# --- strict, only


def test_a_departure_from_the_stricter_reading_fails_a_strict_run_only(command: CommandLine) -> None:
    mild = command(*QUICK, "--dialect", "post-200-profile")
    assert mild.code == 0
    assert verdicts_that(mild, "inconclusive") == {"write-answer-is-blank"}
    strict = command(*QUICK, "--dialect", "post-200-profile", "--strict")
    assert strict.code == 1
    assert verdicts_that(strict, "violated") == {"write-answer-is-blank"}
    assert strict.report["settings"]["strict"] is True
    assert command(*QUICK, "--strict").code == 0


def test_only_judges_and_runs_what_was_asked_for(command: CommandLine, clean: Outcome) -> None:
    outcome = command("verify", "--quiet", "--only", "write-overwrites", "--only", "authentication")
    topics = {each["clause"]["topic"] for each in outcome.report["clauses"]}
    assert outcome.code == 0
    assert topics == {"writing", "authentication"}
    assert {each["clause"]["id"] for each in outcome.report["clauses"] if each["clause"]["topic"] == "writing"} == {
        "write-overwrites"
    }
    assert set(outcome.verdicts.values()) == {"held"}
    assert len(outcome.report["exchanges"]) < len(clean.report["exchanges"]) / 2


def test_only_leaves_the_violations_of_others_out(command: CommandLine) -> None:
    assert command(*QUICK, "--fault", "unset-told-as-empty", "--only", "never-500").code == 0
    assert command(*QUICK, "--fault", "unset-told-as-empty", "--only", "reading").code == 1


@pytest.mark.parametrize("topic", ["bodies", "protocol", "reading"])
def test_a_topic_can_be_run_alone(command: CommandLine, topic: str) -> None:
    outcome = command(*QUICK, "--only", topic)
    assert outcome.code == 0
    assert set(outcome.verdicts.values()) == {"held"}


def _judged_by_checks_alone() -> list[str]:
    by_scenarios = {clause for item in all_scenarios() for clause in item.clauses}
    return sorted({clause for check in all_checks() for clause in check.clauses} - by_scenarios)


@pytest.mark.parametrize("clause", _judged_by_checks_alone()[::4])
def test_a_clause_that_checks_judge_can_be_run_alone(command: CommandLine, clause: str) -> None:
    outcome = command(*QUICK, "--only", clause)
    assert (outcome.code, outcome.verdicts) == (0, {clause: "held"})


def test_nothing_exercised_is_no_success(command: CommandLine, server: Served, key: str) -> None:
    outcome = command("verify", server.url, "--customer-user-id", "customer-1", "--only", "write-merges", key=key)
    assert outcome.code == 5
    assert outcome.verdicts == {"write-merges": "not exercised"}
    assert "--allow-writes" in outcome.said


# --- seeds and budgets


def test_the_same_seed_sends_the_same_requests(command: CommandLine, clean: Outcome) -> None:
    first = requests_of(clean)
    assert len(first) > 300
    assert requests_of(command(*QUICK, "--seed", "1")) == first
    assert requests_of(command(*QUICK, "--seed", "2")) != first


def test_a_used_up_budget_of_requests_ends_the_run_with_a_whole_report(command: CommandLine) -> None:
    outcome = command(*QUICK, "--max-requests", "50")
    assert outcome.code == 4
    report = outcome.report
    jsonschema.validate(report, REPORT, jsonschema.Draft202012Validator)
    assert (report["complete"], len(report["exchanges"])) == (False, 50)
    assert "the budget of 50 requests is used up" in report["stopped"]
    assert "the budget of 50 requests is used up" in outcome.said
    assert "violated" not in outcome.verdicts.values()
    assert (outcome.folder / "junit.xml").exists()
    left = [each for each in report["clauses"] if each["verdict"] == "not exercised"]
    assert left
    assert all("the run ended before" in each["why"] or each["why"].startswith("needs") for each in left)


def test_a_violation_seen_before_a_stop_still_decides(command: CommandLine) -> None:
    outcome = command(*QUICK, "--max-requests", "40", "--fault", "unset-told-as-empty")
    assert (outcome.code, outcome.report["complete"]) == (1, False)


# --- servers and the embedded mock are judged alike


@pytest.mark.parametrize("settings", [(), ("--strict",)], ids=["as usual", "strict"])
def test_a_server_is_judged_as_the_embedded_mock_is(
    command: CommandLine, on_server: tuple[str, ...], key: str, settings: tuple[str, ...], clean: Outcome
) -> None:
    outcome = command(*on_server, "--allow-writes", *settings, key=key)
    assert outcome.code == 0
    assert outcome.verdicts == clean.verdicts
    assert outcome.report["target"]["kind"] == "url"
    assert outcome.report["target"]["url"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("name", ["unset-told-as-empty"])
def test_a_faulty_server_is_judged_as_the_faulty_mock_is(command: CommandLine, key: str, name: str) -> None:
    embedded = command(*QUICK, "--fault", name)
    with served(faults=(name,)) as running:
        arguments = ("--customer-user-id", "customer-2", "--profile-id", "22222222-2222-4222-8222-222222222222")
        other = ("--other-customer-user-id", "customer-1")
        outcome = command(*QUICK, running.url, *arguments, *other, "--allow-writes", key=key)
    assert (outcome.code, verdicts_that(outcome, "violated")) == (1, verdicts_that(embedded, "violated"))


def test_the_full_url_of_the_api_is_as_good_as_its_base(command: CommandLine, server: Served, key: str) -> None:
    base, full = (
        command("verify", url, "--customer-user-id", "customer-1", "--quiet", key=key).report["target"]["url"]
        for url in (server.url + "/", server.url + server.contract.path)
    )
    assert base == full


def test_throttling_is_told_also_where_every_request_got_through_in_the_end(command: CommandLine) -> None:
    outcome = command("verify", "--budget", "0s", "--quiet", "--dialect", "throttled", "--only", "reading")
    assert outcome.code == 0
    tolerated = outcome.report["tolerated"]
    again = sum(exchange["attempts"] - 1 for exchange in outcome.report["exchanges"])
    assert tolerated["throttled"] >= again > 0
    assert f"{tolerated['throttled']} throttled" in outcome.out
