"""What the mock serves about itself, to programs on the same machine only: journal, profiles, health, dialects."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from adapty_contract import __version__
from adapty_contract.errors import UsageError
from adapty_contract.mock.asgi import OWN_PREFIX, ClientLeftError, read_limited
from adapty_contract.mock.bodies import MAX_BODY, BodyError, read_body
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.identity import is_addressable, is_profile_id
from adapty_contract.mock.rendering import json_bytes
from adapty_contract.mock.settings import MOCK_KEY
from adapty_contract.mock.store import StoredProfile, StoreFullError
from adapty_contract.mock.strangers import stranger
from adapty_contract.record_json import encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from starlette.requests import Request

    from adapty_contract.mock.asgi import MockApplication, Receive, Send

_PRIVATE: Final = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)

_NOT_IMITATED: Final = """
It does not imitate how profiles come to be, what they buy, real rate limits, and the pages of gateways.
"""


def own_endpoints(mock: MockApplication) -> Callable[[Any, Any, Any], Awaitable[None]]:
    """The ASGI application for everything below `OWN_PREFIX`, which lists it, and for the site, if there is one."""
    endpoints = OwnEndpoints(mock)
    routes = [Route(path, handler, methods=[method], name=text) for path, method, handler, text in endpoints.table()]
    served = Starlette(routes=routes, exception_handlers={HTTPException: _told})

    async def guarded(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        strange = stranger(headers, scope["client"][0] if scope.get("client") else None)
        if strange:
            response = _json({"error": strange}, HTTPStatus.FORBIDDEN)
            await response(scope, receive, _privately(send))
        elif mock.site is not None and (name := await mock.site.name_of(scope)) is not None:
            await mock.site.send(name, scope["method"], send)
        else:
            await served(scope, receive, _privately(send))

    return guarded


def _privately(send: Send) -> Send:
    """Sends what is nobody else's: to be kept by no cache, embedded by no other page, and read as nothing else."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *_PRIVATE]}
        await send(message)

    return sending


