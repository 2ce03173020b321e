"""`clauses` lists what is judged, what proves it and what is left open."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock import proofs
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.faults import faults
from support.command import CommandLine

CONTRACT = load_contract()


def ids(command: CommandLine, *arguments: str) -> list[str]:
    outcome = command("clauses", "--format", "json", *arguments)
    assert outcome.code == 0
    return [row["id"] for row in json.loads(outcome.out)]


def test_every_clause_stands_under_its_topic_with_level_and_statement(command: CommandLine) -> None:
    outcome = command("clauses")
    assert outcome.code == 0
    assert outcome.err == ""
    headings = [line for line in outcome.out.splitlines() if line and not line.startswith(" ")]
    assert headings == list(dict.fromkeys(clause.topic for clause in CONTRACT.clauses.values()))
    for clause in CONTRACT.clauses.values():
        assert f"  {clause.id}  [{clause.level}" in outcome.out
        assert " ".join(clause.statement.split()) in outcome.said


def test_open_clauses_are_marked(command: CommandLine) -> None:
    assert "null-is-refused  [SHOULD, left open]" in command("clauses", "--topic", "bodies").out


def test_json_holds_every_clause_with_its_sources(command: CommandLine) -> None:
    rows = json.loads(command("clauses", "--format", "json").out)
    assert [row["id"] for row in rows] == list(CONTRACT.clauses)
    assert all(row["sources"] and row["statement"] and row["level"] for row in rows)


def test_a_topic_alone(command: CommandLine) -> None:
    reading = [clause.id for clause in CONTRACT.clauses.values() if clause.topic == "reading"]
    assert ids(command, "--topic", "reading") == reading
    assert ids(command, "--proof", "--topic", "reading") == reading


def test_faults_are_listed_with_what_they_violate(command: CommandLine) -> None:
    assert set(ids(command, "--faults")) == set(faults())
    outcome = command("clauses", "--faults", "--topic", "reading")
    assert "Violates unset-identifier-is-null." in outcome.said
    assert "writes-lost" not in outcome.out


def test_faults_of_a_topic_are_those_that_violate_a_clause_of_it(command: CommandLine) -> None:
    reading = CONTRACT.select(["reading"])
    wanted = {name for name, each in faults().items() if reading.intersection(each.violates)}
    assert set(ids(command, "--faults", "--topic", "reading")) == wanted


def test_random_faults_are_marked(command: CommandLine) -> None:
    assert "fails-now-and-then  [random]" in command("clauses", "--faults").out


def test_dialects_and_ledger_are_listed(command: CommandLine) -> None:
    assert ids(command, "--dialects") == list(dialects())
    assert ids(command, "--ledger") == list(CONTRACT.ledger)


def test_of_a_topic_only_the_open_questions_that_its_clauses_name(command: CommandLine) -> None:
    assert set(ids(command, "--ledger", "--topic", "authentication")) == {
        entry for clause in CONTRACT.clauses.values() if clause.topic == "authentication" for entry in clause.ledger
    }
    assert "null-clears" in ids(command, "--dialects", "--topic", "bodies")
    assert "null-clears" not in ids(command, "--dialects", "--topic", "answers")


def test_proof_names_the_faults_of_each_clause(command: CommandLine) -> None:
    rows = {row["id"]: row for row in json.loads(command("clauses", "--proof", "--format", "json").out)}
    assert set(rows) == set(CONTRACT.clauses)
    assert "unset-told-as-empty" in rows["unset-identifier-is-null"]["faults"]
    assert "unset-identifier-is-null  [proven by" in command("clauses", "--proof").out


def test_an_unproven_clause_without_a_reason_is_an_error(command: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    without = {name: each for name, each in faults().items() if "writes-last" not in each.violates}
    monkeypatch.setattr(proofs, "faults", lambda: MappingProxyType(without))
    outcome = command("clauses", "--proof")
    assert outcome.code == 1
    assert "writes-last  [UNPROVEN]" in outcome.out
    assert command("clauses", "--proof", "--topic", "answers").code == 0
    assert command("clauses").code == 0


def test_an_unproven_clause_with_a_reason_is_shown_with_it(
    command: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {name: each for name, each in faults().items() if "writes-last" not in each.violates}
    monkeypatch.setattr(proofs, "faults", lambda: MappingProxyType(without))
    monkeypatch.setattr(proofs, "load_waivers", lambda _: {"writes-last": "No fault lasts long enough to show it."})
    outcome = command("clauses", "--proof")
    assert outcome.code == 0
    assert "writes-last  [unproven]" in outcome.out
    assert "No fault lasts long enough to show it." in outcome.out


def test_an_unknown_topic_is_refused_with_the_nearest_name(command: CommandLine) -> None:
    outcome = command("clauses", "--topic", "rading")
    assert outcome.code == 2
    assert "did you mean reading?" in outcome.err


def test_a_clause_is_no_topic(command: CommandLine) -> None:
    outcome = command("clauses", "--topic", "never-500")
    assert outcome.code == 2
    assert "its topic is answers" in outcome.err


def test_the_list_fits_a_narrow_terminal(command: CommandLine) -> None:
    outcome = command("clauses", "--proof", env={"COLUMNS": "60"})
    assert max(map(len, outcome.out.splitlines())) <= 80  # an id and its mark are never broken
