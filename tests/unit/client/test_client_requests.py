"""What leaves is what the caller wrote, with the documented headers and no others."""

from __future__ import annotations

from typing import Any

import pytest


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
    assert client.send(bench.read(*headers, method=method)).fault.kind == "unsendable"
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
