"""A body is read as JSON without a crash, and with everything said that a careless client would not notice."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapty_contract.jsontext import MAX_DEPTH, read_document
from adapty_contract.model import Document, Response

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines that run tests are busy

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@patient
@given(json_values, st.booleans())
def test_ordinary_json_is_read_without_a_fault(value: object, as_ascii: bool) -> None:  # noqa: FBT001
    body = json.dumps(value, ensure_ascii=as_ascii).encode()
    assert read_document(body) == Document(value, ok=True)
    assert read_document(b" \r\n\t" + body + b"\n") == Document(value, ok=True)


@patient
@given(st.binary() | st.lists(st.sampled_from([b"[", b"{", b'"', b"\\", b"u", b"d8", b"00", b"1", b"e9", b":", b",",
                                              b"null", b"NaN", b"-", b"Infinity", b"}", b"]", b" ", b"\xef\xbb\xbf"]),
                              max_size=40).map(b"".join))  # fmt: skip
def test_no_bytes_whatsoever_make_it_crash(body: bytes) -> None:
    document = read_document(body)
    assert document.ok or document.faults
    assert document.ok or document.value is None
    json.dumps(document.detail)


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        (b"", "empty", "no bytes"),
        (b" \n", "empty", "white space"),
        (b'{"a": "\xff"}', "invalid-utf-8", "0xff at offset 7"),
        (b'"\xed\xa0\x80"', "invalid-utf-8", "offset 1"),
        (b'"' + "é".encode("latin-1") + b'"', "invalid-utf-8", "0xe9 at offset 1"),
        (b"\xef\xbb\xbf{}", "bom", "ef bb bf"),
        ("{}".encode("utf-16"), "utf-16", "byte order mark"),
        ("{}".encode("utf-16-le"), "utf-16", "7b 00"),
        ("{}".encode("utf-16-be"), "utf-16", "00 7b"),
        (b"{", "invalid-json", "line 1, column 2"),
        (b"nul", "invalid-json", "line 1"),
        (b"{'a': 1}", "invalid-json", ""),
        (b"[1,]", "invalid-json", ""),
        (b"01", "trailing-bytes", "offset 1"),
        (b'"a\nb"', "invalid-json", ""),
        (b'"\\x"', "invalid-json", ""),
        (b"{}{}", "trailing-bytes", "offset 2: '{}'"),
        (b"[1]\0", "trailing-bytes", "offset 3"),
        (b"{} x", "trailing-bytes", "'x'"),
        (b"NaN", "not-a-number", "NaN"),
        (b"[-Infinity]", "not-a-number", "-Infinity"),
        (b'{"a": 1e400}', "not-a-number", "1e400"),
        (b"-1E400", "not-a-number", "-1E400"),
        (b"1" + b"0" * 400 + b".0", "not-a-number", "too large"),
        (b"9" * 5000, "big-integer", "5000 digits"),
        (b"[" * 100_000, "too-deep", "offset 200"),
        (b"[" * 201 + b"]" * 201, "too-deep", "200 levels"),
        (b'{"a":' * 201, "too-deep", "200 levels"),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_what_is_no_json_is_refused_with_its_own_code(body: bytes, code: str, detail: str) -> None:
    document = read_document(body)
    assert (document.ok, document.value, document.faults) == (False, None, (code,))
    assert detail in document.detail


@pytest.mark.parametrize(
    ("body", "value", "code", "detail"),
    [
        (b'{"a": 1, "b": 2, "a": null}', {"a": None, "b": 2}, "duplicate-key", '"a" is 1 and null'),
        (b'[{"x": {"y": "1", "y": "2"}}]', [{"x": {"y": "2"}}], "duplicate-key", '"y" is "1" and "2"'),
        (b'{"a": 1, "\\u0061": 2}', {"a": 2}, "duplicate-key", '"a" is 1 and 2'),
        (b"9007199254740993", 2**53 + 1, "unsafe-integer", "2^53"),
        (b"[-9007199254740993]", [-(2**53) - 1], "unsafe-integer", "-9007199254740993"),
        (b"18446744073709551616", 2**64, "big-integer", "64 bits"),
        (b'"a\\ud800b"', "a\ud800b", "lone-surrogate", "U+D800"),
        (b'{"\\uDFFF": 1}', {"\udfff": 1}, "lone-surrogate", "U+DFFF"),
    ],
)
def test_what_json_permits_and_clients_do_not_survive_keeps_its_value(
    body: bytes, value: object, code: str, detail: str
) -> None:
    document = read_document(body)
    assert (document.ok, document.value, document.faults) == (True, value, (code,))
    assert detail in document.detail


def test_the_largest_safe_integer_and_a_pair_of_surrogates_are_ordinary() -> None:
    assert read_document(b'[9007199254740992, "\\ud83d\\ude00"]') == Document([2**53, "\U0001f600"], ok=True)


def test_two_faults_are_both_told() -> None:
    document = read_document(b'{"a": 18446744073709551616, "a": "\\ud800"}')
    assert set(document.faults) == {"big-integer", "duplicate-key", "lone-surrogate"}


@pytest.mark.parametrize("value", [b"null", b"[]", b'"x"', b"3", b"false"])
def test_a_scalar_is_a_document(value: bytes) -> None:
    assert read_document(value) == Document(json.loads(value), ok=True)


def test_as_deep_as_allowed_is_read() -> None:
    assert read_document(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH).ok


def test_brackets_within_strings_and_side_by_side_are_no_depth() -> None:
    wide = [["[[[[{{{{", '"[', "\\"]] * 1000
    assert read_document(json.dumps(wide).encode()) == Document(wide, ok=True)


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b'{"a":' * 100_000, b"[]" * 50_000, b'["' + b'\\"[' * 50_000, b'"' * 100_001 + b"[" * 201],
    ids=["arrays", "objects", "side by side", "escapes", "quotes"],
)
def test_any_nesting_is_judged_in_a_tenth_of_a_second(body: bytes) -> None:
    begin = time.process_time()
    read_document(body)
    assert time.process_time() - begin < 0.1


def test_a_response_reads_its_body_once() -> None:
    response = Response(200, body=b'{"a": 1}')
    assert response.document is response.document
    assert response.document.value == {"a": 1}
