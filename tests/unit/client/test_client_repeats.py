"""Nothing is sent again unless that is harmless, and nothing is waited for beyond reason."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from adapty_contract.clock import Clock, Interrupted
from adapty_contract.errors import SafetyStop

HTML = b"Content-Type: text/html\r\n"


@pytest.mark.parametrize("page", ["502 Bad Gateway", "503 Unavailable", "504 Timeout", "522 Cloudflare"])
def test_the_page_of_a_gateway_is_no_answer_of_the_api(bench: Any, page: str) -> None:
    answers = [bench.answer(b"<html><h1>oops</h1>", status=page, headers=HTML)] * 3
    server = bench.serve(*answers)
    exchange = bench.client(server.port).send(bench.read(), retry=True)
    assert exchange.response is None
    assert exchange.fault.kind == "gateway"
    assert page[:3] in exchange.fault.detail
    assert "oops" in exchange.fault.detail
    assert exchange.attempts == len(server.requests) == 3
    assert bench.clock.waits == [0.2, 1.0]


def test_a_write_is_never_repeated_because_of_a_gateway(bench: Any) -> None:
    server = bench.serve(*[bench.answer(b"<html>", status="503 Unavailable", headers=HTML)] * 2)
    assert bench.client(server.port).send(bench.write(), retry=True).attempts == 1
    assert len(server.requests) == 1


def test_a_503_of_the_api_itself_is_an_answer(bench: Any) -> None:
    server = bench.serve(bench.answer(status="503 Unavailable"))
    exchange = bench.client(server.port).send(bench.read())
    assert (exchange.status, exchange.attempts) == (503, 1)


def test_a_read_is_repeated_at_most_twice_on_broken_connections(bench: Any) -> None:
    server = bench.serve(lambda connection: connection.request())
    exchange = bench.client(server.port).send(bench.read(), retry=True)
    assert exchange.fault.kind == "closed"
    assert exchange.attempts == len(server.requests) == 3
    assert bench.clock.waits == [0.0, 1.0]


def test_a_read_recovers_from_a_connection_that_broke(bench: Any) -> None:
    server = bench.serve(bench.answer(b"1"), b"", bench.answer(b"2"))
    client = bench.client(server.port)
    client.send(bench.read())
    exchange = client.send(bench.read(), retry=True)
    assert (exchange.response.body, exchange.attempts) == (b"2", 2)
    assert server.connections == 2


@pytest.mark.parametrize("retry", [True, False])
def test_a_write_is_never_repeated_on_a_broken_connection(bench: Any, retry: bool) -> None:  # noqa: FBT001
    server = bench.serve(bench.answer(b"1"), b"", bench.answer(b"2"))
    client = bench.client(server.port)
    client.send(bench.write())
    exchange = client.send(bench.write(), retry=retry)
    assert (exchange.fault.kind, exchange.attempts) == ("closed", 1)
    assert len(server.requests) == 2


def test_without_permission_a_read_is_not_repeated_either(bench: Any) -> None:
    server = bench.serve(b"", bench.answer())
    assert bench.client(server.port).send(bench.read()).attempts == 1


def limited(bench: Any, retry_after: str | None, date: str = "") -> bytes:
    headers = b"" if retry_after is None else f"Retry-After: {retry_after}\r\n".encode()
    headers += f"Date: {date}\r\n".encode() if date else b""
    answer: bytes = bench.answer(status="429 Too Many Requests", headers=headers)
    return answer


@pytest.mark.parametrize(
    ("retry_after", "date", "wait"),
    [
        ("7", "", 7.0),
        ("0", "", 0.0),
        ("Mon, 30 Mar 2026 10:00:12 GMT", "Mon, 30 Mar 2026 10:00:00 GMT", 12.0),
        ("Mon, 30 Mar 2026 10:00:00 GMT", "Mon, 30 Mar 2026 10:00:12 GMT", 0.0),
        ("Sun, 29 Mar 2026 01:00:00 GMT", "", 10.0),
        ("soon", "", 1.0),
        ("-5", "", 1.0),
        ("\u00b2", "", 1.0),
        ("", "", 1.0),
        (None, "", 1.0),
        ("Mon, 99 Mar 2026 10:00:00 GMT", "", 1.0),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_429_is_waited_for_and_repeated_by_any_method(
    bench: Any, method: str, retry_after: str | None, date: str, wait: float
) -> None:
    server = bench.serve(limited(bench, retry_after, date), bench.answer())
    request = bench.read() if method == "GET" else bench.write()
    exchange = bench.client(server.port).send(request)
    assert (exchange.status, exchange.attempts) == (200, 2)
    assert bench.clock.waits == [pytest.approx(wait, abs=0.1)]


def test_a_429_that_stays_is_an_answer_after_three_repeats(bench: Any) -> None:
    server = bench.serve(*[limited(bench, "1")] * 5)
    exchange = bench.client(server.port).send(bench.read())
    assert (exchange.status, exchange.attempts) == (429, 4)


@pytest.mark.parametrize("retry_after", ["864000", "9" * 400, "Wed, 08 Apr 2026 01:00:00 GMT"])
def test_a_wait_of_ten_days_stops_the_run(bench: Any, retry_after: str) -> None:
    server = bench.serve(limited(bench, retry_after), bench.answer())
    with pytest.raises(SafetyStop, match="longer than the 30 s allowed"):
        bench.client(server.port).send(bench.read())
    assert bench.clock.waits == []
    assert [exchange.status for exchange in bench.exchanges] == [429]


def test_a_clock_that_is_set_back_lengthens_no_wait(bench: Any) -> None:
    answer = limited(bench, "Mon, 30 Mar 2026 10:00:05 GMT", "Mon, 30 Mar 2026 10:00:00 GMT")
    bench.clock.today = bench.clock.today.replace(year=2025)
    bench.client(bench.serve(answer, bench.answer()).port).send(bench.read())
    assert bench.clock.waits == [5.0]


def test_a_wait_ends_when_the_run_is_interrupted(bench: Any) -> None:
    interrupt = threading.Event()
    interrupt.set()
    server = bench.serve(limited(bench, "20"), bench.answer())
    with pytest.raises(Interrupted):
        bench.client(server.port, clock=Clock(interrupt)).send(bench.read())
    assert [exchange.status for exchange in bench.exchanges] == [429]


def test_an_interrupted_run_still_puts_the_profile_back(bench: Any) -> None:
    interrupt = threading.Event()
    interrupt.set()
    client = bench.client(bench.serve(limited(bench, "0"), bench.answer()).port, clock=Clock(interrupt))
    with client.restoring():
        assert client.send(bench.write()).status == 200
