"""Servers on raw sockets that do what no web framework would, and clients with short patience to meet them."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pytest

from adapty_contract.client import GuardedClient
from adapty_contract.clock import Clock
from adapty_contract.guard import Limits, Policy
from adapty_contract.model import Exchange, Request
from adapty_contract.redact import Redactor
from adapty_contract.target import parse_target

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"
PATH = "/api/v2/integration-identifiers/"
PATIENCE = 5.0


class Connection:
    """One accepted connection, as a handler sees it."""

    def __init__(self, sock: socket.socket, server: RawServer) -> None:
        self.sock = sock
        self.server = server
        self._unread = b""

    def request(self) -> bytes:
        """The next request, head and body, recorded by the server; empty if the client left."""
        while b"\r\n\r\n" not in self._unread:
            if not self._more():
                return b""
        head, _, rest = self._unread.partition(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while len(rest) < length:
            if not self._more():
                return b""
            rest = self._unread.partition(b"\r\n\r\n")[2]
        self._unread = rest[length:]
        whole = head + b"\r\n\r\n" + rest[:length]
        self.server.requests.append(whole)
        return whole

    def _more(self) -> bool:
        try:
            data = self.sock.recv(65536)
        except OSError:
            return False
        self._unread += data
        return bool(data)

    def send(self, data: bytes) -> bool:
        """Send; whether the client still listens."""
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        return True

    def drip(self, data: bytes) -> None:
        """Send byte by byte until the client has had enough."""
        for byte in data:
            if not self.send(bytes([byte])) or self.server.stopping.wait(0.003):
                return

    def until_left(self) -> None:
        """Say nothing more, until the client closes the connection."""
        while self._more():
            pass

    def reset(self) -> None:
        """Break the connection instead of closing it."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class RawServer:
    """Accepts connections on a loopback port and lets `handler` do as it likes with each."""

    def __init__(self, handler: Callable[[Connection], None], context: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._handler = handler
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(PATIENCE)
        for sock in self._sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._sockets.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with sock:
            if self._context is None:
                self._handler(Connection(sock, self))
                return
            with contextlib.suppress(OSError), self._context.wrap_socket(sock, server_side=True) as secure:
                self._handler(Connection(secure, self))


def answering(*answers: bytes) -> Callable[[Connection], None]:
    """A handler that gives one answer a request, on whatever connection it comes, and keeps connections open.

    After an empty answer, and after the last, the connection is closed.
    """
    left = list(answers)

    def handle(connection: Connection) -> None:
        while left and connection.request():
            answer = left.pop(0)
            if not answer or not connection.send(answer):
                return

    return handle


class PatientClock(Clock):
    """Real durations; waits that are written down and not waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.stopped_at: float | None = None
        self.today = datetime(2026, 3, 29, 0, 59, 50, tzinfo=UTC)

    def monotonic(self) -> float:
        return super().monotonic() if self.stopped_at is None else self.stopped_at

    def now(self) -> datetime:
        self.today += timedelta(milliseconds=1)
        return self.today

    def wait(self, seconds: float, *, interruptible: bool = True) -> None:
        del interruptible
        self.waits.append(seconds)


class Bench:
    """Starts servers, makes clients for them, and keeps every exchange that a client delivered."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self.exchanges: list[Exchange] = []
        self.clients: list[GuardedClient] = []
        self.clock = PatientClock()
        self.limits = Limits(connect=2.0, read=0.25, total=3.0)

    def serve(self, *answers: bytes | Callable[[Connection], None], context: Any = None) -> RawServer:
        """A server that gives these answers in turn, or that does what the one handler does."""
        first = answers[0]
        handler = first if callable(first) else answering(*(answer for answer in answers if isinstance(answer, bytes)))
        return self._stack.enter_context(RawServer(handler, context))

    def client(self, port: int, *, host: str = "127.0.0.1", scheme: str = "http", **options: Any) -> GuardedClient:
        """A client for a server on this machine; `options` as of `Policy` and `GuardedClient`."""
        own: dict[str, Any] = {"limits": self.limits, "clock": self.clock}
        own |= {name: options.pop(name) for name in ("limits", "clock", "ca_file") if name in options}
        client = self._stack.enter_context(
            GuardedClient(
                parse_target(f"{scheme}://{host}:{port}", PATH),
                KEY,
                redactor=Redactor([KEY]),
                policy=Policy(**({"allow_writes": True} | options)),
                on_exchange=self.exchanges.append,
                **own,
            )
        )
        self.clients.append(client)
        return client

    def ask(self, *answers: bytes | Callable[[Connection], None], **options: Any) -> Exchange:
        """What comes of one read of a server that does this."""
        return self.client(self.serve(*answers).port, **options).send(self.read())

    @staticmethod
    def read(*headers: tuple[str, str], method: str = "GET", target: str = PATH) -> Request:
        """A read with the key."""
        return Request(method, target, (("Authorization", f"Api-Key {KEY}"), *headers))

    @staticmethod
    def write(body: bytes = b'{"adjust_device_id":"x"}', *headers: tuple[str, str]) -> Request:
        """A write with the key."""
        return Request("POST", PATH, (("Authorization", f"Api-Key {KEY}"), *headers), body)

    @staticmethod
    def answer(
        body: bytes = b"{}", *, status: str = "200 OK", headers: bytes = b"Content-Type: application/json\r\n"
    ) -> bytes:
        """A well-formed answer."""
        length = b"Content-Length: %d\r\n" % len(body)
        return b"HTTP/1.1 %b\r\n%b%b\r\n%b" % (status.encode("latin-1"), headers, length, body)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Servers and clients for one test."""
    with contextlib.ExitStack() as stack:
        yield Bench(stack)
