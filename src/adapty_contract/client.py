"""The one way in which the suite sends requests: guarded before, redacted after."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from adapty_contract.clock import Clock
from adapty_contract.errors import SafetyStop
from adapty_contract.guard import Guard, Limits, Policy
from adapty_contract.model import Exchange, Facts, Response, TransportFault
from adapty_contract.repeats import Repeats, as_gateway
from adapty_contract.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from adapty_contract.model import Operation, Request
    from adapty_contract.redact import Redactor
    from adapty_contract.target import Target


@dataclass(frozen=True, slots=True)
class _Errand:
    """What the caller says of a request."""

    request: Request
    facts: Facts
    operation: Operation | None
    label: str


@dataclass(slots=True)
class _Course:
    """What came of it so far: the latest attempt's outcome, its wall-clock start and its duration in seconds."""

    outcome: Response | TransportFault
    started: str = ""
    elapsed: float = 0.0
    attempts: int = 0


class GuardedClient:
    """Sends requests to one target within one run's rules; a context manager; may be used by several threads."""

    def __init__(
        self,
        target: Target,
        key: str,
        *,
        redactor: Redactor,
        limits: Limits | None = None,
        policy: Policy | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        clock: Clock | None = None,
        ca_file: Path | None = None,
    ) -> None:
        """`redactor` knows `key`. `on_exchange` gets every exchange, in the order of their numbers, one at a time."""
        self.target = target
        self._key = key
        self._redactor = redactor
        self._clock = clock or Clock()
        self._policy = policy or Policy()
        self._guard = Guard(target, self._policy, self._clock, clean=redactor.text)
        self._transport = Transport(
            target, limits or Limits(), self._clock, ca_file=ca_file, check_interrupt=self._guard.check_interrupt
        )
        self.throttled = 0  # answers with status 429, those that were asked again included
        self.throttling_waited = 0.0
        """Seconds spent waiting because of answers 429."""
        self._on_exchange = on_exchange
        self._lock = threading.Lock()
        self._number = 0

    def __repr__(self) -> str:
        return f"GuardedClient({self.target.url!r}, {self._guard.spent} requests)"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    @property
    def authorization(self) -> str:
        """The Authorization header's value for the run's key."""
        return f"Api-Key {self._key}"

    @property
    def requests_sent(self) -> int:
        """How many requests left, every attempt counted."""
        return self._guard.spent

    def restoring(self) -> AbstractContextManager[None]:
        """While a profile is put back, neither budget nor breaker nor interrupt stands in the way."""
        return self._guard.restoring()

    def send(
        self,
        request: Request,
        *,
        facts: Facts = Facts(),  # noqa: B008  (frozen)
        operation: Operation | None = None,
        label: str = "",
        retry: bool = False,
    ) -> Exchange:
        """Send `request` and tell what came of it, whatever the server does. `retry` permits a GET to be repeated.

        Raises `SafetyStop` for a request off the allow-list (before anything is sent), a used-up budget, too much
        trouble in a row and too long a wait, `Interrupted` if a wait is; what was sent till then is delivered before.
        """
        self._guard.check(request)
        errand = _Errand(request, facts, operation, label)
        repeats = Repeats(request, self._policy, self._clock, retry=retry)
        course = _Course(TransportFault("unsendable", "never sent"))
        try:
            pause = self._attempt(request, course, repeats)
            while pause is not None:
                self._guard.wait(pause)
                if isinstance(course.outcome, Response) and course.outcome.status == 429:
                    self.throttling_waited += pause
                pause = self._attempt(request, course, repeats)
        except SafetyStop:
            if course.attempts:
                self._deliver(errand, course)
            raise
        exchange = self._deliver(errand, course)
        self._guard.note(exchange)
        return exchange

    def _attempt(self, request: Request, course: _Course, repeats: Repeats) -> float | None:
        """Send once; returns the pause before the next attempt, or `None`."""
        self._guard.spend()
        course.started = self._clock.now().isoformat(timespec="milliseconds")
        begin = self._clock.monotonic()
        outcome = self._transport.send(request)
        course.elapsed = self._clock.monotonic() - begin
        course.attempts += 1
        course.outcome = (as_gateway(outcome) if isinstance(outcome, Response) else None) or outcome
        self.throttled += isinstance(outcome, Response) and outcome.status == 429
        return repeats.pause(course.outcome)

    def _deliver(self, errand: _Errand, course: _Course) -> Exchange:
        request, outcome = self._redactor.request(errand.request), self._clean(course.outcome)
        with self._lock:
            self._number += 1
            exchange = Exchange(
                number=self._number,
                request=request,
                response=outcome if isinstance(outcome, Response) else None,
                fault=outcome if isinstance(outcome, TransportFault) else None,
                facts=errand.facts,
                operation=errand.operation,
                label=self._redactor.text(errand.label),
                started=course.started,
                elapsed=course.elapsed,
                attempts=course.attempts,
            )
            if self._on_exchange is not None:
                self._on_exchange(exchange)
        return exchange

    def _clean(self, outcome: Response | TransportFault) -> Response | TransportFault:
        if isinstance(outcome, TransportFault):
            return TransportFault(outcome.kind, self._redactor.text(outcome.detail))
        return self._redactor.response(outcome)
