"""The mock on a socket: started in a thread, ready when `start` returns, stopped within two seconds."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from adapty_contract.errors import ContractSuiteError, TargetError
from adapty_contract.mock.asgi import MockApplication
from adapty_contract.mock.ports import listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from uvicorn import Server

    from adapty_contract.contract import Contract
    from adapty_contract.mock.settings import MockSettings
    from adapty_contract.mock.site import SiteSource
    from adapty_contract.model import Exchange

_KEEP_ALIVE_S: Final = 75
_GRACE_S: Final = 1  # for open requests, when it stops
_START_S: Final = 10.0


class MockServer:
    """A running mock; a context manager. `application` gives its journal and its store."""

    def __init__(
        self,
        contract: Contract,
        settings: MockSettings,
        on_exchange: Callable[[Exchange], None] | None = None,
        site: SiteSource | None = None,
    ) -> None:
        """`on_exchange` is called, in the server's thread, with each exchange, redacted; `site` is served at `/`."""
        self._contract = contract
        self._settings = settings
        self._on_exchange = on_exchange
        self._site = site
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._ready = threading.Event()
        self.ended = threading.Event()
        """Set when the server has stopped, for whatever reason, or is asked to by a signal."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end; known after `start`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    def start(self) -> None:
        """Listens and serves; returns when requests are answered.

        Raises UsageError for settings that make no sense, TargetError if the address cannot be had.
        """
        listener = listen(self._settings.host, self._settings.port, allow_public=self._settings.allow_public)
        try:
            self.application = MockApplication(self._contract, self._settings, self._on_exchange, self._site)
        except ContractSuiteError:
            listener.close()
            raise
        self._host, self.port = listener.getsockname()[:2]
        self._server = _uvicorn_server(self.application, self._ready)
        self._thread = threading.Thread(target=self._run, args=(listener,), name="adapty-contract-mock", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_S) or self._failure is not None:
            self.stop()
            raise TargetError("the mock did not start", hint=str(self._failure or "the machine may be overloaded"))

    def wait(self) -> None:
        """Returns when `ended` is set. Raises TargetError if that is because the server failed."""
        self.ended.wait()
        if self._failure is not None:
            raise TargetError(f"the mock ended: {self._failure}") from self._failure

    def stop(self) -> None:
        """Ends open requests, waits for them at most a second, and lets go of the store. May be called twice."""
        if self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._thread = None

    @contextmanager
    def ended_by_signals(self) -> Iterator[None]:
        """While this lasts, SIGINT and SIGTERM set `ended` and do nothing else. Only in the main thread."""

        def end(*_: object) -> None:
            self.ended.set()

        signals = (signal.SIGINT, signal.SIGTERM)
        former = [signal.signal(each, end) for each in signals]
        try:
            yield
        finally:
            for each, handler in zip(signals, former, strict=True):
                signal.signal(each, handler)

    def _run(self, listener: socket.socket) -> None:
        try:
            self._server.run(sockets=[listener])
        except BaseException as error:  # noqa: BLE001  (told by `start`, in the thread that asked)
            self._failure = error
        finally:
            listener.close()
            self.application.close()
            self.ended.set()
            self._ready.set()


def _uvicorn_server(application: MockApplication, ready: threading.Event) -> Server:
    import uvicorn

    class ReadyServer(uvicorn.Server):
        """Tells when it accepts connections."""

        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            ready.set()

    config = uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    return ReadyServer(config)
