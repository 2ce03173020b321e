"""`compare` tells two recorded runs apart, and fails for what is worse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from adapty_contract.model import ClauseReport, Level, Verdict
from adapty_contract.reporters import formats
from support.command import CommandLine
from support.records import made, said


def recorded(path: Path, *reports: ClauseReport, **changes: object) -> str:
    path.write_bytes(formats()["json"].render(made(*reports, **changes)))
    return str(path)


@pytest.fixture
def held(command: CommandLine) -> str:
    return recorded(command.work / "held.json", said("a-promise", Verdict.HELD))


@pytest.fixture
def violated(command: CommandLine) -> str:
    return recorded(command.work / "violated.json", said("a-promise"), exit_code=1)


def test_new_violation_is_worse(command: CommandLine, held: str, violated: str) -> None:
    outcome = command("compare", held, violated)

    assert outcome.code == 1
    assert outcome.err == ""
    assert outcome.out.startswith("WORSE  Clauses: 1 newly violated; no observation changed.\n")
    assert "a-promise: MUST held -> MUST violated; this fails the run" in outcome.out


@pytest.mark.parametrize("pair", [("violated", "held"), ("violated", "violated"), ("held", "held")])
def test_nothing_worse_is_no_failure(command: CommandLine, held: str, violated: str, pair: tuple[str, str]) -> None:
    paths = {"held": held, "violated": violated}

    assert command("compare", *(paths[name] for name in pair)).code == 0


def test_violated_should_fails_nothing(command: CommandLine) -> None:
    older = recorded(command.work / "older.json", said("a", Verdict.HELD, Level.SHOULD))
    newer = recorded(command.work / "newer.json", said("a", level=Level.SHOULD))
    outcome = command("compare", older, newer)

    assert outcome.code == 0
    assert "1 newly violated" in outcome.out


def test_runs_without_a_clause_in_common_are_not_compared(command: CommandLine, held: str) -> None:
    empty = recorded(command.work / "empty.json", exit_code=3, stopped="the key was refused")
    outcome = command("compare", held, empty)

    assert outcome.code == 5
    assert outcome.out.startswith("NOTHING TO COMPARE")
    assert "end: complete -> exit status 3: the key was refused" in outcome.out


def test_formats_go_to_stdout_or_a_file(command: CommandLine, held: str, violated: str) -> None:
    data = json.loads(command("compare", held, violated, "--format", "json").out)
    outcome = command("compare", held, violated, "--format", "markdown", "--output", "changes.md")

    assert data["worse"] == ["a-promise"]
    assert (outcome.code, outcome.out) == (1, "")
    assert (command.work / "changes.md").read_text(encoding="utf-8").startswith("## WORSE\n")


@pytest.mark.parametrize("content", [None, "{", '{"a": 1}'])
def test_file_that_holds_no_record_is_wrong_usage(command: CommandLine, held: str, content: str | None) -> None:
    path = command.work / "other.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    outcome = command("compare", held, str(path))

    assert outcome.code == 2
    assert "other.json" in outcome.err


def test_output_that_cannot_be_written_is_a_missing_report(command: CommandLine, held: str) -> None:
    assert command("compare", held, held, "--output", "missing/changes.txt").code == 6


def test_two_runs_of_the_mock_tell_the_fault_between_them(command: CommandLine) -> None:
    common = ("verify", "--quiet", "--budget", "0s", "--only", "profiles")
    assert command(*common, "--report-dir", "sound").code == 0
    assert command(*common, "--report-dir", "again").code == 0
    same = command("compare", "sound/report.json", "again/report.json")
    assert (same.code, same.out.partition("  ")[0]) == (0, "SAME")

    assert command(*common, "--report-dir", "broken", "--fault", "profile-id-finds-nobody").code == 1
    outcome = command("compare", "sound/report.json", "broken/report.json")
    assert outcome.code == 1
    assert 'faults: [] -> ["profile-id-finds-nobody"]' in outcome.out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
@pytest.mark.parametrize(
    "words",
    ["compare reports/report.json reports/report.json", "report", "report --format har", "clauses", "spec"],
)
def test_a_full_disk_under_standard_output_is_no_verdict(command: CommandLine, words: str) -> None:
    command("verify", "--budget", "0s", "--quiet", "--only", "never-500")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "adapty_contract", *words.split()],
            stdout=full, stderr=subprocess.PIPE, cwd=command.work, timeout=60, text=True, check=False,
        )  # fmt: skip
    assert ended.returncode == 6
    assert ended.stderr.startswith("Error: standard output cannot be written")
    assert "Traceback" not in ended.stderr


def test_a_defect_of_the_program_is_no_verdict(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret_live_canary")

    command("verify", "--budget", "0s", "--quiet", "--only", "never-500")
    monkeypatch.setattr("adapty_contract.comparing.compare", broken)
    outcome = command("compare", "reports/report.json", "reports/report.json")
    assert outcome.code == 2
    assert "ZeroDivisionError in test_compare_command.py" in outcome.err
    assert "please report it" in outcome.err
    assert "canary" not in outcome.err
