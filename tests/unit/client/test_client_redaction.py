"""No secret of a run reaches an exchange, an error or a log."""

from __future__ import annotations

import base64
import gzip
import pickle
import traceback
from typing import Any
from urllib.parse import quote

import pytest

from adapty_contract.errors import SafetyStop
from adapty_contract.model import first_header

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"


HTML = b"Content-Type: text/html\r\n"


ECHOES = {
    "plain": KEY,
    "base64": base64.b64encode(b"key=" + KEY.encode()).decode(),
    "URL-encoded": quote("key=" + KEY, safe=""),
    "a piece": KEY[20:34],
}


@pytest.mark.parametrize("form", ECHOES)
@pytest.mark.parametrize("place", ["body", "header", "header name", "reason", "gzip"])
def test_an_echoed_key_is_redacted_and_remarked(bench: Any, place: str, form: str) -> None:
    echo = ECHOES[form].encode()
    token = echo.replace(b"=", b"")
    answer = {
        "body": lambda: bench.answer(b'{"a": "' + echo + b'"}'),
        "header": lambda: bench.answer(headers=b"X-Echo: " + echo + b"\r\n"),
        "header name": lambda: bench.answer(headers=token + b": x\r\n"),
        "reason": lambda: bench.answer(status="400 " + echo.decode()),
        "gzip": lambda: bench.answer(gzip.compress(echo), headers=b"Content-Encoding: gzip\r\n"),
    }[place]()
    exchange = bench.ask(answer)
    assert "secret-echoed" in exchange.response.remarks
    assert KEY[20:32] not in repr(exchange)
    assert base64.b64encode(KEY.encode())[8:24].decode() not in repr(exchange)
    assert "[redacted]" in repr(exchange.response)


def test_a_key_that_a_gateway_or_a_broken_server_echoes_is_redacted_too(bench: Any) -> None:
    page = bench.answer(b"<html>" + KEY.encode(), status="502 Bad Gateway", headers=HTML)
    for answer in (page, b"SSH-" + KEY.encode() + b"\r\n", b"HTTP/1.1 200 OK\r\n" + KEY.encode() + b"\r\n\r\n"):
        exchange = bench.ask(answer)
        assert exchange.fault is not None
        assert KEY[:16] not in repr(exchange)


def test_an_honest_answer_is_not_suspected(bench: Any) -> None:
    exchange = bench.ask(bench.answer(b'{"secret": "live", "secret_live_": 1}'))
    assert "secret-echoed" not in exchange.response.remarks


def test_the_key_cannot_be_reached_from_an_exchange(bench: Any) -> None:
    server = bench.serve(bench.answer())
    request = bench.write(KEY.encode(), ("X-Api-Key", "another"), ("X-Copy", KEY))
    exchange = bench.client(server.port).send(request, label=f"with {KEY}")
    assert KEY.encode() in server.requests[0]
    assert KEY.encode() not in pickle.dumps(exchange)
    assert first_header(exchange.request.headers, "authorization") == "Api-Key [redacted]"
    assert first_header(exchange.request.headers, "x-api-key") == "[redacted]"


def test_neither_client_nor_error_shows_the_key(bench: Any) -> None:
    client = bench.client(bench.serve(bench.answer()).port, max_requests=0)
    assert client.authorization == f"Api-Key {KEY}"
    assert KEY[:12] not in repr(client) + repr(client.target) + repr(vars(client)["_transport"])
    for request in (bench.read(), bench.read(target="/" + KEY), bench.read(method=KEY)):
        with pytest.raises(SafetyStop) as stopped:
            client.send(request)
        assert KEY[:12] not in "".join(traceback.format_exception(stopped.value))
        assert KEY[:12] not in stopped.value.hint


def test_the_library_below_logs_nothing_at_debug_level(bench: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    bench.ask(bench.answer(headers=f"X-Echo: {KEY}\r\n".encode()))
    assert caplog.text == ""
