"""How a mock is to run, resolved once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapty_contract.errors import UsageError
from adapty_contract.mock.dialects import compose
from adapty_contract.mock.seeds import DEFAULT_SEEDS, Seed, require_distinct

if TYPE_CHECKING:
    from pathlib import Path

    from adapty_contract.mock.behaviour import Behaviour

MOCK_KEY: Final = "MockKey1.ThisKeyOpensNothingButTheMock00x"
"""The mock's key unless another is given: a fake, in the shape of a real one, that may be printed."""


@dataclass(frozen=True, slots=True)
class MockSettings:
    """Everything a mock can be told; the defaults are the strict reading on a free loopback port.

    `lag_s` (seconds until reads see a write) overrides the lag of the dialects; `journal_size` is in exchanges;
    `seed` shifts what happens now and then (throttling, and faults that are random by nature).
    """

    host: str = "127.0.0.1"
    port: int = 0
    key: str = MOCK_KEY
    dialects: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    seed: int = 0
    state_file: Path | None = None
    profiles: tuple[Seed, ...] = DEFAULT_SEEDS
    lag_s: float | None = None
    journal_size: int = 10_000
    allow_public: bool = False

    def __post_init__(self) -> None:
        """Raises UsageError for values that make no sense, before anything is started."""
        if not self.key.isascii() or not self.key.isprintable() or not self.key or " " in self.key:
            raise UsageError("the API key must be visible ASCII characters", hint="check ADAPTY_API_KEY")
        if self.lag_s is not None and not 0 <= self.lag_s <= 3600:
            raise UsageError(f"a lag of {self.lag_s} s makes no sense", hint="give 0 to 3600 seconds")
        if self.journal_size < 0:
            raise UsageError("the journal cannot hold less than nothing", hint="0 switches it off")
        require_distinct(self.profiles)

    def behaviour(self) -> Behaviour:
        """The behaviour that the dialects and the lag make. Raises UsageError for unknown or contradictory dialects."""
        behaviour = compose(self.dialects)
        if self.lag_s is None:
            return behaviour
        copies = behaviour.copies if self.lag_s else "one"  # without lag, two copies are one
        return replace(behaviour, lag_s=self.lag_s, copies=copies)
