"""What a refusal says: the error envelope."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.checks.refusals import envelope
from adapty_contract.model import BodyFact, Exchange, Facts, KeyFact, ProfileFact, Response, Verdict
from support.exchanges import ALL_UNSET, NAMES, REFUSAL, answer, read, refusal, verdict_of, violations, write

REFUSED_KEY = Facts(KeyFact.REFUSED, ProfileFact.KNOWN)
UNKNOWN = Facts(KeyFact.VALID, ProfileFact.UNKNOWN)
BROKEN = Facts(KeyFact.VALID, ProfileFact.KNOWN, BodyFact.REFUSED, clause="broken-json-is-400")
FORMS: dict[str, Any] = {
    "objects": [{"source": "branch_id", "errors": ["str type expected"]}],
    "strings": ["Profile not found"],
    "map": {"branch_id": ["str type expected"]},
}


def refused(response: Response) -> Exchange:
    return write(response, b"{,", BROKEN)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("facts", "status", "code"),
    [
        (REFUSED_KEY, 401, "not_authenticated"),
        (UNKNOWN, 404, "profile_does_not_exist"),
        (BROKEN, 400, "parse_error"),
        (BROKEN, 400, "some_new_code"),
    ],
)
def test_every_documented_form_of_a_refusal_holds(facts: Facts, status: int, code: str, form: str) -> None:
    body = b"{," if facts is BROKEN else None
    assert violations(write(refusal(status, code, errors=FORMS[form]), body, facts)) == set()


# --- what is no refusal of the application


@pytest.mark.parametrize(
    "exchange",
    [
        read(answer(403, b"no", headers=())),
        read(answer(404, b"no", headers=()), method="HEAD"),
        read(answer(404, b"no", headers=()), Facts(probe=True)),
        read(answer(404, b"no", headers=()), operation=None),
        read(answer(400, b"no", headers=()), ids=(("adapty-customer-user-id", "x" * 3000),)),
        read(answer(400, b"no", headers=()), ids=(("adapty-customer-user-id", "jos\xe9"),)),
        read(answer(400, b"no", headers=()), ids=(("adapty-customer-user-id", "a\tb"),)),
        read(answer(200, ALL_UNSET)),
    ],
    ids=["another status", "HEAD", "a probe", "elsewhere", "a long header", "no ASCII", "a tab", "a read"],
)
def test_only_refusals_of_the_application_are_judged(exchange: Exchange) -> None:
    assert exchange.response is not None
    assert envelope(exchange, exchange.response) is None
    assert not {clause for clause in violations(exchange) if clause.startswith("refusal-")}
    assert verdict_of("refusal-is-json", exchange) is None


# --- refusal-is-json


@pytest.mark.parametrize(
    "response",
    [
        answer(400, b"<h1>Bad request</h1>", headers=(("content-type", "text/html"),)),
        answer(400, REFUSAL, headers=(("content-type", "text/plain"),)),
        answer(400, REFUSAL, headers=()),
        answer(400, b""),
        answer(400, b"{"),
    ],
    ids=["a web page", "as text", "no label", "nothing", "broken"],
)
def test_a_refusal_that_is_no_json_is_told(response: Response) -> None:
    assert verdict_of("refusal-is-json", refused(response)) is Verdict.VIOLATED


def test_a_refusal_in_json_holds() -> None:
    assert verdict_of("refusal-is-json", refused(answer(400, [1]))) is Verdict.HELD


# --- refusal-is-an-envelope


@pytest.mark.parametrize(
    "body",
    [
        [],
        "no",
        {},
        {"detail": "Not found."},
        {"errors": ["x"], "error_code": "x"},
        {"errors": ["x"], "status_code": 400},
        {"error_code": "x", "status_code": 400},
        {"errors": "x", "error_code": "x", "status_code": 400},
        {"errors": ["x"], "error_code": 5, "status_code": 400},
        {"errors": ["x"], "error_code": "x", "status_code": "400"},
        {"errors": [{"source": 5, "errors": ["x"]}], "error_code": "x", "status_code": 400},
        {"errors": ["x", {"source": None, "errors": ["x"]}], "error_code": "x", "status_code": 400},
    ],
)
def test_a_refusal_without_the_envelope_is_told(body: Any) -> None:
    assert verdict_of("refusal-is-an-envelope", refused(answer(400, body))) is Verdict.VIOLATED


def test_an_envelope_may_have_more_members() -> None:
    assert verdict_of("refusal-is-an-envelope", refused(refusal(400, "x", request_id="1"))) is Verdict.HELD


# --- refusal-repeats-its-status


@pytest.mark.parametrize(
    ("status", "told", "verdict"),
    [
        (400, 400, Verdict.HELD),
        (400, 0, Verdict.HELD),
        (404, 0, Verdict.VIOLATED),
        (401, 403, Verdict.VIOLATED),
        (404, 200, Verdict.VIOLATED),
        (400, 400.0, Verdict.HELD),
        (400, "400", None),
        (400, None, None),
    ],
)
def test_the_status_in_the_body_is_the_one_of_the_answer(status: int, told: Any, verdict: Verdict | None) -> None:
    exchange = write(refusal(status, "x", status_code=told), facts=Facts(KeyFact.OPEN, ProfileFact.OPEN))
    found = verdict_of("refusal-repeats-its-status", exchange)
    assert found is verdict or (isinstance(told, float) and found is None)


# --- refusal-says-why


@pytest.mark.parametrize(
    "members",
    [{"errors": []}, {"errors": {}}, {"errors": [""]}, {"errors": [{"source": None, "errors": [" "]}]},
     {"errors": {"branch_id": []}}, {"error_code": ""}, {"error_code": " "}],
)  # fmt: skip
def test_a_refusal_that_says_nothing_is_told(members: dict[str, Any]) -> None:
    assert verdict_of("refusal-says-why", refused(refusal(400, "x", **members))) is Verdict.VIOLATED


@pytest.mark.parametrize("form", [*FORMS.values(), {"errors": ["x"]}, ["", "x"]])
def test_a_refusal_with_one_text_says_why(form: Any) -> None:
    assert verdict_of("refusal-says-why", refused(refusal(400, "x", errors=form))) is Verdict.HELD


# --- refusal-items-are-objects


@pytest.mark.parametrize(
    ("form", "verdict"),
    [("objects", Verdict.HELD), ("strings", Verdict.INCONCLUSIVE), ("map", Verdict.INCONCLUSIVE)],
)
def test_other_forms_of_the_items_are_departures(form: str, verdict: Verdict) -> None:
    assert verdict_of("refusal-items-are-objects", refused(refusal(400, "x", errors=FORMS[form]))) is verdict


# --- codes


@pytest.mark.parametrize(
    ("status", "code", "of_the_profile", "strict"),
    [
        (404, "profile_does_not_exist", Verdict.HELD, Verdict.HELD),
        (404, "profile_not_found", Verdict.HELD, Verdict.INCONCLUSIVE),
        (400, "profile_does_not_exist", Verdict.HELD, Verdict.HELD),
        (404, "not_found", Verdict.VIOLATED, None),
        (404, "validation_error", Verdict.VIOLATED, None),
        (401, "not_authenticated", None, None),
    ],
)
def test_an_unknown_profile_is_told_by_its_code(
    status: int, code: str, of_the_profile: Verdict | None, strict: Verdict | None
) -> None:
    exchange = write(refusal(status, code), facts=UNKNOWN)
    assert verdict_of("not-found-code-is-of-the-profile", exchange) is of_the_profile
    assert verdict_of("not-found-code-is-profile-does-not-exist", exchange) is strict


def test_a_code_of_another_type_is_told_by_the_envelope_alone() -> None:
    exchange = read(refusal(404, "x", error_code=["profile_not_found"]), UNKNOWN)
    assert violations(exchange) == {"refusal-is-an-envelope"}


def test_a_404_of_a_known_profile_says_nothing_of_the_code() -> None:
    for facts in (Facts(), Facts(KeyFact.VALID, ProfileFact.KNOWN), Facts(KeyFact.REFUSED, ProfileFact.UNKNOWN)):
        assert verdict_of("not-found-code-is-of-the-profile", read(refusal(404, "x"), facts)) is None


@pytest.mark.parametrize(
    ("status", "code", "fits"),
    [
        (401, "not_authenticated", True),
        (401, "unauthorized", True),
        (401, "a_new_code", True),
        (401, "profile_does_not_exist", False),
        (401, "validation_error", False),
        (400, "not_authenticated", False),
        (400, "permission_denied", False),
        (400, "parse_error", True),
        (400, "profile_does_not_exist", True),
    ],
)
def test_a_code_of_another_situation_is_told(status: int, code: str, fits: bool) -> None:  # noqa: FBT001
    exchange = write(refusal(status, code), facts=Facts())
    assert verdict_of("refusal-code-fits", exchange) is (Verdict.HELD if fits else Verdict.VIOLATED)


def test_another_code_for_a_refused_key_is_a_departure() -> None:
    clause = "unauthorized-code-is-not-authenticated"
    assert verdict_of(clause, read(refusal(401, "not_authenticated"), REFUSED_KEY)) is Verdict.HELD
    assert verdict_of(clause, read(refusal(401, "unauthorized"), REFUSED_KEY)) is Verdict.INCONCLUSIVE
    assert verdict_of(clause, read(refusal(404, "unauthorized"), UNKNOWN)) is None


def test_names_of_identifiers_are_sources() -> None:
    errors = [{"source": name, "errors": ["none is not an allowed value"]} for name in NAMES]
    assert violations(refused(refusal(400, "validation_error", errors=errors))) == set()
