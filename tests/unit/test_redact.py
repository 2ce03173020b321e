"""No piece of a secret survives redaction, in whatever form a server sends it back."""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapty_contract.redact import PIECE, PLACEHOLDER, Redactor

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"
PREFIX = "secret_live_"
REDACTOR = Redactor([KEY])


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _unicode(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 after one byte": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
    "base64 after two bytes": lambda text: base64.b64encode(b"xy" + text.encode()).decode(),
    "base64 of a header value": lambda text: base64.urlsafe_b64encode(b"Api-Key " + text.encode() + b"!").decode(),
    "URL-encoded": lambda text: quote(text, safe=""),
    "URL-encoded, every byte": _percent,
    "URL-encoded twice": lambda text: quote(_percent(text), safe=""),
    "JSON-escaped": lambda text: json.dumps(text)[1:-1],
    "JSON-escaped, every character": _unicode,
    "JSON in JSON": lambda text: json.dumps(_unicode(text)),
    "HTML-escaped": html.escape,
    "HTML-escaped, every character": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "HTML-escaped in hexadecimal": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "URL-encoded base64": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "UTF-16 read as bytes": lambda text: text.encode("utf-16-le").decode("latin-1"),
    "half of it escaped": lambda text: text[:20] + _percent(text[20:]),
}
FORM_NAMES = list(FORMS)

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines that run tests are busy
_visible = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=PIECE, max_size=60)


def _readings(text: str) -> list[str]:
    """What a curious reader makes of a redacted text."""
    readings = [text, text.replace("\0", "")]
    for _ in range(3):
        readings += [html.unescape(reading) for reading in readings[-2:]]
    readings += [unquote(reading) for reading in list(readings)] + [unquote(unquote(text))]
    return readings


def _leaks(text: str, secret: str) -> list[str]:
    pieces = {secret[at : at + PIECE] for at in range(len(secret) - PIECE + 1)} - {PREFIX}
    return [piece for reading in _readings(text) for piece in pieces if piece in reading]


@pytest.mark.parametrize("form", FORM_NAMES)
def test_every_form_of_the_key_is_replaced_and_the_rest_stays(form: str) -> None:
    clean = REDACTOR.text(f"before {FORMS[form](KEY)} after")
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert PLACEHOLDER in clean
    # Base64 keeps what belongs to the neighbours of the key: up to 12 characters of `Api-Key ` and of the padding.
    assert len(clean) <= len("before  after") + len(PLACEHOLDER) + 18
    assert not _leaks(clean, KEY)


@pytest.mark.parametrize("form", FORM_NAMES)
@patient
@given(before=st.text(), after=st.text(), data=st.data())
def test_no_piece_survives_in_any_text_around_any_form(form: str, before: str, after: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(KEY) - PIECE))
    piece = KEY[start : data.draw(st.integers(start + PIECE + (start == 0), len(KEY)))]
    encoded = FORMS[form](piece)
    text = before + encoded + after
    clean = REDACTOR.text(text)
    assert encoded not in clean
    assert not _leaks(clean, KEY)
    assert REDACTOR.found_in(text)
    assert not REDACTOR.found_in(clean)
    assert REDACTOR.text(clean) == clean


