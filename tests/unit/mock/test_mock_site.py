"""The site that a mock may have: its files and nothing else, made when they are first wanted."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.asgi import OWN_PREFIX
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.mock.site import SiteSource
from adapty_contract.model import Exchange

CONTRACT = load_contract()
GOOD = {"Authorization": f"Api-Key {MOCK_KEY}", "adapty-customer-user-id": "customer-1"}
FILES = {
    "index.html": b"<p>front",
    "ledger/index.html": b"<p>ledger",
    "ledger/a.html": b"<p>a",
    "spec.yaml": b"a: 1\n",
    "spec.json": b"{}\n",
    "text.md": b"# a\n",
    "ledger/odd.bin": b"\0",
    "api/v2/x.html": b"never",
}


@dataclass
class Given:
    """What a mock was given: how often its files were made, and what it had judged."""

    made: int = 0
    judged: list[Exchange] = field(default_factory=list)

    def files(self) -> Mapping[str, bytes]:
        self.made += 1
        return FILES

    def judge(self, exchange: Exchange) -> Any:
        self.judged.append(exchange)
        return {"clauses": [exchange.number]}


@contextmanager
def mock_with(given: Given) -> Iterator[MockServer]:
    with MockServer(CONTRACT, MockSettings(), site=SiteSource(given.files, given.judge, ("ledger",))) as server:
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with mock_with(Given()) as running:
        yield running


def ask(
    server: MockServer, method: str, target: str, headers: Mapping[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request(method, target, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.headers, response.read()


@pytest.mark.parametrize(
    ("target", "name", "kind"),
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/?a=b", "index.html", "text/html; charset=utf-8"),
        ("/index.html", "index.html", "text/html; charset=utf-8"),
        ("/ledger/", "ledger/index.html", "text/html; charset=utf-8"),
        ("/ledger/a.html", "ledger/a.html", "text/html; charset=utf-8"),
        ("/ledger/%61.html", "ledger/a.html", "text/html; charset=utf-8"),
        ("/spec.yaml", "spec.yaml", "application/yaml"),
        ("/spec.json", "spec.json", "application/json"),
        ("/text.md", "text.md", "text/markdown; charset=utf-8"),
        ("/ledger/odd.bin", "ledger/odd.bin", "application/octet-stream"),
    ],
)
def test_files_are_served_as_what_they_are(server: MockServer, target: str, name: str, kind: str) -> None:
    status, headers, body = ask(server, "GET", target)
    assert (status, headers["Content-Type"], body) == (200, kind, FILES[name])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    status, headers, body = ask(server, "HEAD", target)
    assert (status, headers["Content-Type"], headers["Content-Length"], body) == (200, kind, str(len(FILES[name])), b"")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_folder_without_its_slash_moves_there(server: MockServer, method: str) -> None:
    status, headers, body = ask(server, method, "/ledger")
    assert (status, headers["Location"], body) == (301, "/ledger/", b"")


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/ledgers"),
        ("GET", "/ledger/ledger"),
        ("GET", "/nothing.html"),
        ("GET", "//index.html"),
        ("GET", "/../index.html"),
        ("GET", "/ledger/../index.html"),
        ("GET", "/..%2f..%2f..%2fetc/passwd"),
        ("GET", "/api/v2/x.html"),
        ("POST", "/index.html"),
        ("DELETE", "/spec.json"),
        ("GET", CONTRACT.path.rstrip("/")),
        ("GET", CONTRACT.path),
    ],
)
def test_everything_else_is_answered_as_without_a_site(server: MockServer, method: str, target: str) -> None:
    with MockServer(CONTRACT, MockSettings()) as plain:
        expected, found = (ask(each, method, target, GOOD) for each in (plain, server))
    assert (found[0], found[2]) == (expected[0], expected[2])
    for _, headers, _ in (expected, found):
        del headers["Date"]
    assert found[1].items() == expected[1].items()


def test_the_plain_page_moves_below_the_own_endpoints(server: MockServer) -> None:
    status, headers, body = ask(server, "GET", OWN_PREFIX)
    assert (status, headers.get_content_type()) == (200, "text/plain")
    assert b"GET        /\n           The reference" in body
    assert ask(server, "POST", "/")[0] == 405


@pytest.mark.parametrize("target", ["/", "/spec.json"])
@pytest.mark.parametrize(
    "stranger", [{"Host": "mock.example"}, {"Origin": "https://mock.example"}, {"Origin": "http://127.0.0.1:9"}]
)
def test_strangers_get_no_file(server: MockServer, target: str, stranger: dict[str, str]) -> None:
    status, _, body = ask(server, "GET", target, stranger)
    assert status == 403
    assert json.loads(body)["error"]


def test_the_files_are_made_once_and_not_before_they_are_wanted() -> None:
    given = Given()
    with mock_with(given) as server:
        ask(server, "GET", CONTRACT.path, GOOD)
        ask(server, "GET", CONTRACT.path.rstrip("/"), GOOD)
        ask(server, "GET", f"{OWN_PREFIX}health")
        ask(server, "POST", "/nothing")
        ask(server, "GET", f"{CONTRACT.path.removeprefix('/api')}")
        ask(server, "GET", "/v2/text.md")
        ask(server, "GET", "/nothing")
        assert given.made == 0
        ask(server, "GET", "/")
        ask(server, "GET", "/spec.json")
        assert given.made == 1


def test_a_site_that_cannot_be_made_does_not_stop_the_api(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> Mapping[str, bytes]:
        raise RuntimeError("no templates")

    source = SiteSource(fail, lambda _: None)
    with (
        caplog.at_level(logging.ERROR, "adapty_contract.mock"),
        MockServer(CONTRACT, MockSettings(), site=source) as server,
    ):
        status, headers, _ = ask(server, "GET", "/")
        assert (status, headers.get_content_type()) == (200, "text/plain")
        assert ask(server, "GET", CONTRACT.path, GOOD)[0] == 200
    assert "no templates" in caplog.text


def test_one_exchange_is_told_with_its_judgement() -> None:
    given = Given()
    with mock_with(given) as server:
        for request_id in ("a", "b", "a"):
            ask(server, "GET", CONTRACT.path, {**GOOD, "X-Request-Id": request_id})
        _, _, found = ask(server, "GET", f"{OWN_PREFIX}journal?request_id=b")
        assert [each["number"] for each in json.loads(found)["exchanges"]] == [2]
        status, _, body = ask(server, "GET", f"{OWN_PREFIX}exchanges/2")
        told = json.loads(body)
        assert (status, told["exchange"]["number"], told["judgement"]) == (200, 2, {"clauses": [2]})
        assert (told["exchange"]["facts"]["key"], told["exchange"]["facts"]["profile"]) == ("valid", "known")
        for wrong in ("4", "0", "x", "-1", "%C2%B2", "9" * 40):
            assert ask(server, "GET", f"{OWN_PREFIX}exchanges/{wrong}")[0] == 404
    assert [each.number for each in given.judged] == [2]


def test_without_a_judge_there_is_no_judgement() -> None:
    with MockServer(CONTRACT, MockSettings()) as server:
        ask(server, "GET", CONTRACT.path, GOOD)
        told = json.loads(ask(server, "GET", f"{OWN_PREFIX}exchanges/1")[2])
    assert (told["exchange"]["number"], told["judgement"]) == (1, None)


@pytest.mark.parametrize(("key", "told"), [(MOCK_KEY, MOCK_KEY), ("OwnKey01.abcdefghijklmnopqrstuvwxyz012345", None)])
def test_only_the_fake_key_is_told(key: str, told: str | None) -> None:
    with MockServer(CONTRACT, MockSettings(key=key)) as server:
        _, _, body = ask(server, "GET", f"{OWN_PREFIX}health")
    assert json.loads(body)["key"] == told
