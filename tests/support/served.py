"""Servers for whole runs: the mock on a socket whose answers a test may bend, and raw sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

from adapty_contract.contract import Contract, load_contract
from adapty_contract.mock.app import MockApi
from adapty_contract.mock.rendering import Transmission
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MockSettings
from adapty_contract.mock.store import Store
from adapty_contract.model import Request, Response

PATIENCE = 20.0
NEVER_S = 600.0


class Gate:
    """Holds the server at one write, after it was done and before it is answered, until a test lets go.

    With `silent_s` only that one answer is held back, for so many seconds, and the server serves others meanwhile.
    """

    def __init__(self, at_write: int, *, silent_s: float = 0.0) -> None:
        self.at_write = at_write
        self.silent_s = silent_s
        self.reached = threading.Event()
        self._go = threading.Event()

    def hold(self) -> None:
        self.reached.set()
        if not self.silent_s:
            self._go.wait(PATIENCE)

    def release(self) -> None:
        self._go.set()


class Served:
    """A running mock. `requests` are those that reached it; `gate` may hold a write.

    `instead` may answer a request in its place, so that nothing is done; `change` may bend the answer to what was done.
    After `mute_after` requests no answer comes any more.
    """

    def __init__(self, server: MockServer) -> None:
        self._inner = server.application.api
        self.url = server.url
        self.port = server.port
        self.requests: list[Request] = []
        self.change: Callable[[Request, Response], Response] | None = None
        self.instead: Callable[[Request], Response | None] | None = None
        self.mute_after: int | None = None
        self.gate: Gate | None = None
        self._writes = 0
        self._held: Request | None = None
        server.application.api = cast("MockApi", self)

    @property
    def contract(self) -> Contract:
        """As of MockApi."""
        return self._inner.contract

    @property
    def store(self) -> Store:
        """As of MockApi."""
        return self._inner.store

    def handle(self, request: Request) -> Response:
        """As of MockApi."""
        self.requests.append(request)
        early = self.instead(request) if self.instead is not None else None
        response = early or self._inner.handle(request)
        if request.method == "POST" and response.status == 200:
            self._writes += 1
            if self.gate is not None and self._writes == self.gate.at_write:
                self._held = request
                self.gate.hold()
        return response if self.change is None else _measured(self.change(request, response))

    def transmission(self, request: Request, response: Response) -> Transmission:
        """As of MockApi."""
        sent = self._inner.transmission(request, response)
        if self.mute_after is not None and len(self.requests) > self.mute_after:
            return replace(sent, delay_s=NEVER_S)
        return replace(sent, delay_s=self.gate.silent_s) if self.gate and request is self._held else sent

    def holds(self, customer_user_id: str) -> dict[str, str]:
        """The identifiers that are set in a profile, as the server has stored them."""
        return next(dict(each.identifiers) for each in self.store.every() if each.customer_user_id == customer_user_id)


def _measured(response: Response) -> Response:
    """A bent response with the length that its body has now."""
    headers = tuple((name, value) for name, value in response.headers if name.lower() != "content-length")
    return replace(response, headers=(*headers, ("content-length", str(len(response.body)))))


@contextlib.contextmanager
def served(**settings: Any) -> Iterator[Served]:
    """A mock on a free port; `settings` as of MockSettings."""
    with MockServer(load_contract(), MockSettings(**settings)) as server:
        running = Served(server)
        try:
            yield running
        finally:
            if running.gate is not None:
                running.gate.release()


@contextlib.contextmanager
def raw_server(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """The URL of a server that does with each connection what `handle` does, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    open_: list[socket.socket] = []

    def serve(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            handle(sock)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = listener.accept()
                open_.append(sock)
                threads.append(threading.Thread(target=serve, args=(sock,)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join(PATIENCE)
        for sock in open_:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(PATIENCE)


def heads(sock: socket.socket) -> Iterator[bytes]:
    """The heads of the requests on a connection, one after the other; bodies are read and dropped."""
    unread = b""
    while True:
        while b"\r\n\r\n" not in unread:
            more = sock.recv(65536)
            if not more:
                return
            unread += more
        head, _, unread = unread.partition(b"\r\n\r\n")
        fields = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
        left = sum(int(value) for name, _, value in fields if name == b"content-length")
        while len(unread) < left:
            unread += sock.recv(65536)
        unread = unread[left:]
        yield head
