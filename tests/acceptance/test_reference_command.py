"""`adapty-contract reference`: writes the pages, tells what it wrote, spares what others wrote, and shows it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from adapty_contract.contract import load_contract
from support.command import CommandLine

CONTRACT = load_contract()


def test_files_are_written_where_nobody_asked_for_another_place(command: CommandLine) -> None:
    outcome = command("reference")

    assert outcome.code == 0
    folder = command.work / "build/reference"
    assert f"to {Path('build/reference')}; its front page is {Path('build/reference/index.html')}" in outcome.said
    assert f"Wrote {sum(path.is_file() for path in folder.rglob('*'))} files, " in outcome.said
    assert (folder / "ledger" / f"{next(iter(CONTRACT.ledger))}.html").is_file()
    assert "made without a report" in (folder / "index.html").read_text(encoding="utf-8")


def test_a_report_says_what_was_last_seen(command: CommandLine) -> None:
    assert command("verify", "--budget", "0s", "--quiet", "--format", "json").code == 0

    outcome = command("reference", "--report", "reports/report.json", "--output", "site")

    assert outcome.code == 0
    text = (command.work / "site/index.html").read_text(encoding="utf-8")
    assert len(text.encode()) < 150_000
    assert "of the mock that ships with this project" in text
    assert "says nothing about the vendor" in text


def test_it_writes_again_and_deletes_nothing(command: CommandLine) -> None:
    command("reference", "--output", "site")
    (command.work / "site/notes.txt").write_text("mine", encoding="utf-8")

    outcome = command("reference", "--output", "site")

    assert outcome.code == 0
    assert (command.work / "site/notes.txt").read_text(encoding="utf-8") == "mine"


def test_files_of_others_are_spared(command: CommandLine) -> None:
    site = command.work / "site"
    site.mkdir()
    (site / "index.html").write_text("<p>somebody's", encoding="utf-8")

    outcome = command("reference", "--output", "site")

    assert outcome.code == 2
    assert "was not written by this command" in outcome.said
    assert [path.name for path in site.iterdir()] == ["index.html"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_is_told(command: CommandLine) -> None:
    (command.work / "site").mkdir(mode=0o500)

    assert command("reference", "--output", "site").code == 6


def test_a_file_in_the_way_is_told(command: CommandLine) -> None:
    (command.work / "site").mkdir()
    (command.work / "site/ledger").write_text("in the way", encoding="utf-8")

    outcome = command("reference", "--output", "site")

    assert outcome.code == 6
    assert "could not be made" in outcome.said


def test_a_report_that_is_none_is_told(command: CommandLine) -> None:
    (command.work / "report.json").write_text("{}", encoding="utf-8")

    outcome = command("reference", "--report", "report.json")

    assert outcome.code == 2
    assert "report.json" in outcome.said
    assert not (command.work / "build").exists()


def test_another_contract_is_told(command: CommandLine, bent_contract: Path) -> None:
    outcome = command("reference", "--contract", str(bent_contract), "--output", "site")

    assert outcome.code == 0
    assert "9.9.9" in (command.work / "site/index.html").read_text(encoding="utf-8")


@pytest.fixture
def bent_contract(tmp_path: Path) -> Path:
    """A copy of the contract that calls itself version 9.9.9."""
    root = tmp_path / "contract"
    for folder in ("openapi", "contracts"):
        for source in (CONTRACT.root / folder).rglob("*"):
            if source.is_file():
                target = root / source.relative_to(CONTRACT.root)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
    spec = root / CONTRACT.spec_path.relative_to(CONTRACT.root)
    spec.write_text(
        spec.read_text(encoding="utf-8").replace(f"version: {CONTRACT.version}", "version: 9.9.9", 1), "utf-8"
    )
    return root


def test_help_says_where_and_how(command: CommandLine) -> None:
    said = command("reference", "--help").said

    assert "build/reference" in said
    assert "reference --report reports/report.json --serve" in said


def test_it_is_shown_until_a_signal_ends_it(command: CommandLine) -> None:
    process = command.start("reference", "--serve", "--output", "site", key="")
    assert process.stdout
    try:
        lines = iter(process.stdout.readline, "")
        address = next(line for line in lines if line.startswith("Shown at ")).split()[-1]
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  (loopback)
            assert b"<title>" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_taken_port_is_told(command: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        outcome = command("reference", "--serve", "--output", "site", "--port", str(taken.getsockname()[1]))

    assert outcome.code == 2
    assert "cannot be used" in outcome.said


def test_it_starts_fast_enough_to_ask_for_help(command: CommandLine) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import adapty_contract.cli.reference"],
        capture_output=True,
        text=True,
        check=True,
        cwd=command.work,
    )

    assert "jinja2" not in done.stderr
    assert "markdown_it" not in done.stderr
