"""What a run may not do, it cannot do; and no secret of it reaches an exchange."""

from __future__ import annotations

import base64
import pickle
import threading
import traceback
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest

from adapty_contract.clock import Clock, Interrupted
from adapty_contract.errors import SafetyStop
from adapty_contract.guard import Limits
from adapty_contract.model import Facts, KeyFact, ProfileFact, Request, first_header

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"
PATH = "/api/v2/integration-identifiers/"
HTML = b"Content-Type: text/html\r\n"


@pytest.mark.parametrize(
    "target",
    ["/", "/api/v2/", PATH + "x", PATH + "/", PATH.upper(), "/x/.." + PATH, "//evil" + PATH, "http://evil" + PATH, "*",
     PATH + "#x", PATH + ";x", PATH.replace("v2", "%76%32"), ""],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_another_path_stops_before_the_socket(bench: Any, method: str, target: str) -> None:
    server = bench.serve(bench.answer())
    client = bench.client(server.port)
    with pytest.raises(SafetyStop, match="only '/api/v2/integration-identifiers/' may be requested"):
        client.send(Request(method, target))
    assert server.connections == 0
    assert client.requests_sent == 0
    assert bench.exchanges == []


@pytest.mark.parametrize("target", [PATH, PATH[:-1], PATH + "?a=b", PATH[:-1] + "?"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_methods_may_ask_for_the_api_path_in_each_spelling(bench: Any, method: str, target: str) -> None:
    server = bench.serve(bench.answer(b""))
    exchange = bench.client(server.port, allow_writes=False).send(bench.read(method=method, target=target))
    assert exchange.status == 200
    assert server.requests[0].startswith(f"{method} {target} HTTP/1.1\r\n".encode())


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE", "post", "get", "PURGE", ""])
def test_every_other_method_needs_permission(bench: Any, method: str) -> None:
    server = bench.serve(bench.answer())
    with pytest.raises(SafetyStop, match="writes are not allowed"):
        bench.client(server.port, allow_writes=False).send(Request(method, PATH))
    assert server.connections == 0


def test_a_used_up_budget_stops_and_keeps_what_was_done(bench: Any) -> None:
    server = bench.serve(bench.answer(), bench.answer(), bench.answer())
    client = bench.client(server.port, max_requests=2)
    client.send(bench.read())
    client.send(bench.read())
    with pytest.raises(SafetyStop, match="budget of 2 requests"):
        client.send(bench.read())
    assert len(server.requests) == 2
    assert len(bench.exchanges) == 2


def test_every_attempt_counts_and_an_exchange_cut_by_the_budget_is_delivered(bench: Any) -> None:
    page = bench.answer(b"<html>", status="502 Bad Gateway", headers=HTML)
    server = bench.serve(page, page, page)
    with pytest.raises(SafetyStop, match="budget"):
        bench.client(server.port, max_requests=2).send(bench.read(), retry=True)
    assert len(server.requests) == 2
    assert [(exchange.fault.kind, exchange.attempts) for exchange in bench.exchanges] == [("gateway", 2)]


def test_a_profile_can_be_put_back_after_the_budget(bench: Any) -> None:
    server = bench.serve(bench.answer(), bench.answer())
    client = bench.client(server.port, max_requests=1)
    client.send(bench.read())
    with client.restoring():
        assert client.send(bench.write()).status == 200
    with pytest.raises(SafetyStop):
        client.send(bench.read())


def test_requests_keep_their_distance(bench: Any) -> None:
    server = bench.serve(*[bench.answer()] * 4)
    client = bench.client(server.port, rate=5)
    for _ in range(4):
        client.send(bench.read())
    waits = bench.clock.waits
    assert len(waits) == 3
    assert all(before < after for before, after in pairwise(waits))
    assert waits[2] == pytest.approx(0.6, abs=0.15)


@pytest.mark.parametrize("page", ["502 Bad Gateway", "503 Unavailable", "504 Timeout", "522 Cloudflare"])
def test_the_page_of_a_gateway_is_no_answer_of_the_api(bench: Any, page: str) -> None:
    answers = [bench.answer(b"<html><h1>oops</h1>", status=page, headers=HTML)] * 3
    server = bench.serve(*answers)
    exchange = bench.client(server.port).send(bench.read(), retry=True)
    assert exchange.response is None
    assert exchange.fault.kind == "gateway"
    assert page[:3] in exchange.fault.detail
    assert "oops" in exchange.fault.detail
    assert exchange.attempts == len(server.requests) == 3
    assert bench.clock.waits == [0.2, 1.0]


def test_a_write_is_never_repeated_because_of_a_gateway(bench: Any) -> None:
    server = bench.serve(*[bench.answer(b"<html>", status="503 Unavailable", headers=HTML)] * 2)
    assert bench.client(server.port).send(bench.write(), retry=True).attempts == 1
    assert len(server.requests) == 1


def test_a_503_of_the_api_itself_is_an_answer(bench: Any) -> None:
    server = bench.serve(bench.answer(status="503 Unavailable"))
    exchange = bench.client(server.port).send(bench.read())
    assert (exchange.status, exchange.attempts) == (503, 1)


def test_a_read_is_repeated_at_most_twice_on_broken_connections(bench: Any) -> None:
    server = bench.serve(lambda connection: connection.request())
    exchange = bench.client(server.port).send(bench.read(), retry=True)
    assert exchange.fault.kind == "closed"
    assert exchange.attempts == len(server.requests) == 3
    assert bench.clock.waits == [0.0, 1.0]


def test_a_read_recovers_from_a_connection_that_broke(bench: Any) -> None:
    server = bench.serve(bench.answer(b"1"), b"", bench.answer(b"2"))
    client = bench.client(server.port)
    client.send(bench.read())
    exchange = client.send(bench.read(), retry=True)
    assert (exchange.response.body, exchange.attempts) == (b"2", 2)
    assert server.connections == 2


@pytest.mark.parametrize("retry", [True, False])
def test_a_write_is_never_repeated_on_a_broken_connection(bench: Any, retry: bool) -> None:  # noqa: FBT001
    server = bench.serve(bench.answer(b"1"), b"", bench.answer(b"2"))
    client = bench.client(server.port)
    client.send(bench.write())
    exchange = client.send(bench.write(), retry=retry)
    assert (exchange.fault.kind, exchange.attempts) == ("closed", 1)
    assert len(server.requests) == 2


def test_without_permission_a_read_is_not_repeated_either(bench: Any) -> None:
    server = bench.serve(b"", bench.answer())
    assert bench.client(server.port).send(bench.read()).attempts == 1


def limited(bench: Any, retry_after: str | None, date: str = "") -> bytes:
    headers = b"" if retry_after is None else f"Retry-After: {retry_after}\r\n".encode()
    headers += f"Date: {date}\r\n".encode() if date else b""
    answer: bytes = bench.answer(status="429 Too Many Requests", headers=headers)
    return answer


@pytest.mark.parametrize(
    ("retry_after", "date", "wait"),
    [
        ("7", "", 7.0),
        ("0", "", 0.0),
        ("Mon, 30 Mar 2026 10:00:12 GMT", "Mon, 30 Mar 2026 10:00:00 GMT", 12.0),
        ("Mon, 30 Mar 2026 10:00:00 GMT", "Mon, 30 Mar 2026 10:00:12 GMT", 0.0),
        ("Sun, 29 Mar 2026 01:00:00 GMT", "", 10.0),
        ("soon", "", 1.0),
        ("-5", "", 1.0),
        ("\u00b2", "", 1.0),
        ("", "", 1.0),
        (None, "", 1.0),
        ("Mon, 99 Mar 2026 10:00:00 GMT", "", 1.0),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_429_is_waited_for_and_repeated_by_any_method(
    bench: Any, method: str, retry_after: str | None, date: str, wait: float
) -> None:
    server = bench.serve(limited(bench, retry_after, date), bench.answer())
    request = bench.read() if method == "GET" else bench.write()
    exchange = bench.client(server.port).send(request)
    assert (exchange.status, exchange.attempts) == (200, 2)
    assert bench.clock.waits == [pytest.approx(wait, abs=0.1)]


def test_a_429_that_stays_is_an_answer_after_three_repeats(bench: Any) -> None:
    server = bench.serve(*[limited(bench, "1")] * 5)
    exchange = bench.client(server.port).send(bench.read())
    assert (exchange.status, exchange.attempts) == (429, 4)


@pytest.mark.parametrize("retry_after", ["864000", "9" * 400, "Wed, 08 Apr 2026 01:00:00 GMT"])
def test_a_wait_of_ten_days_stops_the_run(bench: Any, retry_after: str) -> None:
    server = bench.serve(limited(bench, retry_after), bench.answer())
    with pytest.raises(SafetyStop, match="longer than the 30 s allowed"):
        bench.client(server.port).send(bench.read())
    assert bench.clock.waits == []
    assert [exchange.status for exchange in bench.exchanges] == [429]


def test_a_clock_that_is_set_back_lengthens_no_wait(bench: Any) -> None:
    answer = limited(bench, "Mon, 30 Mar 2026 10:00:05 GMT", "Mon, 30 Mar 2026 10:00:00 GMT")
    bench.clock.today = bench.clock.today.replace(year=2025)
    bench.client(bench.serve(answer, bench.answer()).port).send(bench.read())
    assert bench.clock.waits == [5.0]


@pytest.mark.parametrize(
    ("answer", "options", "facts"),
    [
        (("500 Internal Server Error", b""), {"server_errors_in_row": 3}, Facts()),
        (("502 Bad Gateway", HTML), {"failures_in_row": 3}, Facts()),
        (("429 Too Many Requests", b""), {"limited_in_row": 3, "repeats_when_limited": 0}, Facts()),
        (("401 Unauthorized", b""), {"refusals_in_row": 3}, Facts(key=KeyFact.VALID, profile=ProfileFact.KNOWN)),
    ],
    ids=["server errors", "gateway pages", "limits", "a revoked key"],
)
def test_a_row_of_trouble_stops_the_run(bench: Any, answer: Any, options: Any, facts: Facts) -> None:
    status, headers = answer
    trouble = bench.answer(status=status, headers=headers)
    server = bench.serve(trouble, trouble, bench.answer(), *[trouble] * 4)
    client = bench.client(server.port, **options)
    for _ in range(5):
        client.send(bench.read(), facts=facts)
    with pytest.raises(SafetyStop, match="3 times in a row"):
        client.send(bench.read(), facts=facts)
    assert len(server.requests) == len(bench.exchanges) == 6


def test_a_401_to_a_wrong_key_is_no_trouble(bench: Any) -> None:
    server = bench.serve(*[bench.answer(status="401 Unauthorized")] * 6)
    client = bench.client(server.port)
    for _ in range(6):
        client.send(bench.read(), facts=Facts(key=KeyFact.REFUSED))


def test_what_cannot_be_sent_is_no_trouble_of_the_server(bench: Any) -> None:
    client = bench.client(bench.serve(bench.answer()).port)
    for _ in range(6):
        client.send(bench.read(("X", "a\0")))


def test_a_wait_ends_when_the_run_is_interrupted(bench: Any) -> None:
    interrupt = threading.Event()
    interrupt.set()
    server = bench.serve(limited(bench, "20"), bench.answer())
    with pytest.raises(Interrupted):
        bench.client(server.port, clock=Clock(interrupt)).send(bench.read())
    assert [exchange.status for exchange in bench.exchanges] == [429]


def test_an_interrupted_run_still_puts_the_profile_back(bench: Any) -> None:
    interrupt = threading.Event()
    interrupt.set()
    client = bench.client(bench.serve(limited(bench, "0"), bench.answer()).port, clock=Clock(interrupt))
    with client.restoring():
        assert client.send(bench.write()).status == 200


ECHOES = {
    "plain": KEY,
    "base64": base64.b64encode(b"key=" + KEY.encode()).decode(),
    "URL-encoded": quote("key=" + KEY, safe=""),
    "a piece": KEY[20:34],
}


@pytest.mark.parametrize("form", ECHOES)
@pytest.mark.parametrize("place", ["body", "header", "header name", "reason", "gzip"])
def test_an_echoed_key_is_redacted_and_remarked(bench: Any, place: str, form: str) -> None:
    import gzip

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


def test_a_limit_of_every_kind_is_positive_by_default() -> None:
    limits = Limits()
    assert 0 < limits.idle < limits.connect <= limits.read < limits.total
