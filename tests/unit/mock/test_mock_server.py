"""The mock on real sockets."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.errors import TargetError, UsageError
from adapty_contract.mock import ports
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTRACT = load_contract()
NAMES = CONTRACT.identifiers
GOOD = {"Authorization": f"Api-Key {MOCK_KEY}", "adapty-customer-user-id": "customer-2"}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(CONTRACT, MockSettings()) as running:
        yield running


@pytest.fixture
def connection(server: MockServer) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as opened:
        yield opened


def exchange(
    connection: http.client.HTTPConnection, method: str, body: bytes | None = None, headers: dict[str, str] = GOOD
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection.request(method, CONTRACT.path, body, headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def test_one_connection_carries_many_exchanges(connection: http.client.HTTPConnection) -> None:
    assert exchange(connection, "POST", json.dumps({NAMES[0]: "Ж\0"}).encode())[0] == 200
    used = connection.sock
    status, headers, body = exchange(connection, "GET")
    assert (status, json.loads(body)[NAMES[0]]) == (200, "Ж\0")
    assert headers["Content-Length"] == str(len(body))
    assert headers["Server"] is None
    for method, expected in (("HEAD", 200), ("OPTIONS", 200), ("DELETE", 405), ("GET", 200)):
        assert exchange(connection, method)[0] == expected
    assert connection.sock is used


def test_many_writers_lose_nothing(server: MockServer) -> None:
    def write(name: str) -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as opened:
            return exchange(opened, "POST", json.dumps({name: f"by {name}"}).encode())[0]

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(write, NAMES * 3)) == {200}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as opened:
        assert json.loads(exchange(opened, "GET")[2]) == {name: f"by {name}" for name in NAMES}


def test_a_large_body_is_refused_before_all_of_it_is_sent(server: MockServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        fields = "".join(f"{name}: {value}\r\n" for name, value in GOOD.items())
        raw.sendall(f"POST {CONTRACT.path} HTTP/1.1\r\nHost: x\r\n{fields}Content-Length: 100000000\r\n\r\n".encode())
        raw.sendall(b" " * 100_000)
        answer = raw.makefile("rb").readline()
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_deep_json_is_refused_at_once(connection: http.client.HTTPConnection) -> None:
    status, _, body = exchange(connection, "POST", b"[" * 100_000 + b"]" * 100_000)
    assert (status, json.loads(body)["error_code"]) == (400, "parse_error")


def test_chunked_and_compressed_answers_arrive_whole() -> None:
    settings = MockSettings(dialects=("chunked", "gzip", "post-200-profile"))
    with (
        MockServer(CONTRACT, settings) as server,
        closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection,
    ):
        _, headers, body = exchange(connection, "GET")
        assert (headers["Transfer-Encoding"], headers["Content-Encoding"]) == ("chunked", None)
        assert set(json.loads(body)) == set(NAMES)
        _, headers, body = exchange(connection, "GET", headers={**GOOD, "Accept-Encoding": "br, gzip;q=0.5"})
        assert (headers["Transfer-Encoding"], headers["Content-Encoding"]) == ("chunked", "gzip")
        assert set(json.loads(gzip.decompress(body))) == set(NAMES)
        assert exchange(connection, "HEAD")[::2] == (200, b"")
        assert exchange(connection, "POST", json.dumps({NAMES[0]: "x"}).encode())[0] == 200
        (*_, last) = server.application.journal.exchanges()
        assert last.response is not None
        assert json.loads(last.response.body)["data"]


def test_it_stops_at_once_and_frees_its_port() -> None:
    server = MockServer(CONTRACT, MockSettings())
    server.start()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as idle:
        exchange(idle, "GET")
        started = time.monotonic()
        server.stop()
        server.stop()
        assert time.monotonic() - started < 2
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=5)
    with MockServer(CONTRACT, MockSettings(port=server.port)) as again:
        assert again.port == server.port


@pytest.mark.slow
def test_it_stops_within_two_seconds_though_a_request_is_open(capfd: pytest.CaptureFixture[str]) -> None:
    with (
        MockServer(CONTRACT, MockSettings()) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw,
    ):
        raw.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as other:
            exchange(other, "GET")  # so the open one has reached the mock
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 2
        assert raw.makefile("rb").readline().startswith(b"HTTP/1.1 503 ")
    assert "Traceback" not in capfd.readouterr().err


def test_state_outlives_the_server(tmp_path: Path) -> None:
    settings = MockSettings(state_file=tmp_path / "state.db")
    for expected in (None, "kept"):
        with (
            MockServer(CONTRACT, settings) as server,
            closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection,
        ):
            assert json.loads(exchange(connection, "GET")[2])[NAMES[0]] == expected
            assert exchange(connection, "POST", json.dumps({NAMES[0]: "kept"}).encode())[0] == 200


def test_a_port_in_use_is_told_with_its_owner(server: MockServer) -> None:
    with pytest.raises(TargetError, match=f"port {server.port} is in use") as caught:
        MockServer(CONTRACT, MockSettings(port=server.port)).start()
    if sys.platform == "linux":
        assert f"process {os.getpid()} (" in caught.value.what


def test_an_address_that_others_can_reach_needs_permission() -> None:
    for host in ("0.0.0.0", "192.0.2.1", "::", "mock.example"):  # noqa: S104  (refused is the point)
        with pytest.raises(UsageError, match="may be reachable for others"):
            MockServer(CONTRACT, MockSettings(host=host)).start()
    with MockServer(CONTRACT, MockSettings(host="0.0.0.0", allow_public=True)) as server:  # noqa: S104
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(TargetError, match=r"cannot listen on 192\.0\.2\.1"):
        MockServer(CONTRACT, MockSettings(host="192.0.2.1", allow_public=True)).start()


def test_an_unusable_state_file_leaves_the_port_free(tmp_path: Path) -> None:
    with closing(ports.listen("127.0.0.1", 0, allow_public=False)) as free:
        port = free.getsockname()[1]
    with pytest.raises(UsageError, match="cannot use the state file"):
        MockServer(CONTRACT, MockSettings(port=port, state_file=tmp_path / "no" / "state.db")).start()
    ports.listen("127.0.0.1", port, allow_public=False).close()


def test_ipv6_loopback_has_brackets_in_its_url() -> None:
    try:
        ports.listen("::1", 0, allow_public=False).close()
    except TargetError:
        pytest.skip("no IPv6 here")
    with MockServer(CONTRACT, MockSettings(host="::1")) as server:
        assert server.url == f"http://[::1]:{server.port}"
        socket.create_connection(("::1", server.port), timeout=5).close()


def test_the_owner_of_a_port_is_unknown_where_nothing_tells(tmp_path: Path) -> None:
    assert ports.owner_of(4010, tmp_path) is None
