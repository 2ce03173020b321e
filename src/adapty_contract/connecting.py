"""Opens connections: to the target only, in bounded time, with verified certificates."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import certifi
import httpcore2

from adapty_contract.attempt import WireError
from adapty_contract.errors import SafetyStop, UsageError
from adapty_contract.wire import FramedStream

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from adapty_contract.attempt import Attempt
    from adapty_contract.target import Target


def ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context that always verifies, and that takes nothing from the environment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(ca_file or certifi.where())
    except OSError as error:
        raise UsageError(f"the CA file {ca_file} cannot be used: {error.strerror or error}") from None
    return context


class Backend(httpcore2.NetworkBackend):
    """Opens connections to the target and to nothing else; knows what each thread is doing."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._generation = 0
        self.local: Any = threading.local()

    def forget_idle(self) -> None:
        """Have the pool drop its idle connections: where one was closed by the server, the others are too."""
        self._generation += 1

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> FramedStream:
        """A connection to the target. Raises `SafetyStop` for any other host or port."""
        if (host, port) != (self._target.host, self._target.port):
            raise SafetyStop(f"refused to connect to {host}:{port}: only {self._target.authority} may be reached")
        sock = self._connect(host, port)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return FramedStream(sock, self._current, lambda: self._generation)

    def _current(self) -> Attempt:
        attempt: Attempt = self.local.attempt
        return attempt

    def _connect(self, host: str, port: int) -> socket.socket:
        try:
            addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise WireError("unknown-host", f"{host}: {getattr(error, 'strerror', None) or error}") from error
        trouble: WireError | None = None
        for family, kind, protocol, _, address in addresses:
            sock = socket.socket(family, kind, protocol)
            try:
                return self._connected(sock, address)
            except WireError as error:
                sock.close()
                trouble = error
        raise trouble or WireError("unknown-host", f"{host} has no address")

    def _connected(self, sock: socket.socket, address: Any) -> socket.socket:
        attempt = self._current()
        sock.settimeout(attempt.patience(attempt.limits.connect, "connect-timeout"))
        try:
            sock.connect(address)
        except TimeoutError as error:
            raise attempt.late("connect-timeout") from error
        except OSError as error:
            raise WireError("refused", f"{address[0]} port {address[1]}: {error.strerror or error}") from error
        return sock
