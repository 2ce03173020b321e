"""Show the built reference on this machine, as the mock shows it: its files and nothing else."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote

from adapty_contract.mock.site import answer_with, file_for
from adapty_contract.mock.strangers import stranger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.model import Headers


def server_of(files: Mapping[str, bytes], port: int) -> ThreadingHTTPServer:
    """A server of these files on a loopback port. Raises OSError if it cannot be had."""

    class OfTheseFiles(_Handler):
        shown = files

    return ThreadingHTTPServer(("127.0.0.1", port), OfTheseFiles)


class _Handler(BaseHTTPRequestHandler):
    """Answers what asks for a file of `shown`."""

    shown: Mapping[str, bytes]
    server_version, sys_version = "adapty-contract", ""

    def do_GET(self) -> None:  # the name that http.server looks for
        """Send a file."""
        self._send(*self._answer())

    do_HEAD = do_GET  # noqa: N815  (as above)

    def _answer(self) -> tuple[HTTPStatus, Headers, bytes]:
        strange = stranger(tuple(self.headers.items()), self.client_address[0])
        if strange is not None:
            return _plainly(HTTPStatus.FORBIDDEN, strange)
        name = file_for(unquote(self.path.partition("?")[0]), self.shown)
        return _plainly(HTTPStatus.NOT_FOUND, "no such page") if name is None else answer_with(name, self.shown)

    def _send(self, status: HTTPStatus, headers: Headers, body: bytes) -> None:
        self.send_response(status)
        for field, value in headers:
            self.send_header(field, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _plainly(status: HTTPStatus, text: str) -> tuple[HTTPStatus, Headers, bytes]:
    body = f"{text}\n".encode()
    return status, (("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(body)))), body
