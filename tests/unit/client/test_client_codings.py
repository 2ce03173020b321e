"""A content coding is taken away in little memory, and told if it is odd."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import Any

import pytest

from adapty_contract.guard import Limits

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


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
    bomb = b"".join(squeezer.compress(bytes(1 << 20)) for _ in range(40)) + squeezer.flush()
    server = bench.serve(coded(bomb))
    client = bench.client(server.port, limits=Limits())
    tracemalloc.start()
    exchange = client.send(bench.read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "body-over-cap" in exchange.response.remarks
    assert len(exchange.response.body) == 1 << 20
    assert peak < 12 << 20


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


def test_gzip_in_two_members_is_put_together(bench: Any) -> None:
    assert bench.ask(coded(gzip.compress(b"{") + gzip.compress(b"}"))).response.body == b"{}"


@pytest.mark.parametrize("bare", [False, True], ids=["zlib", "bare"])
def test_deflate_is_decoded_in_both_readings_of_the_name(bench: Any, bare: bool) -> None:  # noqa: FBT001
    plain = zlib.compress(b"{}")
    assert bench.ask(coded(plain[2:-4] if bare else plain, b"deflate")).response.body == b"{}"


@pytest.mark.parametrize("cut", [1, 8, 20], ids=["a byte", "the trailer", "data"])
def test_gzip_that_is_cut_short_is_truncated(bench: Any, cut: int) -> None:
    assert (bench.ask(coded(gzip.compress(b'{"a": "bcdefghijklm"}')[:-cut]))).fault.kind == "truncated"
