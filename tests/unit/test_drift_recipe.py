"""The scheduled workflow that compares the vendor's pages, and its script that keeps the issues."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapty_contract.drift import load_for_drift
from adapty_contract.drift.comparison import compare
from adapty_contract.drift.formats import formats

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "drift.yml"
SCRIPT = ROOT / ".github" / "scripts" / "drift_issues.py"

FAKE_GH = """\
#!{python}
import json, os, pathlib, sys

folder = pathlib.Path(os.environ["FAKE_GH"])
arguments, body = sys.argv[1:], sys.stdin.read()
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([arguments, body]) + "\\n")
if (folder / "fail").exists() and arguments[:2] == json.loads((folder / "fail").read_text()):
    sys.exit("HTTP 403: Resource not accessible")
issues = json.loads((folder / "issues").read_text())
options = dict(each[2:].split("=", 1) for each in arguments if "=" in each)
if arguments[:2] == ["issue", "list"]:
    print(json.dumps(issues))
elif arguments[:2] == ["issue", "create"]:
    issues.append({{"number": len(issues) + 1, "title": options["title"], "body": body, "state": "OPEN", "stateReason": ""}})
elif arguments[0] == "issue":
    issue = next(each for each in issues if each["number"] == int(arguments[2]))
    if arguments[1] == "edit":
        issue.update(title=options["title"], body=body)
    else:
        issue["state"] = {{"close": "CLOSED", "reopen": "OPEN"}}[arguments[1]]
(folder / "issues").write_text(json.dumps(issues))
"""


@dataclass
class Tracker:
    """A repository's issues, kept by a `gh` that is none."""

    folder: Path

    @property
    def issues(self) -> list[dict[str, Any]]:
        issues: list[dict[str, Any]] = json.loads((self.folder / "issues").read_text())
        return issues

    def change(self, number: int, **members: object) -> None:
        issues = self.issues
        issues[number - 1].update(members)
        (self.folder / "issues").write_text(json.dumps(issues))

    def calls(self) -> list[list[str]]:
        """The arguments of every call since the last time, but not of those that only look."""
        path = self.folder / "calls"
        calls = [json.loads(line)[0] for line in path.read_text().splitlines()] if path.exists() else []
        path.unlink(missing_ok=True)
        return [call for call in calls if call[:2] != ["issue", "list"]]

    def run(self, report: object, *options: str) -> subprocess.CompletedProcess[str]:
        path = self.folder / "drift.json"
        path.write_text(report if isinstance(report, str) else json.dumps(report))
        environment = {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}", "FAKE_GH": str(self.folder)}
        return subprocess.run(
            [sys.executable, SCRIPT, path, *options], capture_output=True, text=True, check=False, env=environment
        )


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    fake(tmp_path / "gh", FAKE_GH.format(python=sys.executable))
    (tmp_path / "issues").write_text("[]")
    return Tracker(tmp_path)


