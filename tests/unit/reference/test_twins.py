"""The reference for programs: every file can be read, and holds all of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from openapi_spec_validator import validate

from adapty_contract.cli.clauses import command as clauses_command
from adapty_contract.contract import load_contract
from adapty_contract.reference.twins import twins

CONTRACT = load_contract()
TWINS = twins(CONTRACT)


def document(name: str) -> Any:
    text = TWINS[name].decode("utf-8")
    return yaml.safe_load(text) if name.endswith(".yaml") else json.loads(text)


@pytest.mark.parametrize("name", TWINS)
def test_every_file_ends_with_a_line_and_is_made_alike_each_time(name: str) -> None:
    assert TWINS[name].endswith(b"\n")
    assert b"\r" not in TWINS[name]
    assert twins(CONTRACT)[name] == TWINS[name]


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("openapi.yaml", "3.1.0"),
        ("openapi.json", "3.1.0"),
        ("openapi-3.0.yaml", "3.0.3"),
        ("openapi-3.0.json", "3.0.3"),
    ],
)
def test_every_spec_is_a_valid_one(name: str, version: str) -> None:
    spec = document(name)
    assert spec["openapi"] == version
    assert list(spec["paths"]) == [CONTRACT.path]
    validate(spec)


def test_the_spec_is_the_file_of_the_tree_and_its_copies_say_the_same() -> None:
    assert TWINS["openapi.yaml"] == CONTRACT.spec_path.read_bytes()
    assert document("openapi.json") == CONTRACT.spec
    assert document("openapi-3.0.yaml") == document("openapi-3.0.json")


@pytest.mark.parametrize(("name", "options"), [("clauses.json", []), ("ledger.json", ["--ledger"])])
def test_they_hold_what_the_command_lists(name: str, options: list[str]) -> None:
    result = CliRunner().invoke(clauses_command, [*options, "--format", "json"], standalone_mode=False)
    assert document(name) == json.loads(result.stdout)


def test_all_clauses_entries_and_sources_are_there_in_their_order() -> None:
    assert [each["id"] for each in document("clauses.json")] == list(CONTRACT.clauses)
    assert [each["id"] for each in document("ledger.json")] == list(CONTRACT.ledger)
    assert [each["id"] for each in document("sources.json")] == list(CONTRACT.sources)


def test_what_they_refer_to_is_in_them() -> None:
    clauses, ledger = document("clauses.json"), document("ledger.json")
    sources = {each["id"] for each in document("sources.json")}
    entries = {each["id"] for each in ledger}
    cited = [each["source"] for clause in clauses for each in clause["sources"]]
    cited += [each["source"] for entry in ledger for each in entry["statements"]]
    assert set(cited) <= sources
    assert {name for clause in clauses for name in clause["ledger"]} <= entries
    assert {name for clause in clauses for name in clause["after"]} <= {clause["id"] for clause in clauses}
