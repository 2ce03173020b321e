"""Which status fits which situation."""

from __future__ import annotations

import pytest

from adapty_contract.model import BodyFact, Exchange, Facts, KeyFact, Operation, ProfileFact, Response, Verdict
from support.exchanges import ALL_UNSET, NAMES, answer, judged, read, refusal, verdict_of, violations, write

K, P, B = KeyFact, ProfileFact, BodyFact
STATUSES = tuple(range(100, 600))


def status_verdicts(clause: str, facts: Facts, operation: Operation) -> dict[int, Verdict | None]:
    """What each status means for a clause."""
    make = read if operation is Operation.GET else write
    exchanges = {status: make(Response(status), facts=facts) for status in STATUSES}
    found = {
        status: [item.verdict for item in judged(each) if item.clause == clause] for status, each in exchanges.items()
    }
    return {status: verdicts[0] if verdicts else None for status, verdicts in found.items()}


@pytest.mark.parametrize(
    ("clause", "facts", "operation", "allowed"),
    [
        ("known-profile-is-read-with-200", Facts(K.VALID, P.KNOWN), Operation.GET, {200}),
        ("valid-write-is-200", Facts(K.VALID, P.KNOWN), Operation.SET, {200}),
        ("valid-write-is-200", Facts(K.VALID, P.KNOWN, B.VALID), Operation.SET, {200}),
        ("key-wrong-is-401", Facts(K.REFUSED, P.KNOWN), Operation.GET, {401}),
        ("key-wrong-is-401", Facts(K.REFUSED, P.UNKNOWN), Operation.GET, {401}),
        ("key-missing-is-401", Facts(K.REFUSED, P.KNOWN, clause="key-missing-is-401"), Operation.SET, {401}),
        ("unknown-profile-is-404", Facts(K.VALID, P.UNKNOWN), Operation.GET, {404}),
        ("unknown-profile-on-write-is-refused", Facts(K.VALID, P.UNKNOWN), Operation.SET, {400, 404}),
        ("malformed-profile-id-is-refused", Facts(K.VALID, P.MALFORMED), Operation.GET, {400, 404, 414, 431}),
        ("no-profile-header-is-4xx", Facts(K.VALID, P.NEITHER), Operation.GET, {400, 401, 402, 403, 404, 422, 428}),
        ("broken-json-is-400", Facts(K.VALID, P.KNOWN, B.REFUSED), Operation.SET, {400, 413, 415}),
    ],
)
def test_each_situation_allows_its_statuses_and_no_other(
    clause: str, facts: Facts, operation: Operation, allowed: set[int]
) -> None:
    found = status_verdicts(clause, facts, operation)
    weather = {429, 502, 503, 504, *range(520, 531)}
    assert {status for status, verdict in found.items() if verdict is Verdict.HELD} == allowed
    assert {status for status, verdict in found.items() if verdict is Verdict.INCONCLUSIVE} == weather
    assert {status for status, verdict in found.items() if verdict is Verdict.VIOLATED} == {
        *STATUSES
    } - allowed - weather


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        (b"{", "broken-json-is-400"),
        (b"[]", "non-object-body-is-400"),
        (b'{"branch_id":[]}', "container-value-is-400"),
        (b'{"branch_id":"\xff"}', "body-in-other-encoding-is-400"),
    ],
)
def test_a_body_that_must_be_refused_is_recognised_by_itself(body: bytes, clause: str) -> None:
    assert verdict_of(clause, write(refusal(400, "parse_error"), body)) is Verdict.HELD
    assert verdict_of(clause, write(answer(200, headers=()), body)) is Verdict.VIOLATED


@pytest.mark.parametrize(
    "facts",
    [
        Facts(),
        Facts(K.VALID),
        Facts(profile=P.KNOWN),
        Facts(K.OPEN, P.KNOWN),
        Facts(K.VALID, P.OPEN),
        Facts(K.VALID, P.KNOWN, B.OPEN),
        Facts(K.OPEN, P.UNKNOWN),
        Facts(K.VALID, P.UNKNOWN, B.OPEN),
        Facts(K.VALID, P.MALFORMED, B.REFUSED),
        Facts(K.REFUSED, P.NEITHER),
        Facts(K.REFUSED, P.KNOWN, B.REFUSED),
        Facts(K.VALID, P.KNOWN, B.VALID, probe=True),
    ],
    ids=["nothing known", "no profile", "no key", "open key", "open profile", "open body", "open key, unknown",
         "unknown, open body", "two reasons", "no profile and no key", "no key and broken", "probe"],
)  # fmt: skip
def test_a_situation_that_is_open_calls_for_no_status(facts: Facts) -> None:
    of_statuses = {"key-wrong-is-401", "valid-write-is-200", "unknown-profile-on-write-is-refused",
                   "malformed-profile-id-is-refused", "no-profile-header-is-4xx", "broken-json-is-400"}  # fmt: skip
    for status in (200, 400, 401, 404):
        exchange = write(Response(status), facts=facts)
        assert not of_statuses & {result.clause for result in judged(exchange)}


