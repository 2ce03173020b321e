"""Faults in what the path is answered without its last slash."""

from __future__ import annotations

from collections.abc import Callable

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Operation, Response

_LOSES = "missing-slash-loses-no-write"
_SLASH = "missing-slash-reads-the-same"


class _WithoutSlash(Steps):
    """Answers the path without its last slash otherwise."""

    operations: tuple[str, ...] = ("GET", "POST")

    def route_elsewhere(self, call: Call) -> Response | None:
        if call.request.path + "/" == self.path and call.request.method in self.operations:
            return self.bare(call)
        return super().route_elsewhere(call)

    def bare(self, call: Call) -> Response | None:
        """The answer; `None` serves the request."""
        raise NotImplementedError


def _bare(name: str, description: str, answer: Callable[[_WithoutSlash, Call], Response | None], *violates: str,
          operation: Operation | None = None) -> None:  # fmt: skip
    class Bare(_WithoutSlash):
        operations = (operation.method,) if operation else ("GET", "POST")

        def bare(self, call: Call) -> Response | None:
            return answer(self, call)

    fault(name, description, violates=violates)(Bare)


def _to(status: int, place: str | None) -> Callable[[_WithoutSlash, Call], Response]:
    return lambda steps, _: Response(status, (("location", steps.path if place is None else place),))


_bare(
    "bare-path-drops-writes",
    "A write without the slash is answered 200 and dropped.",
    lambda *_: Response(200),
    _LOSES,
    operation=Operation.SET,
)
_bare(
    "bare-path-turns-writes-to-reads",
    "A write without the slash is redirected to a read.",
    _to(303, None),
    _LOSES,
    operation=Operation.SET,
)
_bare("bare-path-fails", "A request without the slash crashes.", failure, "never-500")
_bare(
    "bare-path-loops",
    "A path without the slash is redirected to itself.",
    _to(301, "./integration-identifiers"),
    _SLASH,
    _LOSES,
)
_bare("bare-path-leaves-the-host", "A path without the slash is redirected to another host.",
      lambda steps, _: Response(301, (("location", f"http://internal.example{steps.path}"),)), _SLASH, _LOSES)  # fmt: skip
_bare(
    "bare-path-leads-elsewhere",
    "A path without the slash is redirected to the start page.",
    _to(302, "/"),
    _SLASH,
    _LOSES,
)
_bare("bare-path-redirects-nowhere", "A path without the slash is redirected without a Location.",
      lambda *_: Response(301), _SLASH, _LOSES)  # fmt: skip
_bare("bare-read-shows-nothing", "A read without the slash shows an empty profile.",
      lambda steps, call: Response(200, (("content-type", "application/json"),), steps.encode(call, dict.fromkeys(steps.names))),
      _SLASH, operation=Operation.GET)  # fmt: skip
