"""Every fault is found, for what it is; every permitted behaviour is left alone. Over HTTP, by scenarios alone."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from adapty_contract.contract import Contract, load_contract
from adapty_contract.interrupts import Interrupt
from adapty_contract.mock.dialects import dialects, random_combination
from adapty_contract.mock.embedded import embedded_mock
from adapty_contract.mock.faults import Fault, faults
from adapty_contract.model import Verdict
from adapty_contract.options import VerifyOptions
from adapty_contract.record import RunRecord
from adapty_contract.reporters.progress import SilentProgress
from adapty_contract.runner import Plan, run
from adapty_contract.target import parse_target

LAG_S = 0.5
SEED = 1
COMBINATIONS = 50


@dataclass(frozen=True)
class Outcome:
    """What a run said: its exit status, the clauses it found violated, the open ones it found departed from."""

    exit_code: int
    violated: frozenset[str]
    departed: frozenset[str]
    complete: bool


def verify(
    *, faults: tuple[str, ...] = (), dialects: tuple[str, ...] = (), seed: int = SEED, strict: bool = False
) -> RunRecord:
    contract = load_contract()
    options = VerifyOptions(faults=faults, dialects=dialects, seed=seed, strict=strict, budget=0, lag=LAG_S)
    with embedded_mock(contract, dialects, faults, seed) as mock:
        target = parse_target(mock.url, contract.path, embedded=True)
        return run(Plan(options, contract, target, mock.key, mock.profile, mock.other, SilentProgress(), Interrupt()))


def outcome(record: RunRecord) -> Outcome:
    violated = {report.clause.id for report in record.clauses if report.verdict is Verdict.VIOLATED}
    departed = {
        report.clause.id for report in record.clauses if report.clause.open and report.verdict is Verdict.INCONCLUSIVE
    }
    return Outcome(record.exit_code, frozenset(violated), frozenset(departed), record.complete)


def consequences(contract: Contract, named: frozenset[str]) -> frozenset[str]:
    """The clauses whose `after` chain leads to one of `named`, and those themselves."""
    found, grown = named, True
    while grown:
        more = found | {clause.id for clause in contract.clauses.values() if found.intersection(clause.after)}
        grown, found = more != found, more
    return found


def complaints(each: Fault, seen: Outcome, contract: Contract) -> list[str]:
    """What is wrong with the verdict on a server that has this fault; nothing if it is right."""
    named = frozenset(each.violates)
    told = seen.violated | seen.departed
    wrong = [f"not found: {name}" for name in sorted(named - told)] if not each.random else []
    if each.random and not named & told:
        wrong.append(f"not found, none of: {', '.join(sorted(named))}")
    wrong += [f"left whole, and yet reported: {name}" for name in sorted(told - consequences(contract, named))]
    must = any(not contract.clauses[name].open for name in named)
    if must and seen.exit_code != 1:
        wrong.append(f"exit status {seen.exit_code}")
    return wrong


def _random_combinations() -> list[tuple[str, ...]]:
    rng = random.Random(20250314)  # noqa: S311  (the same combinations every time)
    return [random_combination(rng) for _ in range(COMBINATIONS)]


@pytest.mark.parametrize("name", sorted(faults()))
def test_fault_is_found_for_what_it_is(name: str) -> None:
    each = faults()[name]
    assert not complaints(each, outcome(verify(faults=(name,))), load_contract())


@pytest.mark.parametrize("name", [*dialects(), "none"])
def test_dialect_is_left_alone(name: str) -> None:
    seen = outcome(verify(dialects=() if name == "none" else (name,)))
    assert (seen.violated, seen.exit_code, seen.complete) == (frozenset(), 0, True)


@pytest.mark.parametrize("names", [pytest.param(names, id="+".join(names)) for names in _random_combinations()])
def test_dialects_together_are_left_alone(names: tuple[str, ...]) -> None:
    seen = outcome(verify(dialects=names))
    assert (seen.violated, seen.exit_code, seen.complete) == (frozenset(), 0, True)


def _proving(clause: str) -> str | None:
    return next((name for name, each in sorted(faults().items()) if clause in each.violates), None)


@pytest.mark.parametrize("clause", sorted(each.id for each in load_contract().clauses.values() if each.open))
def test_departing_from_an_open_clause_fails_a_strict_run(clause: str) -> None:
    name = _proving(clause)
    assert name is not None
    record = verify(faults=(name,), strict=True)
    assert clause in outcome(record).violated
    assert record.exit_code == 1
