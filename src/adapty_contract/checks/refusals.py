"""What a refusal says: the error envelope of 400, 401 and 404."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapty_contract.checks import check, leaves_open, says
from adapty_contract.checks.situations import LARGE_BODY, describe, weather
from adapty_contract.checks.wording import told_value
from adapty_contract.contract import Contract
from adapty_contract.model import Exchange, Facts, KeyFact, Operation, ProfileFact, Response, Result

_STATUSES = frozenset({400, 401, 404})
_NOT_FOUND = frozenset({"profile_does_not_exist", "profile_not_found"})
_AUTHENTICATION = frozenset({"not_authenticated", "unauthorized", "authentication_failed", "permission_denied"})
_OF_OTHERS = {
    400: _AUTHENTICATION,
    401: _NOT_FOUND | {"validation_error", "parse_error", "not_found", "method_not_allowed", "throttled"},
}


def envelope(exchange: Exchange, response: Response) -> dict[str, Any] | None:
    """The error envelope of a refusal on the documented path; `None` if this is no refusal or has none."""
    if not _is_refusal(exchange, response) or not response.document.ok:
        return None
    value = response.document.value
    return value if isinstance(value, dict) else None


def _is_refusal(exchange: Exchange, response: Response) -> bool:
    facts: Facts = exchange.facts
    answered = exchange.operation is not None and response.status in _STATUSES and exchange.request.method != "HEAD"
    return answered and not facts.probe and weather(exchange) is None and not _refused_by_the_server(exchange)


def _refused_by_the_server(exchange: Exchange) -> bool:
    """Whether the HTTP server may have refused it before the application saw it: limits, odd bytes in the header."""
    odd = (
        len(value) > 2_048 or not value.isascii() or not value.isprintable() for _, value in exchange.request.headers
    )
    return len(exchange.request.body) > LARGE_BODY or any(odd)


@check("refusal-is-json")
def refusal_is_json(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """A refusal is labelled `application/json` and is JSON."""
    if _is_refusal(exchange, response):
        holds = response.media_type == "application/json" and response.document.ok
        yield says("refusal-is-json", exchange, "a JSON text under application/json", describe(response), holds=holds)


@check("refusal-is-an-envelope")
def refusal_is_an_envelope(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """A refusal has `errors`, `error_code` and `status_code`, in any of the documented forms."""
    if not _is_refusal(exchange, response) or not response.document.ok:
        return
    holds = contract.is_valid("ErrorResponse", response.document.value)
    seen = "" if holds else f"{describe(response)} ({contract.explain('ErrorResponse', response.document.value)})"
    yield says("refusal-is-an-envelope", exchange, "errors, error_code and status_code", seen, holds=holds)


@check("refusal-repeats-its-status")
def refusal_repeats_its_status(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """`status_code` is the HTTP status. One component's example has 0 beside "always 400", so 0 is no violation there."""
    body = envelope(exchange, response)
    if body is None or type(body.get("status_code")) is not int:  # a boolean is one to isinstance
        return
    holds = body["status_code"] == response.status or (response.status == 400 and body["status_code"] == 0)
    seen = f"status_code: {told_value(body['status_code'])}"
    yield says("refusal-repeats-its-status", exchange, f"status_code: {response.status:d}", seen, holds=holds)


@check("refusal-says-why")
def refusal_says_why(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """`errors` holds at least one text for people, and the code is not empty."""
    body = envelope(exchange, response)
    if body is None or not contract.is_valid("ErrorResponse", body):
        return
    holds = bool(body["error_code"].strip()) and any(text.strip() for text in _texts(body["errors"]))
    yield says("refusal-says-why", exchange, "a code and at least one text", describe(response), holds=holds)


@check("refusal-items-are-objects")
def refusal_items_are_objects(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """The stricter reading: `errors` is an array of objects with `source` and `errors`."""
    body = envelope(exchange, response)
    if body is None or not contract.is_valid("ErrorResponse", body):
        return
    errors = body["errors"]
    form = "a map" if isinstance(errors, dict) else "strings"
    holds = isinstance(errors, list) and all(isinstance(item, dict) for item in errors)
    yield leaves_open("refusal-items-are-objects", exchange, "objects with source and errors", form, holds=holds)


@check("not-found-code-is-of-the-profile", "not-found-code-is-profile-does-not-exist")
def not_found_code(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """Clients tell an unknown profile from any other 404 by its code, so the code must be one of the documented two."""
    body = envelope(exchange, response)
    if body is None or exchange.facts.profile is not ProfileFact.UNKNOWN or exchange.facts.key is not KeyFact.VALID:
        return
    code = body.get("error_code")
    if not isinstance(code, str):
        return
    if response.status == 400 and (exchange.operation is not Operation.SET or exchange.facts.body is not None):
        return
    if response.status not in {400, 404}:
        return
    expected = "profile_does_not_exist or profile_not_found"
    yield says("not-found-code-is-of-the-profile", exchange, expected, told_value(code), holds=code in _NOT_FOUND)
    if code in _NOT_FOUND:
        yield leaves_open(
            "not-found-code-is-profile-does-not-exist",
            exchange,
            "profile_does_not_exist",
            told_value(code),
            holds=code == "profile_does_not_exist",
        )


@check("refusal-code-fits", "unauthorized-code-is-not-authenticated")
def refusal_code_fits(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """Codes are an open set, but a code of one situation under another situation's status misleads every client."""
    body = envelope(exchange, response)
    if body is None or response.status not in _OF_OTHERS or not isinstance(body.get("error_code"), str):
        return
    code = body["error_code"]
    expected = f"a code that fits {response.status}"
    yield says("refusal-code-fits", exchange, expected, told_value(code), holds=code not in _OF_OTHERS[response.status])
    if response.status == 401:
        yield leaves_open(
            "unauthorized-code-is-not-authenticated",
            exchange,
            "not_authenticated",
            told_value(code),
            holds=code == "not_authenticated",
        )


def _texts(errors: Any) -> Iterator[str]:
    """Every text in `errors`, whichever of its documented forms it has."""
    if isinstance(errors, str):
        yield errors
    elif isinstance(errors, dict):
        for item in (
            errors.get("errors", errors).values() if isinstance(errors.get("errors"), dict) else errors.values()
        ):
            yield from _texts(item)
    elif isinstance(errors, list):
        for item in errors:
            yield from _texts(item)
