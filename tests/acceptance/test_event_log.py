"""events.ndjson is whole up to its last line whatever ends the run, and makes the run's record again."""

from __future__ import annotations

import os
import signal
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from adapty_contract.replaying import read_events, read_run
from support.command import CommandLine
from support.served import Gate, Served

QUICK = ("verify", "--budget", "0s", "--quiet")
GATE_S = 30


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--only", "reading", "--only", "never-500"),
        ("--strict", "--fault", "unset-told-as-empty", "--dialect", "post-200-profile"),
        ("--budget", "1s"),
    ],
    ids=["scenarios", "some clauses", "strict, violated", "with generated cases"],
)
def test_the_log_of_a_whole_run_makes_the_same_record(command: CommandLine, more: tuple[str, ...]) -> None:
    outcome = command(*QUICK, *more)
    assert read_events(outcome.folder / "events.ndjson") == read_run(outcome.folder / "report.json")


def test_the_log_of_a_target_that_cannot_be_tested_makes_the_same_record(command: CommandLine, server: Served) -> None:
    outcome = command("verify", server.url, "--customer-user-id", "customer-1", key="WrongKey.ThatOpensNothing")
    assert outcome.code == 3
    assert read_events(outcome.folder / "events.ndjson") == read_run(outcome.folder / "report.json")


def test_a_killed_run_leaves_a_log_that_every_report_can_be_made_from(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    server.gate = Gate(at_write=60)
    process = command.start(*on_server, "--allow-writes", key=key)
    assert server.gate.reached.wait(GATE_S)
    process.kill()
    outcome = command.ended(process)
    server.gate.release()
    assert outcome.code == -signal.SIGKILL
    assert [path.name for path in outcome.folder.iterdir()] == ["events.ndjson"]
    content = (outcome.folder / "events.ndjson").read_bytes()
    assert content.endswith(b"\n")
    assert content.count(b'{"event": "exchange"') > 60

    told = command("report", "--from", "reports/events.ndjson", "--format", "junit", "--output", "junit.xml")
    assert told.code == 0
    root = ET.parse(command.work / "junit.xml").getroot()  # noqa: S314  (our own file)
    assert [error.get("message") for error in root.iter("error")] == [
        "the run did not end: this is what its event log holds"
    ]
    shown = command("report", "--from", "reports/events.ndjson")
    assert "UNFINISHED" in shown.out
    run = command.journals[0].name.removesuffix(".journal.ndjson")
    assert f"`adapty-contract restore {run}` puts them back" in shown.said


def test_a_killed_run_leaves_no_report_of_an_earlier_one_that_it_was_to_replace(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    command(*QUICK, "--only", "never-500")
    (command.work / "reports" / "summary.md").write_text("mine", encoding="utf-8")
    server.gate = Gate(at_write=5)
    process = command.start(*on_server, "--allow-writes", key=key)
    assert server.gate.reached.wait(GATE_S)
    process.kill()
    outcome = command.ended(process)
    server.gate.release()
    assert sorted(path.name for path in outcome.folder.iterdir()) == ["events.ndjson", "summary.md"]


def test_a_run_that_was_killed_before_it_wrote_has_nothing_to_put_back(
    command: CommandLine, on_server: tuple[str, ...], key: str
) -> None:
    command(*on_server, key=key)
    path = command.work / "reports" / "events.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    shown = command("report", "--from", "reports/events.ndjson")
    assert "UNFINISHED" in shown.out
    assert "restore" not in shown.said


def test_a_run_that_put_its_profiles_back_says_so_even_without_its_end(
    command: CommandLine, on_server: tuple[str, ...], key: str
) -> None:
    whole = command(*on_server, "--allow-writes", key=key)
    path = command.work / "reports" / "events.ndjson"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    record = read_events(path)
    assert record.restoration == read_run(whole.folder / "report.json").restoration != ()
    assert record.warnings == ()


def test_a_report_of_a_killed_run_that_is_asked_for_names_the_log(command: CommandLine) -> None:
    outcome = command("report", "--from", "reports/report.json")
    assert outcome.code == 2
    assert "events.ndjson" in outcome.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
def test_a_disk_that_is_full_costs_the_log_and_nothing_else(command: CommandLine) -> None:
    (command.work / "reports").mkdir()
    (command.work / "reports" / "events.ndjson").symlink_to("/dev/full")
    outcome = command(*QUICK, "--only", "never-500")
    assert outcome.code == 6
    assert "events.ndjson could not be written: the disk is full" in outcome.err
    assert outcome.verdicts == {"never-500": "held"}


def test_a_folder_that_cannot_be_written_is_told_before_the_first_request(command: CommandLine) -> None:
    (command.work / "reports").write_text("mine", encoding="utf-8")
    outcome = command("verify", "--budget", "0s", "--only", "never-500")
    assert outcome.code == 6
    warned = outcome.err.index("the run goes on")
    assert warned < outcome.err.index("scenarios") < outcome.err.index("Error: ")
    assert outcome.err.count("could not be made") == 2  # at once, and at the end


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_that_nobody_reads_is_told_and_waited_for_by_nobody(command: CommandLine) -> None:
    (command.work / "reports").mkdir()
    os.mkfifo(command.work / "reports" / "events.ndjson")
    outcome = command(*QUICK, "--only", "never-500")
    assert outcome.code == 6
    assert "events.ndjson could not be written" in outcome.err


def test_an_earlier_log_goes_but_not_under_a_run_that_still_writes_it(command: CommandLine) -> None:
    folder = command.work / "reports"
    folder.mkdir()
    (folder / "events.ndjson").write_text("old\n", encoding="utf-8")
    command(*QUICK, "--only", "never-500")
    assert read_events(folder / "events.ndjson").clauses[0].clause.id == "never-500"
    os.link(folder / "events.ndjson", folder / "kept.ndjson")  # as a run that still writes holds it
    before = (folder / "kept.ndjson").read_bytes()
    command(*QUICK, "--only", "never-500")
    assert (folder / "kept.ndjson").read_bytes() == before
