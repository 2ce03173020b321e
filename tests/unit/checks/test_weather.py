"""Laws of all checks: no answer makes one raise, and bad weather violates nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapty_contract.checks import all_checks, judge
from adapty_contract.model import (
    BodyFact,
    Exchange,
    Facts,
    KeyFact,
    Operation,
    ProfileFact,
    Request,
    Response,
    TransportFault,
    Verdict,
)
from support.exchanges import ALL_UNSET, CONTRACT, CUSTOMER, NAMES, REFUSAL, answer, judged, violations, within, write

REMARKS = ["secret-echoed", "coding-mismatch", "unexpected-coding", "ambiguous-framing", "body-over-cap", "new-remark"]
LATIN = st.text(st.characters(max_codepoint=255), max_size=30)
CLAUSES = st.sampled_from([None, *CONTRACT.clauses])


def maybe(kind: type[KeyFact | ProfileFact | BodyFact]) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(list(kind))


FACTS = st.builds(Facts, maybe(KeyFact), maybe(ProfileFact), maybe(BodyFact), LATIN, CLAUSES, st.booleans())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES[:3], "errors", "error_code", "status_code", "source", "data", "api_key"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
BENT = st.builds(
    lambda whole, changes: {**whole, **changes},
    st.sampled_from([ALL_UNSET, REFUSAL, CONTRACT.spec["components"]["examples"]["ProfileAfterWrite"]["value"]]),
    st.dictionaries(st.sampled_from([*NAMES[:3], "errors", "error_code", "status_code", "data"]), JSON, max_size=2),
)
BODIES = st.binary(max_size=60) | (JSON | BENT).map(lambda value: json.dumps(value).encode())
FIELDS = st.tuples(
    st.sampled_from(["content-type", "Cache-Control", "access-control-allow-origin", "allow", "x"]),
    LATIN
    | st.sampled_from(["application/json", "application/json; charset=latin-1", "public, max-age=60", "*", "\x00"]),
)
RESPONSES = st.builds(
    Response,
    st.integers(0, 999) | st.sampled_from([200, 400, 401, 404, 429, 500, 502]),
    st.lists(FIELDS, max_size=4).map(tuple),
    BODIES,
    LATIN,
    st.sampled_from(["HTTP/1.1", "HTTP/0.9", ""]),
    st.frozensets(st.sampled_from(REMARKS), max_size=2),
)
REQUESTS = st.builds(
    Request,
    st.sampled_from(["GET", "POST", "HEAD", "BREW"]),
    st.just(CONTRACT.path) | LATIN,
    st.lists(st.tuples(st.sampled_from([CUSTOMER, "adapty-profile-id", "Origin"]), LATIN), max_size=3).map(tuple),
    BODIES,
)


def exchanges(responses: st.SearchStrategy[Response | None]) -> st.SearchStrategy[Exchange]:
    faults = st.none() | st.builds(TransportFault, st.sampled_from(["read-timeout", "truncated"]), st.just("x"))
    return st.builds(
        Exchange, st.just(1), REQUESTS, responses, faults, FACTS, st.none() | st.sampled_from(list(Operation)), LATIN
    )


@settings(deadline=None, max_examples=400)
@given(exchanges(RESPONSES))
@example(write(answer(200, ALL_UNSET, headers=(("cache-control", f"max-age={'9' * 5000}"),)), operation=Operation.GET,
               method="GET"))  # fmt: skip
@example(write(answer(400, {**REFUSAL, "status_code": 10**400})))
@example(write(answer(400, b'{"errors":["\\ud800"],"error_code":"\\udfff","status_code":400}')))
def test_no_answer_makes_a_check_raise(exchange: Exchange) -> None:
    for result in judged(exchange):
        assert result.clause in CONTRACT.clauses
        assert result.exchanges == (1,) or exchange.number == 7
        assert result.verdict is not Verdict.NOT_EXERCISED
        assert result.verdict is Verdict.HELD or result.expected


WEATHER = RESPONSES.flatmap(
    lambda response: st.sampled_from([429, 502, 503, 504, 520, 530]).map(
        lambda status: Response(status, response.headers, response.body, "", "HTTP/1.1", response.remarks)
    )
)
FIREWALL = st.builds(
    lambda response: Response(403, (("content-type", "text/html"), *response.headers), response.body), RESPONSES
)


@settings(deadline=None, max_examples=200)
@given(exchanges(WEATHER | FIREWALL))
def test_bad_weather_violates_nothing_but_the_secrecy_of_the_key(exchange: Exchange) -> None:
    assert violations(exchange) <= {"answer-holds-no-secret"}


@given(exchanges(st.none()))
def test_without_an_answer_there_is_nothing_to_judge(exchange: Exchange) -> None:
    assert judged(exchange) == ()


@settings(deadline=None)
@given(exchanges(RESPONSES))
def test_judging_twice_says_the_same(exchange: Exchange) -> None:
    assert judged(exchange) == judged(exchange)


@settings(deadline=None)
@given(exchanges(RESPONSES))
def test_a_check_judges_only_the_clauses_it_is_registered_for_or_the_one_of_the_request(exchange: Exchange) -> None:
    assert exchange.response is not None
    for check in all_checks():
        for result in check.function(exchange, exchange.response, CONTRACT):
            assert result.clause in {*check.clauses, exchange.facts.clause}


def test_every_check_names_clauses_that_exist() -> None:
    assert {clause for check in all_checks() for clause in check.clauses} <= CONTRACT.clauses.keys()
    assert len({check.name for check in all_checks()}) == len(all_checks()) > 15


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"errors":[' + b"1," * 200_000 + b'1],"error_code":"x","status_code":400}', 400),
        (
            b'{"errors":{' + b",".join(b'"%d":1' % n for n in range(50_000)) + b'},"error_code":"x","status_code":400}',
            400,
        ),
        (b'{"data":{"access_levels":[' + b"1," * 200_000 + b"1]}}", 200),
        (b'{"data":' + b"[" * 150 + b"]" * 150 + b"}", 200),
        (b"{" + b",".join(b'"api_key%d":1' % n for n in range(50_000)) + b"}", 200),
    ],
    ids=["many items", "many sources", "many levels", "deep", "many members"],
)
def test_a_large_wrong_answer_is_judged_in_time_and_told_briefly(body: bytes, status: int) -> None:
    with within(10):
        for exchange in (
            write(answer(status, body)),
            write(answer(status, body), operation=Operation.GET, method="GET"),
        ):
            for result in judge(exchange, CONTRACT):
                assert len(result.seen) < 2000
