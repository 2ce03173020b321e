"""The layer *schema*: cases that the spec's schemas give, at their boundaries first, then as schemathesis generates them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from adapty_contract.fuzz.layer import Done, run_layer
from adapty_contract.model import Operation
from adapty_contract.record import LayerRecord

if TYPE_CHECKING:
    from schemathesis import APIOperation

    from adapty_contract.contract import Contract
    from adapty_contract.fuzz.samples import Sample
    from adapty_contract.fuzz.search import Cases
    from adapty_contract.fuzz.trial import Trial
    from adapty_contract.reporters.progress import Progress
    from adapty_contract.scenarios.session import Session

LAYER = "schema"

PER_OPERATION = 240
GENERATED = 90
"""Of the cases of an operation so many are generated at most; the others are its boundaries."""


def run_schema(
    session: Session,
    *,
    budget: float,
    seed: int,
    progress: Progress,
    cases: int = PER_OPERATION,
    clock: Callable[[], float] = time.monotonic,
) -> LayerRecord:
    """Try some `cases` an operation, for at most `budget` seconds (reducing a finding may take a few more); 0 skips all.

    Without permission to write only reads are generated. The same seed sends the same requests as long as the budget
    suffices. Raises SafetyStop if a safety rule ends the run.
    """
    if budget <= 0:
        return LayerRecord(LAYER, 0, 0.0, 0, "no time was given")
    wanted = tuple(Operation) if session.can("writes") else (Operation.GET,)

    def work(trial: Trial) -> Done:
        from adapty_contract.fuzz.findings import Findings
        from adapty_contract.fuzz.oracle import SecondOracle
        from adapty_contract.fuzz.prober import Prober
        from adapty_contract.fuzz.search import Limits, Search
        from adapty_contract.fuzz.spec_cases import operations

        if not trial.learn():
            return 0, "the profiles could not be read"
        contract, known = session.contract, operations(session.contract)
        source = _cases(contract, {name: known[name] for name in wanted}, seed, cases)
        prober = Prober(trial, SecondOracle(contract, known))
        search = Search(Findings(session), source, prober, Limits(budget=budget, clock=clock))
        search.run()
        return search.cases, search.note

    return run_layer(session, LAYER, work, progress=progress, clock=clock)


def _cases(
    contract: Contract, known: Mapping[Operation, APIOperation[Any, Any, Any, Any]], seed: int, most: int
) -> Cases[Sample]:
    """The boundary cases of every operation, and then generated ones, `most` of both for each operation."""
    from adapty_contract.fuzz.boundaries import boundaries
    from adapty_contract.fuzz.drive import draw_cases
    from adapty_contract.fuzz.spec_cases import samples

    fixed = {operation: list(boundaries(contract, operation))[:most] for operation in known}

    def hand(use: Callable[[Sample], bool]) -> None:
        going = all(use(sample) for listed in fixed.values() for sample in listed)
        for number, (operation, source) in enumerate(known.items()):
            going = going and draw_cases(
                samples(contract, source),
                use,
                seed=2 * seed + number,
                cases=min(most - len(fixed[operation]), GENERATED),
            )

    return hand