def fake(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def finding(name: str = "field-added:request.field.x", **members: object) -> dict[str, object]:
    return {
        "id": name, "kind": "drift", "subject": "request.field.x", "sentence": "the table has a new row",
        "page": "add.mdx", "line": 12, "entry": None, **members,
    }  # fmt: skip


def report(*findings: dict[str, object], **members: object) -> dict[str, object]:
    return {"findings": list(findings), **members}


def verbs(calls: list[list[str]]) -> list[str]:
    return [" ".join(call[:2]) for call in calls]


def test_a_finding_gets_an_issue_once(tracker: Tracker) -> None:
    assert tracker.run(report(finding())).returncode == 0
    assert verbs(tracker.calls()) == ["label create", "issue create"]
    (issue,) = tracker.issues
    assert issue["title"] == "Drift: field-added:request.field.x"
    assert "the table has a new row" in issue["body"]
    assert "line: 12" in issue["body"]
    assert tracker.run(report(finding())).returncode == 0
    assert tracker.calls() == []


def test_a_finding_that_has_changed_updates_its_issue(tracker: Tracker) -> None:
    tracker.run(report(finding()))
    tracker.calls()
    tracker.run(report(finding(line=14)))
    assert verbs(tracker.calls()) == ["issue edit"]
    assert "line: 14" in tracker.issues[0]["body"]


def test_a_finding_that_is_gone_closes_its_issue_and_opens_it_again(tracker: Tracker) -> None:
    tracker.run(report(finding("a"), finding("b")))
    tracker.calls()
    tracker.run(report(finding("b")))
    assert verbs(tracker.calls()) == ["issue close"]
    assert [issue["state"] for issue in tracker.issues] == ["CLOSED", "OPEN"]
    tracker.run(report(finding("a"), finding("b")))
    assert verbs(tracker.calls()) == ["issue reopen"]
    assert [issue["state"] for issue in tracker.issues] == ["OPEN", "OPEN"]


def test_what_somebody_closed_as_not_planned_stays_closed(tracker: Tracker) -> None:
    tracker.run(report(finding()))
    tracker.change(1, state="CLOSED", stateReason="NOT_PLANNED")
    tracker.calls()
    tracker.run(report(finding(line=99)))
    assert tracker.calls() == []


def test_issues_of_people_are_left_alone(tracker: Tracker) -> None:
    body = "I quote <!-- drift-finding: 0123456789 -->\nand go on"
    issue = {"number": 1, "title": "mine", "body": body, "state": "OPEN", "stateReason": None}
    (tracker.folder / "issues").write_text(json.dumps([issue, {**issue, "number": 2, "body": None}]))
    tracker.run(report())
    assert tracker.calls() == []


def test_of_two_issues_about_one_finding_the_younger_is_closed(tracker: Tracker) -> None:
    tracker.run(report(finding()))
    (first,) = tracker.issues
    (tracker.folder / "issues").write_text(json.dumps([first, {**first, "number": 2}]))
    tracker.calls()
    tracker.run(report(finding()))
    assert [issue["state"] for issue in tracker.issues] == ["OPEN", "CLOSED"]


def test_a_body_with_other_line_ends_is_the_same(tracker: Tracker) -> None:
    tracker.run(report(finding()))
    tracker.change(1, body=tracker.issues[0]["body"].replace("\n", "\r\n").rstrip())
    tracker.calls()
    tracker.run(report(finding()))
    assert tracker.calls() == []


@pytest.mark.parametrize("told", ["kind", "outcome"])
@pytest.mark.parametrize(
    ("kind", "count"),
    [("drift", 1), ("gone", 1), ("agrees", 0), ("explained", 0), ("unsupported", 0), ("told", 0), ("new-kind", 0)],
)
def test_only_drift_gets_an_issue(tracker: Tracker, told: str, kind: str, count: int) -> None:
    members = {key: value for key, value in finding().items() if key != "kind"}
    tracker.run(report({**members, told: kind, "more": {"un": "known"}}, version=7, claims=[1]))
    assert len(tracker.issues) == count


def test_members_that_are_missing_do_no_harm(tracker: Tracker) -> None:
    assert tracker.run({"findings": [{"id": "x", "kind": "drift"}]}).returncode == 0
    assert tracker.issues[0]["title"] == "Drift: x"


PAGE = """# Get integration identifiers

```
GET https://api.adapty.io/api/v2/server-side-api/integration/profile/set/integration-identifiers/
```

## Successful response: 200: OK

| Name | Type | Nullable |
| --- | --- | --- |
| branch_id | String | Yes |
| branch_id | String | Yes |
| shoe_size | Number | No |
"""


def written(folder: Path, *pages: str) -> dict[str, Any]:
    """What the command writes of these pages."""
    paths = [folder / f"page-{number}.mdx" for number, _ in enumerate(pages)]
    for path, text in zip(paths, pages, strict=True):
        path.write_text(text, encoding="utf-8")
    told: dict[str, Any] = json.loads(formats()["json"](compare(load_for_drift(), paths)))
    return told


def test_what_the_command_writes_becomes_an_issue_a_finding(tracker: Tracker, tmp_path: Path) -> None:
    told = written(tmp_path, PAGE)
    drift = [each for each in told["findings"] if each["outcome"] == "drift"]
    assert tracker.run(told, "--most", "1000").returncode == 0
    assert {issue["title"] for issue in tracker.issues} >= {
        "Drift: differs-from-contract:S-GET:response.200.get.field.shoe_size.presence",
        "Drift: said-twice:S-GET:response.200.get.field.branch_id.presence",
    }
    assert len(tracker.issues) == len(drift)
    tracker.calls()
    assert tracker.run(told, "--most", "1000").returncode == 0
    assert tracker.calls() == []


def test_an_edit_of_a_page_closes_the_issue_of_what_it_mends(tracker: Tracker, tmp_path: Path) -> None:
    tracker.run(written(tmp_path, PAGE), "--most", "1000")
    tracker.calls()
    tracker.run(written(tmp_path, PAGE.replace("| shoe_size | Number | No |\n", "")), "--most", "1000")
    closed = [issue["title"] for issue in tracker.issues if issue["state"] == "CLOSED"]
    assert closed
    assert [title for title in closed if "shoe_size" not in title] == []
    assert set(verbs(tracker.calls())) <= {"issue close", "issue edit"}


def test_the_same_finding_on_two_pages_is_two_issues(tracker: Tracker, tmp_path: Path) -> None:
    moved = PAGE.replace("/v2/", "/v1/")
    told = written(tmp_path, moved, moved.replace("# Get", "# Set").replace("GET", "POST"))
    told["findings"] = [each for each in told["findings"] if each["subject"] == "operation.path"]
    tracker.run(told)
    assert len(tracker.issues) == 2


def test_findings_of_one_id_share_an_issue_that_tells_both(tracker: Tracker) -> None:
    tracker.run(report(finding(line=3), finding(line=5), finding("b", line=7, lines=[7, 9])))
    first, second = (issue["body"] for issue in tracker.issues)
    assert "line: 7, 9" in first
    assert "line: 3\n" in second
    assert "line: 5\n" in second


HOSTILE = (
    "$(touch pwned) `touch pwned` ; touch pwned\n```\n@everyone ![x](https://example.test) <script>\n"
    "<!-- drift-finding: 00000000000000000000 -->\n\x1b[2J\u202e #1 --label=admin\ud800"
)


def test_what_a_page_says_stays_text(tracker: Tracker) -> None:
    hostile = finding(HOSTILE, subject=HOSTILE, sentence=HOSTILE, page=HOSTILE, quote=HOSTILE, line=HOSTILE)
    assert tracker.run(report(hostile)).returncode == 0
    (issue,) = tracker.issues
    before, _, rest = issue["body"].partition("```text\n")
    inside, _, after = rest.partition("\n```\n")
    assert "@everyone" in inside
    assert not any(line.startswith(("```", "~~~", "<!--")) for line in inside.split("\n"))
    assert "everyone" not in before + after
    assert issue["body"].strip().split("\n")[-1] != "<!-- drift-finding: 00000000000000000000 -->"
    assert all(character.isprintable() or character == "\n" for character in issue["title"] + issue["body"])
    assert len(issue["title"]) < 200
    assert "\n" not in issue["title"]
    assert list(tracker.folder.glob("**/pwned")) == []
    assert all(call[0] in ("issue", "label") and not call[2].startswith("--label=admin") for call in tracker.calls())
    tracker.run(report(hostile))
    assert tracker.calls() == []


def test_a_title_that_looks_like_an_option_is_a_title(tracker: Tracker) -> None:
    tracker.run(report(finding("--web")))
    assert tracker.issues[0]["title"] == "Drift: --web"


def test_no_more_issues_are_opened_at_a_time_than_asked_for(tracker: Tracker) -> None:
    findings = [finding(f"f{number:03}") for number in range(40)]
    done = tracker.run(report(*findings))
    assert (done.returncode, len(tracker.issues)) == (0, 30)
    assert "10 findings got no issue yet" in done.stderr
    tracker.run(report(*findings))
    assert len({issue["title"] for issue in tracker.issues}) == len(tracker.issues) == 40


def test_a_dry_run_changes_nothing(tracker: Tracker) -> None:
    done = tracker.run(report(finding()), "--dry-run")
    assert "open: " in done.stdout
    assert tracker.calls() == []


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"findings": {}}', '{"findings": [1]}', '{"findings": [{"kind": "drift"}]}', "[" * 100_000],
    ids=["empty", "broken", "list", "without", "mapping", "number", "no-id", "deep"],
)
def test_a_report_that_cannot_be_read_closes_nothing(tracker: Tracker, content: str) -> None:
    tracker.run(report(finding()))
    tracker.calls()
    done = tracker.run(content)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert tracker.calls() == []


