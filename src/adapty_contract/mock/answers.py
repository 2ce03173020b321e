"""How the mock's answers are made, in pieces small enough that a fault can spoil a single one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from adapty_contract.mock import problems
from adapty_contract.mock.examples import written_example
from adapty_contract.mock.rendering import (
    EXTRA_IDENTIFIER,
    Transmission,
    json_bytes,
    json_headers,
    transmission,
)
from adapty_contract.model import Headers, Operation, Request, Response

if TYPE_CHECKING:
    from adapty_contract.contract import Contract
    from adapty_contract.mock.behaviour import Behaviour
    from adapty_contract.mock.bodies import Body
    from adapty_contract.mock.problems import Problem
    from adapty_contract.mock.store import Store, StoredProfile
    from adapty_contract.model import Identifiers


@dataclass
class Call:
    """One request on its way through the steps, and what they found out. Faults may hang more on it."""

    request: Request
    operation: Operation | None = None
    profile: StoredProfile | None = None
    body: Body | None = None
    changes: dict[str, str | None] = field(default_factory=dict)


class Answers:
    """The correct answers, in the given behaviour."""

    def __init__(self, contract: Contract, store: Store, behaviour: Behaviour, key: str, seed: int = 0) -> None:
        """`seed` shifts what happens now and then."""
        self.names = contract.identifiers
        self.path = contract.path
        self.profile_example = written_example(contract)
        self.store = store
        self.behaviour = behaviour
        self.key = key
        self.seed = seed

    def refuse(self, call: Call, problem: Problem) -> Response:
        """The answer that tells a problem in the error envelope."""
        document = self.envelope(call, problem)
        return self.json_response(call, problem.status, document, problem.headers)

    def envelope(self, call: Call, problem: Problem) -> Any:  # noqa: ARG002  (faults look at the call)
        """The error envelope of a problem."""
        return problems.envelope(problem, self.behaviour.error_items)

    def refuse_method(self, call: Call) -> Response:
        """405, in the envelope or as plain text."""
        problem = problems.method_not_allowed(call.request.method, self.allowed_methods())
        if self.behaviour.method_refusal == "json":
            return self.refuse(call, problem)
        headers = (("content-type", "text/plain; charset=utf-8"), *problem.headers)
        return Response(problem.status, headers, b"405 Method Not Allowed\n")

    def allowed_methods(self) -> tuple[str, ...]:
        """The methods that the path serves."""
        choices = {"HEAD": self.behaviour.head, "OPTIONS": self.behaviour.options}
        return tuple(method for method in problems.ALLOWED_METHODS if choices.get(method) != "refused")

    def redirect(self, call: Call, status: int) -> Response:
        """Sends the client to the path with its slash, the query kept."""
        _, separator, query = call.request.target.partition("?")
        return Response(status, (("location", self.path + separator + query),))

    def tell_options(self, call: Call) -> Response:  # noqa: ARG002
        """The answer to OPTIONS."""
        return Response(HTTPStatus.OK, (("allow", ", ".join(self.allowed_methods())),))

    def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
        """The answer to an accepted read."""
        return self.json_response(call, HTTPStatus.OK, self.identifiers_document(call, identifiers))

    def identifiers_document(self, call: Call, identifiers: Identifiers) -> Any:  # noqa: ARG002
        """What a read tells: every identifier of the contract by its name, `null` where it is unset."""
        document = {name: identifiers.get(name) for name in self.names}
        if self.behaviour.unset == "omitted":
            document = {name: value for name, value in document.items() if value is not None}
        if self.behaviour.extra_identifier:
            document.update([EXTRA_IDENTIFIER])
        return document

    def tell_written(self, call: Call, profile: StoredProfile) -> Response:
        """The answer to an accepted write."""
        if self.behaviour.write_answer == "profile":
            return self.json_response(call, HTTPStatus.OK, self.profile_document(call, profile))
        typed = self.behaviour.write_answer == "blank-typed"
        return Response(HTTPStatus.OK, json_headers(self.behaviour) if typed else ())

    def profile_document(self, call: Call, profile: StoredProfile) -> Any:  # noqa: ARG002
        """What a write tells, where it tells anything."""
        return {
            **self.profile_example,
            "data": {
                **self.profile_example["data"],
                "profile_id": profile.profile_id,
                "customer_user_id": profile.customer_user_id,
            },
        }

    def json_response(self, call: Call, status: int, document: Any, headers: Headers = ()) -> Response:
        """A response whose body is `document`."""
        return Response(status, (*json_headers(self.behaviour), *headers), self.encode(call, document))

    def encode(self, call: Call, document: Any) -> bytes:  # noqa: ARG002
        """A document as the bytes of a body."""
        return json_bytes(document, escape=self.behaviour.escape_unicode)

    def finish(self, call: Call, response: Response) -> Response:
        """What every response gets: its length, and header fields about caching. HEAD loses its body."""
        headers = (
            *response.headers,
            ("content-length", str(len(response.body))),
            ("x-content-type-options", "nosniff"),
        )
        if self.behaviour.cache_control:
            headers = (*headers, ("cache-control", "no-store"))
        return replace(response, headers=headers, body=b"" if call.request.method == "HEAD" else response.body)

    def transmit(self, request: Request, response: Response) -> Transmission:
        """How a finished response goes over the wire."""
        return transmission(request, response, self.behaviour)
