"""Exchanges to judge, made from what matters of them, and what the checks say of one."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

from adapty_contract.checks import judge
from adapty_contract.contract import load_contract
from adapty_contract.model import (
    Exchange,
    Facts,
    Headers,
    KeyFact,
    Operation,
    ProfileFact,
    Request,
    Response,
    Result,
    TransportFault,
    Verdict,
)

CONTRACT = load_contract()
NAMES = CONTRACT.identifiers
CUSTOMER = "adapty-customer-user-id"
PROFILE = "adapty-profile-id"
KNOWN = Facts(KeyFact.VALID, ProfileFact.KNOWN)
ALL_UNSET = dict.fromkeys(NAMES)
REFUSAL = {
    "errors": [{"source": None, "errors": ["Profile not found"]}],
    "error_code": "profile_does_not_exist",
    "status_code": 404,
}
_JSON = (("content-type", "application/json"),)


def answer(
    status: int = 200, body: Any = b"", *, headers: Headers = _JSON, remarks: frozenset[str] = frozenset()
) -> Response:
    """A response; a body that is no bytes is written as JSON."""
    return Response(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode(), remarks=remarks)


def refusal(status: int, code: str, **members: Any) -> Response:
    """A well-formed refusal, or what `members` make of it."""
    return answer(status, REFUSAL | {"error_code": code, "status_code": status} | members)


def read(response: Response | None, facts: Facts = KNOWN, *, headers: Headers = (), **more: Any) -> Exchange:
    """A read of customer-1 that was answered so; `ids`, `method` and `operation` can be others."""
    return _exchange(Request("GET", CONTRACT.path, headers), Operation.GET, response, facts, more)


def write(
    response: Response | None, body: Any = None, facts: Facts = KNOWN, *, headers: Headers = (), **more: Any
) -> Exchange:
    """A write to customer-1 that was answered so; by default of one plain value. For `more` see `read`."""
    document = {NAMES[0]: "plain"} if body is None else body
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return _exchange(Request("POST", CONTRACT.path, (*_JSON, *headers), raw), Operation.SET, response, facts, more)


def _exchange(
    request: Request, operation: Operation, response: Response | None, facts: Facts, more: dict[str, Any]
) -> Exchange:
    ids: Headers = more.pop("ids", ((CUSTOMER, "customer-1"),))
    request = replace(request, method=more.pop("method", request.method), headers=(*ids, *request.headers))
    fault = TransportFault("read-timeout", "nothing came") if response is None else None
    return Exchange(7, request, response, fault, facts, more.pop("operation", operation), label="a case", **more)


def judged(exchange: Exchange) -> tuple[Result, ...]:
    """Every result of every check."""
    return tuple(judge(exchange, CONTRACT))


def verdict_of(clause: str, exchange: Exchange) -> Verdict | None:
    """What the checks say of one clause; `None` if nothing. Fails if they say it twice."""
    found = [result.verdict for result in judged(exchange) if result.clause == clause]
    assert len(found) < 2, found
    return found[0] if found else None


def violations(exchange: Exchange) -> set[str]:
    """The clauses that an exchange violates."""
    return {result.clause for result in judged(exchange) if result.verdict is Verdict.VIOLATED}


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails if the body of the `with` takes longer: for what would otherwise go on for hours."""

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"it took more than {seconds} s")

    former = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
