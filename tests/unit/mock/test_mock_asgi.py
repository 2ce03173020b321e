"""The shell around the mock: what is read, what is answered, what is remembered."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.app import MockApi
from adapty_contract.mock.asgi import MockApplication
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
PROFILE_1 = "11111111-1111-4111-8111-111111111111"
GOOD = (("authorization", f"Api-Key {MOCK_KEY}"), ("adapty-customer-user-id", "customer-1"))
HOST = (("host", "127.0.0.1:4010"),)

Message = dict[str, Any]


@pytest.fixture
def application() -> MockApplication:
    return MockApplication(CONTRACT, MockSettings(dialects=("chunked",)))


def body_of(*parts: bytes, whole: bool = True) -> list[Message]:
    last = len(parts) - 1
    return [
        {"type": "http.request", "body": part, "more_body": number < last or not whole}
        for number, part in enumerate(parts)
    ]


async def sent(
    application: MockApplication, request: Request, messages: Iterable[Message] = (), client: str = "127.0.0.1"
) -> list[Message]:
    """The messages that one request brings forth; `messages` are what can be received, then silence for ever."""
    left, out = list(messages), []

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    async def send(message: Any) -> None:
        out.append(message)

    path, _, query = request.target.partition("?")
    scope = {
        "type": "http",
        "method": request.method,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": (client, 12345),
    }
    await application(scope, receive, send)
    return out


def answer(out: list[Message]) -> Response:
    start, *bodies = out
    assert [message["more_body"] for message in bodies[:-1]] == [True] * (len(bodies) - 1)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
    return Response(start["status"], headers, b"".join(message["body"] for message in bodies))


def test_an_exchange_is_answered_and_in_the_journal(application: MockApplication) -> None:
    body = json.dumps({NAME: "x"}).encode()
    request = Request("POST", CONTRACT.path + "?a=%20", (*GOOD, ("content-length", str(len(body)))))
    response = answer(asyncio.run(sent(application, request, body_of(body[:5], b"", body[5:]))))
    assert (response.status, response.body) == (200, b"")
    (exchange,) = application.journal.exchanges()
    assert (exchange.request.target, exchange.request.body, exchange.status) == (request.target, body, 200)
    assert exchange.request.header("authorization") == "Api-Key [redacted]"
    assert exchange.started.endswith("+00:00")
    assert exchange.elapsed >= 0


def test_a_body_is_read_only_to_its_limit(application: MockApplication) -> None:
    request = Request("POST", CONTRACT.path, (*GOOD, ("transfer-encoding", "chunked")))
    parts = body_of(*[b"x" * 10_000] * 7, *[b"y" * 500_000] * 4, whole=False)
    response = answer(asyncio.run(sent(application, request, parts)))
    assert (response.status, response.header("connection")) == (413, "close")
    (exchange,) = application.journal.exchanges()
    assert len(exchange.request.body) == 70_000


def test_a_deep_body_is_a_parse_error_even_if_it_is_long(application: MockApplication) -> None:
    request = Request("POST", CONTRACT.path, (*GOOD, ("content-length", "200000")))
    response = answer(asyncio.run(sent(application, request, body_of(b"[" * 100_000, b"]" * 100_000))))
    assert (response.status, response.header("connection")) == (400, "close")


def test_a_client_that_leaves_gets_and_changes_nothing(application: MockApplication) -> None:
    request = Request("POST", CONTRACT.path, (*GOOD, ("content-length", "100")))
    parts = [*body_of(b'{"', whole=False), {"type": "http.disconnect"}]
    assert asyncio.run(sent(application, request, parts)) == []
    assert application.journal.exchanges() == ()


def test_a_server_that_stops_tells_who_still_sends(application: MockApplication) -> None:
    async def stopped() -> list[Message]:
        request = Request("POST", CONTRACT.path, (*GOOD, ("content-length", "100")))
        task = asyncio.create_task(sent(application, request, body_of(b'{"', whole=False)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        return await task

    response = answer(asyncio.run(stopped()))
    assert (response.status, response.header("connection")) == (503, "close")


def test_a_failure_of_the_mock_is_logged_without_the_key(
    application: MockApplication, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> Response:
        raise RuntimeError(f"no disk for {MOCK_KEY}")

    monkeypatch.setattr(MockApi, "handle", fail)
    with caplog.at_level(logging.ERROR, "adapty_contract.mock"):
        response = answer(asyncio.run(sent(application, Request("GET", CONTRACT.path, GOOD))))
    assert response.status == 500
    assert b"disk" not in response.body
    assert "no disk for [redacted]" in caplog.text
    assert MOCK_KEY not in caplog.text


def test_lifespan_lets_go_of_the_store(application: MockApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setattr(application.api.store, "close", lambda: closed.append(True))
    messages, out = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Any) -> None:
        out.append(message["type"])

    asyncio.run(application({"type": "lifespan"}, receive, send))
    assert out == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert closed == [True]
