"""What a body or an answer is, told from its bytes alone, and always in agreement with the schema of a write."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapty_contract.checks.situations import SURE_LENGTH, body_situation, describe, is_plain, weather
from adapty_contract.model import BodyFact, Response
from adapty_contract.scenarios.catalogue import SURE, UNSURE
from support.exchanges import CONTRACT, NAMES, answer, read, within, write

WRITE = jsonschema.Draft202012Validator(CONTRACT.bundled("IntegrationIdentifiersUpdate"))
A, B = NAMES[:2]


def raw(value: Any) -> bytes:
    return json.dumps(value).encode()


# --- bodies, by example


@pytest.mark.parametrize(
    ("body", "fact", "clause"),
    [
        (raw({A: "x"}), BodyFact.VALID, None),
        (b'\n {"%s" : "x"}\r\n\t' % A.encode(), BodyFact.VALID, None),
        (raw(dict.fromkeys(NAMES, "x")), BodyFact.VALID, None),
        (json.dumps({A: "\u00e9\U0001f600"}).encode(), BodyFact.VALID, None),
        (json.dumps({A: "\u00e9\U0001f600"}, ensure_ascii=False).encode(), BodyFact.VALID, None),
        (raw({A: "x" * SURE_LENGTH}), BodyFact.VALID, None),
        (raw({A: "x" * (SURE_LENGTH + 1)}), BodyFact.OPEN, None),
        (raw({A: ""}), BodyFact.OPEN, None),
        (raw({A: " x"}), BodyFact.OPEN, None),
        (raw({A: "x\ty"}), BodyFact.OPEN, None),
        (raw({A: None}), BodyFact.OPEN, None),
        (raw({A: 5}), BodyFact.OPEN, None),
        (raw({A: True}), BodyFact.OPEN, None),
        (raw({}), BodyFact.OPEN, None),
        (raw(None), BodyFact.OPEN, None),
        (raw({"unknown": "x"}), BodyFact.OPEN, None),
        (raw({A: "x", "unknown": []}), BodyFact.OPEN, None),
        (b"", BodyFact.OPEN, None),
        (b" \n", BodyFact.OPEN, None),
        (b'{"%s":"x","%s":"y"}' % (A.encode(), A.encode()), BodyFact.OPEN, None),
        (b'{"%s":NaN}' % A.encode(), BodyFact.OPEN, None),
        (b'{"%s":-Infinity}' % A.encode(), BodyFact.OPEN, None),
        (b'{"%s":1e999}' % A.encode(), BodyFact.OPEN, None),
        (b'{"%s":+Infinity}' % A.encode(), BodyFact.OPEN, None),
        (b'{"%s":"\\ud800"}' % A.encode(), BodyFact.OPEN, None),
        (b"\xef\xbb\xbf" + raw({A: "x"}), BodyFact.OPEN, None),
        (json.dumps({A: "x"}).encode("utf-16"), BodyFact.OPEN, None),
        (json.dumps({A: "x"}).encode("utf-16-le"), BodyFact.OPEN, None),
        (json.dumps({A: "x"}).encode("utf-16-be"), BodyFact.OPEN, None),
        (json.dumps({A: "x"}).encode("utf-32"), BodyFact.OPEN, None),
        (json.dumps({A: "x"}).encode("utf-32-be"), BodyFact.OPEN, None),
        (b'{"%s":%s}' % (A.encode(), b"9" * 5000), BodyFact.OPEN, None),
        (b"[" * 5000 + b"]" * 5000, BodyFact.OPEN, None),
        (raw([]), BodyFact.REFUSED, "non-object-body-is-400"),
        (raw([{A: "x"}]), BodyFact.REFUSED, "non-object-body-is-400"),
        (raw("x"), BodyFact.REFUSED, "non-object-body-is-400"),
        (raw(5), BodyFact.REFUSED, "non-object-body-is-400"),
        (b"false", BodyFact.REFUSED, "non-object-body-is-400"),
        (raw({A: []}), BodyFact.REFUSED, "container-value-is-400"),
        (raw({A: "x", B: {"value": "x"}}), BodyFact.REFUSED, "container-value-is-400"),
        (b"{", BodyFact.REFUSED, "broken-json-is-400"),
        (b"{'%s':'x'}" % A.encode(), BodyFact.REFUSED, "broken-json-is-400"),
        (raw({A: "x"}) + b"]", BodyFact.REFUSED, "broken-json-is-400"),
        (raw({A: "x"}) * 2, BodyFact.REFUSED, "broken-json-is-400"),
        (b'{"%s":"x\n"}' % A.encode(), BodyFact.REFUSED, "broken-json-is-400"),
        (b"\x00", BodyFact.OPEN, None),
        (b'{"%s":"\xff"}' % A.encode(), BodyFact.REFUSED, "body-in-other-encoding-is-400"),
        (b'{"%s":"\xe9"}' % A.encode(), BodyFact.REFUSED, "body-in-other-encoding-is-400"),
        (b'{"%s":"\xed\xa0\x80"}' % A.encode(), BodyFact.REFUSED, "body-in-other-encoding-is-400"),
    ],
)
def test_a_body_is_what_the_sources_say_of_it(body: bytes, fact: BodyFact, clause: str | None) -> None:
    situation = body_situation(body, CONTRACT)
    assert (situation.fact, situation.clause) == (fact, clause)


@pytest.mark.parametrize("label", SURE)
def test_the_catalogues_sure_values_are_plain(label: str) -> None:
    assert is_plain(SURE[label])
    assert body_situation(raw({A: SURE[label]}), CONTRACT).fact is BodyFact.VALID


@pytest.mark.parametrize("label", UNSURE)
def test_the_catalogues_unsure_values_are_not(label: str) -> None:
    assert body_situation(raw({A: UNSURE[label]}), CONTRACT).fact is BodyFact.OPEN


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b'"', b"\\", b"9", b"{}", b"\n", b"\xff", b"\0"])
def test_a_body_of_a_megabyte_is_told_in_time(piece: bytes) -> None:
    with within(10):
        body_situation((piece * (1 << 20))[: 1 << 20], CONTRACT)


# --- bodies, by law

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES[:3], "unknown", ""]), inner, max_size=3)
    ),
    max_leaves=6,
)
WRITES = st.dictionaries(st.sampled_from(NAMES), st.text(min_size=1, max_size=66), min_size=1, max_size=4)
TEXTS = st.builds(lambda value, ascii_: json.dumps(value, ensure_ascii=ascii_), JSON | WRITES, st.booleans())
BODIES = (
    st.binary(max_size=40)
    | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.builds(
        lambda text, encoding: text.encode(encoding, "replace"),
        TEXTS,
        st.sampled_from(["utf-16", "utf-16-be", "utf-32", "latin-1", "utf-8-sig"]),
    )
    | st.builds(
        lambda text, at, junk: text.encode("utf-8", "replace")[:at] + junk + text.encode("utf-8", "replace")[at:],
        TEXTS,
        st.integers(0, 40),
        st.binary(max_size=3),
    )
)


def as_a_strict_reader_has_it(body: bytes) -> tuple[bool, Any]:
    """Whether a body is JSON in UTF-8 as RFC 8259 has it, and its value."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return True, json.loads(body.decode("utf-8"), parse_constant=refuse)
    except (ValueError, RecursionError):
        return False, None


