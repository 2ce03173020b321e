"""One request to the one target, over `httpcore2`: no proxies, no redirects, no retries, nothing but the target.

A server can do nothing that raises here: what it does wrong becomes a `TransportFault` or a remark.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import httpcore2

from adapty_contract import __version__
from adapty_contract.attempt import Attempt, NothingSentError, WireError
from adapty_contract.connecting import Backend, ssl_context
from adapty_contract.decode import CutShortError, decode
from adapty_contract.model import Headers, Response, TransportFault, header_values

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapty_contract.clock import Clock
    from adapty_contract.guard import Limits
    from adapty_contract.model import Request
    from adapty_contract.target import Target

Outcome = Response | TransportFault
"""What came of one request."""

# At level DEBUG the library writes header values into the log, and a server may have put the key there.
logging.getLogger("httpcore2").setLevel(logging.INFO)

_DEFAULT_HEADERS = (
    ("User-Agent", f"adapty-contract/{__version__}"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "identity"),
)
_DETAIL = 200  # characters of a parser's complaint, which quotes what it read
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class Transport:
    """Sends requests to one target over kept-alive connections; may be used by several threads at a time."""

    def __init__(
        self,
        target: Target,
        limits: Limits,
        clock: Clock,
        *,
        ca_file: Path | None = None,
        check_interrupt: Callable[[], None] = lambda: None,
    ) -> None:
        """`ca_file` (PEM) replaces the usual certificate authorities. Raises `UsageError` if it cannot be read.

        `check_interrupt` is called now and then while a server is silent, and may raise `Interrupted`.
        """
        self._check_interrupt = check_interrupt
        self._target = target
        self._limits = limits
        self._clock = clock
        self._backend = Backend(target)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context(ca_file) if target.scheme == "https" else None,
            max_connections=None,
            max_keepalive_connections=16,
            keepalive_expiry=limits.idle,
            retries=0,
            network_backend=self._backend,
        )

    def __repr__(self) -> str:
        return f"Transport({self._target.url!r})"

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def send(self, request: Request) -> Outcome:
        """Send `request` once; only if not one byte of it could leave, once more over a new connection."""
        try:
            wire_request = self._wire_request(request)
        except ValueError as error:  # UnicodeEncodeError is one; its text would show the value
            return TransportFault("unsendable", f"no HTTP client can send this: {type(error).__name__}")
        try:
            return self._send_once(request, wire_request)
        except NothingSentError:
            self._backend.forget_idle()  # so that this time it is a new connection, which can't end up here again
            return self._send_once(request, wire_request)

    def _send_once(self, request: Request, wire_request: httpcore2.Request) -> Outcome:
        deadline = self._clock.monotonic() + self._limits.total
        attempt = Attempt(
            request.method,
            self._target.scheme == "https",
            deadline,
            self._limits,
            self._clock.monotonic,
            self._check_interrupt,
        )
        self._backend.local.attempt = attempt
        try:
            response = self._pool.handle_request(wire_request)
            try:
                return self._read(response, attempt, asked=_asks_for_coding(request))
            finally:
                response.close()
        except WireError as error:
            return self._faulty(error.fault, attempt)
        except CutShortError as error:
            return TransportFault("truncated", str(error))
        except httpcore2.LocalProtocolError:
            return TransportFault("unsendable", "the request is no HTTP that a client may send")
        except httpcore2.RemoteProtocolError as error:
            return TransportFault("framing", _shortened(str(error)))

    def _faulty(self, fault: TransportFault, attempt: Attempt) -> TransportFault:
        stream = attempt.stream
        if fault.kind in ("closed", "reset") and stream is not None and stream.reused and not stream.touched:
            self._backend.forget_idle()  # whoever tries again gets a new connection
        return fault

    def _wire_request(self, request: Request) -> httpcore2.Request:
        headers = self._headers(request)
        if _declares_another_length(request):
            raise ValueError("Content-Length does not fit the body")
        host = self._target.host.encode("ascii")
        return httpcore2.Request(
            request.method.encode("ascii"),
            httpcore2.URL(
                scheme=self._target.scheme, host=host, port=self._target.port, target=request.target.encode("latin-1")
            ),
            headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            content=request.body or None,
        )

    def _headers(self, request: Request) -> Headers:
        given = {name.lower() for name, _ in request.headers}
        added = [("Host", self._target.authority), *_DEFAULT_HEADERS]
        framed = "content-length" in given or "transfer-encoding" in given
        if not framed and (request.body or request.method not in _BODILESS):
            added.append(("Content-Length", str(len(request.body))))
        return (*(pair for pair in added if pair[0].lower() not in given), *request.headers)

    def _read(self, response: httpcore2.Response, attempt: Attempt, *, asked: bool) -> Response:
        stream, cap = attempt.stream, self._limits.body
        if stream is None or stream.head is None:
            raise WireError("not-http", "there was an answer before the request")
        body, over = _read_body(response, cap)
        head = stream.head
        headers: Headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        coding = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
        decoded = decode(body[:cap], coding, cap=cap, asked=asked, whole=not over)
        found = {
            "body-over-cap": over,
            "ambiguous-framing": head.ambiguous,
            "control-in-header": head.controls,
            "extra-bytes": stream.surplus,
            "interim-response": stream.interim > 0,
            "ended-by-close": stream.ended_by_close,
        }
        remarks = {name for name, is_so in found.items() if is_so}
        return Response(
            status=response.status,
            headers=head.headers if head.controls else headers,
            body=decoded.body,
            reason=response.extensions["reason_phrase"].decode("latin-1"),
            http_version=response.extensions["http_version"].decode("latin-1"),
            remarks=decoded.remarks | remarks,
        )


def _read_body(response: httpcore2.Response, cap: int) -> tuple[bytes, bool]:
    """The body as sent, at most a little over `cap` bytes, and whether it is longer than that."""
    body, stream = bytearray(), response.stream
    assert not isinstance(stream, bytes)
    for part in stream:  # type: ignore[union-attr]
        body += part
        if len(body) > cap:
            return bytes(body), True
    return bytes(body), False


def _declares_another_length(request: Request) -> bool:
    """Whether the caller's own framing contradicts the body, which no strict client can send."""
    lengths = header_values(request.headers, "content-length")
    chunked = request.header("transfer-encoding") is not None
    return not chunked and any(value != str(len(request.body)) for value in lengths)


def _asks_for_coding(request: Request) -> bool:
    accepted = request.header("accept-encoding")
    return accepted is not None and accepted.strip().lower() not in ("", "identity")


def _shortened(text: str) -> str:
    return text if len(text) <= _DETAIL else text[:_DETAIL] + "..."
