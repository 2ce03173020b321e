"""`adapty-contract reference`: writes the pages, tells what it wrote, spares what others wrote, and shows it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.reference.serving import server_of
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


def test_the_log_of_a_killed_run_says_it_too(command: CommandLine) -> None:
    assert command("verify", "--budget", "0s", "--quiet", "--format", "json").code == 0
    log = command.work / "reports/events.ndjson"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[: len(lines) // 2]))

    outcome = command("reference", "--report", "reports/events.ndjson", "--output", "site")

    assert outcome.code == 0
    assert "The run ended before its plan did." in (command.work / "site/index.html").read_text(encoding="utf-8")


def test_it_writes_again_and_deletes_nothing(command: CommandLine) -> None:
    command("reference", "--output", "site")
    (command.work / "site/notes.txt").write_text("mine", encoding="utf-8")

    outcome = command("reference", "--output", "site")

    assert outcome.code == 0
    assert (command.work / "site/notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.html", "<p>somebody's"),
        ("index.html", "<!doctype html><title>Notes</title><p>Made with adapty-contract reference, and by hand"),
        ("index.html", '<meta name="description" content="adapty-contract reference">'),
        ("openapi.json", "{}"),
        ("ledger/index.html", "<p>somebody's"),
    ],
)
def test_files_of_others_are_spared(command: CommandLine, name: str, content: str) -> None:
    site = command.work / "site"
    site.mkdir()
    (site / name).parent.mkdir(exist_ok=True)
    (site / name).write_text(content, encoding="utf-8")

    outcome = command("reference", "--output", "site")

    assert outcome.code == 2
    assert f"{Path('site') / name} is there, and was not written by this command" in outcome.said
    assert [path for path in site.rglob("*") if path.is_file()] == [site / name]


def test_a_page_of_others_among_our_own_is_spared(command: CommandLine) -> None:
    command("reference", "--output", "site")
    (command.work / "site/changelog.html").write_text("<p>mine", encoding="utf-8")

    assert command("reference", "--output", "site").code == 2
    assert (command.work / "site/changelog.html").read_text(encoding="utf-8") == "<p>mine"


def test_what_was_half_written_is_written_again(command: CommandLine) -> None:
    command("reference", "--output", "site")
    for name in ("index.html", "openapi.json"):
        (command.work / "site" / name).unlink()
    (command.work / "site/openapi.json").mkdir()

    assert command("reference", "--output", "site").code == 6
    assert not (command.work / "site/index.html").exists(), "the front page comes last"
    (command.work / "site/openapi.json").rmdir()
    assert command("reference", "--output", "site").code == 0


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
    assert "with --output" in outcome.said
    assert "--report-dir" not in outcome.said


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
    (command.work / "secret.txt").write_text("mine", encoding="utf-8")
    process = command.start("reference", "--serve", "--output", ".", key="")
    assert process.stdout
    try:
        lines = iter(process.stdout.readline, "")
        address = next(line for line in lines if line.startswith("Shown at ")).split()[-1]
        port = int(address.rstrip("/").rpartition(":")[2])
        assert b"<title>" in ask(port, "/")[2]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0
    finally:
        process.kill()
        process.communicate()


def ask(port: int, path: str, host: str = "localhost") -> tuple[int, str, bytes]:
    """Status, type or place, and body of what is shown there."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location") or answer.headers["Content-Type"], answer.read()


def test_what_is_shown_is_the_reference_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.txt").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    files = {"index.html": b"<p>front", "openapi.yaml": b"a: 1", "ledger/index.html": b"<p>ledger"}
    with server_of(files, 0) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            port = server.server_address[1]
            assert ask(port, "/?a=b") == (200, "text/html; charset=utf-8", b"<p>front")
            assert ask(port, "/openapi.yaml") == (200, "application/yaml", b"a: 1")
            assert ask(port, "/%6cedger") == (301, "/ledger/", b"")
            for path in ("/secret.txt", "/../secret.txt", "/ledger/../secret.txt", "//secret.txt", "/%00"):
                assert ask(port, path)[0] == 404
            assert ask(port, "/", host="pages.example")[0] == 403
        finally:
            server.shutdown()
            serving.join()


def test_a_port_without_showing_is_told(command: CommandLine) -> None:
    outcome = command("reference", "--output", "site", "--port", "4012")

    assert outcome.code == 2
    assert "--serve" in outcome.said
    assert not (command.work / "site").exists()


def test_a_port_that_is_configured_waits_until_it_is_needed(command: CommandLine) -> None:
    assert command("reference", "--output", "site", env={"ADAPTY_CONTRACT_REFERENCE_PORT": "4012"}).code == 0


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
