"""The reader of bodies is strict, bounded and quick."""

from __future__ import annotations

import contextlib
import time

import pytest

from adapty_contract.mock.bodies import Body, BodyError, Number, is_too_deep, read_body


def test_numbers_are_kept_as_written() -> None:
    digits = b"9" * 60_000
    assert read_body(b"[1.50, -0, 1e400, " + digits + b"]").value == [
        Number("1.50"),
        Number("-0"),
        Number("1e400"),
        Number(digits.decode()),
    ]


def test_pairs_of_surrogates_are_characters() -> None:
    assert read_body(b'"\\ud83d\\ude00"').value == "😀"


def test_repeated_names_are_told_wherever_they_are() -> None:
    assert read_body(b'{"a": {"b": 1, "c": 2, "b": 3}}') == Body({"a": {"b": Number("3"), "c": Number("2")}}, ("b",))
    assert read_body(b'{"a": 1, "b": 2}').repeated == ()


@pytest.mark.parametrize("text", ["[" * 32 + "]" * 32, '"' + "[" * 100 + '"', '"\\"' + "[" * 100 + '"', "[]" * 100])
def test_shallow_text_is_not_too_deep(text: str) -> None:
    assert not is_too_deep(text)


@pytest.mark.parametrize("text", ["[" * 33, '{"a":' * 33, '["[]"' + "[" * 32])
def test_deep_text_is_seen_from_its_beginning(text: str) -> None:
    assert is_too_deep(text)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 65_536,
        b'{"a":' * 13_000,
        b'"' + b"\\" * 65_000,
        b'"\\"' * 20_000,
        b'"' * 65_536,
        b"{" + b'"a":1,' * 10_000 + b'"a":1}',
        b"[" + b'"\\ud83d\\ude00",' * 4_000 + b"1]",
        b"1" * 65_536,
        b"[" + b"{}," * 20_000 + b"1]",
    ],
    ids=["arrays", "objects", "backslashes", "escapes", "quotes", "names", "pairs", "digits", "siblings"],
)
def test_no_body_takes_long(body: bytes) -> None:
    started = time.process_time()
    with contextlib.suppress(BodyError):
        read_body(body)
    assert time.process_time() - started < 0.5  # linear: some milliseconds; a square would take seconds
