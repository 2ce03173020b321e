"""`adapty-contract report` renders a recorded run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from adapty_contract.cli.report import command
from adapty_contract.errors import ContractSuiteError
from adapty_contract.reporters import formats

if TYPE_CHECKING:
    from pathlib import Path

    from adapty_contract.record import RunRecord


@pytest.fixture
def recorded(broken: RunRecord, tmp_path: Path) -> Path:
    path = tmp_path / "reports/report.json"
    path.parent.mkdir()
    path.write_bytes(formats()["json"].render(broken))
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.mark.parametrize("name", formats())
def test_format_goes_to_stdout_byte_for_byte(broken: RunRecord, recorded: Path, name: str) -> None:
    result = run("--from", recorded, "--format", name)

    assert result.exit_code == 0
    assert result.stdout_bytes == formats()[name].render(broken)


@pytest.mark.parametrize("name", formats())
def test_format_goes_to_a_file(broken: RunRecord, recorded: Path, tmp_path: Path, name: str) -> None:
    result = run("--from", recorded, "--format", name, "--output", tmp_path / "out")

    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "out").read_bytes() == formats()[name].render(broken)


def test_summary_is_the_default(recorded: Path, tmp_path: Path) -> None:
    result = run("--from", recorded)
    run("--from", recorded, "--output", tmp_path / "summary.txt")

    assert result.exit_code == 0
    assert "write-is-stored  MUST" in result.stdout
    assert "✗ write-is-stored  MUST" in (tmp_path / "summary.txt").read_text(encoding="utf-8")


def test_last_run_is_the_default(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(recorded.parents[1])

    assert "write-is-stored" in run().stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read: No such file"), (b"{", "is no JSON"), (b'{"a": 1}', "no record of a run")],
)
def test_bad_input_is_wrong_usage(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_bytes(content)
    error = run("--from", path, "--format", "har").exception

    assert isinstance(error, ContractSuiteError)
    assert error.exit_code == 2
    assert words in error.what
    assert str(path) in error.what


def test_output_that_cannot_be_written_is_a_missing_report(recorded: Path, tmp_path: Path) -> None:
    error = run("--from", recorded, "--format", "har", "--output", tmp_path).exception

    assert isinstance(error, ContractSuiteError)
    assert error.exit_code == 6


def test_unknown_format_is_wrong_usage(recorded: Path) -> None:
    result = run("--from", recorded, "--format", "pdf")

    assert result.exit_code == 2
    assert "har" in result.output
