"""Refusals: what was wrong, as data, and the error envelope that tells it in each dialect."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapty_contract.mock.behaviour import Behaviour
    from adapty_contract.model import Headers

WHOLE: Final = "non_field_errors"
"""The source of what is wrong with a request as a whole."""

ALLOWED_METHODS: Final = ("GET", "POST", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request is refused: status, code, and (source, text) pairs; `headers` go with the answer."""

    status: int
    code: str
    items: tuple[tuple[str | None, str], ...]
    headers: Headers = ()


def envelope(problem: Problem, form: Literal["objects", "strings", "map"]) -> dict[str, Any]:
    """The error envelope of a problem, its items in the given form."""
    errors: Any
    if form == "strings":
        errors = [text for _, text in problem.items]
    else:
        grouped: dict[str | None, list[str]] = {}
        for source, text in problem.items:
            grouped.setdefault(source, []).append(text)
        if form == "map":
            errors = {source or WHOLE: texts for source, texts in grouped.items()}
        else:
            errors = [{"source": source, "errors": texts} for source, texts in grouped.items()]
    return {"errors": errors, "error_code": problem.code, "status_code": problem.status}


def invalid(items: Iterable[tuple[str | None, str]]) -> Problem:
    """Values, headers or bodies that break a rule: 400."""
    return Problem(HTTPStatus.BAD_REQUEST, "validation_error", tuple(items))


def unreadable(detail: str) -> Problem:
    """A body that is no JSON: 400. `detail` says where and why."""
    return Problem(HTTPStatus.BAD_REQUEST, "parse_error", ((None, f"JSON parse error - {detail}"),))


def unauthorized(behaviour: Behaviour) -> Problem:
    """No key, or a wrong one: the same 401 for both."""
    challenge = (("www-authenticate", "Api-Key"),)
    if behaviour.unauthorized_code == "unauthorized":
        return Problem(HTTPStatus.UNAUTHORIZED, "unauthorized", ((None, "Invalid API key"),), challenge)
    text = "Authentication credentials were not provided."
    return Problem(HTTPStatus.UNAUTHORIZED, "not_authenticated", ((WHOLE, text),), challenge)


def unknown_profile(behaviour: Behaviour, *, writing: bool) -> Problem:
    """No such profile: 404, or on a write what the dialect says."""
    if writing and behaviour.unknown_profile_on_write is HTTPStatus.BAD_REQUEST:
        return Problem(HTTPStatus.BAD_REQUEST, "profile_does_not_exist", ((WHOLE, "Profile not found"),))
    return Problem(HTTPStatus.NOT_FOUND, behaviour.not_found_code, ((None, "Profile not found"),))


def neither_header(behaviour: Behaviour) -> Problem:
    """A request that names no profile: 400, 401 or 404."""
    if behaviour.neither_header is HTTPStatus.UNAUTHORIZED:
        return unauthorized(behaviour)
    if behaviour.neither_header is HTTPStatus.NOT_FOUND:
        return unknown_profile(behaviour, writing=False)
    return invalid([(WHOLE, "Either adapty-customer-user-id or adapty-profile-id is required.")])


def not_found() -> Problem:
    """No such path: 404."""
    return Problem(HTTPStatus.NOT_FOUND, "not_found", ((None, "Not found."),))


def method_not_allowed(method: str, allowed: tuple[str, ...]) -> Problem:
    """A method that the path does not serve: 405, naming those it serves."""
    items = ((None, f'Method "{method}" not allowed.'),)
    return Problem(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", items, (("allow", ", ".join(allowed)),))


def not_acceptable() -> Problem:
    """A client that does not accept JSON: 406."""
    text = "Could not satisfy the request Accept header."
    return Problem(HTTPStatus.NOT_ACCEPTABLE, "not_acceptable", ((None, text),))


def unsupported_media_type() -> Problem:
    """A body that is not declared as plain JSON: 415."""
    items = ((None, "Unsupported media type in request."),)
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", items)


def throttled(retry_after: str) -> Problem:
    """Too many requests: 429. `retry_after` is in seconds."""
    headers = (("retry-after", retry_after),)
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "throttled", ((None, "Request was throttled."),), headers)


def too_large(status: HTTPStatus, what: str) -> Problem:
    """A body (413), target (414) or header (431) over the mock's limits."""
    return Problem(status, "request_too_large", ((None, f"{what} is too large."),))
