"""No piece of a secret survives redaction, in whatever form a server sends it back."""

from __future__ import annotations

import base64
import html
import json
import random
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapty_contract.escapes import decoded, digits_of, letters_of, views
from adapty_contract.model import Request, Response
from adapty_contract.redact import PLACEHOLDER, Redactor
from support.codings import CODINGS, PIECE, PREFIX, betrayed, needles
from support.exchanges import within

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"
REDACTOR = Redactor([KEY])


CODING_NAMES = list(CODINGS)
EXACT = [name for name, coding in CODINGS.items() if not coding.folds and not name.startswith("half")]
"""Codings of any text at all: each character counts, and all are coded, so that what looks like an escape is none."""

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


@pytest.mark.parametrize("form", CODING_NAMES)
def test_every_form_of_the_key_is_replaced_and_the_rest_stays(form: str) -> None:
    clean = REDACTOR.text(f"before {CODINGS[form].write(KEY)} after")
    assert clean.startswith("before ")
    assert clean.endswith(" after")
    assert PLACEHOLDER in clean
    # Base64 keeps what belongs to the neighbours of the key, `Api-Key ` and the padding, and base64 of it more of that.
    assert len(clean) <= len("before  after") + len(PLACEHOLDER) + 26
    assert not _leaks(clean, KEY)
    assert betrayed(clean.encode(), KEY) == []


@pytest.mark.parametrize("form", CODING_NAMES)
def test_the_eye_for_forms_is_not_blind(form: str) -> None:
    written = CODINGS[form].write(KEY)
    assert betrayed(written.encode(), KEY) != []
    assert bool(needles(form, KEY)) == (CODINGS[form].span > 0)
    if CODINGS[form].span:
        assert form in betrayed(written.encode(), KEY)


@pytest.mark.parametrize("form", CODING_NAMES)
@settings(patient, max_examples=50)
@given(before=st.text(), after=st.text(), data=st.data())
def test_no_piece_survives_in_any_text_around_any_form(form: str, before: str, after: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(KEY) - PIECE))
    least = start + PIECE + (start == 0) if form == "as it is" else max(start + PIECE, len(PREFIX) + 4)
    piece = KEY[start : data.draw(st.integers(least, len(KEY)))]
    encoded = CODINGS[form].write(piece)
    text = before + encoded + after
    clean = REDACTOR.text(text)
    assert encoded not in clean
    assert not _leaks(clean, KEY)
    assert REDACTOR.found_in(text)
    assert not REDACTOR.found_in(clean)
    assert REDACTOR.text(clean) == clean


@patient
@given(secret=_visible, form=st.sampled_from(EXACT), before=st.text(max_size=5), after=st.text(max_size=5))
@example(secret="%41%42%43%44", form="JSON-escaped", before="\\", after="")
@example(secret='abc"def\\ghi&amp;', form="JSON-escaped", before="", after="")
@example(secret="000000000000", form="JSON-escaped, every character", before="\\", after="")
def test_keys_of_any_visible_characters_are_found(secret: str, form: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    encoded = CODINGS[form].write(secret)
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


@pytest.mark.parametrize("form", CODING_NAMES)
def test_a_few_characters_in_a_row_stay_in_any_form(form: str) -> None:
    text = f"before {CODINGS[form].write(KEY[20:27])} after"
    assert REDACTOR.text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The secret: live profiles, secret live PJs. SECRET_LIVE_ is what every key begins with, secret-live-P too.",
        "secret_live_ " * 50,
        str(list(range(256)) * 4),
        bytes(range(256)).hex(":"),
        "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    ],
    ids=["words", "prefix", "decimals", "hexadecimal", "UUID"],
)
def test_what_looks_a_little_like_a_key_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_megabytes_of_codings_hold_nothing_by_chance() -> None:
    data = random.Random(1).randbytes(1 << 19)  # noqa: S311  (the same data each time)
    for text in (
        base64.b64encode(data).decode(),
        base64.b64encode(base64.b64encode(data)).decode(),
        base64.b32encode(data).decode(),
        data.hex(" "),
        str(list(data)),
        data.decode("latin-1"),
    ):
        assert not REDACTOR.found_in(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "\\",
        "%",
        "%25",
        "&amp;",
        "=3",
        "\0",
        "0x",
        "0",
        "secret_live_",
        "\\x73",
        "Pj1P1xzM.2C ",
        "\u200b",
        KEY[:30],
        "{",
    ],
    ids=ascii,
)
def test_no_text_keeps_the_search_busy(unit: str) -> None:
    """Less than a second at worst; what grew with the square of the length would take minutes."""
    text = (unit * (1 << 17))[: 1 << 17]
    with within(20):
        REDACTOR.text(text)
        REDACTOR.text(f"{text}{KEY.encode().hex(':')}{text}")


