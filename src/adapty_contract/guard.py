"""What a run may send, how much and how fast, and when it must stop. The rules; not the sending."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapty_contract.errors import SafetyStop
from adapty_contract.model import KeyFact, ProfileFact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapty_contract.clock import Clock
    from adapty_contract.model import Exchange, Request
    from adapty_contract.target import Target

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing and need no permission."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take: seconds, and bytes or counts. `total` rules over the others."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    body: int = 1 << 20
    head: int = 64 << 10
    header_count: int = 500
    interim: int = 20
    idle: float = 4.0
    """How long a connection is kept for another request; below the five seconds after which common servers close it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run may do to its target. `None` lifts a limit; waits are in seconds."""

    allow_writes: bool = False
    max_requests: int | None = None
    rate: float | None = None
    """Requests a second."""
    failures_in_row: int | None = 5
    """So many exchanges in a row without an answer (transport, gateway) end the run."""
    server_errors_in_row: int | None = 5
    limited_in_row: int | None = 5
    """The same of answers 429 that stayed 429 after all waiting."""
    refusals_in_row: int | None = 2
    """The same of answers 401 to a key that is known to be valid: it was revoked."""
    retries: int = 2
    backoff: tuple[float, ...] = (0.2, 1.0)
    repeats_when_limited: int = 3
    default_retry_after: float = 1.0
    retry_after_ceiling: float = 30.0


class Guard:
    """The rules of one run, applied: allow-list, budget, pace and circuit breaker. May be used by several threads."""

    def __init__(self, target: Target, policy: Policy, clock: Clock, *, clean: Callable[[str], str] = str) -> None:
        """`clean` takes secrets out of what a refusal shows."""
        self._target = target
        self._policy = policy
        self._clock = clock
        self._clean = clean
        self._lock = threading.Lock()
        self._spent = 0
        self._next_slot = 0.0
        self._row: dict[str, int] = {}
        self._restoring = False

    @property
    def spent(self) -> int:
        """How many requests were sent, every attempt counted."""
        return self._spent

    def check(self, request: Request) -> None:
        """Raises `SafetyStop` unless the method and path of `request` are on the allow-list."""
        allowed = self._target.path
        if request.path not in (allowed, allowed.removesuffix("/")):
            raise SafetyStop(
                f"refused to send {self._shown(request)}: only {allowed!r} may be requested",
                hint="A generator or plugin left the API's path; this is a bug there.",
            )
        if request.method not in READING_METHODS and not self._policy.allow_writes:
            raise SafetyStop(
                f"refused to send {self._shown(request)}: writes are not allowed",
                hint="Name a test profile and give --allow-writes.",
            )

    def _shown(self, request: Request) -> str:
        return f"{self._clean(request.method)!r:.30} {self._clean(request.path)!r:.200}"

    def spend(self) -> None:
        """Take one request from the budget and wait for its turn. Raises `SafetyStop` if the budget is used up."""
        with self._lock:
            limit = self._policy.max_requests
            if limit is not None and self._spent >= limit and not self._restoring:
                raise SafetyStop(f"the budget of {limit} requests is used up", hint="Raise --max-requests.")
            self._spent += 1
            pause = self._pause()
        if pause > 0:
            self.wait(pause)

    def _pause(self) -> float:
        if self._policy.rate is None:
            return 0.0
        now = self._clock.monotonic()
        slot = max(now, self._next_slot)
        self._next_slot = slot + 1 / self._policy.rate
        return slot - now

    def wait(self, seconds: float) -> None:
        """Wait; raises `Interrupted` if the run is asked to stop, except while it restores."""
        self._clock.wait(seconds, interruptible=not self._restoring)

    def check_interrupt(self) -> None:
        """Raises `Interrupted` if the run is asked to stop, except while it restores."""
        self.wait(0.0)

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """While a profile is put back, neither budget nor breaker nor interrupt stands in the way."""
        self._restoring = True
        try:
            yield
        finally:
            self._restoring = False

    def note(self, exchange: Exchange) -> None:
        """Count what came of a request. Raises `SafetyStop` where the same trouble came too often in a row."""
        trouble = _trouble(exchange)
        with self._lock:
            count = self._row.get(trouble, 0) + 1
            if trouble:
                self._row[trouble] = count
            elif exchange.fault is None and exchange.status != 401:  # a 401 says nothing of the other troubles
                self._row.clear()
        limit = self._limits().get(trouble)
        if limit is not None and count >= limit and not self._restoring:
            raise SafetyStop(f"stopped after {count} times in a row: {trouble}", hint=_last(exchange))

    def _limits(self) -> dict[str, int | None]:
        policy = self._policy
        return {
            _NO_ANSWER: policy.failures_in_row,
            _SERVER_ERROR: policy.server_errors_in_row,
            _LIMITED: policy.limited_in_row,
            _REFUSED_KEY: policy.refusals_in_row,
        }


_NO_ANSWER = "no answer of the API"
_SERVER_ERROR = "a server error"
_LIMITED = "429 Too Many Requests"
_REFUSED_KEY = "401 to a key that was valid"


def _trouble(exchange: Exchange) -> str:
    if exchange.fault is not None:
        return "" if exchange.fault.kind == "unsendable" else _NO_ANSWER
    status = exchange.status or 0
    if status == 401:
        sure = exchange.facts.key is KeyFact.VALID and exchange.facts.profile is ProfileFact.KNOWN
        return _REFUSED_KEY if sure else ""  # without a profile header, 401 is one of the permitted answers
    if status == 429:
        return _LIMITED
    return _SERVER_ERROR if 500 <= status <= 599 else ""


def _last(exchange: Exchange) -> str:
    if exchange.fault is not None:
        return f"The last: {exchange.fault.kind}, {exchange.fault.detail}."
    return f"The last: exchange {exchange.number}, status {exchange.status}."
