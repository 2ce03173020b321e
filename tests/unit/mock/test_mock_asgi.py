"""The shell around the mock: what is read, what is answered, what the mock tells about itself and to whom."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.app import MockApi
from adapty_contract.mock.asgi import OWN_PREFIX, MockApplication
from adapty_contract.mock.dialects import dialects
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


def ask(
    application: MockApplication,
    method: str,
    target: str,
    body: bytes = b"",
    *,
    headers: tuple[tuple[str, str], ...] = HOST,
    client: str = "127.0.0.1",
) -> tuple[int, Any]:
    """Status and document of an own endpoint's answer."""
    length = (("content-length", str(len(body))),) if body else ()
    request = Request(method, target, (*headers, *length))
    response = answer(asyncio.run(sent(application, request, body_of(body), client)))
    return response.status, json.loads(response.body) if response.body else None


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


def test_journal_can_be_asked_and_cleared(application: MockApplication) -> None:
    for method in ("GET", "PUT", "GET"):
        asyncio.run(sent(application, Request(method, CONTRACT.path, GOOD), body_of(b"")))
    status, document = ask(application, "GET", f"{OWN_PREFIX}journal?since=1&method=GET")
    assert status == 200
    (exchange,) = document["exchanges"]
    assert (exchange["number"], exchange["request"]["method"], exchange["response"]["status"]) == (3, "GET", 200)
    assert MOCK_KEY not in json.dumps(document)
    assert ask(application, "DELETE", f"{OWN_PREFIX}journal") == (204, None)
    assert ask(application, "GET", f"{OWN_PREFIX}journal") == (200, {"exchanges": []})
    assert ask(application, "GET", f"{OWN_PREFIX}journal?since=x")[0] == 400


def test_profiles_can_be_listed_put_and_reset(application: MockApplication) -> None:
    new = "AAAAAAAA-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    body = json.dumps({"customer_user_id": "jane", "identifiers": {NAME: "x", CONTRACT.identifiers[1]: None}}).encode()
    told = {"profile_id": new.lower(), "customer_user_id": "jane", "identifiers": {NAME: "x"}}
    assert ask(application, "PUT", f"{OWN_PREFIX}profiles/{new}", body) == (200, told)
    assert ask(application, "GET", f"{OWN_PREFIX}profiles")[1]["profiles"][-1] == told
    assert ask(application, "PUT", f"{OWN_PREFIX}profiles/{PROFILE_1}", b'{"customer_user_id": "jane"}')[0] == 409
    assert ask(application, "POST", f"{OWN_PREFIX}reset") == (204, None)
    assert len(ask(application, "GET", f"{OWN_PREFIX}profiles")[1]["profiles"]) == 3


@pytest.mark.parametrize(
    ("profile_id", "body"),
    [
        ("x", b"{}"),
        (PROFILE_1, b""),
        (PROFILE_1, b"{"),
        (PROFILE_1, b"[]"),
        (PROFILE_1, b'{"other": 1}'),
        (PROFILE_1, b'{"customer_user_id": 5}'),
        (PROFILE_1, b'{"customer_user_id": " x"}'),
        (PROFILE_1, b'{"identifiers": []}'),
        (PROFILE_1, b'{"identifiers": {"other": "x"}}'),
        (PROFILE_1, f'{{"identifiers": {{"{NAME}": 5}}}}'.encode()),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused(application: MockApplication, profile_id: str, body: bytes) -> None:
    before = application.api.store.every()
    status, document = ask(application, "PUT", f"{OWN_PREFIX}profiles/{profile_id}", body)
    assert status == 400
    assert document["error"]
    assert application.api.store.every() == before


def test_own_bodies_are_limited_too(application: MockApplication) -> None:
    assert ask(application, "PUT", f"{OWN_PREFIX}profiles/{PROFILE_1}", b"x" * 70_000)[0] == 413


def test_health_and_dialects_tell_how_it_behaves(application: MockApplication) -> None:
    status, health = ask(application, "GET", f"{OWN_PREFIX}health")
    assert (status, health["status"], health["dialects"], health["profiles"]) == (200, "ok", ["chunked"], 3)
    told = ask(application, "GET", f"{OWN_PREFIX}dialects")[1]["dialects"]
    assert [each["id"] for each in told] == list(dialects())
    assert [each["id"] for each in told if each["spoken"]] == ["chunked"]


def test_the_page_lists_every_endpoint(application: MockApplication) -> None:
    response = answer(asyncio.run(sent(application, Request("GET", "/", HOST), body_of(b""))))
    assert response.media_type == "text/plain"
    page = response.body.decode()
    for path in (CONTRACT.path, "journal", "profiles", "reset", "health", "dialects"):
        assert path in page
    assert MOCK_KEY not in page


def test_unknown_own_endpoints_and_methods_are_refused(application: MockApplication) -> None:
    assert ask(application, "GET", f"{OWN_PREFIX}nothing")[0] == 404
    assert ask(application, "POST", f"{OWN_PREFIX}journal")[0] == 405
    assert ask(application, "POST", "/")[0] == 405


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:80", "127.0.0.1", "127.1.2.3:4010", "[::1]:4010", "LOCALHOST"]
)
def test_own_endpoints_answer_loopback_names(application: MockApplication, host: str) -> None:
    assert ask(application, "GET", f"{OWN_PREFIX}health", headers=(("host", host),))[0] == 200


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ((), "127.0.0.1"),
        ((("host", ""),), "127.0.0.1"),
        ((("host", "mock.example"),), "127.0.0.1"),
        ((("host", "127.0.0.1.example"),), "127.0.0.1"),
        ((("host", "localhost@mock.example"),), "127.0.0.1"),
        ((("host", "192.0.2.1:4010"),), "127.0.0.1"),
        ((("host", "[::1"),), "127.0.0.1"),
        ((("host", "localhost"), ("host", "mock.example")), "127.0.0.1"),
        ((("host", "localhost"), ("origin", "https://mock.example")), "127.0.0.1"),
        ((("host", "localhost"), ("origin", "null")), "127.0.0.1"),
        ((("host", "localhost"),), "192.0.2.1"),
    ],
)
def test_own_endpoints_answer_nobody_else(
    application: MockApplication, headers: tuple[tuple[str, str], ...], client: str
) -> None:
    for method, path in (("GET", "/"), ("GET", f"{OWN_PREFIX}journal"), ("POST", f"{OWN_PREFIX}reset")):
        status, document = ask(application, method, path, headers=headers, client=client)
        assert status == 403
        assert document["error"]
