"""A connection that knows where each message on it ends, and never outlasts its exchange.

`httpcore2` drives h11 over this stream. The stream hands h11 one whole head at a time and not one byte beyond the end
of the body, so bytes that a server sends after its answer can never be taken for the next answer; and it bounds each
read and write by the attempt's deadline, so a head or body that drips byte by byte ends in time too.
"""

from __future__ import annotations

import select
import ssl
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import httpcore2

from adapty_contract.attempt import NothingSentError, WireError
from adapty_contract.errors import SafetyStop
from adapty_contract.framing import Chunks, Head, head_end, may_be_http, parse_head

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from adapty_contract.attempt import Attempt

_READ_SIZE = 65536
_SLICE = 0.25
"""Seconds of silence after which a waiting read looks whether the run is to end."""
_NO_BODY = frozenset({204, 304})
_INTERIM_END = 200


class _Stage(Enum):
    HEAD = auto()
    LENGTH = auto()
    CHUNKED = auto()
    UNTIL_CLOSED = auto()
    DONE = auto()


class FramedStream(httpcore2.NetworkStream):
    """One connection, plain or TLS, used by one attempt at a time."""

    def __init__(self, sock: socket.socket, attempt: Callable[[], Attempt], generation: Callable[[], int]) -> None:
        """`attempt` tells what the calling thread is doing; a connection made in an older `generation` is not reused."""
        self._sock = sock
        self._attempt = attempt
        self._generation = generation
        self._born = generation()
        self._is_tls = isinstance(sock, ssl.SSLSocket)
        self._requests = 0
        self._writing = False
        self._unsent = bytearray()
        self._buffer = b""
        self._stage = _Stage.DONE
        self._left = 0
        self._chunks = Chunks()
        self.head: Head | None = None
        """The final head of the latest response."""
        self.interim = 0
        """How many interim heads came before it."""

    @property
    def reused(self) -> bool:
        """Whether an earlier request was sent on this connection."""
        return self._requests > 1

    @property
    def touched(self) -> bool:
        """Whether any byte of the current response came."""
        return bool(self._buffer) or self.interim > 0 or self.head is not None

    @property
    def surplus(self) -> bool:
        """Whether the server sent bytes beyond its answer."""
        return self._stage is _Stage.DONE and bool(self._buffer)

    @property
    def ended_by_close(self) -> bool:
        """Whether nothing but the closing of the connection ended the body."""
        return self._stage is _Stage.UNTIL_CLOSED

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002  (the protocol's)
        """Keep `buffer` until the answer is read: head and body leave in one packet. `timeout` is the attempt's."""
        if not self._writing:
            self._writing = True
            self._requests += 1
            attempt = self._attempt()
            if attempt.tls and not self._is_tls:
                raise SafetyStop("refused to send a request without TLS to a target that has it")
            attempt.stream = self
            self._stage, self.head, self.interim, self._chunks = _Stage.HEAD, None, 0, Chunks()
        self._unsent += buffer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002  (the protocol's)
        """The next bytes of the answer, never beyond its end; `b""` where only the closing can end it."""
        if self._writing:
            self._flush()
        if self._stage is _Stage.HEAD:
            return self._read_head()
        if self._stage is _Stage.DONE:  # the parser disagrees about the end, and one of the two is being deceived
            raise WireError("framing", "the end of the body is not clear")
        return self._body(self._take() or self._receive())

    def _flush(self) -> None:
        self._writing = False
        attempt, unsent = self._attempt(), memoryview(bytes(self._unsent))
        self._unsent.clear()
        total = len(unsent)
        while unsent:
            self._sock.settimeout(attempt.patience(attempt.limits.read, "write-timeout"))
            try:
                unsent = unsent[self._sock.send(unsent) :]
            except TimeoutError as error:
                raise attempt.late("write-timeout") from error
            except OSError as error:
                if len(unsent) < total:
                    return  # the server may have answered before it read everything: see what it said
                if self.reused:
                    raise NothingSentError from error
                raise _broken(error) from error

    def _receive(self) -> bytes:
        attempt = self._attempt()
        try:
            data = self._receive_in_slices(attempt)
        except ssl.SSLEOFError as error:
            kind = "truncated" if self.touched else "closed"
            raise WireError(kind, "TLS ended without its closing alert") from error
        except ssl.SSLError as error:
            raise WireError("tls", str(error)) from error
        except OSError as error:
            raise _broken(error) from error
        return data or self._closed()

    def _receive_in_slices(self, attempt: Attempt) -> bytes:
        """Wait for bytes as long as one read may take, but hear now and then whether the run is to end."""
        patience = attempt.patience(attempt.limits.read, "read-timeout")
        while True:
            self._sock.settimeout(min(patience, _SLICE))
            try:
                return self._sock.recv(_READ_SIZE)
            except TimeoutError as error:
                attempt.check_interrupt()
                patience -= _SLICE
                if patience <= 0:
                    raise attempt.late("read-timeout") from error

    def _closed(self) -> bytes:
        if self._stage is _Stage.HEAD and not self._buffer:
            raise WireError("closed", "the server closed the connection without an answer")
        if self._stage is _Stage.HEAD:
            raise WireError("truncated", f"the connection ended after {len(self._buffer)} bytes of the head")
        if self._stage is _Stage.LENGTH:
            length = self.head.length if self.head else 0
            raise WireError("truncated", f"the body ended {self._left} bytes short of its {length}")
        if self._stage is _Stage.CHUNKED:
            raise WireError("framing", "the connection ended within a chunked body")
        return b""

    def _take(self) -> bytes:
        data, self._buffer = self._buffer, b""
        return data

    def _read_head(self) -> bytes:
        limits, start, searched = self._attempt().limits, 0, 0
        while True:
            end = head_end(self._buffer, max(start, searched - 3))
            if not may_be_http(self._buffer, start):
                raise WireError("not-http", f"the answer begins with {self._buffer[start : start + 40]!r}")
            over = max(len(self._buffer) if end < 0 else end, 0) > limits.head
            if over or self._buffer.count(b"\n", start, None if end < 0 else end) > limits.header_count:
                raise WireError("header-limit", f"a head over {limits.head} bytes or {limits.header_count} lines")
            if end < 0:
                searched = len(self._buffer)
                self._buffer += self._receive()
                continue
            head = parse_head(self._buffer[start:end])
            if head.status >= _INTERIM_END or head.status == 101:
                return self._begin_body(head, start, end)
            self.interim += 1
            if self.interim > limits.interim:
                raise WireError("interim-limit", f"more than {limits.interim} interim answers")
            start = searched = end

    def _begin_body(self, head: Head, start: int, end: int) -> bytes:
        self.head = head
        interim, self._buffer = self._buffer[:start], self._buffer[end:]
        if self._attempt().method == "HEAD" or head.status in _NO_BODY:
            self._stage = _Stage.DONE
        elif head.chunked:
            self._stage = _Stage.CHUNKED
        elif head.length is not None:
            self._stage, self._left = (_Stage.LENGTH if head.length else _Stage.DONE), head.length
        else:
            self._stage = _Stage.UNTIL_CLOSED
        body = self._body(self._take()) if self._buffer and self._stage is not _Stage.DONE else b""
        return interim + head.tame + body

    def _body(self, data: bytes) -> bytes:
        """The part of `data` that belongs to this body; the rest is kept back, to be noticed and never parsed."""
        if self._stage is _Stage.LENGTH:
            end: int | None = self._left if len(data) >= self._left else None
            self._left -= min(len(data), self._left)
        elif self._stage is _Stage.CHUNKED:
            end = self._chunks.end(data)
        else:
            return data
        if end is None:
            return data
        self._stage, self._buffer = _Stage.DONE, data[end:]
        return data[:end]

    def close(self) -> None:
        """Close the connection."""
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002  (the protocol's)
    ) -> FramedStream:
        """This connection after a TLS handshake and the verification of the certificate."""
        attempt = self._attempt()
        self._sock.settimeout(attempt.patience(attempt.limits.connect, "connect-timeout"))
        try:
            sock = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname, suppress_ragged_eofs=False)
        except TimeoutError as error:
            self.close()
            raise attempt.late("connect-timeout") from error
        except (OSError, ValueError) as error:  # certificate errors are OSErrors
            self.close()
            raise WireError("tls", getattr(error, "verify_message", "") or str(error)) from error
        return FramedStream(sock, self._attempt, self._generation)

    def get_extra_info(self, info: str) -> Any:
        """What the pool asks: whether TLS is on, and (`is_readable`) whether an idle connection must not be reused."""
        if info == "ssl_object":
            return self._sock if self._is_tls else None
        if info == "is_readable":
            return bool(self._buffer) or self._born != self._generation() or _readable(self._sock)
        return None


def _readable(sock: socket.socket) -> bool:
    """Whether a read would not wait: an idle connection is then closed by the server, or holds what nobody asked for."""
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def _broken(error: OSError) -> WireError:
    return WireError("reset", f"the connection broke: {error.strerror or error}")
