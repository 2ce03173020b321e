"""What no answer may have, whatever was asked."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.model import Response, Verdict
from support.exchanges import ALL_UNSET, NAMES, answer, judged, read, refusal, verdict_of, violations, within, write

JSON = ("content-type", "application/json")


def test_good_answers_violate_nothing() -> None:
    assert violations(read(answer(200, ALL_UNSET))) == set()
    assert violations(write(answer(200, headers=()))) == set()
    assert violations(read(refusal(404, "profile_does_not_exist"))) == {"known-profile-is-read-with-200"}


# --- answer-holds-no-trace


@pytest.mark.parametrize(
    "inside",
    [
        "Traceback (most recent call last):\n",
        'File "/srv/app/views.py", line 12, in post',
        "Boom\n    at com.example.Api.handle(Api.java:42)",
        "psycopg2.errors.UniqueViolation or psycopg2.OperationalError: no",
        "SQLSTATE[42000]: Syntax error",
        'syntax error at or near "x"',
        "UNIQUE constraint failed: profile.id",
        "KeyError: 'branch_id'",
        "UnicodeDecodeError: 'utf-8' codec",
        "rest_framework.exceptions.ParseError",
        "java.lang.IllegalStateException",
        "panic: runtime error",
    ],
)
def test_the_inside_of_the_server_is_no_part_of_an_answer(inside: str) -> None:
    shown = write(refusal(400, "validation_error", errors=[inside]))
    raw = write(answer(500, inside.encode(), headers=(("content-type", "text/html"),)))
    assert verdict_of("answer-holds-no-trace", raw) is Verdict.VIOLATED
    if "\n" not in inside and '"' not in inside:  # what JSON escapes stands there escaped
        assert verdict_of("answer-holds-no-trace", shown) is Verdict.VIOLATED


@pytest.mark.parametrize(
    "harmless",
    ["Profile not found", "validation_error", "value is not a valid dict", "JSON parse error - Expecting value: line 1",
     "An error occurred at noon", "errors", "ValueErrors are told elsewhere", "File not found, line 3"],
)  # fmt: skip
def test_the_texts_of_refusals_are_no_traces(harmless: str) -> None:
    assert verdict_of("answer-holds-no-trace", write(refusal(400, "parse_error", errors=[harmless]))) is Verdict.HELD


def test_a_trace_that_was_sent_and_comes_back_is_none_of_the_servers() -> None:
    body = {NAMES[0]: "KeyError"}
    assert verdict_of("answer-holds-no-trace", write(refusal(400, "x", errors=["no KeyError"]), body)) is Verdict.HELD


def test_a_trace_that_somebody_wrote_may_be_read() -> None:
    shown = ALL_UNSET | {NAMES[0]: "KeyError: Traceback (most recent call last)"}
    assert "answer-holds-no-trace" not in violations(read(answer(200, shown)))


@pytest.mark.parametrize(
    "piece",
    [
        b"\n",
        b"\n ",
        b"\n at ",
        b"redis.",
        b"psycopg.x",
        b'File "',
        b"a.exceptions",
        b"java.lang.",
        b"_",
        b"goroutine 1",
    ],
)
def test_no_body_keeps_the_search_for_traces_busy(piece: bytes) -> None:
    body = (piece * (1 << 20))[: 1 << 20]
    with within(10):
        assert verdict_of("never-500", write(answer(500, body, headers=()))) is Verdict.VIOLATED


# --- answer-holds-no-secret


def test_an_answer_that_repeats_the_key_is_told_whoever_gave_it() -> None:
    for status in (200, 400, 401, 429, 500, 502):
        echoed = answer(status, b"x", remarks=frozenset({"secret-echoed"}))
        assert verdict_of("answer-holds-no-secret", read(echoed)) is Verdict.VIOLATED
    assert verdict_of("answer-holds-no-secret", read(answer(200, ALL_UNSET))) is Verdict.HELD


@pytest.mark.parametrize(
    ("remarks", "seen"),
    [
        ({"secret-in-body"}, "the key, in the body"),
        ({"secret-in-reason"}, "the key, in the reason phrase"),
        ({"secret-in-header-x-echo"}, "the key, in the header field X-Echo"),
        (
            {"secret-in-header-x-echo", "secret-in-header-x-two", "secret-in-body", "secret-in-reason"},
            "the key, in the reason phrase and in the header field X-Echo and in the header field x-TWO and in the body",
        ),
        (set(), "the key, in the answer"),
    ],
    ids=["body", "reason", "header", "several", "unknown"],
)
def test_the_finding_says_where_the_key_came_back(remarks: set[str], seen: str) -> None:
    headers = (("X-Echo", "[redacted]"), ("x-echo", "[redacted]"), ("x-TWO", "[redacted]"), ("X-Three", "[redacted]"))
    echoed = answer(200, b"{}", headers=headers, remarks=frozenset(remarks | {"secret-echoed"}))
    assert [result.seen for result in judged(read(echoed)) if result.clause == "answer-holds-no-secret"] == [seen]


# --- answer-is-strict-json


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":NaN}',
        b'{"a":"\xff"}',
        b'{"a":1}{"b":2}',
        b'{"a":1e999}',
    ],
    ids=["key twice", "byte order mark", "UTF-16", "NaN", "no UTF-8", "two documents", "infinite"],
)
def test_json_that_parsers_read_differently_is_told(body: bytes) -> None:
    assert verdict_of("answer-is-strict-json", read(answer(200, body))) is Verdict.VIOLATED
    assert verdict_of("answer-is-strict-json", write(answer(400, body))) is Verdict.VIOLATED


@pytest.mark.parametrize(
    "body", [b"[]", b'{"a":"\\ud800"}', b'{"a": "\\u00e9\\ud83d\\ude00"}', b"\n{}\r\n", '{"a":"ä😀"}'.encode()]
)
def test_json_that_every_parser_reads_alike_holds(body: bytes) -> None:
    assert verdict_of("answer-is-strict-json", read(answer(200, body))) is Verdict.HELD


def test_only_what_is_labelled_as_json_is_judged_as_json() -> None:
    for response in (answer(200), answer(200, b" \n"), answer(200, b"{,", headers=(("content-type", "text/html"),))):
        assert verdict_of("answer-is-strict-json", write(response)) is None


# --- answer-charset-is-utf-8


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ("application/json", Verdict.HELD),
        ("application/json; charset=utf-8", Verdict.HELD),
        ('Application/JSON; Charset = "UTF-8"', Verdict.HELD),
        ("application/json; charset=us-ascii", Verdict.HELD),
        ("application/json; charset=iso-8859-1", Verdict.VIOLATED),
        ("application/json;charset=utf-16", Verdict.VIOLATED),
        ("text/html; charset=iso-8859-1", None),
    ],
)
def test_a_charset_that_json_cannot_have_is_told(label: str, verdict: Verdict | None) -> None:
    response = answer(200, ALL_UNSET, headers=(("content-type", label),))
    assert verdict_of("answer-charset-is-utf-8", read(response)) is verdict


# --- answer-coding-is-told


@pytest.mark.parametrize("remark", ["coding-mismatch", "unexpected-coding", "ambiguous-framing", "body-over-cap"])
def test_a_body_that_is_not_as_its_header_says_is_told(remark: str) -> None:
    assert verdict_of("answer-coding-is-told", read(answer(200, remarks=frozenset({remark})))) is Verdict.VIOLATED


def test_a_remark_that_is_no_fault_is_left_alone() -> None:
    for remarks in (frozenset[str](), frozenset({"unasked-coding"}), frozenset({"closed-at-end"})):
        assert verdict_of("answer-coding-is-told", read(answer(200, remarks=remarks))) is Verdict.HELD


# --- private-data-is-not-cached


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ([], Verdict.HELD),
        (["no-store"], Verdict.HELD),
        (["max-age=0"], Verdict.HELD),
        (["private, max-age=60"], Verdict.VIOLATED),
        (["no-cache", "max-age=60"], Verdict.HELD),
        (["max-age=nonsense"], Verdict.HELD),
        (["max-age=60"], Verdict.VIOLATED),
        (['Max-Age="60"'], Verdict.VIOLATED),
        (["public"], Verdict.VIOLATED),
        (["private", "public"], Verdict.VIOLATED),
        (["no-store, s-maxage=5"], Verdict.VIOLATED),
        ([f"max-age={'9' * 5000}"], Verdict.VIOLATED),
    ],
)
def test_a_read_that_a_cache_may_keep_is_told(fields: list[str], verdict: Verdict) -> None:
    response = answer(200, ALL_UNSET, headers=(JSON, *(("Cache-Control", field) for field in fields)))
    assert verdict_of("private-data-is-not-cached", read(response)) is verdict


def test_caching_of_writes_and_refusals_is_nobodys_business() -> None:
    cached = (JSON, ("cache-control", "public"))
    assert verdict_of("private-data-is-not-cached", write(answer(200, headers=cached))) is None
    assert verdict_of("private-data-is-not-cached", read(answer(404, b"{}", headers=cached))) is None


# --- answer-opens-to-no-origin


@pytest.mark.parametrize(
    ("allowed", "credentials", "verdict"),
    [
        (None, None, Verdict.HELD),
        ("*", None, Verdict.HELD),
        ("https://foreign.example", None, Verdict.HELD),
        ("https://our.example", "true", Verdict.HELD),
        ("https://foreign.example", "false", Verdict.HELD),
        ("https://foreign.example", " True", Verdict.VIOLATED),
        ("*", "true", Verdict.VIOLATED),
    ],
)
def test_credentials_for_a_foreign_page_are_told(
    allowed: str | None, credentials: str | None, verdict: Verdict
) -> None:
    fields: dict[str, Any] = {
        "access-control-allow-origin": allowed,
        "access-control-allow-credentials": credentials,
    }
    headers = (JSON, *((name, value) for name, value in fields.items() if value is not None))
    exchange = read(answer(200, ALL_UNSET, headers=headers), headers=(("Origin", "https://foreign.example"),))
    assert verdict_of("answer-opens-to-no-origin", exchange) is verdict
    assert verdict_of("answer-opens-to-no-origin", read(answer(200, ALL_UNSET, headers=headers))) is None


def test_what_is_shown_of_an_answer_is_short() -> None:
    huge = Response(500, (("content-type", "text/html" + "x" * 9000),), b"y" * 100_000)
    exchange = write(huge)
    assert violations(exchange) >= {"never-500"}
