"""One sending of one request: its deadline, and the ways in which it comes to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapty_contract.model import TransportFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapty_contract.guard import Limits
    from adapty_contract.wire import FramedStream


class WireError(Exception):
    """An exchange that came to nothing; `fault` says why."""

    def __init__(self, kind: str, detail: str) -> None:
        """`kind` and `detail` as in `TransportFault`."""
        super().__init__(detail)
        self.fault = TransportFault(kind, detail)


class NothingSentError(Exception):
    """The system took not one byte of the request: the server had closed the kept-alive connection."""


@dataclass(slots=True)
class Attempt:
    """What one thread is doing: sending one request with `method`, until `deadline` on the monotonic clock."""

    method: str
    tls: bool
    deadline: float
    limits: Limits
    monotonic: Callable[[], float]
    check_interrupt: Callable[[], None] = lambda: None
    """Raises `Interrupted` once the run is to end; asked now and then while nothing comes."""
    stream: FramedStream | None = None

    def patience(self, limit: float, kind: str) -> float:
        """The seconds that one read or write may take. Raises `WireError` after the deadline."""
        left = self.deadline - self.monotonic()
        if left <= 0:
            raise self.late(kind)
        return min(limit, left)

    def late(self, kind: str) -> WireError:
        """The error of a wait that ended without an event: the deadline's, or the single wait's `kind`."""
        if self.monotonic() >= self.deadline:
            return WireError("deadline", f"not complete after {self.limits.total:g} s")
        return WireError(kind, f"no progress for {self.limits.read:g} s")
