"""What the strict mock refuses, and how it tells so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.app import create_api
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Response

CONTRACT = load_contract()
NAMES = CONTRACT.identifiers
NAME = NAMES[0]
PATH = CONTRACT.path
CUSTOMER = "adapty-customer-user-id"
PROFILE = "adapty-profile-id"
PROFILE_1 = "11111111-1111-4111-8111-111111111111"
PROFILE_2 = "22222222-2222-4222-8222-222222222222"
ANONYMOUS = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
def mock() -> Caller:
    return Caller(create_api(CONTRACT, MockSettings()))


def told(response: Response) -> tuple[int, str, Any]:
    """Status, code and items of a refusal, whose envelope must fit the spec and repeat the status."""
    assert response.media_type == "application/json"
    document = json.loads(response.body)
    assert CONTRACT.is_valid("ErrorResponse", document), CONTRACT.explain("ErrorResponse", document)
    assert document["status_code"] == response.status
    return response.status, document["error_code"], document["errors"]


def refusal(response: Response) -> tuple[int, str]:
    return told(response)[:2]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Api-Key",
        "Api-Key ",
        f"Api-Key {MOCK_KEY[:-1]}",
        f"Api-Key {MOCK_KEY}x",
        f"Api-Key {MOCK_KEY.swapcase()}",
        f"Api-Key {MOCK_KEY} x",
        f"Api-Key  {MOCK_KEY}",
        f"api-key {MOCK_KEY}",
        f"Bearer {MOCK_KEY}",
        f"Token {MOCK_KEY}",
        MOCK_KEY,
        f"Api-Key\xa0{MOCK_KEY}",
        "Api-Key \xff\xfe",
    ],
)
def test_every_wrong_key_is_refused_alike_and_writes_nothing(mock: Caller, authorization: str | None) -> None:
    before = mock.api.store.every()
    missing = mock.read({"authorization": None})
    for response in (
        mock.read({"authorization": authorization}),
        mock.write({NAME: "x"}, {"authorization": authorization}),
    ):
        assert response == missing
    assert refusal(missing) == (401, "not_authenticated")
    assert missing.header("www-authenticate") == "Api-Key"
    assert mock.api.store.every() == before


def test_a_second_authorization_is_refused(mock: Caller) -> None:
    assert mock.call("GET", more=(("Authorization", f"Api-Key {MOCK_KEY}"),)).status == 401


def test_white_space_around_the_header_is_http_and_does_not_count(mock: Caller) -> None:
    assert mock.read({"authorization": f" Api-Key {MOCK_KEY}\t", CUSTOMER: " customer-1 "}).status == 200


def test_the_key_is_judged_before_the_profile_and_the_body(mock: Caller) -> None:
    response = mock.write(b"{", {"authorization": None, CUSTOMER: "nobody"})
    assert refusal(response) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({CUSTOMER: "nobody"}, (404, "profile_does_not_exist")),
        ({CUSTOMER: "customer"}, (404, "profile_does_not_exist")),
        ({CUSTOMER: "Customer-1"}, (404, "profile_does_not_exist")),
        ({CUSTOMER: "customer-1 x"}, (404, "profile_does_not_exist")),
        ({CUSTOMER: "%"}, (404, "profile_does_not_exist")),
        ({CUSTOMER: PROFILE_1}, (404, "profile_does_not_exist")),
        ({CUSTOMER: None, PROFILE: "99999999-9999-4999-8999-999999999999"}, (404, "profile_does_not_exist")),
        ({CUSTOMER: None, PROFILE: "customer-1"}, (400, "validation_error")),
        ({CUSTOMER: None, PROFILE: PROFILE_1 + "0"}, (400, "validation_error")),
        ({CUSTOMER: None, PROFILE: PROFILE_1.replace("-", "")}, (400, "validation_error")),
        ({CUSTOMER: None, PROFILE: "{" + PROFILE_1 + "}"}, (400, "validation_error")),
        ({CUSTOMER: None}, (400, "validation_error")),
        ({CUSTOMER: ""}, (400, "validation_error")),
        ({CUSTOMER: "  \t"}, (400, "validation_error")),
        ({CUSTOMER: "jos\xe9"}, (400, "validation_error")),
        ({CUSTOMER: "a\tb"}, (400, "validation_error")),
        ({CUSTOMER: "x" * 1025}, (400, "validation_error")),
        ({PROFILE: PROFILE_2}, (400, "validation_error")),
        ({PROFILE: "99999999-9999-4999-8999-999999999999"}, (404, "profile_does_not_exist")),
        ({PROFILE: "x"}, (400, "validation_error")),
    ],
)
def test_a_profile_that_is_not_found_is_refused(
    mock: Caller, headers: dict[str, str | None], expected: tuple[int, str]
) -> None:
    before = mock.api.store.every()
    assert refusal(mock.read(headers)) == expected
    assert refusal(mock.write({NAME: "x"}, headers)) == expected
    assert mock.api.store.every() == before


@pytest.mark.parametrize("name", [CUSTOMER, PROFILE])
def test_an_id_header_given_twice_is_refused(mock: Caller, name: str) -> None:
    value = {CUSTOMER: "customer-1", PROFILE: PROFILE_1}[name]
    response = mock.call("GET", headers={CUSTOMER: None}, more=((name, value), (name.title(), value)))
    assert refusal(response) == (400, "validation_error")


def test_both_headers_that_agree_are_taken(mock: Caller) -> None:
    assert mock.read({PROFILE: PROFILE_1}).status == 200


def test_an_empty_id_header_is_none(mock: Caller) -> None:
    assert mock.read({PROFILE: " "}).status == 200


def test_unknown_profile_is_told_as_the_source_has_it(mock: Caller) -> None:
    assert told(mock.read({CUSTOMER: "nobody"}))[2] == [{"source": None, "errors": ["Profile not found"]}]


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (b"{}", "non_field_errors"),
        (b'{"mixpanel_user_i": "x"}', "non_field_errors"),
        (b"null", "non_field_errors"),
        (b"[]", "non_field_errors"),
        (b'"x"', "non_field_errors"),
        (b"5", "non_field_errors"),
        (f'{{"{NAME}": null}}'.encode(), NAME),
        (f'{{"{NAME}": 5}}'.encode(), NAME),
        (f'{{"{NAME}": 1e400}}'.encode(), NAME),
        (f'{{"{NAME}": true}}'.encode(), NAME),
        (f'{{"{NAME}": ["x"]}}'.encode(), NAME),
        (f'{{"{NAME}": {{"a": "x"}}}}'.encode(), NAME),
    ],
)
def test_an_invalid_body_is_refused_and_changes_nothing(mock: Caller, body: bytes, source: str) -> None:
    before = mock.api.store.every()
    status, code, items = told(mock.write(body))
    assert (status, code, [item["source"] for item in items]) == (400, "validation_error", [source])
    assert mock.api.store.every() == before


def test_one_bad_value_keeps_the_good_ones_out(mock: Caller) -> None:
    before = mock.identifiers()
    _, _, items = told(mock.write({NAME: "good", NAMES[1]: 5, NAMES[2]: None}))
    assert [item["source"] for item in items] == [NAMES[1], NAMES[2]]
    assert mock.identifiers() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": "x"}{}',
        b"\xef\xbb\xbf{}",
        '{"a": "x"}'.encode("utf-16"),
        '{"a": "x"}'.encode("utf-16-le"),
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": "x"}',
        b'{"a": ["\\ud83d"]}',
        b'{"a": "\n"}',
        b"[" * 1000,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"nul",
        b"\0",
    ],
)
def test_a_body_that_is_no_json_is_a_parse_error(mock: Caller, body: bytes) -> None:
    status, code, items = told(mock.write(body))
    assert (status, code) == (400, "parse_error")
    assert [item["source"] for item in items] == [None]
    assert items[0]["errors"][0].startswith("JSON parse error - ")


def test_a_body_over_the_limit_is_413(mock: Caller) -> None:
    assert refusal(mock.write({NAME: "x" * 65_536})) == (413, "request_too_large")
    assert mock.write({NAME: "x" * 65_000}).status == 200
    assert mock.identifiers()[NAME] == "x" * 65_000


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY", "get", "POST ", ""])
def test_other_methods_are_405(mock: Caller, method: str) -> None:
    before = mock.api.store.every()
    response = mock.call(method, json.dumps({NAME: "x"}).encode())
    assert refusal(response) == (405, "method_not_allowed")
    assert response.header("allow") == "GET, POST, HEAD, OPTIONS"
    assert mock.api.store.every() == before


@pytest.mark.parametrize("target", ["/", "/x", PATH + "/", PATH + "x", "/" + PATH, PATH.upper(), PATH[:-2], "", "*"])
def test_other_paths_are_404_in_the_error_envelope(mock: Caller, target: str) -> None:
    assert refusal(mock.call("GET", target=target)) == (404, "not_found")
    assert refusal(mock.call("POST", b"{}", target=target)) == (404, "not_found")


def test_a_missing_slash_is_redirected_before_anything_else(mock: Caller) -> None:
    response = mock.call("POST", b"{", target=PATH[:-1] + "?a=%20b", headers={"authorization": None})
    assert (response.status, response.header("location"), response.body) == (301, PATH + "?a=%20b", b"")


def test_what_is_too_large_is_refused(mock: Caller) -> None:
    assert refusal(mock.call("GET", target=PATH + "?" + "a" * 8192)) == (414, "request_too_large")
    assert refusal(mock.read({"x-large": "a" * 16_384})) == (431, "request_too_large")
    assert refusal(mock.call("GET", more=tuple((f"x-{number}", "a") for number in range(100)))) == (
        431,
        "request_too_large",
    )
