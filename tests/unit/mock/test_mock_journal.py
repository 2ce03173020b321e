"""The journal remembers what was asked and answered, without the key, and no more than it may."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

from adapty_contract.contract import load_contract
from adapty_contract.mock.journal import Journal
from adapty_contract.mock.settings import MOCK_KEY
from adapty_contract.model import Exchange, Facts, KeyFact, Operation, ProfileFact, Request, Response

CONTRACT = load_contract()
READ = Request("GET", CONTRACT.path, (("authorization", f"Api-Key {MOCK_KEY}"), ("accept", "*/*")))
BLANK = Response(200)


def journal(size: int = 100) -> Journal:
    return Journal(CONTRACT, MOCK_KEY, size)


def test_exchanges_are_numbered_and_chosen() -> None:
    kept = journal()
    for method in ("GET", "POST", "GET", "PUT"):
        kept.record(Request(method, CONTRACT.path), BLANK, "2026-01-02T03:04:05.678+00:00", 0.25)
    assert [exchange.number for exchange in kept.exchanges()] == [1, 2, 3, 4]
    assert [exchange.number for exchange in kept.exchanges(since=2)] == [3, 4]
    assert [exchange.number for exchange in kept.exchanges(since=1, method="get")] == [3]
    assert [exchange.operation for exchange in kept.exchanges()] == [Operation.GET, Operation.SET, Operation.GET, None]
    first = kept.exchanges()[0]
    assert (first.started, first.elapsed) == ("2026-01-02T03:04:05.678+00:00", 0.25)


def test_the_oldest_are_forgotten_and_numbers_go_on() -> None:
    kept = journal(size=2)
    for _ in range(5):
        kept.record(READ, BLANK, "", 0.0)
    assert [exchange.number for exchange in kept.exchanges()] == [4, 5]
    kept.clear()
    kept.record(READ, BLANK, "", 0.0)
    assert [exchange.number for exchange in kept.exchanges()] == [6]


def test_a_journal_of_no_size_keeps_nothing_but_tells() -> None:
    told: list[Exchange] = []
    kept = Journal(CONTRACT, MOCK_KEY, 0, told.append)
    kept.record(READ, BLANK, "", 0.0)
    assert kept.exchanges() == ()
    assert [exchange.number for exchange in told] == [1]


def test_the_key_is_nowhere_in_it() -> None:
    told: list[Exchange] = []
    kept = Journal(CONTRACT, MOCK_KEY, 10, told.append)
    encoded = base64.b64encode(MOCK_KEY.encode()).decode()
    request = Request("POST", f"{CONTRACT.path}?key={MOCK_KEY}", (*READ.headers, ("x-b64", encoded)), MOCK_KEY.encode())
    kept.record(request, Response(200, (("x-echo", MOCK_KEY),), b'"' + MOCK_KEY.encode() + b'"'), "", 0.0)
    (exchange,) = kept.exchanges()
    assert told == [exchange]
    for part in (MOCK_KEY, encoded[:20], MOCK_KEY[9:21]):
        assert part not in repr(exchange)
    assert exchange.request.header("accept") == "*/*"


def test_threads_get_numbers_of_their_own() -> None:
    kept = journal(1000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kept.record(READ, BLANK, "", 0.0), range(500)))
    assert [exchange.number for exchange in kept.exchanges()] == list(range(1, 501))


def test_one_is_found_by_its_number_or_its_request_id() -> None:
    kept = journal(size=3)
    for request_id in ("a", "b", "a", "c"):
        kept.record(Request("GET", CONTRACT.path, (("X-Request-Id", request_id),)), BLANK, "", 0.0)
    assert [exchange.number for exchange in kept.exchanges(request_id="a")] == [3]
    found = kept.exchange(4)
    assert found is not None
    assert found.request.header("x-request-id") == "c"
    assert kept.exchange(1) is None


def test_an_answer_that_repeats_the_key_is_remarked_upon() -> None:
    kept = journal()
    encoded = base64.b64encode(MOCK_KEY.encode())
    for answer in (Response(200, body=encoded), Response(200, (("x", MOCK_KEY),)), Response(200, body=b"[redacted]")):
        kept.record(READ, answer, "", 0.0)
    remarks = [exchange.response.remarks for exchange in kept.exchanges() if exchange.response]
    assert remarks == [{"secret-echoed"}, {"secret-echoed"}, frozenset()]


def test_what_is_known_of_a_request_is_kept() -> None:
    kept, facts = journal(), Facts(KeyFact.REFUSED, ProfileFact.UNKNOWN)
    kept.record(READ, BLANK, "", 0.0, facts)
    kept.record(READ, BLANK, "", 0.0)
    assert [exchange.facts for exchange in kept.exchanges()] == [facts, Facts()]
