"""What the mock tells about itself, and to whom."""

from __future__ import annotations

import http.client
import json
import urllib.request
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.asgi import OWN_PREFIX
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.mock.strangers import stranger

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
PROFILE_1 = "11111111-1111-4111-8111-111111111111"
GOOD = {"Authorization": f"Api-Key {MOCK_KEY}", "adapty-customer-user-id": "customer-1"}


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(CONTRACT, MockSettings(dialects=("chunked",))) as server:
        yield server


@pytest.fixture
def server(running: MockServer) -> MockServer:
    running.application.reset()
    return running


def ask(
    server: MockServer, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and document of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        answer = response.read()
    return response.status, json.loads(answer) if answer else None


def test_journal_can_be_asked_and_cleared(server: MockServer) -> None:
    for method in ("GET", "PUT", "GET"):
        ask(server, method, CONTRACT.path, headers=GOOD)
    status, document = ask(server, "GET", f"{OWN_PREFIX}journal?since=1&method=GET")
    assert status == 200
    (exchange,) = document["exchanges"]
    assert (exchange["number"], exchange["request"]["method"], exchange["response"]["status"]) == (3, "GET", 200)
    assert MOCK_KEY not in json.dumps(document)
    assert ask(server, "DELETE", f"{OWN_PREFIX}journal") == (204, None)
    assert ask(server, "GET", f"{OWN_PREFIX}journal") == (200, {"exchanges": []})
    assert ask(server, "GET", f"{OWN_PREFIX}journal?since=x")[0] == 400


def test_profiles_can_be_listed_put_and_reset(server: MockServer) -> None:
    new = "AAAAAAAA-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
    body = json.dumps({"customer_user_id": "jane", "identifiers": {NAME: "x", CONTRACT.identifiers[1]: None}}).encode()
    told = {"profile_id": new.lower(), "customer_user_id": "jane", "identifiers": {NAME: "x"}}
    assert ask(server, "PUT", f"{OWN_PREFIX}profiles/{new}", body) == (200, told)
    assert ask(server, "GET", f"{OWN_PREFIX}profiles")[1]["profiles"][-1] == told
    assert ask(server, "PUT", f"{OWN_PREFIX}profiles/{PROFILE_1}", b'{"customer_user_id": "jane"}')[0] == 409
    assert ask(server, "POST", f"{OWN_PREFIX}reset") == (204, None)
    assert len(ask(server, "GET", f"{OWN_PREFIX}profiles")[1]["profiles"]) == 3


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
def test_a_profile_that_makes_no_sense_is_refused(server: MockServer, profile_id: str, body: bytes) -> None:
    before = server.application.api.store.every()
    status, document = ask(server, "PUT", f"{OWN_PREFIX}profiles/{profile_id}", body)
    assert status == 400
    assert document["error"]
    assert server.application.api.store.every() == before


def test_own_bodies_are_limited_too(server: MockServer) -> None:
    assert ask(server, "PUT", f"{OWN_PREFIX}profiles/{PROFILE_1}", b"x" * 70_000)[0] == 413


def test_health_and_dialects_tell_how_it_behaves(server: MockServer) -> None:
    status, health = ask(server, "GET", f"{OWN_PREFIX}health")
    assert (status, health["status"], health["dialects"], health["profiles"]) == (200, "ok", ["chunked"], 3)
    told = ask(server, "GET", f"{OWN_PREFIX}dialects")[1]["dialects"]
    assert [each["id"] for each in told] == list(dialects())
    assert [each["id"] for each in told if each["spoken"]] == ["chunked"]


def test_the_page_lists_every_endpoint(server: MockServer) -> None:
    with urllib.request.urlopen(f"{server.url}/") as response:  # noqa: S310  (the mock's own)
        assert response.headers.get_content_type() == "text/plain"
        page = response.read().decode()
    for path in (CONTRACT.path, "journal", "profiles", "reset", "health", "dialects"):
        assert path in page
    assert MOCK_KEY not in page


def test_unknown_own_endpoints_and_methods_are_refused(server: MockServer) -> None:
    assert ask(server, "GET", f"{OWN_PREFIX}nothing")[0] == 404
    assert ask(server, "POST", f"{OWN_PREFIX}journal")[0] == 405
    assert ask(server, "POST", "/")[0] == 405


def asked_by(client: str, *headers: tuple[str, str]) -> str | None:
    """Why a request is refused; `None` if it is not."""
    return stranger(headers, client)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:80", "127.0.0.1", "127.1.2.3:4010", "[::1]:4010", "LOCALHOST"]
)
def test_programs_on_this_machine_may_ask(host: str) -> None:
    assert asked_by("127.0.0.1", ("host", host)) is None
    assert asked_by("::1", ("host", host), ("origin", f"http://{host}")) is None


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("host", ""),),
        (("host", "mock.example"),),
        (("host", "127.0.0.1.example"),),
        (("host", "localhost@mock.example"),),
        (("host", "192.0.2.1:4010"),),
        (("host", "[::1"),),
        (("host", "localhost"), ("host", "mock.example")),
        (("host", "localhost"), ("origin", "https://mock.example")),
        (("host", "localhost"), ("origin", "null")),
        (("host", "localhost:4010"), ("origin", "http://localhost:9999")),
        (("host", "localhost:4010"), ("origin", "http://localhost")),
        (("host", "localhost:4010"), ("origin", "http://127.0.0.1:4010")),
        (("host", "localhost:4010"), ("origin", "https://localhost:4010")),
        (("host", "localhost:4010"), ("origin", "http://localhost:x")),
    ],
)
def test_other_names_and_origins_may_not(headers: tuple[tuple[str, str], ...]) -> None:
    assert asked_by("127.0.0.1", *headers)


def test_the_port_that_browsers_leave_out_is_the_same_origin() -> None:
    assert asked_by("127.0.0.1", ("host", "localhost:80"), ("origin", "http://localhost")) is None


def test_a_page_of_another_server_on_this_machine_changes_nothing(server: MockServer) -> None:
    ask(server, "PUT", f"{OWN_PREFIX}profiles/{PROFILE_1}", b"{}")
    before = server.application.api.store.every()
    assert ask(server, "POST", f"{OWN_PREFIX}reset", headers={"Origin": "http://localhost:9999"})[0] == 403
    assert server.application.api.store.every() == before


@pytest.mark.parametrize(("path", "status"), [("journal", 200), ("", 200), ("nothing", 404), ("reset", 405)])
def test_what_it_tells_is_kept_by_nobody(server: MockServer, path: str, status: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", f"{OWN_PREFIX}{path}")
        answer = connection.getresponse()
        answer.read()
    assert answer.status == status
    assert answer.headers.get_all("Cache-Control") == ["no-store"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_other_machines_may_not() -> None:
    assert asked_by("192.0.2.1", ("host", "localhost"))


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", f"{OWN_PREFIX}journal"), ("POST", f"{OWN_PREFIX}reset")]
)
def test_strangers_are_refused_everywhere(server: MockServer, method: str, path: str) -> None:
    status, document = ask(server, method, path, headers={"Host": "mock.example"})
    assert status == 403
    assert document["error"]
