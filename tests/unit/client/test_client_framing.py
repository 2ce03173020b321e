"""Where one answer ends and the next begins is never guessed, whatever a server says about it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from adapty_contract.guard import Limits

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def kind(exchange: Any) -> str | None:
    return None if exchange.fault is None else str(exchange.fault.kind)


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


def test_head_requests_have_no_body_whatever_the_length_says(bench: Any) -> None:
    server = bench.serve(OK + b"Content-Length: 10\r\n\r\n", bench.answer(b"[]"))
    client = bench.client(server.port)
    assert client.send(bench.read(method="HEAD")).response.body == b""
    assert client.send(bench.read()).response.body == b"[]"
    assert server.connections == 1