@patient
@given(st.text(st.sampled_from('\\%=&#;{}uxX0o123567abn"\0\n\u200b é')))
def test_the_quick_look_and_the_exact_one_see_the_same(text: str) -> None:
    quick, exact = [*decoded(text)], [*views(text)]
    assert set(quick) == {view.text for view in exact}
    for view in exact:
        letters = view.letters()
        assert letters.text == letters_of(view.text)
        assert letters.digits().text == digits_of(letters.text)
        for each in (view, letters, letters.digits()):
            assert len(each.text) == len(each.starts) == len(each.stops)


def test_numbers_in_an_array_become_a_string_so_that_json_stays_json() -> None:
    numbers = list(KEY.encode())
    for whole in ({"type": "Buffer", "data": numbers}, {"data": [1, *numbers, 2]}, [*numbers], {"text": str(numbers)}):
        for text in (json.dumps(whole), json.dumps(whole, indent=2), json.dumps({"nested": json.dumps(whole)})):
            clean = REDACTOR.text(text)
            assert PLACEHOLDER in clean
            json.loads(clean)


def test_eleven_characters_in_a_row_stay_and_twelve_go() -> None:
    assert REDACTOR.text(KEY[5:16]) == KEY[5:16]
    assert REDACTOR.text(f"<{KEY[5:17]}>") == f"<{PLACEHOLDER}>"


@pytest.mark.parametrize("form", CODING_NAMES)
def test_what_every_key_begins_with_is_no_secret_by_itself(form: str) -> None:
    text = CODINGS[form].write(f"keys begin with {PREFIX}, or with {PREFIX}4")
    assert REDACTOR.text(text) == text
    assert not REDACTOR.found_in(text)
    assert REDACTOR.found_in(CODINGS[form].write(f"{PREFIX}{KEY[len(PREFIX) : len(PREFIX) + 4]}"))


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


def test_remarks_name_the_places_where_a_secret_came_back() -> None:
    quiet, loud = (("Content-Type", "text/plain"), ("X-Trace", "1")), (("X-Echo", f"<{KEY}>"), ("x-echo", KEY[20:]))
    echo = KEY.encode().hex()
    for response, places in (
        (Response(200, quiet, b"nothing", "OK"), set()),
        (Response(200, quiet, echo.encode(), "OK"), {"secret-in-body"}),
        (Response(200, quiet, b"nothing", f"OK {KEY}"), {"secret-in-reason"}),
        (Response(200, (*quiet, *loud), b"nothing", "OK"), {"secret-in-header-x-echo"}),
        (Response(200, (("Set-Cookie", f"key={KEY}"),)), {"secret-in-header-set-cookie"}),
        (Response(200, (("Set-Cookie", "a=b"), ("X-A", PLACEHOLDER)), PLACEHOLDER.encode()), set()),
        (Response(200, ((f"X-{KEY}", "1"),), echo.encode()), {f"secret-in-header-x-{PLACEHOLDER}", "secret-in-body"}),
    ):
        assert REDACTOR.response(response).remarks == (places | {"secret-echoed"} if places else set())


@pytest.mark.parametrize("form", CODING_NAMES)
def test_whole_messages_are_cleaned_wherever_the_key_stands(form: str) -> None:
    echo = CODINGS[form].write(KEY)
    raw = echo.encode()
    for request in (
        Request("GET", f"/?{echo}"),
        Request("GET", "/", (("X-Echo", echo), ("Authorization", "x"))),
        Request("POST", "/", (), raw),
    ):
        clean = REDACTOR.request(request)
        assert betrayed(repr(clean).encode(), KEY) == []
        assert PLACEHOLDER in f"{clean.target} {clean.header('x-echo')} {clean.body.decode()}"
        assert clean.header("authorization") in {None, PLACEHOLDER}
    for response in (
        Response(200, reason=echo),
        Response(200, (("X-Echo", echo), ("Set-Cookie", "x"))),
        Response(200, body=raw),
    ):
        answer = REDACTOR.response(response)
        assert "secret-echoed" in answer.remarks
        assert betrayed(repr(answer).encode(), KEY) == []
        assert answer.header("set-cookie") in {None, PLACEHOLDER}


def test_messages_without_a_key_lose_only_their_credentials() -> None:
    request = Request("GET", "/?a=b", (("Authorization", "Api-Key other"), ("X-A", "%41")), b"\xff")
    assert REDACTOR.request(request) == replace(
        request, headers=(("Authorization", f"Api-Key {PLACEHOLDER}"), ("X-A", "%41"))
    )
    response = Response(200, (("Set-Cookie", "a=b"), ("X-A", "1")), b"\xff", "OK", remarks=frozenset({"extra-bytes"}))
    assert REDACTOR.response(response) == replace(response, headers=(("Set-Cookie", PLACEHOLDER), ("X-A", "1")))


def test_remarks_name_no_more_than_a_few_headers() -> None:
    many = tuple((f"X-{number}", KEY) for number in range(1000))
    assert len(REDACTOR.response(Response(200, many)).remarks) < 10


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
