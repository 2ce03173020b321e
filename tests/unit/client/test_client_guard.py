"""What a run may not do, it cannot do."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.errors import SafetyStop
from adapty_contract.guard import Limits
from adapty_contract.model import Facts, KeyFact, ProfileFact, Request

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
    bench.clock.stopped_at = 100.0
    client = bench.client(server.port, rate=5)
    for _ in range(4):
        client.send(bench.read())
    assert bench.clock.waits == [pytest.approx(0.2), pytest.approx(0.4), pytest.approx(0.6)]


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


def test_a_limit_of_every_kind_is_positive_by_default() -> None:
    limits = Limits()
    assert 0 < limits.idle < limits.connect <= limits.read < limits.total