class OwnEndpoints:
    """The handlers, each one a method; `table` lists them."""

    def __init__(self, mock: MockApplication) -> None:
        self._mock = mock

    def table(self) -> list[tuple[str, str, Callable[[Request], Awaitable[Response]], str]]:
        """Path, method, handler and one sentence for each endpoint."""
        journal, profiles = f"{OWN_PREFIX}journal", f"{OWN_PREFIX}profiles"
        return [
            ("/", "GET", self.page, "The reference, with a console; this page where the mock runs without it."),
            (OWN_PREFIX, "GET", self.page, "This page."),
            (f"{OWN_PREFIX}health", "GET", self.health, "Whether it runs, and how it behaves."),
            (
                journal,
                "GET",
                self.journal,
                "The exchanges, redacted; ?since=NUMBER&method=GET&request_id=ID (of X-Request-Id) choose some.",
            ),
            (journal, "DELETE", self.clear_journal, "Forgets the exchanges."),
            (
                f"{OWN_PREFIX}exchanges/{{number}}",
                "GET",
                self.exchange,
                "One of them, and what the contract says of it.",
            ),
            (profiles, "GET", self.profiles, "The profiles and what they hold."),
            (
                f"{profiles}/{{profile_id}}",
                "PUT",
                self.put_profile,
                'Creates or replaces a profile: {"customer_user_id": ..., "identifiers": {...}}.',
            ),
            (f"{OWN_PREFIX}reset", "POST", self.reset, "Puts the profiles back as they were at the start."),
            (f"{OWN_PREFIX}dialects", "GET", self.dialects, "The dialects, and which are spoken."),
        ]

    async def page(self, _: Request) -> Response:
        """A plain page that lists what is served."""
        rows = [("GET, POST", self._mock.contract.path, "The API.")]
        rows += [(method, path, text) for path, method, _, text in self.table()]
        lines = [f"{method:10} {path}\n           {text}\n" for method, path, text in rows]
        return PlainTextResponse("The adapty-contract mock serves:\n\n" + "\n".join(lines) + _NOT_IMITATED)

    async def health(self, _: Request) -> Response:
        """Version, dialects, faults, the number of profiles, and the key if it is the fake one that all may know."""
        settings = self._mock.settings
        return _json(
            {
                "status": "ok",
                "version": __version__,
                "contract": self._mock.contract.version,
                "dialects": settings.dialects,
                "faults": settings.faults,
                "profiles": len(self._mock.api.store.every()),
                "key": settings.key if settings.key == MOCK_KEY else None,
            }
        )

    async def journal(self, request: Request) -> Response:
        """The kept exchanges, oldest first."""
        query = request.query_params
        since = _number(query.get("since", "0"))
        if since is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "since is the number of an exchange")
        found = self._mock.journal.exchanges(since, query.get("method"), query.get("request_id"))
        return _json({"exchanges": [encode(exchange) for exchange in found]})

    async def exchange(self, request: Request) -> Response:
        """One kept exchange; its judgement is `null` where the mock runs without a judge."""
        number = _number(request.path_params["number"])
        exchange = None if number is None else self._mock.journal.exchange(number)
        if exchange is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "no such exchange is kept")
        judgement = None if self._mock.site is None else self._mock.site.judge(exchange)
        return _json({"exchange": encode(exchange), "judgement": judgement})

    async def clear_journal(self, _: Request) -> Response:
        """Empties the journal."""
        self._mock.journal.clear()
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def profiles(self, _: Request) -> Response:
        """All profiles, in the order they were created."""
        return _json({"profiles": [encode(profile) for profile in self._mock.api.store.every()]})

    async def put_profile(self, request: Request) -> Response:
        """Creates or replaces one profile."""
        profile = self._profile(request.path_params["profile_id"], await _document(request))
        try:
            self._mock.api.store.put(profile)
        except StoreFullError as error:
            raise HTTPException(HTTPStatus.INSUFFICIENT_STORAGE, error.what) from error
        except UsageError as error:
            raise HTTPException(HTTPStatus.CONFLICT, error.what) from error
        return _json(encode(profile))

    async def reset(self, _: Request) -> Response:
        """Back to the profiles of the start."""
        self._mock.reset()
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def dialects(self, _: Request) -> Response:
        """Every dialect with its group and description."""
        spoken = set(self._mock.settings.dialects)
        return _json(
            {
                "dialects": [
                    {"id": each.id, "group": each.group, "description": each.description, "spoken": each.id in spoken}
                    for each in dialects().values()
                ]
            }
        )

    def _profile(self, profile_id: str, document: Any) -> StoredProfile:
        """The profile that a PUT describes. Raises HTTPException (400) for anything else."""
        if not is_profile_id(profile_id):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "a profile id is a UUID")
        if not isinstance(document, dict) or not document.keys() <= {"customer_user_id", "identifiers"}:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "send an object with customer_user_id and identifiers")
        customer, identifiers = document.get("customer_user_id"), document.get("identifiers", {})
        if customer is not None and not (isinstance(customer, str) and is_addressable(customer)):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "customer_user_id is visible ASCII text or null")
        if not isinstance(identifiers, dict) or not identifiers.keys() <= set(self._mock.contract.identifiers):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "identifiers is an object with names of the contract")
        if not all(value is None or isinstance(value, str) for value in identifiers.values()):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "an identifier is a string or null")
        return StoredProfile(profile_id.lower(), customer).merged(identifiers)


def _number(text: str) -> int | None:
    """The number that a text of digits is; `None` for any other."""
    return int(text[:18]) if text.isascii() and text.isdecimal() else None


async def _document(request: Request) -> Any:
    try:
        body = await read_limited(request.scope, request.receive)
        if len(body) > MAX_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        return read_body(body).value
    except BodyError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, f"the body is no JSON: {error}") from error
    except ClientLeftError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body is not complete") from error


async def _told(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _json({"error": error.detail}, error.status_code, error.headers)


def _json(document: Any, status: int = HTTPStatus.OK, headers: Any = None) -> Response:
    return Response(json_bytes(document), status, headers, media_type="application/json")
