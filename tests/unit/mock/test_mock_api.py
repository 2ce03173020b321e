"""What the strict mock answers, request by request."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.app import create_api
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Request, Response

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


def test_read_fits_the_spec_and_shows_the_documented_example(mock: Caller) -> None:
    response = mock.read()
    document = json.loads(response.body)
    assert (response.status, response.media_type) == (200, "application/json")
    assert CONTRACT.is_valid("IntegrationIdentifiers", document)
    assert tuple(document) == NAMES
    assert document["appsflyer_id"] == "1741933337626-3179568"
    assert sum(value is not None for value in document.values()) == 5


def test_the_other_profiles_are_empty(mock: Caller) -> None:
    for headers in ({CUSTOMER: "customer-2"}, {CUSTOMER: None, PROFILE: ANONYMOUS}):
        assert set(json.loads(mock.read(headers).body).values()) == {None}


def test_write_is_answered_blank_and_read_back(mock: Caller) -> None:
    response = mock.write({NAME: "a", NAMES[1]: "b"})
    assert (response.status, response.body, response.header("content-type")) == (200, b"", None)
    assert response.header("content-length") == "0"
    assert mock.write({NAMES[1]: "c"}).status == 200
    read = mock.identifiers()
    assert (read[NAME], read[NAMES[1]]) == ("a", "c")


def test_either_header_finds_the_same_profile(mock: Caller) -> None:
    mock.write({NAME: "a"}, {CUSTOMER: None, PROFILE: PROFILE_1})
    assert mock.identifiers()[NAME] == "a"
    assert json.loads(mock.read({CUSTOMER: "customer-2"}).body)[NAME] is None


@pytest.mark.parametrize("name", NAMES)
def test_every_identifier_is_written_and_told_by_itself(mock: Caller, name: str) -> None:
    before = mock.identifiers()
    assert mock.write({name: "written"}).status == 200
    assert mock.identifiers() == {**before, name: "written"}


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


def test_of_a_name_given_twice_the_last_value_counts(mock: Caller) -> None:
    assert mock.write(f'{{"{NAME}": "first", "{NAME}": "last"}}'.encode()).status == 200
    assert mock.identifiers()[NAME] == "last"


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        " x ",
        "\0",
        "\x7f\x1b",
        "x" * 10_000,
        "é",
        "e\u0301",
        "Ж😀",
        "<&\"'\\/>",
        "%00",
        "null",
        "\u2028",
        "\ufeff",
    ],
)
def test_any_string_is_kept_as_it_is(mock: Caller, value: str) -> None:
    assert mock.write({NAME: value}).status == 200
    assert mock.identifiers()[NAME] == value


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 200),
        ("", 200),
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/json;charset=latin-1", 200),
        ("text/plain", 415),
        ("application/vnd.api+json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("json", 415),
    ],
)
def test_media_type_of_a_write(mock: Caller, content_type: str | None, status: int) -> None:
    response = mock.write({NAME: "x"}, {"content-type": content_type})
    assert response.status == status
    if status == 415:
        assert refusal(response) == (415, "unsupported_media_type")


def test_a_compressed_body_is_415(mock: Caller) -> None:
    assert mock.write({NAME: "x"}, {"content-encoding": "gzip"}).status == 415
    assert mock.write({NAME: "x"}, {"content-encoding": "identity"}).status == 200


def test_a_read_takes_a_content_type_a_body_a_query_and_a_platform(mock: Caller) -> None:
    plain = mock.read()
    assert mock.call("GET", b"{", headers={"content-type": "text/plain", "accept": "text/html"}) == plain
    assert mock.call("GET", target=PATH + "?profile_id=x&a[]=1", headers={"adapty-platform": "toaster"}) == plain


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY", "get", "POST ", ""])
def test_other_methods_are_405(mock: Caller, method: str) -> None:
    before = mock.api.store.every()
    response = mock.call(method, json.dumps({NAME: "x"}).encode())
    assert refusal(response) == (405, "method_not_allowed")
    assert response.header("allow") == "GET, POST, HEAD, OPTIONS"
    assert mock.api.store.every() == before


def test_head_is_get_without_a_body(mock: Caller) -> None:
    head, get = mock.call("HEAD"), mock.read()
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert mock.call("HEAD", headers={"authorization": None}).status == 401


def test_options_tells_the_methods_and_nothing_else(mock: Caller) -> None:
    response = mock.call("OPTIONS", headers={"authorization": None})
    assert (response.status, response.header("allow"), response.body) == (200, "GET, POST, HEAD, OPTIONS", b"")


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


def test_answers_forbid_to_be_stored_and_tell_their_length(mock: Caller) -> None:
    for response in (mock.read(), mock.write({NAME: "x"}), mock.read({"authorization": None}), mock.call("OPTIONS")):
        assert response.header("cache-control") == "no-store"
        assert response.header("content-length") == str(len(response.body))


def test_no_answer_tells_the_key() -> None:
    mock = Caller(create_api(CONTRACT, MockSettings(dialects=("post-200-profile",))))
    for response in (mock.read(), mock.write({NAME: "x"}), mock.read({"authorization": None}), mock.call("TRACE")):
        assert MOCK_KEY.encode() not in response.body
        assert all(MOCK_KEY not in value for _, value in response.headers)


def test_the_profile_answered_to_a_write_fits_the_spec() -> None:
    mock = Caller(create_api(CONTRACT, MockSettings(dialects=("post-200-profile",))))
    for headers, ids in (
        ({}, ("customer-1", PROFILE_1)),
        ({CUSTOMER: None, PROFILE: ANONYMOUS}, (None, ANONYMOUS)),
    ):
        document = json.loads(mock.write({NAME: "x"}, headers).body)
        assert CONTRACT.is_valid("ProfileResponse", document), CONTRACT.explain("ProfileResponse", document)
        assert (document["data"]["customer_user_id"], document["data"]["profile_id"]) == ids


def test_writes_of_many_threads_lose_nothing(mock: Caller) -> None:
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda name: mock.write({name: f"value of {name}"}), NAMES * 10))
    assert {response.status for response in responses} == {200}
    assert mock.identifiers() == {name: f"value of {name}" for name in NAMES}


def test_reads_between_writes_see_no_half_of_one(mock: Caller) -> None:
    def exchange(number: int) -> set[str | None]:
        mock.write(dict.fromkeys(NAMES, str(number)))
        return set(mock.identifiers().values())

    mock.write(dict.fromkeys(NAMES, "start"))
    with ThreadPoolExecutor(8) as pool:
        assert all(len(seen) == 1 for seen in pool.map(exchange, range(200)))


def test_a_profile_that_vanishes_meanwhile_is_unknown(mock: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mock.api.store, "merge", lambda *_: None)
    assert refusal(mock.write({NAME: "x"})) == (404, "profile_does_not_exist")


def test_headers_are_found_in_any_case(mock: Caller) -> None:
    headers = (("AUTHORIZATION", f"Api-Key {MOCK_KEY}"), ("Adapty-Customer-User-Id", "customer-1"))
    assert mock.api.handle(Request("GET", PATH, headers)).status == 200
