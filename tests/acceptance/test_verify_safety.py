"""What a run may do to somebody's server: nothing without permission, and nothing that it does not put back."""

from __future__ import annotations

import itertools
import signal
from dataclasses import replace

import jsonschema
import pytest

from adapty_contract.model import Response
from adapty_contract.record import SCHEMA_FILE
from adapty_contract.resources import data_root
from adapty_contract.restoring import PLACEHOLDER
from adapty_contract.scenarios import Scenario, all_scenarios
from adapty_contract.scenarios.session import Session
from adapty_contract.yamldata import read_yaml
from support.command import CommandLine, Outcome
from support.served import Gate, Served, served

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
GATE_S = 30.0


def holdings(server: Served) -> dict[str, dict[str, str]]:
    return {name: server.holds(name) for name in ("customer-1", "customer-2")}


def restoration(outcome: Outcome) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What became of each test profile, by customer user id."""
    return {
        each["profile"]["customer_user_id"]: (each["outcome"], tuple(each["names"]))
        for each in outcome.report["restoration"]
    }


def is_whole(outcome: Outcome) -> bool:
    """Whether the report fits its schema and stands beside the others."""
    schema = read_yaml(data_root() / SCHEMA_FILE)
    jsonschema.validate(outcome.report, schema, jsonschema.Draft202012Validator)
    return (outcome.folder / "junit.xml").exists() and (outcome.folder / "report.har").exists()


# --- without permission


def test_without_permission_not_a_single_write_arrives(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    before = holdings(server)
    outcome = command(*on_server, "--budget", "1s", key=key)
    assert outcome.code == 0
    assert {request.method for request in server.requests} == {"GET", "HEAD", "OPTIONS"}
    assert {request.body for request in server.requests} <= {b"", b"{}"}
    assert len(server.requests) > 100
    assert holdings(server) == before
    assert outcome.report["settings"]["writes"] is False
    assert command.journals == []
    assert {"held", "not exercised"} == set(outcome.verdicts.values())


def test_even_without_a_budget_for_generated_cases_every_request_names_the_api(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    command(*on_server, "--allow-writes", key=key)
    path = server.contract.path
    assert {request.path for request in server.requests} <= {path, path.removesuffix("/")}


# --- with permission


def test_with_permission_the_profiles_are_as_before_afterwards(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    full = {name: f"mine {name}" for name in server.contract.identifiers}
    server.store.put(replace(server.store.every()[0], identifiers=full))
    before = holdings(server)
    outcome = command(*on_server, "--allow-writes", key=key)
    assert outcome.code == 0
    assert any(request.method in WRITES for request in server.requests)
    assert server.holds("customer-1") == before["customer-1"] == full
    assert restoration(outcome)["customer-1"] == ("restored", ())


def test_what_was_unset_and_cannot_be_unset_is_named(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    before = holdings(server)
    outcome = command(*on_server, "--allow-writes", key=key)
    unset = {name: set(server.contract.identifiers) - found.keys() for name, found in before.items()}
    for name, found in before.items():
        kind, names = restoration(outcome)[name]
        now = server.holds(name)
        assert {each: now[each] for each in found} == found
        assert kind == "could not be unset"
        assert set(names) == {each for each in unset[name] if each in now}
        assert {now[each] for each in names} <= {PLACEHOLDER}
    assert "customer-2" in outcome.said


def test_where_null_unsets_the_profile_is_left_as_it_was_found(command: CommandLine, key: str) -> None:
    with served(dialects=("null-clears",)) as running:
        before = holdings(running)
        arguments = ("verify", running.url, "--customer-user-id", "customer-1", "--budget", "0s", "--quiet")
        outcome = command(*arguments, "--allow-writes", key=key)
        assert holdings(running) == before
    assert restoration(outcome) == {"customer-1": ("restored", ())}


def test_a_run_that_finds_violations_puts_the_profile_back_too(command: CommandLine, key: str) -> None:
    with served(faults=("unset-told-as-empty",)) as running:
        before = running.holds("customer-1")
        arguments = ("verify", running.url, "--customer-user-id", "customer-1", "--budget", "0s", "--quiet")
        outcome = command(*arguments, "--allow-writes", key=key)
        now = running.holds("customer-1")
    assert outcome.code == 1
    assert {name: now[name] for name in before} == before


def test_a_stop_by_the_budget_puts_the_profile_back_too(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    before = server.holds("customer-1")
    outcome = command(*on_server, "--allow-writes", "--max-requests", "200", key=key)
    assert outcome.code == 4
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before
    assert restoration(outcome).keys() == {"customer-1", "customer-2"}


def test_a_profile_that_cannot_be_put_back_is_told(command: CommandLine, server: Served, key: str) -> None:
    """From some moment on the server refuses every write: the end of the run, and the restoring, meet a wall."""
    writes = itertools.count()
    server.instead = lambda request: Response(500) if request.method == "POST" and next(writes) > 60 else None
    arguments = ("verify", server.url, "--customer-user-id", "customer-2", "--budget", "0s", "--quiet")
    outcome = command(*arguments, "--allow-writes", key=key)
    assert outcome.code == 1
    assert {kind for kind, _ in restoration(outcome).values()} == {"failed"}
    run = outcome.report["run_id"]
    assert f"adapty-contract restore {run}" in outcome.said
    server.instead = None
    again = command("restore", run, key=key)
    assert again.code == 0
    assert set(server.holds("customer-2").values()) <= {PLACEHOLDER}


def test_a_defect_of_the_suite_costs_neither_the_report_nor_the_profile(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    def broken(_: Session) -> None:
        raise ZeroDivisionError(f"by {key}")

    first = tuple(item for item in all_scenarios() if item.id in {"first-reads", "each-identifier-alone"})
    chosen = (*first, Scenario("broken", ("never-500",), (), broken))
    command.patch.setattr("adapty_contract.runner.all_scenarios", lambda: chosen)
    before = server.holds("customer-1")
    outcome = command(*on_server, "--allow-writes", key=key)
    assert outcome.code == 2
    assert is_whole(outcome)
    assert "ZeroDivisionError" in outcome.err
    assert "report it" in outcome.err
    assert "Traceback" not in outcome.err
    assert key not in outcome.err + (outcome.folder / "report.json").read_text(encoding="utf-8")
    assert outcome.verdicts["write-merges"] == "held"
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before


# --- interrupted


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_reports_what_it_saw_and_puts_the_profile_back(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str, number: signal.Signals, code: int
) -> None:
    before = server.holds("customer-1")
    server.gate = Gate(at_write=60)
    process = command.start(*on_server, "--allow-writes", key=key)
    assert server.gate.reached.wait(GATE_S)
    changed = server.holds("customer-1")
    process.send_signal(number)
    server.gate.release()
    outcome = command.ended(process)
    assert changed != before
    assert outcome.code == code
    assert is_whole(outcome)
    assert (outcome.report["complete"], outcome.report["exit_code"]) == (False, code)
    assert number.name in outcome.report["stopped"]
    assert "interrupted" in outcome.said.lower()
    assert "held" in outcome.verdicts.values()
    assert "violated" not in outcome.verdicts.values()
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before
    assert restoration(outcome).keys() == {"customer-1", "customer-2"}


def test_an_interrupt_is_heard_while_the_server_is_silent(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    """The write whose answer does not come is given up, and the profile is put back."""
    before = server.holds("customer-1")
    server.gate = Gate(at_write=3, silent_s=120)
    process = command.start(*on_server, "--allow-writes", "--timeout", "100s", key=key)
    assert server.gate.reached.wait(GATE_S)
    process.send_signal(signal.SIGINT)
    outcome = command.ended(process)
    assert outcome.code == 130
    assert is_whole(outcome)
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before


def test_a_second_interrupt_ends_it_at_once_and_leaves_a_journal(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    server.gate = Gate(at_write=60)
    process = command.start(*on_server, "--allow-writes", "--timeout", "20s", key=key)
    assert server.gate.reached.wait(GATE_S)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    outcome = command.ended(process)
    server.gate.release()
    assert outcome.code in {130, 143}
    assert len(command.journals) == 1


# --- killed


def killed(command: CommandLine, server: Served, on_server: tuple[str, ...], key: str) -> str:
    """Kill a run in its middle; its id."""
    server.gate = Gate(at_write=60)
    process = command.start(*on_server, "--allow-writes", key=key)
    assert server.gate.reached.wait(GATE_S)
    process.kill()
    outcome = command.ended(process)
    server.gate.release()
    server.gate = None
    assert outcome.code == -signal.SIGKILL
    (journal,) = command.journals
    return journal.name.removesuffix(".journal.ndjson")


def test_a_killed_run_can_be_undone(command: CommandLine, server: Served, on_server: tuple[str, ...], key: str) -> None:
    before = server.holds("customer-1")
    run = killed(command, server, on_server, key)
    assert server.holds("customer-1") != before
    outcome = command("restore", run, key=key)
    assert outcome.code == 0, outcome.said
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before
    assert set(now) - set(before) <= set(outcome.out.replace(",", " ").split())
    assert "customer-1" in outcome.out
    again = command("restore", run, key=key)
    assert (again.code, again.out.strip()) == (0, "nothing to put back")


def test_the_run_after_a_killed_one_warns_and_names_the_command(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    before = server.holds("customer-1")
    run = killed(command, server, on_server, key)
    outcome = command(*on_server, "--allow-writes", "--only", "write-overwrites", key=key)
    assert outcome.code == 0
    assert any(f"adapty-contract restore {run}" in warning for warning in outcome.report["warnings"])
    assert f"adapty-contract restore {run}" in outcome.said
    assert command("restore", run, key=key).code == 0
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before
    clean = command(*on_server, "--allow-writes", "--only", "write-overwrites", key=key)
    assert clean.report["warnings"] == []


def test_a_journal_can_be_named_by_its_path(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    killed(command, server, on_server, key)
    assert command("restore", str(command.journals[0]), key=key).code == 0


def test_restoring_with_the_wrong_key_fails_and_can_be_tried_again(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    before = server.holds("customer-1")
    run = killed(command, server, on_server, key)
    failed = command("restore", run, key="AnotherKey.ThatOpensNothing")
    assert failed.code == 3
    assert "failed" in failed.said
    assert command("restore", run, key=key).code == 0
    now = server.holds("customer-1")
    assert {name: now[name] for name in before} == before


@pytest.mark.parametrize(
    ("run", "said"),
    [("20260101T000000-abcdef", "cannot be read"), ("../../etc/passwd", "is no run's id"), ("", "is no run's id"),
     ("nowhere/x.journal.ndjson", "cannot be read")],
)  # fmt: skip
def test_a_run_that_is_unknown_is_told(command: CommandLine, key: str, run: str, said: str) -> None:
    outcome = command("restore", run, key=key)
    assert outcome.code == 2
    assert said in outcome.err
    assert "Traceback" not in outcome.err


# --- two at once


def test_a_second_run_on_the_same_profile_is_refused(
    command: CommandLine, server: Served, on_server: tuple[str, ...], key: str
) -> None:
    server.gate = Gate(at_write=20)
    process = command.start(*on_server, "--allow-writes", key=key)
    assert server.gate.reached.wait(GATE_S)
    process.send_signal(signal.SIGSTOP)
    server.gate.release()
    try:
        by_id = command(*on_server, "--allow-writes", "--report-dir", "second", key=key)
        read_only = command(*on_server, "--report-dir", "third", key=key)
        before = len(server.requests)
    finally:
        process.send_signal(signal.SIGCONT)
    first = command.ended(process)
    assert by_id.code == 4
    assert "in use by run" in by_id.said
    assert is_whole(by_id)
    assert by_id.report["complete"] is False
    assert {exchange["request"]["method"] for exchange in by_id.report["exchanges"]} == {"GET"}
    assert read_only.code == 0, "whoever only reads disturbs nobody"
    assert first.code == 0
    assert len(server.requests) > before
    assert command(*on_server, "--allow-writes", "--only", "write-overwrites", key=key).code == 0
