"""Shorter ways to write the commonest faults: one function that spoils a document, a value, a response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.problems import Problem
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Headers, Identifiers, Operation, Response

Document = dict[str, Any]


def telling(name: str, description: str, *violates: str) -> Callable[[Callable[[Document], Any]], None]:
    """Registers the fault whose reads tell what a function makes of the right document."""

    def register(spoil: Callable[[Document], Any]) -> None:
        class Spoilt(Steps):
            def identifiers_document(self, call: Call, identifiers: Identifiers) -> Any:
                return of_object(super().identifiers_document(call, identifiers), spoil)

        fault(name, description, violates=violates)(_placed(Spoilt, spoil))

    return register


def answering(
    name: str, description: str, *violates: str, to: Callable[[Call, Response], bool]
) -> Callable[[Callable[[Response], Response]], None]:
    """Registers the fault that answers what a function makes of the right response, where `to` says so."""

    def register(spoil: Callable[[Response], Response]) -> None:
        class Spoilt(Steps):
            def finish(self, call: Call, response: Response) -> Response:
                return super().finish(call, spoil(response) if to(call, response) else response)

        fault(name, description, violates=violates)(_placed(Spoilt, spoil))

    return register


def of_object(document: Any, spoil: Callable[[Document], Any]) -> Any:
    """What `spoil` makes of an object; what another fault has made no object of stays as it is."""
    return spoil(document) if isinstance(document, dict) else document


def _placed(steps: type[Steps], spoil: Callable[..., Any]) -> type[Steps]:
    """`steps` as a class of the module that `spoil` stands in, so that the fault has that topic."""
    steps.__module__ = getattr(spoil, "__module__", None) or __name__
    return steps


def reads(call: Call, response: Response) -> bool:
    """Whether this is an accepted read."""
    return call.operation is Operation.GET and response.status == HTTPStatus.OK


def writes(call: Call, response: Response) -> bool:
    """Whether this is an accepted write."""
    return call.operation is Operation.SET and response.status == HTTPStatus.OK


def refuses(*statuses: int) -> Callable[[Call, Response], bool]:
    """Whether this is a refusal with one of these statuses, or with any if none is named."""
    return lambda _, response: response.status in statuses if statuses else 400 <= response.status < 500


def relabelled(response: Response, media_type: str | None) -> Response:
    """The response under another Content-Type, or under none."""
    return with_header(response, "content-type", media_type)


def with_header(response: Response, name: str, value: str | None) -> Response:
    """The response with one value of a header field in the place of all others, or without it."""
    kept: Headers = tuple(header for header in response.headers if header[0].lower() != name)
    return replace(response, headers=kept if value is None else (*kept, (name, value)))


def failure(steps: Steps, call: Call) -> Response:
    """The answer of an application that crashed."""
    problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", ((None, "Internal server error."),))
    return steps.refuse(call, problem)


def memory(steps: Steps, owner: type[Steps]) -> dict[str, Any]:
    """What the fault `owner` remembers from request to request, where no other fault of the same mock finds it."""
    memories: dict[type[Steps], dict[str, Any]] = steps.__dict__.setdefault("_memories", {})
    return memories.setdefault(owner, {})


class Apart(Steps):
    """Keeps what is written beside the store, by what `drawer` says of a call."""

    def drawer(self, call: Call) -> str | None:
        """The name of the drawer that this call looks into; `None` for the store itself."""
        raise NotImplementedError

    @property
    def drawers(self) -> dict[tuple[str, str], dict[str, str | None]]:
        """By drawer and profile id."""
        found: dict[tuple[str, str], dict[str, str | None]] = memory(self, Apart).setdefault("drawers", {})
        return found

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        name = self.drawer(call)
        return super().read(call, profile) if name is None else self.drawers.get((name, profile.profile_id), {})

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        name = self.drawer(call)
        if name is None:
            return super().write(call, profile)
        self.drawers.setdefault((name, profile.profile_id), {}).update(call.changes)
        return profile
