"""When a request is sent again, and after which pause."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from adapty_contract.errors import SafetyStop
from adapty_contract.model import Response, TransportFault

if TYPE_CHECKING:
    from adapty_contract.clock import Clock
    from adapty_contract.guard import Policy
    from adapty_contract.model import Request

GATEWAY_STATUSES = frozenset({502, 503, 504, *range(520, 528), 530})
"""The statuses with which a gateway speaks for a server that did not: the standard ones and Cloudflare's."""

_SOON = frozenset({"refused", "unknown-host"})  # won't be better in a second: tried once more only
_BROKEN = frozenset({"closed", "connect-timeout", "reset"})
_REPEATABLE = frozenset({"GET", "HEAD"})
_TOO_MANY = 429


def as_gateway(response: Response) -> TransportFault | None:
    """The fault, if `response` is the error page of a gateway and so says nothing of the API."""
    if response.status not in GATEWAY_STATUSES or "json" in (response.media_type or ""):
        return None
    page = " ".join(response.body[:200].decode("utf-8", "replace").split())
    return TransportFault("gateway", f"{response.status} {response.reason}: {page[:120]}".rstrip(": "))


def retry_after(response: Response, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date; `None` without a readable one.

    A date counts from the response's own Date header, so that it does not matter whose clock is wrong.
    """
    value = (response.header("retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    date = _date(value)
    if date is None:
        return None
    return max(0.0, (date - (_date(response.header("date") or "") or now)).total_seconds())


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):  # what the parser raises differs by version
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


class Repeats:
    """The repeats of one request: a 429 was not processed, so any method; the rest GET and HEAD, if wanted."""

    def __init__(self, request: Request, policy: Policy, clock: Clock, *, retry: bool) -> None:
        self._policy = policy
        self._clock = clock
        self._retry = retry and request.method in _REPEATABLE
        self._retried = 0
        self._limited = 0

    def pause(self, outcome: Response | TransportFault) -> float | None:
        """The seconds to wait before the next attempt; `None` if `outcome` is final.

        Raises `SafetyStop` if a 429 asks for a longer wait than the policy permits.
        """
        if isinstance(outcome, Response) and outcome.status == _TOO_MANY:
            return self._after_limit(outcome)
        if not self._retry or self._retried >= self._retries(outcome):
            return None
        pause = self._backoff(outcome)
        self._retried += 1
        return pause if pause <= self._policy.retry_after_ceiling else None

    def _after_limit(self, response: Response) -> float | None:
        if self._limited >= self._policy.repeats_when_limited:
            return None
        seconds = retry_after(response, self._clock.now())
        if seconds is None:
            seconds = self._policy.default_retry_after
        if seconds > self._policy.retry_after_ceiling:
            raise SafetyStop(
                f"the server asks to wait {seconds:.0f} s, longer than the {self._policy.retry_after_ceiling:g} s allowed",
                hint="Run again later, at a lower --rate, or with a higher --max-retry-after.",
            )
        self._limited += 1
        return seconds

    def _retries(self, outcome: Response | TransportFault) -> int:
        if isinstance(outcome, Response):
            return self._policy.retries if outcome.status in GATEWAY_STATUSES else 0
        if outcome.kind in _SOON:
            return min(1, self._policy.retries)
        return self._policy.retries if outcome.kind in _BROKEN or outcome.kind == "gateway" else 0

    def _backoff(self, outcome: Response | TransportFault) -> float:
        if isinstance(outcome, Response) and (asked := retry_after(outcome, self._clock.now())) is not None:
            return asked
        if isinstance(outcome, TransportFault) and outcome.kind in _BROKEN and self._retried == 0:
            return 0.0  # most likely a kept-alive connection that the server just closed
        steps = self._policy.backoff
        return steps[min(self._retried, len(steps) - 1)] if steps else 0.0