def test_a_failing_gh_is_an_error_that_says_what_failed(tracker: Tracker) -> None:
    (tracker.folder / "fail").write_text('["issue", "create"]')
    done = tracker.run(report(finding()))
    assert done.returncode == 1
    assert done.stderr == "error: gh issue create failed: HTTP 403: Resource not accessible\n"


@pytest.fixture(scope="module")
def workflow() -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return loaded


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_the_workflow_runs_weekly_and_by_hand(workflow: dict[Any, Any]) -> None:
    triggers = workflow[True]  # YAML 1.1 takes `on` for a truth value
    assert set(triggers) == {"schedule", "workflow_dispatch"}
    assert re.fullmatch(r"\d+ \d+ \* \* \d", triggers["schedule"][0]["cron"])


def test_no_job_may_more_than_it_needs(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {}
    may_write = {
        name: {scope for scope, level in job["permissions"].items() if level == "write"}
        for name, job in workflow["jobs"].items()
    }
    assert may_write == {"compare": set(), "annotate": {"security-events"}, "issues": {"issues"}}
    assert all(job["timeout-minutes"] <= 15 for job in workflow["jobs"].values())


def test_nothing_is_put_into_a_command(workflow: dict[Any, Any]) -> None:
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []


def test_actions_are_pinned_to_a_major_version(workflow: dict[Any, Any]) -> None:
    used = [step["uses"] for step in steps(workflow) if "uses" in step]
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@v\d+", each)] == []


def test_the_address_of_the_pages_stands_in_one_place(workflow: dict[Any, Any]) -> None:
    assert len(re.findall("adaptyteam/adapty-docs", WORKFLOW.read_text(encoding="utf-8"))) == 1
    assert workflow["env"]["PAGES_URL"].startswith("https://raw.githubusercontent.com/adaptyteam/adapty-docs/HEAD/")


def test_the_script_that_it_runs_is_there(workflow: dict[Any, Any]) -> None:
    commands = [step["run"] for step in steps(workflow) if "python3" in step.get("run", "")]
    assert commands == [f"python3 {SCRIPT.relative_to(ROOT).as_posix()} drift.json"]


def run_step(workflow: dict[Any, Any], name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a step as the runner does, with commands that are none."""
    (command,) = [step["run"] for step in steps(workflow) if step.get("name") == name]
    environment = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", **workflow["env"]}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (1, 0), (2, 2), (5, 5), (6, 6)])
def test_drift_is_no_failure_of_the_workflow_but_trouble_is(
    workflow: dict[Any, Any], tmp_path: Path, status: int, expected: int
) -> None:
    (tmp_path / "bin").mkdir()
    fake(tmp_path / "bin/adapty-contract", f'#!/bin/sh\necho "$@" >> calls\nexit {status}\n')
    assert run_step(workflow, "Compare them", tmp_path).returncode == expected
    if expected == 0:
        calls = (tmp_path / "calls").read_text().splitlines()
        assert [call.split("--format ")[1] for call in calls] == [
            "json --output drift.json",
            "sarif --output drift.sarif",
        ]


@pytest.mark.parametrize("status", [0, 22])
def test_both_pages_are_fetched_or_the_workflow_fails(workflow: dict[Any, Any], tmp_path: Path, status: int) -> None:
    (tmp_path / "bin").mkdir()
    fake(tmp_path / "bin/curl", f'#!/bin/sh\nfor last; do :; done\necho "$last" >> calls\nexit {status}\n')
    assert run_step(workflow, "Fetch the pages", tmp_path).returncode == status
    fetched = (tmp_path / "calls").read_text().split()
    wanted = [f"{workflow['env']['PAGES_URL']}/{name}" for name in workflow["env"]["PAGES"].split()]
    assert fetched == (wanted if status == 0 else wanted[:1])
