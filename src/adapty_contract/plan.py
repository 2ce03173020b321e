"""What a run is to do, resolved before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapty_contract.contract import Contract
from adapty_contract.event_log import Events, NoEvents
from adapty_contract.interrupts import Interrupt
from adapty_contract.model import Profile
from adapty_contract.options import VerifyOptions
from adapty_contract.reporters.progress import Progress
from adapty_contract.target import Target


@dataclass(frozen=True)
class Plan:
    """What to run: the target with its key and test profiles, and how."""

    options: VerifyOptions
    contract: Contract
    target: Target
    key: str = field(repr=False)
    profile: Profile
    other: Profile | None
    progress: Progress
    interrupt: Interrupt
    warnings: tuple[str, ...] = ()
    events: Events = NoEvents()  # noqa: RUF009  (it has no state)

    @property
    def writes(self) -> bool:
        """Whether anything may be written: to the embedded mock always, elsewhere if allowed."""
        return self.target.embedded or self.options.allow_writes
