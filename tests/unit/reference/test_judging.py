"""What the contract says of an exchange that the mock remembers."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapty_contract.checks import all_checks
from adapty_contract.contract import load_contract
from adapty_contract.mock.asgi import MockApplication
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Exchange, Headers, KeyFact, Request, Verdict
from adapty_contract.record_json import encode
from adapty_contract.reference import beyond as beyond_module
from adapty_contract.reference.judging import Judgement, judge_recorded

CONTRACT = load_contract()
NAME = CONTRACT.identifiers[0]
KEY: Headers = (("authorization", f"Api-Key {MOCK_KEY}"),)
CUSTOMER: Headers = (("adapty-customer-user-id", "customer-1"),)
GOOD: Headers = (*KEY, *CUSTOMER)
_REFUSED = "refused-write-changes-nothing"
_KEPT = {"values-round-trip", "write-merges", "write-is-visible"}
BROWSER: Headers = (
    ("host", "127.0.0.1:4010"),
    ("sec-fetch-site", "same-origin"),
    ("origin", "http://127.0.0.1:4010"),
    ("user-agent", "Mozilla/5.0"),
    ("accept", "*/*"),
    ("x-request-id", "console-1"),
)


def remembered(
    *faults: str, headers: Headers = GOOD, body: Any = None, target: str = CONTRACT.path, dialects: tuple[str, ...] = ()
) -> Exchange:
    """The exchange that the journal of a mock with these faults holds after one request."""
    mock = MockApplication(CONTRACT, MockSettings(faults=faults, dialects=dialects))
    raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    kind: Headers = () if body is None else (("content-type", "application/json"), ("content-length", str(len(raw))))
    request = Request("GET" if body is None else "POST", target, (*BROWSER, *headers, *kind), raw)
    scope = {
        "type": "http",
        "method": request.method,
        "path": target,
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw}

    async def send(_: Any) -> None:
        """Nobody reads the answer."""

    asyncio.run(mock(scope, receive, send))
    (exchange,) = mock.journal.exchanges()
    return exchange


def judged(exchange: Exchange) -> Judgement:
    return judge_recorded(exchange, CONTRACT, base_url="http://127.0.0.1:4010", key="$ADAPTY_API_KEY")


def verdicts(exchange: Exchange) -> dict[str, Verdict]:
    return {each.id: each.verdict for each in judged(exchange).clauses}


@pytest.mark.parametrize(
    ("headers", "body", "clause"),
    [
        (GOOD, None, "known-profile-is-read-with-200"),
        (GOOD, {NAME: "x"}, "valid-write-is-200"),
        (CUSTOMER, None, "key-missing-is-401"),
        ((*CUSTOMER, ("authorization", "Api-Key wrong")), None, "key-wrong-is-401"),
        ((*CUSTOMER, ("authorization", f"Bearer {MOCK_KEY}")), None, "key-under-other-scheme-is-401"),
        ((*KEY, ("adapty-customer-user-id", "nobody")), None, "unknown-profile-is-404"),
        ((*KEY, ("adapty-customer-user-id", "nobody")), {NAME: "x"}, "unknown-profile-on-write-is-refused"),
        ((*KEY, ("adapty-profile-id", "x")), None, "malformed-profile-id-is-refused"),
        (KEY, None, "no-profile-header-is-4xx"),
        (GOOD, b'{"a"', "broken-json-is-400"),
        (GOOD, [], "non-object-body-is-400"),
    ],
)
def test_a_request_is_judged_by_what_the_mock_knew_of_it(headers: Headers, body: Any, clause: str) -> None:
    found = verdicts(remembered(headers=headers, body=body))
    assert next(iter(found)) == clause, "what tells most of the request comes first"
    assert set(found.values()) == {Verdict.HELD}


@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("read-as-html", "read-is-json"),
        ("key-beside-them", "answer-holds-no-secret"),
        ("key-coded-beside-them", "answer-holds-no-secret"),
    ],
)
def test_a_fault_that_one_exchange_shows_is_found(fault: str, clause: str) -> None:
    found = judged(remembered(fault)).clauses
    assert [each.id for each in found if each.verdict is Verdict.VIOLATED] == [clause]
    assert found[0].id == clause, "what is wrong comes first"
    assert found[0].expected
    assert found[0].seen
    assert found[0].statement == CONTRACT.clauses[clause].statement
    assert {(each.expected, each.seen) for each in found if each.verdict is Verdict.HELD} == {("", "")}


def test_a_dialect_is_blamed_for_nothing_and_named_where_it_takes_the_other_side() -> None:
    found = judged(remembered(body={NAME: "x"}, dialects=("post-200-profile",))).clauses
    assert [(each.id, each.verdict, each.open) for each in found if each.verdict is not Verdict.HELD] == [
        ("write-answer-is-blank", Verdict.INCONCLUSIVE, True)
    ]


def test_what_only_a_client_sees_is_not_claimed() -> None:
    assert "answer-coding-is-told" not in verdicts(remembered())


def test_another_path_is_judged_by_what_holds_everywhere() -> None:
    exchange = remembered(target=CONTRACT.path.rstrip("/"))
    assert exchange.status == 301
    assert set(verdicts(exchange)) <= {
        "never-500",
        "answer-holds-no-trace",
        "answer-holds-no-secret",
        "answer-opens-to-no-origin",
        "answer-is-strict-json",
    }


def test_what_holds_of_every_answer_comes_last() -> None:
    topics = [CONTRACT.clauses[each.id].topic for each in judged(remembered()).clauses]
    assert topics == sorted(topics, key=lambda topic: topic == "answers")
    assert {topics[0], topics[-1]} == {"reading", "answers"}


@pytest.mark.parametrize(
    ("headers", "body", "clauses"),
    [
        (GOOD, None, {"read-has-no-effect"}),
        (GOOD, {NAME: "x"}, _KEPT),
        (GOOD, {NAME: 5}, {"scalar-is-refused", "scalar-is-refused-or-told-as-string", _REFUSED}),
        (GOOD, {NAME: True}, {"scalar-is-refused", "scalar-is-refused-or-told-as-string", _REFUSED}),
        (GOOD, {NAME: None}, {"null-is-refused", "null-is-refused-ignored-or-clears", _REFUSED}),
        (GOOD, {NAME: " "}, {"blank-is-refused-kept-or-clears", *_KEPT}),
        (GOOD, {NAME: []}, {_REFUSED}),
        (GOOD, {}, {"empty-object-is-refused", "empty-write-changes-nothing", _REFUSED}),
        (GOOD, b"{", {_REFUSED}),
        (CUSTOMER, None, {"refused-key-learns-nothing"}),
        (CUSTOMER, {NAME: "x"}, {"refused-key-learns-nothing", "refused-key-writes-nothing"}),
        ((*KEY, ("adapty-customer-user-id", "nobody")), None, {"unknown-profile-is-not-created"}),
    ],
)
def test_what_one_exchange_cannot_show_is_named(headers: Headers, body: Any, clauses: set[str]) -> None:
    assert set(judged(remembered(headers=headers, body=body)).beyond) == clauses


def test_an_unknown_member_is_named_too() -> None:
    assert "unknown-field-disturbs-nothing" in judged(remembered(body={NAME: "x", "other": "y"})).beyond


@pytest.mark.parametrize(
    ("body", "clause"), [(None, "missing-slash-reads-the-same"), ({NAME: "x"}, "missing-slash-loses-no-write")]
)
def test_the_path_without_its_slash_is_told_as_that(body: Any, clause: str) -> None:
    assert judged(remembered(target=CONTRACT.path.rstrip("/"), body=body)).beyond == (clause,)


def test_what_is_named_so_is_judged_by_no_check() -> None:
    written = (Path(beyond_module.__file__)).read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', written))
    assert named <= CONTRACT.clauses.keys()
    assert named & {name for each in all_checks() for name in each.clauses} == set()


def test_the_line_for_a_shell_sends_the_same_request() -> None:
    line = judged(remembered(body={NAME: "x y"})).curl
    words = shlex.split(line)
    assert words[0] == "curl"
    assert f"http://127.0.0.1:4010{CONTRACT.path}" in words
    assert "authorization: Api-Key $ADAPTY_API_KEY" in words
    assert "adapty-customer-user-id: customer-1" in words
    assert json.dumps({NAME: "x y"}) in words
    for added in ("sec-fetch", "origin", "Mozilla", "x-request-id"):
        assert added not in line


def test_a_wrong_key_is_not_told_as_the_right_one() -> None:
    exchange = remembered(headers=(*CUSTOMER, ("authorization", "Api-Key wrong")))
    assert exchange.facts.key is KeyFact.REFUSED
    assert 'Api-Key another-key"' in judged(exchange).curl


def test_nothing_is_guessed_where_nothing_is_known() -> None:
    exchange = remembered(headers=(*CUSTOMER, ("authorization", "Api-Key wrong")))
    unknown = replace(exchange, facts=type(exchange.facts)())
    assert "key-wrong-is-401" not in verdicts(unknown)


def test_it_can_be_told_as_json() -> None:
    told = encode(judged(remembered("read-as-html")))
    assert json.loads(json.dumps(told)) == told
    assert told["clauses"][0].keys() >= {"id", "level", "statement", "open", "verdict", "expected", "seen"}
