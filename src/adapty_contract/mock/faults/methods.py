"""Faults in what other methods than GET and POST do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure, with_header
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Operation, Response

_OTHERS = "other-methods-are-refused"
_ALLOW = "allow-names-both-operations"
_NAMES = "refused-method-names-the-allowed"
_HEAD = "head-is-get-without-a-body"
_OPTIONS = "options-tells-no-data"
_TRACE = "trace-echoes-no-key"


def _taken_for(name: str, description: str, method: str, operation: Operation, *violates: str) -> None:
    """Registers the fault that takes one method for another."""

    class Taken(Steps):
        def route(self, call: Call) -> Response | None:
            if call.request.method == method:
                call.request = replace(call.request, method=operation.method)
            return super().route(call)

    fault(name, description, violates=(_OTHERS, *violates))(Taken)


_taken_for("put-writes", "PUT is taken for POST.", "PUT", Operation.SET)
_taken_for("patch-writes", "PATCH is taken for POST.", "PATCH", Operation.SET)
_taken_for("delete-writes", "DELETE is taken for POST.", "DELETE", Operation.SET)
_taken_for("delete-reads", "DELETE is taken for GET.", "DELETE", Operation.GET)
_taken_for("propfind-reads", "PROPFIND is taken for GET.", "PROPFIND", Operation.GET)


class _Refusing(Steps):
    """Does something else with the methods that it refuses."""

    def refuse_method(self, call: Call) -> Response:
        return self.other_method(call, super().refuse_method(call))

    def other_method(self, call: Call, refused: Response) -> Response:
        """The answer instead of `refused`."""
        raise NotImplementedError

    def known(self, call: Call) -> bool:
        """Whether key and profile are right, so that something could be done."""
        return self.authenticate(call) is None and self.find_profile(call) is None


@fault("delete-unsets-everything", "DELETE is answered 204 and unsets every identifier.", violates=(_OTHERS,))
class DeleteUnsetsEverything(_Refusing):
    """An endpoint that no page mentions."""

    def other_method(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        if call.request.method != "DELETE" or not self.known(call) or call.profile is None:
            return refused
        self.store.merge(call.profile.profile_id, dict.fromkeys(self.names))
        return Response(HTTPStatus.NO_CONTENT)


@fault("patch-refused-and-done", "PATCH is answered 405 without an Allow, and done.", violates=(_OTHERS, _NAMES))
class PatchRefusedAndDone(_Refusing):
    """The view runs before the method is looked at."""

    def other_method(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        if call.request.method == "PATCH" and self.known(call):
            call.operation = Operation.SET
            if self.read_body(call) is None and self.validate(call) is None:
                self.perform(call)
        return with_header(refused, "allow", None)


def _answered(
    name: str, description: str, answer: Callable[[Steps, Call], Response], *violates: str, method: str | None = None
) -> None:
    class Answered(_Refusing):
        def other_method(self, call: Call, refused: Response) -> Response:
            return answer(self, call) if method in {None, call.request.method} else refused

    fault(name, description, violates=violates)(Answered)


_answered("other-methods-fail", "A method that is not served crashes.", failure, "never-500")
_answered("propfind-fails", "PROPFIND crashes.", failure, "never-500", method="PROPFIND")
_answered("put-dropped", "PUT is answered 200 and dropped.", lambda *_: Response(HTTPStatus.OK), _OTHERS, method="PUT")
_answered("other-methods-redirected", "A method that is not served is redirected.",
          lambda *_: Response(HTTPStatus.FOUND, (("location", "/"),)), _OTHERS)  # fmt: skip


def _allowing(name: str, description: str, *methods: str) -> None:
    """Registers the fault whose Allow names these methods."""

    class Allowing(Steps):
        def finish(self, call: Call, response: Response) -> Response:
            told = response.header("allow") is not None
            return super().finish(call, with_header(response, "allow", ", ".join(methods)) if told else response)

    fault(name, description, violates=(_ALLOW,))(Allowing)


_allowing("allow-forgets-get", "Allow names POST and OPTIONS alone.", "POST", "OPTIONS")
_allowing("allow-forgets-post", "Allow names GET and HEAD alone.", "GET", "HEAD", "OPTIONS")


class _Heading(Steps):
    """Answers HEAD otherwise than GET."""

    def finish(self, call: Call, response: Response) -> Response:
        return super().finish(call, self.head(call, response) if call.request.method == "HEAD" else response)

    def head(self, call: Call, response: Response) -> Response:
        """The answer to HEAD instead of `response`, which GET would have."""
        raise NotImplementedError


@fault("head-needs-no-key", "HEAD is answered 200 without a key.", violates=(_HEAD,))
class HeadNeedsNoKey(_Heading):
    """Monitors ask without one."""

    def head(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """See _Heading."""
        return replace(response, status=200) if response.status == 401 else response


@fault("head-of-unknown-is-200", "HEAD of an unknown profile is answered 200.", violates=(_HEAD,))
class HeadOfUnknownIs200(_Heading):
    """The profile is looked for when the body is made."""

    def head(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """See _Heading."""
        return replace(response, status=200) if response.status == 404 else response


@fault("head-is-204", "HEAD of a known profile is answered 204.", violates=(_HEAD,))
class HeadIs204(_Heading):
    """No body, no content."""

    def head(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """See _Heading."""
        return replace(response, status=204) if response.status == 200 else response


@fault("head-fails", "HEAD crashes.", violates=("never-500",))
class HeadFails(Steps):
    """The table of handlers has no entry for it."""

    def route(self, call: Call) -> Response | None:
        """See Steps."""
        return failure(self, call) if call.request.method == "HEAD" else super().route(call)


class _Options(Steps):
    """Answers OPTIONS otherwise."""

    def tell_options(self, call: Call) -> Response:
        return self.options(call, super().tell_options(call))

    def options(self, call: Call, response: Response) -> Response:
        """The answer instead of `response`."""
        raise NotImplementedError


@fault("options-tells-identifiers", "OPTIONS is answered as a read.", violates=(_OPTIONS,))
class OptionsTellsIdentifiers(_Options):
    """One view for all methods."""

    def options(self, call: Call, response: Response) -> Response:
        """See _Options."""
        if self.find_profile(call) is not None or call.profile is None:
            return response
        return self.tell_identifiers(call, call.profile.identifiers)


@fault("options-fails", "OPTIONS crashes.", violates=("never-500",))
class OptionsFails(_Options):
    """The table of handlers has no entry for it."""

    def options(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """See _Options."""
        return failure(self, call)


@fault("options-redirected", "OPTIONS is redirected.", violates=(_OPTIONS,))
class OptionsRedirected(_Options):
    """To the page of the API."""

    def options(self, call: Call, response: Response) -> Response:  # noqa: ARG002
        """See _Options."""
        return Response(HTTPStatus.FOUND, (("location", "/docs/"),))


@fault(
    "preflight-opens",
    "A browser's preflight is granted credentials for any origin.",
    violates=("answer-opens-to-no-origin",),
)
class PreflightOpens(_Options):
    """Cross-origin access that was opened for a test and never closed."""

    def options(self, call: Call, response: Response) -> Response:
        """See _Options."""
        origin = call.request.header("origin") or "*"
        opened = with_header(response, "access-control-allow-origin", origin)
        return with_header(opened, "access-control-allow-credentials", "true")


@fault("trace-echoes", "TRACE sends the request back, the key with it.", violates=(_TRACE, "answer-holds-no-secret"))
class TraceEchoes(_Refusing):
    """As the method was meant, long ago."""

    def other_method(self, call: Call, refused: Response) -> Response:
        """See _Refusing."""
        if call.request.method != "TRACE":
            return refused
        lines = (f"{name}: {text}" for name, text in call.request.headers)
        return Response(HTTPStatus.OK, (("content-type", "message/http"),), "\r\n".join(lines).encode("latin-1"))
