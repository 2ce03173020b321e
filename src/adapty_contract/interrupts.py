"""The first signal asks a run to end well, the second ends it at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from adapty_contract.clock import Interrupted


class Interrupt:
    """Whether the run was asked to stop, and by which signal."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal: signal.Signals | None = None

    def check(self) -> None:
        """Raises Interrupted once the run was asked to stop."""
        if self.event.is_set():
            name = self.signal.name if self.signal else "the caller"
            raise Interrupted(f"interrupted by {name}")

    @property
    def exit_code(self) -> int:
        """128 and the signal's number, as shells have it."""
        return 128 + (self.signal or signal.SIGINT)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM while the body runs; in a thread that may not, leave signals alone."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _take(self, number: int, _: FrameType | None) -> None:
        if self.event.is_set():
            os._exit(128 + number)  # asked twice: no report, no restoring, now
        self.signal = signal.Signals(number)
        self.event.set()
