"""Nothing in the contract is decoration: each clause is judged by something and violated by something."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from adapty_contract.checks import Check, all_checks
from adapty_contract.contract import load_contract
from adapty_contract.errors import ContractDataError
from adapty_contract.mock import proofs
from adapty_contract.mock.faults import faults
from adapty_contract.mock.steps import Steps
from adapty_contract.resources import data_root
from adapty_contract.scenarios import Scenario, all_scenarios

CONTRACT = load_contract()
FROZEN = Path(__file__).resolve().parents[1] / "data/clause-ids.txt"
FEWEST_FAULTS = 110


@pytest.mark.parametrize("proof", [pytest.param(proof, id=proof.clause.id) for proof in proofs.proofs(CONTRACT)])
def test_clause_is_proven(proof: proofs.Proof) -> None:
    assert proof.is_settled, "write the fault that violates it, or the reason in contracts/waivers.yaml"


def test_there_are_many_faults_and_each_is_described() -> None:
    assert len(faults()) >= FEWEST_FAULTS
    for name, each in faults().items():
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)
        assert re.fullmatch(r"\S.*[^.]\.", each.description), name
        assert each.violates, name
        assert issubclass(each.steps, Steps)


def test_no_two_faults_say_the_same() -> None:
    said = [each.description for each in faults().values()]
    assert [text for text in said if said.count(text) > 1] == []


def test_faults_name_clauses_that_exist_each_once() -> None:
    for name, each in faults().items():
        assert set(each.violates) <= set(CONTRACT.clauses), name
        assert len(set(each.violates)) == len(each.violates), name


def test_every_fault_stands_in_a_module_that_is_a_topic() -> None:
    assert {each.topic for each in faults().values()}.isdisjoint({"faults", "shorthands"})


def test_checks_and_scenarios_judge_the_clauses_of_the_contract_all_and_no_others() -> None:
    judges: list[Check | Scenario] = [*all_checks(), *all_scenarios()]
    assert {clause for judge in judges for clause in judge.clauses} == set(CONTRACT.clauses)


def test_ids_of_clauses_are_frozen() -> None:
    """Reports, configurations and waivers name them.

    A new clause is added to tests/data/clause-ids.txt by hand; one that is renamed or removed is a breaking change:
        python -c 'from adapty_contract.contract import load_contract as c; print(*sorted(c().clauses), sep="\\n")' \
            > tests/data/clause-ids.txt
    """
    assert sorted(CONTRACT.clauses) == FROZEN.read_text(encoding="utf-8").split()


def test_consequences_form_no_circle() -> None:
    def roots(name: str, path: tuple[str, ...] = ()) -> None:
        assert name not in path, " -> ".join((*path, name))
        for root in CONTRACT.clauses[name].after:
            roots(root, (*path, name))

    for name in CONTRACT.clauses:
        roots(name)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("openapi", "contracts"):
        shutil.copytree(data_root() / folder, tmp_path / folder)
    (tmp_path / proofs.WAIVERS_FILE).unlink(missing_ok=True)
    return tmp_path


def test_waivers_are_for_clauses_that_nothing_proves(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "writes-last: A reason that is long enough to say something.\n"
    (copy / proofs.WAIVERS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ContractDataError, match="writes-last is proven, by"):
        proofs.proofs(load_contract(copy))
    without = {name: each for name, each in faults().items() if "writes-last" not in each.violates}
    monkeypatch.setattr(proofs, "faults", lambda: without)
    waived = next(proof for proof in proofs.proofs(load_contract(copy)) if proof.clause.id == "writes-last")
    assert waived.is_settled
    assert waived.waiver == "A reason that is long enough to say something."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "no-such-clause: A reason that is long enough to say something.\n", "no clause no-such-clause", id="unknown"
        ),
        pytest.param("writes-last: because\n", "too short", id="no reason"),
        pytest.param("- writes-last\n", "not of type 'object'", id="no mapping"),
    ],
)
def test_waivers_that_make_no_sense_are_refused(copy: Path, text: str, told: str) -> None:
    (copy / proofs.WAIVERS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ContractDataError, match=told):
        proofs.proofs(load_contract(copy))
