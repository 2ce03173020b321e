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


def test_head_is_get_without_a_body(mock: Caller) -> None:
    head, get = mock.call("HEAD"), mock.read()
    assert (head.status, head.headers, head.body) == (200, get.headers, b"")
    assert mock.call("HEAD", headers={"authorization": None}).status == 401


def test_options_tells_the_methods_and_nothing_else(mock: Caller) -> None:
    response = mock.call("OPTIONS", headers={"authorization": None})
    assert (response.status, response.header("allow"), response.body) == (200, "GET, POST, HEAD, OPTIONS", b"")


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
