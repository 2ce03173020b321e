"""Bodies are laid out without a change to what was sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.reporters.html.bodies import body_text, excerpt, laid_out

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{}", "{}"),
        (b"[ ]", "[]"),
        (b'{"a":1.50,"a":"\\u00e9,:{"}', '{\n  "a": 1.50,\n  "a": "\\u00e9,:{"\n}'),
        (b'[[1,{"x":[]}],2]', '[\n  [1, {"x": []}],\n  2\n]'),
        (b'{"a":', '{"a":'),
        (b'{"a":1}x', '{"a":1}x'),
        (b"plain {text}", "plain {text}"),
        (b"\xff\xfea", r"\xff\xfea"),
    ],
    ids=["empty-object", "empty-list", "spelling-kept", "nested", "cut-off", "more-behind", "text", "no-utf-8"],
)
def test_body_is_shown_as(body: bytes, text: str) -> None:
    assert body_text(body) == text


@given(JSON)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_laying_out_changes_nothing_but_white_space(value: object) -> None:
    assert json.loads(laid_out(json.dumps(value))) == value


def test_large_body_shows_both_ends_and_its_size() -> None:
    told = body_text(b"A" * 100_000 + b"the end")

    assert told.startswith("AAAA")
    assert told.endswith("the end")
    assert "100,007 bytes in all" in told
    assert len(told) < 2_500
    assert len(excerpt(b"A" * 100_000)) <= 160


@pytest.mark.parametrize(
    "body", [b"a\n" * 5000, b"a\n" * 1000, b"[" + b"1," * 900 + b"1]"], ids=["large", "text", "json"]
)
def test_body_of_many_lines_is_no_wall(body: bytes) -> None:
    lines = body_text(body).split("\n")

    assert len(lines) <= 81
    assert "in all ...]" in lines[60]


def test_body_of_few_lines_is_whole() -> None:
    assert body_text(b"a\n" * 79) == "a\n" * 79
