"""Faults in how a stranger is refused: the wrong status, at the wrong moment, with too much said or done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure, memory, of_object
from adapty_contract.mock.problems import Problem
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Operation, Response

_MISSING = "key-missing-is-401"
_WRONG = "key-wrong-is-401"
_LEARNS = "refused-key-learns-nothing"
_DOCUMENTED = "status-is-documented"
_HEAD = "head-is-get-without-a-body"


class _Refusing(Steps):
    """Refuses a stranger in its own way, on one operation or on both."""

    operations: tuple[Operation, ...] = tuple(Operation)

    def authenticate(self, call: Call) -> Response | None:
        refused = super().authenticate(call)
        return self.send_away(call, refused) if refused is not None and call.operation in self.operations else refused

    def send_away(self, call: Call, refused: Response) -> Response:
        """What the stranger is answered instead of `refused`."""
        raise NotImplementedError


def _as_status(status: int, code: str) -> Callable[[_Refusing, Call, Response], Response]:
    def send_away(self: _Refusing, call: Call, _: Response) -> Response:
        return self.refuse(call, Problem(status, code, ((problems.WHOLE, "No."),)))

    return send_away


def _refused_with(name: str, description: str, status: int, *violates: str, only: Operation | None = None) -> None:
    """Registers the fault that refuses strangers with this status."""
    members: dict[str, Any] = {"send_away": _as_status(status, "permission_denied"), "__module__": __name__}
    if only is not None:
        members["operations"] = (only,)
    fault(name, description, violates=violates)(type("Refusing", (_Refusing,), members))


_refused_with("stranger-answered-403", "A refused key is answered 403.", 403, _MISSING, _WRONG, _DOCUMENTED)
_refused_with("reading-stranger-answered-403", "A read with a refused key is answered 403.", 403, _MISSING, _WRONG,
              _DOCUMENTED, only=Operation.GET)  # fmt: skip
_refused_with("writing-stranger-answered-403", "A write with a refused key is answered 403.", 403, _MISSING, _WRONG,
              _DOCUMENTED, only=Operation.SET)  # fmt: skip
_refused_with("reading-stranger-answered-400", "A read with a refused key is answered 400.", 400, _MISSING, _WRONG,
              "refusal-code-fits", only=Operation.GET)  # fmt: skip
_refused_with("writing-stranger-answered-404", "A write with a refused key is answered 404.", 404, _MISSING, _WRONG,
              only=Operation.SET)  # fmt: skip


@fault("missing-key-fails", "A request without a key crashes.", violates=("never-500", _MISSING))
class MissingKeyFails(Steps):
    """The header field is taken apart before anybody looks whether it is there."""

    def authenticate(self, call: Call) -> Response | None:
        """See Steps."""
        return failure(self, call) if call.request.header("authorization") is None else super().authenticate(call)


@fault("bare-scheme-fails", "A scheme without a key crashes.", violates=("never-500", _MISSING))
class BareSchemeFails(Steps):
    """The second word is taken before anybody looks whether it is there."""

    def authenticate(self, call: Call) -> Response | None:
        """See Steps."""
        words = (call.request.header("authorization") or "- -").split()
        return failure(self, call) if len(words) == 1 and words[0] == "Api-Key" else super().authenticate(call)


@fault(
    "stranger-sent-to-log-in",
    "A refused key is redirected to a login page.",
    violates=(_MISSING, _WRONG, _DOCUMENTED, _HEAD),
)
class StrangerSentToLogIn(_Refusing):
    """The middleware of the dashboard answers for the API too."""

    def send_away(self, call: Call, refused: Response) -> Response:  # noqa: ARG002
        """See _Refusing."""
        return Response(302, (("location", "/login/?next=/"),))


@fault("stranger-answered-200", "A refused key is answered 200, with the refusal in the body.",
       violates=(_MISSING, _WRONG, _HEAD, "read-is-flat", "write-answer-is-blank-or-profile"))  # fmt: skip
class StrangerAnswered200(_Refusing):
    """Errors are a matter of the body, somebody thought."""

    def send_away(self, call: Call, refused: Response) -> Response:  # noqa: ARG002
        """See _Refusing."""
        return replace(refused, status=200)


def _sooner(*names: str, operation: Operation | None = None) -> type[Steps]:
    """Steps that take these, named by their methods, before the key is looked at."""

    class Hasty(Steps):
        def order(self, call: Call) -> tuple[Callable[[Call], Response | None], ...]:
            limit, route, *rest = super().order(call)
            return (limit, route, self.hurry, *rest)

        def hurry(self, call: Call) -> Response | None:
            """Takes them at the wrong moment; that they are taken again at the right one changes nothing."""
            if operation is not None and call.operation is not operation:
                return None
            return next((response for name in names if (response := getattr(self, name)(call)) is not None), None)

    return Hasty


fault("profile-found-before-key", "The profile is looked up before the key.", violates=(_MISSING, _WRONG, _LEARNS))(
    _sooner("find_profile")
)
fault(
    "profile-found-before-key-on-read",
    "A read looks the profile up before the key.",
    violates=(_MISSING, _WRONG, _LEARNS),
)(_sooner("find_profile", operation=Operation.GET))
fault(
    "profile-found-before-key-on-write",
    "A write looks the profile up before the key.",
    violates=(_MISSING, _WRONG, _LEARNS),
)(_sooner("find_profile", operation=Operation.SET))


@fault("stranger-told-another-code", "A refused key gets another code where the profile exists.",
       violates=(_LEARNS, "unauthorized-code-is-not-authenticated"))  # fmt: skip
class StrangerToldAnotherCode(_Refusing):
    """The profile is loaded first, for the log."""

    def send_away(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        if self.find_profile(call) is None:
            return refused
        return self.refuse(call, replace(problems.unauthorized(self.behaviour), code="authentication_failed"))


@fault(
    "stranger-told-identifiers", "A refused key is answered 401, with the profile's identifiers.", violates=(_LEARNS,)
)
class StrangerToldIdentifiers(_Refusing):
    """The envelope is filled from the context of the request."""

    def send_away(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        if self.find_profile(call) is not None or call.profile is None:
            return refused
        context = dict(call.profile.identifiers)
        envelope = self.envelope(call, problems.unauthorized(self.behaviour))
        return self.json_response(call, 401, of_object(envelope, lambda document: {**document, "context": context}))


@fault(
    "refused-key-writes",
    "A write with a refused key is answered 401, and done.",
    violates=("refused-key-writes-nothing",),
)
class RefusedKeyWrites(_Refusing):
    """The answer is made by a filter that runs after the view."""

    operations = (Operation.SET,)

    def send_away(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        if all(step(call) is None for step in (self.find_profile, self.read_body, self.validate)):
            self.perform(call)
        return refused


@fault("no-key-writes", "A write without a key is answered 401, and done.", violates=("refused-key-writes-nothing",))
class NoKeyWrites(RefusedKeyWrites):
    """As above, where the key is missing and only there."""

    def send_away(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        return refused if call.request.header("authorization") else super().send_away(call, refused)


@fault(
    "key-opens-for-all", "Once a profile was read with the key, anybody reads it.", violates=(_MISSING, _WRONG, _HEAD)
)
class KeyOpensForAll(_Refusing):
    """Answers are cached by profile, in front of the check."""

    operations = (Operation.GET,)

    def send_away(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        found = self.find_profile(call)
        return refused if found is not None or call.profile is None else self.perform(call) or refused


def _failing_on(name: str, description: str, when: Callable[[str], bool], *violates: str) -> None:
    """Registers the fault that crashes on some Authorization fields."""

    class Failing(Steps):
        def authenticate(self, call: Call) -> Response | None:
            return (
                failure(self, call) if when(call.request.header("authorization") or "") else super().authenticate(call)
            )

    fault(name, description, violates=("never-500", *(violates or (_WRONG,))))(Failing)


_failing_on("key-beyond-ascii-fails", "A key that is not ASCII crashes.", lambda text: not text.isascii())
_failing_on("long-key-fails", "A key of more than a thousand characters crashes.", lambda text: len(text) > 1000)
_failing_on(
    "key-with-spaces-fails",
    "A key of two words crashes.",
    lambda text: text.startswith("Api-Key ") and text.count(" ") > 1,
)
_failing_on("broken-basic-fails", "Basic credentials that are no Base64 crash.",
            lambda text: text.startswith("Basic ") and "." in text, "key-under-other-scheme-is-401")  # fmt: skip
_failing_on("quote-in-key-fails", "A key with a quote crashes.", lambda text: "'" in text)


@fault(
    "key-lingers",
    "For a moment after a request with the key everybody is let in.",
    violates=(_MISSING, _WRONG),
    random=True,
)
class KeyLingers(Steps):
    """The key is kept in a variable of the process."""

    MOMENT_S = 0.02

    def authenticate(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().authenticate(call)
        now, mine = time.monotonic(), memory(self, KeyLingers)
        if refused is None:
            mine["until"] = now + self.MOMENT_S
        return None if now < mine.get("until", now) else refused
