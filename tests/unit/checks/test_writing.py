"""What a successful write answers."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.checks.writing import is_written
from adapty_contract.model import Headers, Response, Verdict
from support.exchanges import CONTRACT, CUSTOMER, PROFILE, answer, read, refusal, verdict_of, violations, write

EITHER, BLANK = "write-answer-is-blank-or-profile", "write-answer-is-blank"
EXAMPLE: dict[str, Any] = CONTRACT.spec["components"]["examples"]["ProfileAfterWrite"]["value"]
IDS: Headers = ((CUSTOMER, EXAMPLE["data"]["customer_user_id"]),)


def profile(**changes: Any) -> Response:
    return answer(200, {"data": EXAMPLE["data"] | changes})


@pytest.mark.parametrize("body", [b"", b"\n", b" \r\n\t"])
@pytest.mark.parametrize("headers", [(), (("content-type", "application/json"),), (("content-type", "text/html"),)])
def test_a_blank_answer_holds_under_any_label(body: bytes, headers: Headers) -> None:
    exchange = write(answer(200, body, headers=headers))
    assert violations(exchange) == set()
    assert [verdict_of(clause, exchange) for clause in (EITHER, BLANK)] == [Verdict.HELD, Verdict.HELD]


def test_the_profile_that_was_named_holds_and_departs_from_the_stricter_reading() -> None:
    for ids in (IDS, ((PROFILE, EXAMPLE["data"]["profile_id"]),), ((PROFILE, EXAMPLE["data"]["profile_id"].upper()),)):
        exchange = write(answer(200, EXAMPLE), ids=ids)
        assert violations(exchange) == set()
        assert [verdict_of(clause, exchange) for clause in (EITHER, BLANK)] == [Verdict.HELD, Verdict.INCONCLUSIVE]


@pytest.mark.parametrize(
    "response",
    [
        answer(200, EXAMPLE, headers=(("content-type", "text/html"),)),
        answer(200, EXAMPLE, headers=()),
        answer(200, b"{"),
        answer(200, b"OK"),
        answer(200, None),
        answer(200, {"ok": True}),
        answer(200, {"data": {}}),
        answer(200, EXAMPLE["data"]),
        answer(200, dict.fromkeys(CONTRACT.identifiers)),
        profile(profile_id="no uuid"),
        profile(access_levels={}),
        profile(customer_user_id="somebody else"),
        profile(customer_user_id=None),
        profile(customer_user_id=EXAMPLE["data"]["customer_user_id"].upper()),
    ],
    ids=["as a web page", "no label", "broken", "a word", "null", "an invention", "an empty profile", "no envelope",
         "the identifiers", "a broken id", "a map of levels", "another profile", "nobody", "another case"],
)  # fmt: skip
def test_anything_else_is_told(response: Response) -> None:
    exchange = write(response, ids=IDS)
    assert verdict_of(EITHER, exchange) is Verdict.VIOLATED
    assert verdict_of(BLANK, exchange) is None


def test_of_two_headers_nobody_knows_whose_profile_comes_back() -> None:
    ids = ((CUSTOMER, "somebody else"), (PROFILE, "22222222-2222-4222-8222-222222222222"))
    assert verdict_of(EITHER, write(answer(200, EXAMPLE), ids=ids)) is Verdict.HELD


def test_lists_of_a_profile_may_be_null() -> None:
    nulls = profile(access_levels=None, subscriptions=None, non_subscriptions=None)
    assert verdict_of(EITHER, write(nulls, ids=IDS)) is Verdict.HELD


@pytest.mark.parametrize(
    "exchange",
    [
        write(refusal(400, "x")),
        write(answer(204)),
        read(answer(200, EXAMPLE)),
        write(answer(200, EXAMPLE), method="PUT"),
    ],
    ids=["a refusal", "another 2xx", "a read", "another method"],
)
def test_only_successful_writes_are_judged_here(exchange: Any) -> None:
    assert not is_written(exchange, exchange.response)
    assert verdict_of(EITHER, exchange) is None
