"""Every fault is found, for what it is; every permitted behaviour is left alone. Over HTTP, by scenarios alone."""

from __future__ import annotations

import os
import zlib

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.faults import faults
from support.matrix import CLEAN, combinations, complaints, outcome, share, verify

CONTRACT = load_contract()
COMBINATIONS = 50
SEEDS = (1, 2, 3, 4, 5)
EVERY_SEED = bool(os.environ.get("MATRIX_EVERY_SEED"))
"""Whether each fault is tried with each seed, which takes five times as long; otherwise each has one of them."""

OF_CHANCE = frozenset({"concurrent-writes-merge"})
"""Which of several writes at the same time comes last is nobody's choice, and so whether it undoes another one."""


def seeds_of(name: str) -> tuple[int, ...]:
    return SEEDS if EVERY_SEED else (SEEDS[zlib.crc32(name.encode()) % len(SEEDS)],)


@pytest.mark.parametrize("name", share(sorted(faults()), one_in=12))
def test_fault_is_found_for_what_it_is(name: str) -> None:
    seen = [outcome(verify(faults=(name,), seed=seed)) for seed in seeds_of(name)]
    assert [complaints(faults()[name], each, CONTRACT) for each in seen] == [[] for _ in seen]
    told = {(each.exit_code, each.violated - OF_CHANCE, each.departed) for each in seen}
    assert faults()[name].random or len(told) == 1, "another seed, another verdict"


def test_every_seed_gives_the_same_verdicts_on_the_correct_mock() -> None:
    verdicts = {tuple((report.clause.id, report.verdict) for report in verify(seed=seed).clauses) for seed in SEEDS}
    assert len(verdicts) == 1


@pytest.mark.parametrize("names", [pytest.param((), id="strict"), *((name,) for name in dialects())], ids=" ".join)
def test_dialect_is_left_alone(names: tuple[str, ...]) -> None:
    seen = outcome(verify(dialects=names))
    assert (seen.exit_code, seen.stopped, seen.violated) == CLEAN


@pytest.mark.parametrize("names", [pytest.param(names, id="+".join(names)) for names in combinations(COMBINATIONS)])
def test_dialects_together_are_left_alone(names: tuple[str, ...]) -> None:
    seen = outcome(verify(dialects=names))
    assert (seen.exit_code, seen.stopped, seen.violated) == CLEAN


@pytest.mark.parametrize("clause", [clause.id for clause in CONTRACT.clauses.values() if clause.open])
def test_departing_from_an_open_clause_fails_a_strict_run(clause: str) -> None:
    name = next(name for name, each in faults().items() if clause in each.violates)
    seen = outcome(verify(faults=(name,), strict=True))
    assert clause in seen.violated
    assert seen.exit_code == 1


def test_the_strict_mock_is_clean_in_a_strict_run() -> None:
    seen = outcome(verify(strict=True))
    assert (seen.exit_code, seen.stopped, seen.violated) == CLEAN
