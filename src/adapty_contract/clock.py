"""Time, in one place: durations, dates and waits, so that a run can be interrupted and a test need not sleep."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from adapty_contract.errors import SafetyStop


class Interrupted(SafetyStop):
    """A wait ended because the run was asked to stop."""

    exit_code = 130


class Clock:
    """The real clock. Durations come from the monotonic one, so that a clock that is set back changes no wait."""

    def __init__(self, interrupt: threading.Event | None = None) -> None:
        """`interrupt`, once set, ends every wait that may be interrupted, now and later."""
        self._interrupt = interrupt or threading.Event()

    def monotonic(self) -> float:
        """Seconds since some moment; never jumps."""
        return time.monotonic()

    def now(self) -> datetime:
        """The date and time, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float, *, interruptible: bool = True) -> None:
        """Pass `seconds` doing nothing. Raises `Interrupted` as soon as the run is asked to stop."""
        if not interruptible:
            time.sleep(max(0.0, seconds))
        elif self._interrupt.wait(max(0.0, seconds)):
            raise Interrupted("interrupted while waiting")
