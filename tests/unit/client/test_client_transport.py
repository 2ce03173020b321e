"""A server may do what it likes: the client says what happened, in bounded time, and never raises."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapty_contract.guard import Limits

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def kind(exchange: Any) -> str | None:
    return None if exchange.fault is None else str(exchange.fault.kind)


def quiet(connection: Any) -> None:
    connection.request()
    connection.until_left()


def test_a_good_answer_comes_back_whole(bench: Any) -> None:
    answer = bench.answer(b'{"a": "\xc3\xa9"}', headers=b"X-Odd: \xe9\r\nx-odd: two\r\n")
    exchange = bench.ask(answer)
    assert exchange.response.status == 200
    assert exchange.response.reason == "OK"
    assert exchange.response.headers == (("X-Odd", "\xe9"), ("x-odd", "two"), ("Content-Length", "11"))
    assert exchange.response.document.value == {"a": "é"}
    assert exchange.response.remarks == frozenset()
    assert exchange.fault is None
    assert (exchange.number, exchange.attempts) == (1, 1)
    assert exchange.started.startswith("2026-03-29T00:59:50")
    assert 0 < exchange.elapsed < 0.5
    assert bench.exchanges == [exchange]


def test_a_refused_connection_names_host_and_port_after_one_retry(bench: Any) -> None:
    with bench.serve(b"x") as server:
        port = server.port
    client = bench.client(port)
    exchange = client.send(bench.read(), retry=True)
    assert kind(exchange) == "refused"
    assert "127.0.0.1" in exchange.fault.detail
    assert str(port) in exchange.fault.detail
    assert exchange.attempts == 2
    assert client.requests_sent == 2


def test_an_unknown_host_is_named_after_one_retry(bench: Any) -> None:
    exchange = bench.client(80, host="nowhere.invalid").send(bench.read(), retry=True)
    assert kind(exchange) == "unknown-host"
    assert "nowhere.invalid" in exchange.fault.detail
    assert exchange.attempts == 2


def test_silence_ends_at_the_limit_of_a_read(bench: Any) -> None:
    exchange = bench.ask(quiet, limits=Limits(read=0.1, total=5))
    assert kind(exchange) == "read-timeout"
    assert exchange.elapsed < 1


@pytest.mark.parametrize(
    "answer",
    [OK + b"X-Drip: " + b"x" * 1000, OK + b"Content-Length: 1000\r\n\r\n" + b" " * 1000, OK + b"\r\n" + b" " * 1000],
    ids=["head", "body", "body without length"],
)
def test_an_answer_that_drips_ends_at_the_deadline(bench: Any, answer: bytes) -> None:
    def drip(connection: Any) -> None:
        connection.request()
        head, end, body = answer.partition(b"\r\n\r\n")
        if end:
            connection.send(head + end)
        connection.drip(body if end else head)

    exchange = bench.ask(drip, limits=Limits(read=5, total=0.3))
    assert kind(exchange) == "deadline"
    assert 0.25 < exchange.elapsed < 1.3


def test_a_server_that_reads_nothing_ends_at_the_deadline(bench: Any) -> None:
    reading = threading.Event()

    def deaf(_: Any) -> None:
        reading.wait(5)

    client = bench.client(bench.serve(deaf).port, limits=Limits(read=5, total=0.3))
    exchange = client.send(bench.write(b"x" * 20_000_000))
    reading.set()
    assert kind(exchange) == "deadline"


def test_an_endless_body_is_read_to_the_cap(bench: Any) -> None:
    def endless(connection: Any) -> None:
        connection.request()
        connection.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        while connection.send(b"10000\r\n" + b" " * 65536 + b"\r\n"):
            pass

    exchange = bench.ask(endless, limits=Limits())
    assert "body-over-cap" in exchange.response.remarks
    assert len(exchange.response.body) == 1 << 20


def test_a_closed_connection_without_an_answer_is_told(bench: Any) -> None:
    assert kind(bench.ask(b"")) == "closed"


def test_a_connection_closed_within_the_head_is_truncated(bench: Any) -> None:
    assert kind(bench.ask(OK)) == "truncated"


def test_a_reset_connection_is_told(bench: Any) -> None:
    def handler(connection: Any) -> None:
        connection.request()
        connection.reset()

    assert kind(bench.ask(handler)) == "reset"


def test_an_answer_before_the_whole_request_was_read_is_taken(bench: Any) -> None:
    def handler(connection: Any) -> None:
        connection.send(bench.answer(status="413 Too Large"))
        connection.until_left()

    client = bench.client(bench.serve(handler).port)
    assert client.send(bench.write(b"x" * 10_000_000)).status == 413


def test_durations_come_from_the_monotonic_clock(bench: Any) -> None:
    def handler(connection: Any) -> None:
        connection.request()
        bench.clock.today = bench.clock.today.replace(year=2020)
        connection.send(bench.answer())

    assert 0 <= bench.ask(handler).elapsed < 1


@pytest.fixture(scope="module")
def payload() -> dict[str, bytes]:
    return {"now": b""}


_PARTS = st.sampled_from(
    [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 404 \r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"Content-Length: 5\r\n", b"\r\n",
     b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"Content-Encoding: gzip\r\n", b"hello",
     b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", b"Content-Encoding: deflate\r\n", b"\x1f\x8b\x08"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(_PARTS | st.binary(max_size=30), max_size=8))
def test_no_answer_whatsoever_raises(bench: Any, payload: dict[str, bytes], parts: list[bytes]) -> None:
    def handler(connection: Any) -> None:
        if connection.request():
            connection.send(payload["now"])

    if not bench.clients:
        lifted = {"failures_in_row": None, "server_errors_in_row": None, "limited_in_row": None}
        bench.client(bench.serve(handler).port, **lifted, limits=Limits(total=5))
    payload["now"] = b"".join(parts)
    begin = time.monotonic()
    exchange = bench.clients[0].send(bench.read(), retry=False)
    assert (exchange.response is None) != (exchange.fault is None)
    assert time.monotonic() - begin < 5
