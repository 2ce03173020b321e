"""Whether anything of a request left is known, not guessed."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from adapty_contract.attempt import Attempt, NothingSentError, WireError
from adapty_contract.errors import SafetyStop
from adapty_contract.guard import Limits
from adapty_contract.wire import FramedStream

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[FramedStream, socket.socket]]:
    """A stream and the other end of its connection. Between local sockets a lost peer is known at the first write."""
    ours, theirs = socket.socketpair()
    attempt = Attempt("POST", tls=False, deadline=time.monotonic() + 5, limits=Limits(), monotonic=time.monotonic)
    with ours, theirs:
        yield FramedStream(ours, lambda: attempt, lambda: 0), theirs


def test_a_kept_connection_that_took_no_byte_is_known_to_have_sent_nothing(
    pair: tuple[FramedStream, socket.socket],
) -> None:
    stream, server = pair
    stream.write(b"GET")
    server.sendall(ANSWER)
    assert stream.read(1) == ANSWER
    server.close()
    stream.write(b"POST")
    with pytest.raises(NothingSentError):
        stream.read(1)


def test_a_new_connection_that_took_no_byte_is_broken(pair: tuple[FramedStream, socket.socket]) -> None:
    stream, server = pair
    server.close()
    stream.write(b"POST")
    with pytest.raises(WireError) as error:
        stream.read(1)
    assert error.value.fault.kind == "reset"


def test_head_and_body_leave_together(pair: tuple[FramedStream, socket.socket]) -> None:
    stream, server = pair
    stream.write(b"POST / HTTP/1.1\r\n\r\n")
    stream.write(b"body")
    server.sendall(ANSWER)
    stream.read(1)
    assert server.recv(100) == b"POST / HTTP/1.1\r\n\r\nbody"


def test_a_target_with_tls_gets_nothing_without() -> None:
    ours, theirs = socket.socketpair()
    attempt = Attempt("GET", tls=True, deadline=time.monotonic() + 5, limits=Limits(), monotonic=time.monotonic)
    with ours, theirs, pytest.raises(SafetyStop, match="without TLS"):
        FramedStream(ours, lambda: attempt, lambda: 0).write(b"GET")


def test_a_connection_with_bytes_nobody_asked_for_must_not_be_used(pair: tuple[FramedStream, socket.socket]) -> None:
    stream, server = pair
    assert stream.get_extra_info("is_readable") is False
    server.sendall(b"x")
    assert stream.get_extra_info("is_readable") is True
