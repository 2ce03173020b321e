"""A session of `requests` that cannot do what the suite would not: every request goes through the guarded client."""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from adapty_contract.client import GuardedClient
from adapty_contract.clock import Clock
from adapty_contract.guard import Policy
from adapty_contract.model import Exchange, Facts, Headers, Request, Response
from adapty_contract.plan import Plan
from adapty_contract.record import Restoration
from adapty_contract.redact import Redactor
from adapty_contract.safekeeping import Safekeeping
from adapty_contract.scenarios.session import Session, Setting
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE, ids_of
from adapty_contract.tally import Tally

_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding"})
"""Headers that say how a message travels: the guarded client writes its own."""


class UnsendableError(Exception):
    """A generated request that no HTTP client can send, such as one with a line break in a header."""


class Door(BaseAdapter):
    """Sends through the guarded client, about the test profile alone, and keeps the exchanges."""

    def __init__(self, client: GuardedClient, plan: Plan) -> None:
        super().__init__()
        self._client = client
        self._ids: Headers = ids_of(plan.profile)
        self.exchanges: list[Exchange] = []

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Send it. Generated profile ids are replaced: somebody else's profile may have one of them."""
        parts = urlsplit(cast("str", request.url))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        fields = [(name, value) for name, value in _fields(request) if name.lower() not in _HOP | {CUSTOMER, PROFILE}]
        own = Request(cast("str", request.method), target, (*fields, *self._ids), _body(request))
        exchange = self._client.send(own, facts=Facts(), label="a generated case")
        self.exchanges.append(exchange)
        if exchange.response is None:
            fault = exchange.fault
            if fault is not None and fault.kind == "unsendable":
                raise UnsendableError(fault.detail)
            raise AssertionError(f"no answer: {fault}")
        return _answer(request, exchange.response)

    def close(self) -> None:
        """The client is closed by who opened it."""


def _fields(request: requests.PreparedRequest) -> Iterator[tuple[str, str]]:
    for name, value in request.headers.items():
        yield str(name), value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body(request: requests.PreparedRequest) -> bytes:
    body = request.body or b""
    assert isinstance(body, str | bytes), "nothing here streams"
    return body.encode() if isinstance(body, str) else body


def _answer(request: requests.PreparedRequest, response: Response) -> requests.Response:
    """The response as `requests` would have it, redacted as it is."""
    made = requests.Response()
    raw = HTTPResponse(
        io.BytesIO(response.body),
        headers=HTTPHeaderDict(response.headers),
        status=response.status,
        reason=response.reason,
        version=11,
        preload_content=False,
        decode_content=False,
    )
    made.status_code, made.reason, made.raw = response.status, response.reason, raw
    made.headers.update(raw.headers)
    made.url, made.request = cast("str", request.url), request
    return made


@contextmanager
def guarded_session(plan: Plan) -> Iterator[tuple[requests.Session, Door]]:
    """A session for the plan's target, read only unless the plan may write; what it writes to a server is put back.

    Proxies and `.netrc` are ignored.
    """
    policy = Policy(allow_writes=plan.writes, server_errors_in_row=None)
    redactor = Redactor([plan.key])
    with (
        GuardedClient(plan.target, plan.key, redactor=redactor, policy=policy, clock=Clock()) as client,
        _kept_safe(plan, client),
    ):
        door = Door(client, plan)
        session = requests.Session()
        session.trust_env = False
        session.mount(f"{plan.target.scheme}://", door)
        yield session, door


@contextmanager
def _kept_safe(plan: Plan, client: GuardedClient) -> Iterator[None]:
    """As a run of `verify` does: lock and journal the test profile before the first write, put it back at the end."""
    if plan.target.embedded or not plan.writes:
        yield
        return
    setting = Setting(plan.contract, plan.key, plan.profile, base_path=plan.target.base_path, allow_writes=True)
    keeping = Safekeeping(plan.target, f"pytest-{secrets.token_hex(4)}", plan.key)
    with keeping.open(Session(setting, client, Tally(plan.contract.clauses), time.sleep)):
        try:
            yield
        finally:
            with client.restoring():
                outcomes = {restored.outcome for restored in keeping.restore(client, time.sleep)}
    assert Restoration.FAILED not in outcomes, "the test profile could not be put back: `adapty-contract restore` can"
