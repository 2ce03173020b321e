"""What both generated layers have in common: their frame, and the record of what they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from adapty_contract.fuzz.trial import Trial
from adapty_contract.record import LayerRecord

if TYPE_CHECKING:
    from adapty_contract.reporters.progress import Progress
    from adapty_contract.scenarios.session import Session

Done = tuple[int, str]
"""How many cases were tried, and why not all of them ("" if all were)."""


def run_layer(
    session: Session,
    layer: str,
    work: Callable[[Trial], Done],
    *,
    progress: Progress,
    clock: Callable[[], float],
) -> LayerRecord:
    """Do `work` on a trial of `session`, with Hypothesis in quarantine and results told under `layer`."""
    from adapty_contract.fuzz.quarantine import quarantine

    begun, former = clock(), session.layer
    trial = Trial(session, layer)
    session.layer = layer
    progress.start(layer, None)  # whoever sends moves it on: nobody knows how many requests it will be
    try:
        with quarantine():
            cases, note = work(trial)
    finally:
        session.layer = former
        trial.give_back()
        progress.stop()
    return LayerRecord(layer, trial.sent, clock() - begun, cases, note)
