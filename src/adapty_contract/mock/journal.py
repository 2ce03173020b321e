"""The mock's memory of what was asked and answered: bounded, and redacted as it is written."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from adapty_contract.model import Exchange, Facts, Operation, Request, Response
from adapty_contract.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapty_contract.contract import Contract

_OPERATIONS = {operation.method: operation for operation in Operation}
_NO_FACTS = Facts()


class Journal:
    """The last exchanges with the mock, numbered from 1; may be used from several threads."""

    def __init__(
        self, contract: Contract, key: str, size: int, on_exchange: Callable[[Exchange], None] | None = None
    ) -> None:
        """Keeps `size` exchanges; `on_exchange` is called with each one as it is written, redacted as well."""
        self._path = contract.path
        self._redactor = Redactor([key])
        self._on_exchange = on_exchange
        self._lock = threading.Lock()
        self._last = 0
        self._exchanges: deque[Exchange] = deque(maxlen=size)

    @property
    def is_read(self) -> bool:
        """Whether anybody will ever see what is written."""
        return bool(self._exchanges.maxlen) or self._on_exchange is not None

    def record(
        self, request: Request, response: Response, started: str, elapsed: float, facts: Facts = _NO_FACTS
    ) -> None:
        """Writes one exchange: `started` is the wall clock in UTC (ISO 8601), `elapsed` in seconds."""
        if not self.is_read:
            return
        clean_request, clean_response = self._clean_request(request), self._clean_response(response)
        operation = _OPERATIONS.get(request.method) if request.path == self._path else None
        with self._lock:
            self._last += 1
            exchange = Exchange(
                self._last,
                clean_request,
                clean_response,
                facts=facts,
                operation=operation,
                started=started,
                elapsed=elapsed,
            )
            self._exchanges.append(exchange)
        if self._on_exchange is not None:
            self._on_exchange(exchange)

    def exchanges(
        self, since: int = 0, method: str | None = None, request_id: str | None = None
    ) -> tuple[Exchange, ...]:
        """The kept exchanges with numbers above `since`, of one method or of all, with one X-Request-Id or any."""
        with self._lock:
            kept = tuple(self._exchanges)
        return tuple(
            exchange
            for exchange in kept
            if exchange.number > since
            and (method is None or exchange.request.method == method.upper())
            and (request_id is None or exchange.request.header("x-request-id") == request_id)
        )

    def exchange(self, number: int) -> Exchange | None:
        """The exchange with this number, if it is still kept."""
        with self._lock:
            return next((exchange for exchange in self._exchanges if exchange.number == number), None)

    def clear(self) -> None:
        """Forgets every exchange; numbers go on."""
        with self._lock:
            self._exchanges.clear()

    def redacted(self, text: str) -> str:
        """`text` without the mock's key."""
        return self._redactor.text(text)

    def _clean_request(self, request: Request) -> Request:
        clean = self._redactor
        return Request(
            request.method, clean.text(request.target), clean.headers(request.headers), clean.bytes(request.body)
        )

    def _clean_response(self, response: Response) -> Response:
        clean = self._redactor
        head = "\n".join(part for header in response.headers for part in header)
        echoed = clean.found_in(head) or clean.found_in(response.body)
        return Response(
            response.status,
            clean.headers(response.headers),
            clean.bytes(response.body),
            response.reason,
            remarks=frozenset({"secret-echoed"}) if echoed else frozenset(),
        )