def test_a_write_that_must_be_accepted_names_its_clause() -> None:
    facts = Facts(K.VALID, P.KNOWN, B.VALID, clause="real-values-are-taken")
    assert verdict_of("real-values-are-taken", write(answer(200, headers=()), facts=facts)) is Verdict.HELD
    assert verdict_of("real-values-are-taken", write(refusal(400, "x"), facts=facts)) is Verdict.VIOLATED
    assert verdict_of("valid-write-is-200", write(refusal(400, "x"), facts=facts)) is None


@pytest.mark.parametrize("status", [400, 408, 413, 414, 431])
def test_a_request_over_a_servers_limits_may_be_refused_for_that(status: int) -> None:
    huge = write(Response(status), {NAMES[0]: "x" * 20_000}, Facts(K.VALID, P.KNOWN, B.VALID))
    assert verdict_of("valid-write-is-200", huge) is None
    stranger = write(Response(status), {NAMES[0]: "x" * 20_000}, Facts(K.REFUSED, P.KNOWN, B.VALID))
    assert verdict_of("key-wrong-is-401", stranger) is Verdict.VIOLATED


# --- never-500, status-is-documented


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, Verdict.HELD), (404, Verdict.HELD), (500, Verdict.VIOLATED), (599, Verdict.VIOLATED), (507, Verdict.VIOLATED),
     (501, None), (502, None), (503, None), (504, None), (505, None), (520, None), (530, None)],
)  # fmt: skip
def test_a_failure_of_the_application_is_told_and_a_gateways_is_not(status: int, verdict: Verdict | None) -> None:
    for facts in (Facts(), Facts(probe=True), Facts(K.OPEN, P.OPEN)):
        assert verdict_of("never-500", write(Response(status), facts=facts)) is verdict


@pytest.mark.parametrize("status", [201, 202, 204, 301, 302, 304, 307, 308, 402, 409, 418, 422, 451, 999])
def test_a_status_that_nobody_documents_is_told(status: int) -> None:
    assert verdict_of("status-is-documented", read(Response(status), Facts())) is Verdict.VIOLATED


@pytest.mark.parametrize("status", [200, 400, 401, 404, 405, 406, 413, 414, 415, 431, 500])
def test_a_status_that_any_server_may_give_holds(status: int) -> None:
    assert verdict_of("status-is-documented", read(Response(status), Facts())) is Verdict.HELD


def test_a_conditional_read_may_be_answered_304_and_any_other_not() -> None:
    for name in ("If-None-Match", "if-modified-since"):
        conditional = read(Response(304), headers=((name, "x"),))
        assert "status-is-documented" not in violations(conditional)
    assert "status-is-documented" in violations(read(Response(304)))
    assert "status-is-documented" in violations(read(Response(302), headers=(("If-None-Match", "x"),)))


def test_off_the_documented_path_any_status_goes() -> None:
    assert verdict_of("status-is-documented", read(Response(301), Facts(probe=True))) is None
    assert verdict_of("status-is-documented", read(Response(301), operation=None)) is None


def test_a_forbidden_page_of_a_firewall_is_weather() -> None:
    page = answer(403, b"<html>", headers=(("content-type", "text/html"),))
    assert violations(read(page)) == set()
    assert verdict_of("known-profile-is-read-with-200", read(page)) is Verdict.INCONCLUSIVE
    assert "known-profile-is-read-with-200" in violations(read(refusal(403, "permission_denied")))


def test_results_name_the_exchange_and_the_case() -> None:
    exchange: Exchange = read(answer(500, ALL_UNSET))
    for result in judged(exchange):
        assert (result.exchanges, result.case) == ((7,), "a case")
        assert result.verdict is Verdict.HELD or (result.expected and result.seen)
