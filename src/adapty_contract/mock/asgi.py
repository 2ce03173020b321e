"""The mock as an ASGI application: a thin shell around MockApi, with limits on what is read, and a journal."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.mock import problems
from adapty_contract.mock.app import create_api
from adapty_contract.mock.bodies import MAX_BODY
from adapty_contract.mock.facts import facts_of
from adapty_contract.mock.journal import Journal
from adapty_contract.mock.rendering import Transmission, json_bytes
from adapty_contract.mock.seeds import stored
from adapty_contract.mock.site import Site
from adapty_contract.model import Facts, Request, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from adapty_contract.contract import Contract
    from adapty_contract.mock.settings import MockSettings
    from adapty_contract.mock.site import SiteSource
    from adapty_contract.model import Exchange

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

OWN_PREFIX: Final = "/__mock__/"
"""Below it lies what the mock serves about itself."""

_DRAIN_BYTES: Final = 1024 * 1024
_DRAIN_S: Final = 1.0

_log = logging.getLogger("adapty_contract.mock")


class MockApplication:
    """An ASGI 3 application: the API on its path, and the mock's own endpoints, which are in no journal."""

    def __init__(
        self,
        contract: Contract,
        settings: MockSettings,
        on_exchange: Callable[[Exchange], None] | None = None,
        site: SiteSource | None = None,
    ) -> None:
        """`on_exchange` is called with each exchange, redacted; `site` is what is served at `/`.

        Raises UsageError for settings that make no sense.
        """
        self.contract = contract
        self.settings = settings
        self.api = create_api(contract, settings)
        self.journal = Journal(contract, settings.key, settings.journal_size, on_exchange)
        self.site = None if site is None else Site(site, (f"/{contract.path.split('/')[1]}/", OWN_PREFIX))

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serves one request, or the lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/" or scope["path"].startswith(OWN_PREFIX) or await self._is_of_the_site(scope):
            await self._own_endpoints(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    def reset(self) -> None:
        """Puts every profile back as it was at the start and forgets all others."""
        self.api.store.reset([stored(seed, self.contract) for seed in self.settings.profiles])

    def close(self) -> None:
        """Lets go of the store."""
        self.api.store.close()

    @cached_property
    def _own_endpoints(self) -> Callable[[Any, Any, Any], Awaitable[None]]:
        from adapty_contract.mock.own_endpoints import own_endpoints

        return own_endpoints(self)

    async def _is_of_the_site(self, scope: MutableMapping[str, Any]) -> bool:
        return self.site is not None and await self.site.name_of(scope) is not None

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _serve(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        started, clock = datetime.now(UTC), time.perf_counter()
        try:
            body = await read_limited(scope, receive)
        except ClientLeftError:
            return
        except asyncio.CancelledError:  # the server stops and waits no longer for the rest of the body
            await _send(_plainly(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "The mock stops."), send)
            return
        request = _request(scope, body)
        # Before it is answered: what it does may change what is known.
        facts = facts_of(request, self.settings.key, self.api.store) if self.journal.is_read else Facts()
        sent = self._answer(request)
        elapsed = time.perf_counter() - clock
        # Before it is sent: who has the answer finds it in the journal.
        self.journal.record(request, sent.response, started.isoformat(timespec="milliseconds"), elapsed, facts)
        if len(body) > MAX_BODY:
            await _send_and_close(sent, receive, send)
        else:
            await _send(sent, send)

    def _answer(self, request: Request) -> Transmission:
        try:
            return self.api.transmission(request, self.api.handle(request))
        except Exception:  # noqa: BLE001  (a defect of the mock itself: told in the log, and as a 500)
            _log.error("the mock failed:\n%s", self.journal.redacted(traceback.format_exc()))
            return _plainly(HTTPStatus.INTERNAL_SERVER_ERROR, "error", "The mock failed; its log says why.")


class ClientLeftError(Exception):
    """The client went away before it had sent its request."""


async def read_limited(scope: MutableMapping[str, Any], receive: Receive) -> bytes:
    """The body of a request; of one longer than `MAX_BODY` at least one byte more than that, but not all.

    Raises ClientLeftError if the client goes away.
    """
    if not any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"]):
        return b""
    parts, length, more = [], 0, True
    while more and length <= MAX_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        more = message.get("more_body", False)
    return b"".join(parts)


def _request(scope: MutableMapping[str, Any], body: bytes) -> Request:
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    target = (path + b"?" + query if query else path).decode("latin-1")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    return Request(scope["method"], target, headers, body)


async def _send(sent: Transmission, send: Send, *, last: bool = True) -> None:
    if sent.delay_s:
        await asyncio.sleep(sent.delay_s)
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.response.headers]
    await send({"type": "http.response.start", "status": sent.response.status, "headers": headers})
    for number, chunk in enumerate(sent.chunks, 1):
        more = number < len(sent.chunks) or not last
        await send({"type": "http.response.body", "body": chunk, "more_body": more})


async def _send_and_close(sent: Transmission, receive: Receive, send: Send) -> None:
    """Answers a request whose body was not read to its end, reads some more so that the client sees the answer, closes."""
    response = replace(sent.response, headers=(*sent.response.headers, ("connection", "close")))
    await _send(replace(sent, response=response), send, last=False)
    length, more = 0, True
    try:
        async with asyncio.timeout(_DRAIN_S):
            while more and length <= _DRAIN_BYTES:
                message = await receive()
                more = message.get("more_body", False)
                length += len(message.get("body", b""))
    except TimeoutError:
        _log.debug("a client neither sent the rest of its body nor went away")
    await send({"type": "http.response.body", "body": b""})


def _plainly(status: HTTPStatus, code: str, text: str) -> Transmission:
    """An answer that depends on no behaviour: the error envelope, and the connection closed."""
    problem = problems.Problem(status, code, ((None, text),))
    body = json_bytes(problems.envelope(problem, "objects"))
    headers = (("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close"))
    return Transmission(Response(status, headers, body), (body,))
