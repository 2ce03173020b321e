"""A server may do what it likes: the client says what happened, in bounded time and memory, and never raises."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
import zlib
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
    exchange = client.send(bench.write(b"x" * 50_000_000))
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


def test_a_body_shorter_than_its_length_is_truncated(bench: Any) -> None:
    exchange = bench.ask(OK + b"Content-Length: 10\r\n\r\n{}")
    assert kind(exchange) == "truncated"
    assert "8 bytes short of its 10" in exchange.fault.detail
    assert exchange.response is None


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 2\r\n\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
    ],
    ids=["length", "chunked", "no content"],
)
def test_a_smuggled_second_answer_is_never_taken_for_the_next(bench: Any, answer: bytes) -> None:
    smuggled = bench.answer(b'"smuggled"', status="404 Not Found")
    server = bench.serve(answer + smuggled, bench.answer(b'"honest"'))
    client = bench.client(server.port)
    first, second = client.send(bench.read()), client.send(bench.read())
    assert first.response.remarks == {"extra-bytes"}
    assert second.response.document.value == "honest"
    assert server.connections == 2


def test_a_second_answer_that_comes_late_is_not_taken_either(bench: Any) -> None:
    sent = threading.Event()

    def handler(connection: Any) -> None:
        connection.request()
        connection.send(bench.answer())
        if not sent.is_set():
            connection.send(bench.answer(b'"smuggled"'))
            sent.set()
        connection.until_left()

    server = bench.serve(handler)
    client = bench.client(server.port)
    client.send(bench.read())
    assert sent.wait(5)
    assert client.send(bench.read()).response.document.value == {}
    assert server.connections == 2


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n{}\r\n", b"2\r\n{}", b"2\r\n{}XX0\r\n\r\n", b"-1\r\n", b"ffffffffffffffffff\r\nx", b"2"],
    ids=["no size", "cut", "longer than its size", "negative", "overflowing", "cut size"],
)
def test_broken_chunks_are_a_framing_fault(bench: Any, body: bytes) -> None:
    assert kind(bench.ask(OK + b"Transfer-Encoding: chunked\r\n\r\n" + body)) == "framing"


def test_chunks_with_extensions_and_trailers_are_put_together(bench: Any) -> None:
    chunks = b'1;a="b"\r\n{\r\n1\r\n}\r\n0;x\r\nX-Trailer: y\r\n\r\n'
    server = bench.serve(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, bench.answer(b"[]"))
    client = bench.client(server.port)
    assert client.send(bench.read()).response.body == b"{}"
    assert client.send(bench.read()).response.body == b"[]"
    assert server.connections == 1


def test_chunks_that_arrive_in_pieces_are_put_together(bench: Any) -> None:
    def handler(connection: Any) -> None:
        connection.request()
        connection.drip(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n00001\r\n}\r\n0\r\n\r\n")
        connection.until_left()

    exchange = bench.ask(handler, limits=Limits())
    assert exchange.response.body == b"{}"


def test_length_and_transfer_encoding_together_are_remarked(bench: Any) -> None:
    exchange = bench.ask(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    assert exchange.response.remarks == {"ambiguous-framing"}
    assert exchange.response.body == b"{}"


@pytest.mark.parametrize(
    "fields",
    [b"Content-Length: 2\r\nContent-Length: 3\r\n", b"Content-Length: -1\r\n", b"Content-Length: 2x\r\n",
     b"Transfer-Encoding: gzip\r\n", b"no colon\r\n"],
    ids=["two lengths", "negative", "no number", "unknown transfer coding", "no header"],
)  # fmt: skip
def test_contradictory_heads_are_a_framing_fault(bench: Any, fields: bytes) -> None:
    assert kind(bench.ask(OK + fields + b"\r\n{}")) == "framing"


def test_the_same_length_twice_is_accepted(bench: Any) -> None:
    assert bench.ask(OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}").response.body == b"{}"


def test_a_body_without_length_ends_with_the_connection_and_is_remarked(bench: Any) -> None:
    exchange = bench.ask(OK + b"\r\n{}")
    assert exchange.response.body == b"{}"
    assert exchange.response.remarks == {"ended-by-close"}


def coded(plain: bytes, coding: bytes = b"gzip") -> bytes:
    return OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n%b" % (coding, len(plain), plain)


def test_gzip_that_nobody_asked_for_is_decoded_and_remarked(bench: Any) -> None:
    exchange = bench.ask(coded(gzip.compress(b"{}")))
    assert exchange.response.body == b"{}"
    assert exchange.response.remarks == {"unasked-coding"}


def test_gzip_that_the_request_asked_for_is_no_remark(bench: Any) -> None:
    server = bench.serve(coded(gzip.compress(b"{}")))
    exchange = bench.client(server.port).send(bench.read(("accept-encoding", "gzip")))
    assert exchange.response.body == b"{}"
    assert exchange.response.remarks == frozenset()
    assert server.requests[0].lower().count(b"accept-encoding") == 1


def test_a_gzip_bomb_stops_at_the_cap_in_little_memory(bench: Any) -> None:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeezer.compress(bytes(1 << 20)) for _ in range(300)) + squeezer.flush()
    server = bench.serve(coded(bomb))
    client = bench.client(server.port, limits=Limits())
    tracemalloc.start()
    exchange = client.send(bench.read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "body-over-cap" in exchange.response.remarks
    assert len(exchange.response.body) == 1 << 20
    assert peak < 20 << 20


@pytest.mark.parametrize(
    ("answer", "remark"),
    [
        (coded(gzip.compress(gzip.compress(b"{}"))), "unexpected-coding"),
        (coded(gzip.compress(b"{}"), b"gzip, gzip"), "unexpected-coding"),
        (coded(b"{}"), "coding-mismatch"),
        (coded(b"{}", b"br"), "unknown-coding"),
    ],
    ids=["gzip in gzip", "two codings", "not gzip at all", "unknown"],
)
def test_odd_codings_are_remarked(bench: Any, answer: bytes, remark: str) -> None:
    assert bench.ask(answer).response.remarks == {"unasked-coding", remark}


@pytest.mark.parametrize("cut", [1, 8, 20], ids=["a byte", "the trailer", "data"])
def test_gzip_that_is_cut_short_is_truncated(bench: Any, cut: int) -> None:
    assert kind(bench.ask(coded(gzip.compress(b'{"a": "bcdefghijklm"}')[:-cut]))) == "truncated"


@pytest.mark.parametrize(
    "head",
    [OK + b"X: " + b"x" * 1_000_000, OK + b"X: y\r\n" * 10_000 + b"\r\n", b"HTTP/1.1 200 " + b"x" * 1_000_000],
    ids=["one long header", "many headers", "a long reason"],
)
def test_a_head_without_measure_is_refused(bench: Any, head: bytes) -> None:
    assert kind(bench.ask(head)) == "header-limit"


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\r", "\x0c"], ids=["NUL", "ESC", "CR", "FF"])
def test_control_characters_in_a_header_are_kept_and_remarked(bench: Any, control: str) -> None:
    field = f"X-Odd: a{control}b\r\n".encode()
    exchange = bench.ask(bench.answer(headers=field))
    assert exchange.response.remarks == {"control-in-header"}
    assert exchange.response.header("x-odd") == f"a{control}b"
    assert exchange.response.header("content-length") == "2"


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 20]
)
def test_the_final_answer_counts_and_not_the_interim_ones(bench: Any, interim: bytes) -> None:
    exchange = bench.ask(interim + bench.answer(b"[]"))
    assert (exchange.status, exchange.response.body) == (200, b"[]")
    assert exchange.response.remarks == {"interim-response"}


def test_more_than_twenty_interim_answers_are_too_many(bench: Any) -> None:
    assert kind(bench.ask(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000 + bench.answer())) == "interim-limit"


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 abc\r\n\r\n", b"<html>old</html>", b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 20 OK\r\n\r\n", b"\r\n\r\n"],
    ids=["status abc", "HTTP/0.9", "SSH banner", "two digits", "blank lines"],
)
def test_what_is_not_http_is_told_at_once(bench: Any, answer: bytes) -> None:
    def handler(connection: Any) -> None:
        connection.request()
        connection.send(answer)
        connection.until_left()

    exchange = bench.ask(handler, limits=Limits())
    assert kind(exchange) == "not-http"
    assert exchange.elapsed < 5


def test_a_banner_that_comes_before_the_request_is_not_an_answer(bench: Any) -> None:
    def handler(connection: Any) -> None:
        connection.send(b"220 mail ready\r\n")
        connection.until_left()

    assert kind(bench.ask(handler)) == "not-http"


def test_status_999_is_a_status(bench: Any) -> None:
    assert bench.ask(bench.answer(status="999 Whatever")).status == 999


@pytest.mark.parametrize("location", ["/elsewhere", "http://127.0.0.1:{port}/other", "ftp://x"])
@pytest.mark.parametrize("status", ["301 Moved", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed_and_the_key_goes_nowhere(bench: Any, location: str, status: str) -> None:
    other = bench.serve(bench.answer())
    redirect = bench.answer(status=status, headers=f"Location: {location.format(port=other.port)}\r\n".encode())
    server = bench.serve(redirect, bench.answer())
    exchange = bench.client(server.port).send(bench.read(), retry=True)
    assert exchange.status == int(status[:3])
    assert len(server.requests) == 1
    assert other.connections == 0


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


@pytest.mark.parametrize(
    "request_",
    [
        ("GET", (("X", " leading"),)),
        ("GET", (("X", "line\r\nbreak"),)),
        ("GET", (("X", "nul\0"),)),
        ("GET", (("X", "\u0436"),)),
        ("GET", (("", "nameless"),)),
        ("GET", (("Content-Length", "7"),)),
        ("POST", (("Content-Length", "x"),)),
        ("POST", (("Transfer-Encoding", "gzip"),)),
    ],
    ids=["leading space", "line break", "NUL", "not ISO 8859-1", "no name", "wrong length", "no length", "coding"],
)
def test_what_no_client_can_send_is_told_and_nothing_leaves(bench: Any, request_: Any) -> None:
    server = bench.serve(bench.answer())
    client = bench.client(server.port)
    method, headers = request_
    assert kind(client.send(bench.read(*headers, method=method))) == "unsendable"
    assert server.requests == []
    assert client.send(bench.read()).status == 200


def test_odd_but_possible_headers_leave_as_they_are(bench: Any) -> None:
    server = bench.serve(bench.answer())
    request = bench.read(
        ("X", "\xe9\x01\xff"), ("x", "two"), ("X-Empty", ""), ("User-Agent", "mine"), ("accept", "*/*")
    )
    assert bench.client(server.port).send(request).status == 200
    head = server.requests[0]
    assert b"\r\nX: \xe9\x01\xff\r\nx: two\r\nX-Empty: \r\n" in head
    assert head.lower().count(b"user-agent") == head.lower().count(b"accept:") == 1


def test_only_the_documented_headers_are_added(bench: Any) -> None:
    server = bench.serve(bench.answer(), bench.answer(), bench.answer())
    client = bench.client(server.port)
    client.send(bench.read())
    client.send(bench.write(b"{}"))
    client.send(bench.write(b""))
    names = [
        [line.partition(b":")[0] for line in head.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]] for head in server.requests
    ]
    assert names[0] == [b"Host", b"User-Agent", b"Accept", b"Accept-Encoding", b"Authorization"]
    assert names[1] == [*names[0][:4], b"Content-Length", b"Authorization"]
    assert b"Content-Length: 0\r\n" in server.requests[2]
    assert f"Host: 127.0.0.1:{server.port}\r\n".encode() in server.requests[0]


def test_a_read_with_a_body_and_a_chunked_write_can_be_sent(bench: Any) -> None:
    server = bench.serve(bench.answer(), bench.answer())
    client = bench.client(server.port)
    client.send(bench.write(b"{}", ("Transfer-Encoding", "chunked")))
    assert b"Transfer-Encoding: chunked" in server.requests[0]
    assert b"Content-Length" not in server.requests[0]


def test_head_requests_have_no_body_whatever_the_length_says(bench: Any) -> None:
    server = bench.serve(OK + b"Content-Length: 10\r\n\r\n", bench.answer(b"[]"))
    client = bench.client(server.port)
    assert client.send(bench.read(method="HEAD")).response.body == b""
    assert client.send(bench.read()).response.body == b"[]"
    assert server.connections == 1


def test_connections_are_kept_and_a_closed_one_is_replaced(bench: Any) -> None:
    server = bench.serve(bench.answer(), bench.answer(headers=b"Connection: close\r\n"), bench.answer())
    client = bench.client(server.port)
    assert [client.send(bench.write()).status for _ in range(3)] == [200, 200, 200]
    assert server.connections == 2


def test_a_write_goes_over_a_new_connection_where_the_server_closed_the_idle_one(bench: Any) -> None:
    closed = threading.Event()

    def handler(connection: Any) -> None:
        connection.request()
        connection.send(bench.answer())
        if not closed.is_set():
            connection.sock.shutdown(2)
            closed.set()
        connection.until_left()

    server = bench.serve(handler)
    client = bench.client(server.port)
    client.send(bench.write())
    assert closed.wait(5)
    exchange = client.send(bench.write())
    assert (exchange.status, exchange.attempts) == (200, 1)
    assert len(server.requests) == 2


def test_eight_threads_get_their_own_answers(bench: Any) -> None:
    def echo(connection: Any) -> None:
        while request := connection.request():
            connection.send(bench.answer(request.partition(b"\r\n\r\n")[2]))

    client = bench.client(bench.serve(echo).port, limits=Limits())
    wrong: list[Any] = []

    def work(name: int) -> None:
        for turn in range(20):
            body = f'"{name}/{turn}"'.encode()
            exchange = client.send(bench.write(body))
            if exchange.response is None or exchange.response.body != body:
                wrong.append(exchange)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert wrong == []
    assert [exchange.number for exchange in bench.exchanges] == list(range(1, 161))


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