@settings(deadline=None, max_examples=400)
@given(BODIES)
@example(b'{"%s":"x","%s":"y"}' % (A.encode(), A.encode()))
@example(b"\xef\xbb\xbf{}")
def test_the_classes_of_bodies_agree_with_the_schema_of_a_write(body: bytes) -> None:
    situation = body_situation(body, CONTRACT)
    is_json, value = as_a_strict_reader_has_it(body)
    fits = is_json and WRITE.is_valid(value)
    if situation.fact is BodyFact.VALID:
        assert fits
    if situation.fact is BodyFact.REFUSED:
        assert not fits
        assert situation.clause in CONTRACT.clauses
    else:
        assert situation.clause is None
    assert situation.fact is not BodyFact.NONE


@settings(deadline=None)
@given(WRITES.filter(lambda values: all(map(is_plain, values.values()))))
def test_any_write_of_plain_values_must_be_taken(values: dict[str, str]) -> None:
    assert body_situation(raw(values), CONTRACT).fact is BodyFact.VALID


@given(st.text(max_size=70))
def test_plain_values_are_short_and_need_no_trimming(value: str) -> None:
    if is_plain(value):
        assert 0 < len(value) <= SURE_LENGTH
        assert value == value.strip()
        value.encode()  # no lone surrogate


# --- weather


def test_no_answer_throttling_gateways_and_firewalls_are_weather() -> None:
    assert weather(read(None)) == "no answer: read-timeout"
    assert weather(read(answer(429))) == "throttled (429)"
    for status in (502, 503, 504, 520, 521, 530):
        assert weather(write(answer(status))) == f"a gateway's answer ({status})"
    assert weather(read(answer(403, headers=(("content-type", "text/html; charset=utf-8"),)))) is not None


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500, 501, 505, 519, 531])
def test_any_other_answer_is_none(status: int) -> None:
    assert weather(read(answer(status))) is None


# --- describing


@pytest.mark.parametrize(
    ("response", "text"),
    [
        (answer(200), "200 application/json, no body"),
        (answer(404, headers=()), "404, no body"),
        (answer(400, b"{}"), "400 application/json {}"),
        (answer(200, b"x" * 121, headers=()), f"200 {'x' * 120} … (121 bytes)"),
        (answer(200, b"\xff", headers=()), "200 \ufffd"),
    ],
)
def test_an_answer_is_described_in_few_words(response: Response, text: str) -> None:
    assert describe(response) == text