@patient
@given(secret=_visible, form=st.sampled_from(FORM_NAMES), before=st.text(max_size=5), after=st.text(max_size=5))
@example(secret="%41%42%43%44", form="JSON-escaped", before="\\", after="")
@example(secret='abc"def\\ghi&amp;', form="JSON-escaped", before="", after="")
@example(secret="000000000000", form="JSON-escaped, every character", before="\\", after="")
def test_keys_of_any_visible_characters_are_found(secret: str, form: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    encoded = FORMS[form](secret)
    text = before + encoded + after
    clean = redactor.text(text)
    assert encoded not in clean or encoded in PLACEHOLDER
    assert secret not in clean
    assert redactor.text(clean) == clean


@patient
@given(st.text())
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert REDACTOR.text(text) == text
    assert REDACTOR.found_in(text) is False


@patient
@given(st.binary(), st.binary())
def test_bytes_around_a_secret_stay_as_they_are(before: bytes, after: bytes) -> None:
    clean = REDACTOR.bytes(before + KEY.encode() + after)
    assert KEY.encode() not in clean
    assert clean.startswith(before[:-12])
    assert clean.endswith(after[12:])


def test_untouched_bytes_are_the_same_object() -> None:
    body = b'{"a": "\xff"}'
    assert REDACTOR.bytes(body) is body


def test_eleven_characters_in_a_row_stay_and_twelve_go() -> None:
    assert REDACTOR.text(KEY[5:16]) == KEY[5:16]
    assert REDACTOR.text(f"<{KEY[5:17]}>") == f"<{PLACEHOLDER}>"


@pytest.mark.parametrize("form", FORM_NAMES)
def test_what_every_key_begins_with_is_no_secret_by_itself(form: str) -> None:
    text = FORMS[form](f"keys begin with {PREFIX}, or with {PREFIX}4")
    assert REDACTOR.text(text) == text
    assert not REDACTOR.found_in(text)
    assert REDACTOR.found_in(FORMS[form](f"{PREFIX}{KEY[len(PREFIX) : len(PREFIX) + 4]}"))


def test_a_short_secret_is_replaced_as_a_whole_only() -> None:
    redactor = Redactor(["hunter2"])
    assert redactor.text("hunter hunter2 unter2") == f"hunter {PLACEHOLDER} unter2"
    assert redactor.text(base64.b64encode(b"hunter2").decode()) == PLACEHOLDER


def test_a_secret_that_is_a_part_of_the_placeholder_does_not_grow_it() -> None:
    redactor = Redactor(["act", "red"])
    once = redactor.text("red act")
    assert once == f"{PLACEHOLDER} {PLACEHOLDER}"
    assert redactor.text(once) == once


def test_without_secrets_nothing_is_replaced() -> None:
    assert Redactor(["", ""]).text(KEY) == KEY


def test_two_secrets_that_touch_are_both_replaced() -> None:
    redactor = Redactor([KEY, KEY[::-1]])
    assert redactor.text(f"a{KEY}{KEY[::-1]}b") in (f"a{PLACEHOLDER}b", f"a{PLACEHOLDER}{PLACEHOLDER}b")


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("Authorization", "Api-Key another-key", f"Api-Key {PLACEHOLDER}"),
        ("authorization", "api-key  another key", f"api-key  {PLACEHOLDER}"),
        ("AUTHORIZATION", "another-key", PLACEHOLDER),
        ("Authorization", "swordfish fish", PLACEHOLDER),
        ("Authorization", "Api-Key ", PLACEHOLDER),
        ("Authorization", "", ""),
        ("Proxy-Authorization", "Basic YTpi", f"Basic {PLACEHOLDER}"),
        ("Cookie", "a=b", PLACEHOLDER),
        ("Set-Cookie", "a=b; Path=/", PLACEHOLDER),
        ("X-Api-Key", "Api-Key x", PLACEHOLDER),
        ("Accept", "application/json", "application/json"),
        ("X-Echo", f"<{KEY}>", f"<{PLACEHOLDER}>"),
    ],
)
def test_credential_headers_are_masked_whatever_they_hold(name: str, value: str, masked: str) -> None:
    clean = REDACTOR.headers(((name, value),))
    assert clean == ((name, masked),)
    assert REDACTOR.headers(clean) == clean
    assert REDACTOR.headers((*clean, ("X-Echo", KEY)))[0] == (name, masked)


def test_a_secret_in_the_name_of_a_header_goes_too() -> None:
    assert REDACTOR.headers(((KEY, "x"),)) == ((PLACEHOLDER, "x"),)


def test_data_is_cleaned_in_keys_values_and_members_named_like_credentials() -> None:
    value = {KEY: [KEY, (KEY, 1, None, True)], "authorization": "Api-Key x", "raw": KEY.encode()}
    assert REDACTOR.data(value) == {
        PLACEHOLDER: [PLACEHOLDER, (PLACEHOLDER, 1, None, True)],
        "authorization": f"Api-Key {PLACEHOLDER}",
        "raw": PLACEHOLDER.encode(),
    }


def test_the_redactor_itself_shows_no_secret() -> None:
    assert not _leaks(repr(REDACTOR), KEY)
