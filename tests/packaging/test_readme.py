"""What README.md and CONTRIBUTING.md promise is so."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich_click as click

from adapty_contract.cli import default_map, group
from adapty_contract.contract import load_contract
from adapty_contract.errors import ContractSuiteError
from adapty_contract.model import Level
from adapty_contract.options import DEFAULT_FORMATS
from adapty_contract.reporters import formats
from support.distributions import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def _commands() -> dict[str, click.Command]:
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def _calls(text: str) -> Iterator[list[str]]:
    """The words of every call of the command in shell blocks; the installed one of the first block too."""
    for block in _blocks(text, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            for part in line.split("&&"):
                words = shlex.split(part, comments=True)
                programs = [number for number, word in enumerate(words) if word.endswith("adapty-contract")]
                if programs:
                    yield words[programs[0] + 1 :]


def _subclasses(kind: type[ContractSuiteError]) -> Iterator[type[ContractSuiteError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _subclasses(child)


@pytest.mark.parametrize("what", ["adapty-contract verify", "python -m pytest"])
def test_one_line_does_it(what: str) -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv ") and what in line]
    assert len(lines) == 1
    assert not lines[0].endswith("\\")


@pytest.mark.parametrize("words", [pytest.param(words, id=" ".join(words)[:60]) for words in _calls(README)])
def test_every_call_in_the_readme_can_be_parsed(words: list[str]) -> None:
    name, *arguments = words
    command = _commands()[name]
    command.make_context(name, arguments, resilient_parsing=False)


def _rows(heading: str) -> list[list[str]]:
    """The cells of each row of the table whose heading begins like this."""
    table = README[README.index(f"| {heading} ") :]
    lines = table[: table.index("\n\n")].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_every_command_has_its_row() -> None:
    assert sorted(row[0].split()[0] for row in _rows("Command")) == sorted(_commands())


def test_every_format_has_its_row_and_the_usual_ones_come_first() -> None:
    rows = {row[0]: row[1] for row in _rows("Format")}
    assert rows == {name: kind.filename for name, kind in formats().items()}
    assert set(list(rows)[: len(DEFAULT_FORMATS)]) == set(DEFAULT_FORMATS)


def test_every_exit_status_has_its_row() -> None:
    table = README[README.index("| Exit status") :]
    told = {int(number) for number in re.findall(r"^\| (\d+)", table[: table.index("\n\n")], re.MULTILINE)}
    assert told >= {kind.exit_code for kind in _subclasses(ContractSuiteError)} | {0, 1, 5}


def test_the_shown_result_is_of_this_contract() -> None:
    contract = load_contract()
    must = sum(clause.level is Level.MUST for clause in contract.clauses.values())
    shown = _blocks(README, "console")[0]
    assert f"All {must} MUST clauses held." in shown
    assert "open questions of the ledger, settled by this run" in shown
    readable = sum(set(clause.needs) <= {"customer-user-id"} for clause in contract.clauses.values())
    assert f"{readable} of the {len(contract.clauses)} clauses" in README.replace("\n", " ")


def test_the_shown_configuration_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = _blocks(README, "toml")
    (tmp_path / "adapty-contract.toml").write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    options = {name: {option.name for option in command.params} for name, command in _commands().items()}
    for name, table in default_map(None).items():
        assert table, name
        assert set(table) <= options[name]


@pytest.mark.parametrize("text", [README, CONTRIBUTING, (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")])
def test_what_is_pointed_at_is_there(text: str) -> None:
    links = set(re.findall(r"\]\((?!https?:)([^)#]+)", text))
    paths = {path for path in re.findall(r"`([\w./-]+/[\w./-]*)`", text) if not path.startswith("/")}
    places = (ROOT, ROOT / "src/adapty_contract")
    known = {path for path in links | paths if any((place / path).exists() for place in places)}
    assert (links | paths) - known == set()


def test_every_environment_of_tox_is_told() -> None:
    text = (ROOT / "tox.ini").read_text(encoding="utf-8")
    environments = set(re.findall(r"^\[testenv:(\w+)\]", text, re.MULTILINE)) | {"py311", "py312", "py313"}
    table = CONTRIBUTING[CONTRIBUTING.index("| Environment of tox") :]
    rows = [line.split("|")[1] for line in table[: table.index("\n\n")].splitlines()[2:]]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == environments


def test_the_pythons_that_are_tested_are_those_that_are_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {line.rpartition(" ")[2] for line in project["classifiers"] if re.search(r":: 3\.\d+$", line)}
    tested = set(re.findall(r"\bpy(3)(\d+)\b", (ROOT / "tox.ini").read_text(encoding="utf-8")))
    assert named == {f"{major}.{minor}" for major, minor in tested}
