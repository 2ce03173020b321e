"""Which status fits which situation."""

from __future__ import annotations

from collections.abc import Iterator

from adapty_contract.checks import check, held, inconclusive, says, violated
from adapty_contract.checks.situations import (
    GATEWAY_STATUSES,
    LARGE_BODY,
    BodySituation,
    body_situation,
    describe,
    weather,
)
from adapty_contract.checks.wording import either
from adapty_contract.contract import Contract
from adapty_contract.model import BodyFact, Exchange, Facts, KeyFact, Operation, ProfileFact, Response, Result

_DOCUMENTED = frozenset({200, 400, 401, 404, 405, 406, 408, 411, 413, 414, 415, 417, 429, 431, 500, 501, 505})
"""What a source documents for these operations, and what RFC 9110 (and 6585) lets any server say of a request."""

_ENVELOPE_REFUSALS = frozenset({400, 413, 415})
"""How a body may be refused: as invalid, too large, or of a media type not served."""

_MEANT_BY = {
    KeyFact.REFUSED: "key-wrong-is-401",
    ProfileFact.UNKNOWN: "unknown-profile-is-404",
    ProfileFact.MALFORMED: "malformed-profile-id-is-refused",
    ProfileFact.NEITHER: "no-profile-header-is-4xx",
}


@check("never-500")
def no_failure_of_the_application(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """A 5xx that no gateway gives is the application's failure, whatever was sent."""
    if response.status in GATEWAY_STATUSES or response.status in {501, 505}:
        return
    yield says("never-500", exchange, "no 5xx, whatever is sent", describe(response), holds=response.status < 500)


@check("status-is-documented")
def status_is_documented(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """An answer on the documented path and method has a status that the operation can have."""
    if exchange.facts.probe or weather(exchange) or exchange.operation is None:
        return
    expected = "200, 400, 401, 404, or a status that any HTTP server may give"
    open_to = {ProfileFact.NEITHER, ProfileFact.OPEN}  # no source says with which 4xx these are refused
    nameless = exchange.facts.profile in open_to and 400 <= response.status < 500
    conditional = response.status == 304 and any(name.lower().startswith("if-") for name, _ in exchange.request.headers)
    holds = response.status in _DOCUMENTED or nameless or conditional
    yield says("status-is-documented", exchange, expected, describe(response), holds=holds)


@check(
    "known-profile-is-read-with-200",
    "valid-write-is-200",
    "key-missing-is-401",
    "key-wrong-is-401",
    "unknown-profile-is-404",
    "unknown-profile-on-write-is-refused",
    "malformed-profile-id-is-refused",
    "no-profile-header-is-4xx",
    "broken-json-is-400",
    "non-object-body-is-400",
    "container-value-is-400",
    "body-in-other-encoding-is-400",
)
def status_fits_the_situation(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """The status that the key, the profile and the body call for; nothing where one of them is unknown or left open."""
    situation = _situation(exchange, contract)
    if situation is None or exchange.facts.probe:
        return
    clause, allowed = situation
    expected = f"status {either(sorted(allowed))}" if len(allowed) < 9 else "a 4xx"
    reason = weather(exchange)
    if reason:
        yield inconclusive(clause, exchange, expected, reason)
    elif response.status in allowed:
        yield held(clause, exchange)
    elif not _is_left_open(exchange, response):
        yield violated(clause, exchange, expected, describe(response))


def _situation(exchange: Exchange, contract: Contract) -> tuple[str, frozenset[int]] | None:
    """The clause that the request is under and the statuses it allows."""
    facts = exchange.facts
    if exchange.operation is None or facts.key is None or facts.profile is None:
        return None
    body = _body(exchange, contract)
    wrong: list[tuple[str, frozenset[int]]] = []
    if facts.key is KeyFact.REFUSED:
        wrong.append((facts.clause or _MEANT_BY[facts.key], frozenset({401})))
    if facts.profile in _MEANT_BY:
        wrong.append(_profile_refusal(facts, exchange.operation))
    if body.fact is BodyFact.REFUSED and body.clause:
        wrong.append((facts.clause or body.clause, _ENVELOPE_REFUSALS))
    if len(wrong) == 1 and BodyFact.OPEN is not body.fact and facts.key is not KeyFact.OPEN:
        return wrong[0]
    if len(wrong) > 1 and facts.key is KeyFact.REFUSED and facts.profile is ProfileFact.UNKNOWN:
        return wrong[0]  # a stranger must not learn which profiles exist: the key is judged first
    if wrong or body.fact is BodyFact.OPEN or facts.key is KeyFact.OPEN or facts.profile is ProfileFact.OPEN:
        return None
    if exchange.operation is Operation.GET:
        return facts.clause or "known-profile-is-read-with-200", frozenset({200})
    return facts.clause or "valid-write-is-200", frozenset({200})


def _profile_refusal(facts: Facts, operation: Operation) -> tuple[str, frozenset[int]]:
    if facts.profile is ProfileFact.NEITHER:
        return facts.clause or "no-profile-header-is-4xx", frozenset(range(400, 405)) | {422, 428}
    if facts.profile is ProfileFact.MALFORMED:
        return facts.clause or "malformed-profile-id-is-refused", frozenset({400, 404, 414, 431})
    if operation is Operation.GET:
        return facts.clause or "unknown-profile-is-404", frozenset({404})
    return facts.clause or "unknown-profile-on-write-is-refused", frozenset({400, 404})


def _body(exchange: Exchange, contract: Contract) -> BodySituation:
    if exchange.facts.body is BodyFact.REFUSED:
        return BodySituation(BodyFact.REFUSED, exchange.facts.clause or "broken-json-is-400")
    if exchange.facts.body is not None:
        return BodySituation(exchange.facts.body)
    if exchange.operation is Operation.GET:
        return BodySituation(BodyFact.NONE)
    return body_situation(exchange.request.body, contract)


def _is_left_open(exchange: Exchange, response: Response) -> bool:
    """What a server may answer instead, for reasons of its own: a request over its limits."""
    oversized = len(exchange.request.body) > LARGE_BODY or any(
        len(value) > 2_048 for _, value in exchange.request.headers
    )
    return oversized and response.status in {400, 408, 413, 414, 431} and exchange.facts.key is not KeyFact.REFUSED
