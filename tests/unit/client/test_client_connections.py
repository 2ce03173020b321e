"""Connections are kept, shared among threads and replaced, and lead to the target only."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from adapty_contract.connecting import Backend
from adapty_contract.errors import SafetyStop
from adapty_contract.guard import Limits
from adapty_contract.target import parse_target


def test_connections_are_kept_and_a_closed_one_is_replaced(bench: Any) -> None:
    server = bench.serve(bench.answer(), bench.answer(headers=b"Connection: close\r\n"), bench.answer())
    client = bench.client(server.port)
    assert [client.send(bench.write()).status for _ in range(3)] == [200, 200, 200]
    assert server.connections == 2


def test_a_write_goes_over_a_new_connection_where_the_server_closed_the_idle_one(bench: Any) -> None:
    closed = threading.Event()

    def handler(connection: Any) -> None:
        connection.request()
        connection.send(bench.answer())
        if not closed.is_set():
            connection.sock.shutdown(2)
            closed.set()
        connection.until_left()

    server = bench.serve(handler)
    client = bench.client(server.port)
    client.send(bench.write())
    assert closed.wait(5)
    exchange = client.send(bench.write())
    assert (exchange.status, exchange.attempts) == (200, 1)
    assert len(server.requests) == 2


def test_where_one_kept_connection_was_closed_no_other_is_tried(bench: Any) -> None:
    both = threading.Barrier(2)

    def handler(connection: Any) -> None:
        old = connection.server.connections <= 2
        while connection.request():
            if old and both.broken:
                return
            if old:
                both.wait(5)
            connection.send(bench.answer())

    client = bench.client(bench.serve(handler).port, limits=Limits())
    threads = [threading.Thread(target=client.send, args=(bench.read(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    both.abort()
    exchange = client.send(bench.read(), retry=True)
    assert (exchange.status, exchange.attempts) == (200, 2)


def test_a_connection_to_anything_but_the_target_is_refused() -> None:
    backend = Backend(parse_target("http://127.0.0.1:1", "/api/"))
    for host, port in (("127.0.0.1", 2), ("localhost", 1), ("127.0.0.2", 1)):
        with pytest.raises(SafetyStop, match="refused to connect"):
            backend.connect_tcp(host, port)


def test_eight_threads_get_their_own_answers(bench: Any) -> None:
    def echo(connection: Any) -> None:
        while request := connection.request():
            connection.send(bench.answer(request.partition(b"\r\n\r\n")[2]))

    client = bench.client(bench.serve(echo).port, limits=Limits())
    wrong: list[Any] = []

    def work(name: int) -> None:
        for turn in range(20):
            body = f'"{name}/{turn}"'.encode()
            exchange = client.send(bench.write(body))
            if exchange.response is None or exchange.response.body != body:
                wrong.append(exchange)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert wrong == []
    assert [exchange.number for exchange in bench.exchanges] == list(range(1, 161))
