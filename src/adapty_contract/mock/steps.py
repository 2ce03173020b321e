"""What happens to a request, step by step.

Each step gets the call and returns `None` to go on, or the response that ends it. A fault is a subclass that overrides
a step, the order of the steps, or one of the smaller methods that steps and answers are made of, and calls `super()`
for the rest; so several faults can be combined.
"""

from __future__ import annotations

import itertools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.mock import identity, problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.bodies import MAX_BODY, BodyError, is_too_deep, read_body
from adapty_contract.mock.lookup import Lookup
from adapty_contract.mock.rendering import accepts_json
from adapty_contract.mock.validation import KEEP, InvalidValueError, accepted_value
from adapty_contract.model import Operation, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapty_contract.contract import Contract
    from adapty_contract.mock.behaviour import Behaviour
    from adapty_contract.mock.store import Store, StoredProfile
    from adapty_contract.model import Identifiers

MAX_TARGET: Final = 8 * 1024  # characters
MAX_HEADER: Final = 16 * 1024  # characters of one field, its name counted
MAX_HEADERS: Final = 100

_RETRY_AFTER: Final = ("0", "0", "0", "1")  # seconds, in turn: a wait now and then is enough to show it


class Steps(Lookup):
    """The correct steps: what a server does that keeps the contract in the given behaviour."""

    def __init__(self, contract: Contract, store: Store, behaviour: Behaviour, key: str, seed: int = 0) -> None:
        """See Answers."""
        super().__init__(contract, store, behaviour, key, seed)
        self._authenticated = itertools.count(seed + 1)
        self._throttled = itertools.count()

    def answer(self, call: Call) -> Response:
        """Takes a call through its steps."""
        for step in self.order(call):
            response = step(call)
            if response is not None:
                return self.finish(call, response)
        raise AssertionError("the last step answers")

    def order(self, call: Call) -> tuple[Callable[[Call], Response | None], ...]:  # noqa: ARG002  (faults look at it)
        """The steps in their order: the key first, so that a stranger learns nothing about profiles."""
        return (
            self.limit,
            self.route,
            self.authenticate,
            self.throttle,
            self.negotiate,
            self.find_profile,
            self.read_body,
            self.validate,
            self.perform,
        )

    def limit(self, call: Call) -> Response | None:
        """Refuses targets and header fields that are larger than any client of this API needs."""
        request = call.request
        if len(request.target) > MAX_TARGET:
            return self.refuse(call, problems.too_large(HTTPStatus.REQUEST_URI_TOO_LONG, "The target"))
        if len(request.headers) > MAX_HEADERS or any(
            len(name) + len(text) > MAX_HEADER for name, text in request.headers
        ):
            return self.refuse(call, problems.too_large(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header"))
        return None

    def route(self, call: Call) -> Response | None:
        """Finds the operation by path and method."""
        method = call.request.method
        if call.request.path != self.path:
            response = self.route_elsewhere(call)
            if response is not None:
                return response
        if method not in self.allowed_methods():
            return self.refuse_method(call)
        if method == "OPTIONS":
            return self.tell_options(call)
        call.operation = Operation.SET if method == "POST" else Operation.GET
        return None

    def route_elsewhere(self, call: Call) -> Response | None:
        """Answers every path but the one of the API, in its exact spelling."""
        choice = self.behaviour.missing_slash
        if call.request.path + "/" != self.path or choice == "not-found":
            return self.refuse(call, problems.not_found())
        if choice == "served":
            return None
        permanent = HTTPStatus.PERMANENT_REDIRECT if choice == "redirect-308" else HTTPStatus.MOVED_PERMANENTLY
        return self.redirect(call, permanent)

    def authenticate(self, call: Call) -> Response | None:
        """Compares the key, in constant time. One answer for a missing and a wrong key."""
        presented = identity.presented_key(call.request.headers, self.behaviour.scheme_case)
        if presented is None or not identity.is_key(presented, self.key):
            return self.refuse(call, problems.unauthorized(self.behaviour))
        return None

    def throttle(self, call: Call) -> Response | None:
        """Refuses a request now and then, counted, in the dialect that does so."""
        every = self.behaviour.throttle_every
        if every is None or next(self._authenticated) % every:
            return None
        return self.refuse(call, problems.throttled(_RETRY_AFTER[next(self._throttled) % len(_RETRY_AFTER)]))

    def negotiate(self, call: Call) -> Response | None:
        """Refuses a client that does not accept JSON, in the dialect that does so."""
        if self.behaviour.accept == "honoured" and not accepts_json(call.request.headers):
            return self.refuse(call, problems.not_acceptable())
        return None

    def read_body(self, call: Call) -> Response | None:
        """Reads the body of a write as JSON; a read has none, and one that is sent does not count."""
        if call.operation is not Operation.SET:
            return None
        if not self.is_json(call):
            return self.refuse(call, problems.unsupported_media_type())
        body = call.request.body
        if len(body) > MAX_BODY and not is_too_deep(body[:MAX_BODY].decode("utf-8", "replace")):
            return self.refuse(call, problems.too_large(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body"))
        try:
            call.body = read_body(body[: MAX_BODY + 1])
        except BodyError as error:
            return self.refuse(call, problems.unreadable(str(error)))
        return None

    def is_json(self, call: Call) -> bool:
        """Whether the body of a write is declared as JSON, or not declared at all, and not compressed."""
        coding = (call.request.header("content-encoding") or "identity").strip().lower()
        declared = (call.request.header("content-type") or "").partition(";")[0].strip().lower()
        if coding != "identity":
            return False
        return declared in {"", "application/json"} or self.behaviour.other_media_types == "parsed"

    def validate(self, call: Call) -> Response | None:
        """Finds the changes that the body of a write asks for, or everything that is wrong with it."""
        if call.body is None:
            return None
        document = call.body.value
        if not isinstance(document, dict):
            return self.refuse(call, problems.invalid([(problems.WHOLE, "value is not a valid dict")]))
        wrong = self.check_members(call, document)
        if not wrong and not any(name in self.names for name in document) and self.behaviour.empty_object == "refused":
            wrong = [(problems.WHOLE, "At least one integration identifier must be provided.")]
        return self.refuse(call, problems.invalid(wrong)) if wrong else None

    def check_members(self, call: Call, document: Mapping[str, Any]) -> list[tuple[str | None, str]]:
        """Puts the accepted values into the call's changes; what is wrong with the others, by name."""
        wrong: list[tuple[str | None, str]] = []
        if call.body and self.behaviour.repeated_names == "refused":
            wrong += [(name, "given more than once") for name in call.body.repeated]
        for name, value in document.items():
            if name not in self.names:
                if self.behaviour.unknown_fields == "refused":
                    wrong.append((name, "extra fields not permitted"))
                continue
            try:
                accepted = self.accept(call, name, value)
            except InvalidValueError as error:
                wrong.append((name, str(error)))
            else:
                if accepted is not KEEP:
                    call.changes[name] = accepted
        return wrong

    def accept(self, call: Call, name: str, value: Any) -> Any:  # noqa: ARG002
        """What a sent value becomes. Raises InvalidValueError to refuse it; see `accepted_value`."""
        return accepted_value(value, self.behaviour)

    def perform(self, call: Call) -> Response | None:
        """Writes and answers, or reads and answers."""
        if call.profile is None:
            raise AssertionError("the profile was found in a former step")
        if call.operation is Operation.GET:
            return self.tell_identifiers(call, self.read(call, call.profile))
        written = self.write(call, call.profile)
        if written is None:  # forgotten since it was found
            return self.refuse(call, self.unknown_profile(call))
        return self.tell_written(call, written)

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:  # noqa: ARG002
        """The identifiers that a read sees."""
        return profile.identifiers

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """Merges the call's changes into the profile; `None` if it is gone."""
        return self.store.merge(profile.profile_id, call.changes) if call.changes else profile
