"""The layer *model*: any interleaving of reads, writes and refused writes, compared with what the profiles should hold."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from adapty_contract.fuzz.layer import Done, run_layer
from adapty_contract.record import LayerRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapty_contract.fuzz.steps import Walk
    from adapty_contract.fuzz.trial import Trial
    from adapty_contract.reporters.progress import Progress
    from adapty_contract.scenarios.session import Session

LAYER = "model"

WALKS = 60


def run_model(
    session: Session,
    *,
    budget: float,
    seed: int,
    progress: Progress,
    walks: int = WALKS,
    clock: Callable[[], float] = time.monotonic,
) -> LayerRecord:
    """Try `walks` walks, for at most `budget` seconds (shrinking a finding may take a few more); 0 skips all.

    The same seed sends the same requests as long as the budget suffices. Raises SafetyStop if a safety rule ends the run.
    """
    if budget <= 0 or not session.can("writes"):
        return LayerRecord(LAYER, 0, 0.0, 0, "no time was given" if budget <= 0 else "writes are not allowed")

    def work(trial: Trial) -> Done:
        from adapty_contract.fuzz.drive import draw_cases
        from adapty_contract.fuzz.findings import Findings
        from adapty_contract.fuzz.search import Limits, Search
        from adapty_contract.fuzz.steps import walks as strategy
        from adapty_contract.fuzz.walker import Walker

        if not trial.learn():
            return 0, "the profiles could not be read"

        walker = Walker(trial)
        session.tally.add(walker.try_headers().results)

        def cases(use: Callable[[Walk], bool]) -> None:
            draw_cases(strategy(session.contract), use, seed=seed, cases=walks)

        limits = Limits(budget=budget, clock=clock)
        search = Search(Findings(session), cases, walker, limits)
        search.run()
        return search.cases, search.note

    return run_layer(session, LAYER, work, progress=progress, clock=clock)
