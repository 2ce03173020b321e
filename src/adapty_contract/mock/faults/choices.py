"""Faults where the sources leave a choice, and the mock makes none of the permitted ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapty_contract.mock.answers import Call
from adapty_contract.mock.bodies import Body, Number
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Operation, Response

_SCALAR = "scalar-is-refused-or-told-as-string"
_SCALAR_OPEN = "scalar-is-refused"
_NULL = "null-is-refused-ignored-or-clears"
_NULL_OPEN = "null-is-refused"
_BLANK = "blank-is-refused-kept-or-clears"
_EMPTY = "empty-write-changes-nothing"
_EMPTY_OPEN = "empty-object-is-refused"
_UNKNOWN = "unknown-field-disturbs-nothing"
_MEDIA = "json-media-type-is-taken"
_OTHER_MEDIA = "other-media-type-is-refused-or-read-as-json"
_ODD = "odd-encoding-is-refused-or-read-right"
_SPELLING = "json-spelling-is-immaterial"

Taking = Callable[[Any], Any]
"""What is kept of a value: a string, `None` to unset the identifier, KEEP to leave it."""


def _taken(name: str, description: str, when: Callable[[Any], bool], take: Taking, *violates: str) -> None:
    """Registers the fault that makes something of its own of some values."""

    class Taken(Steps):
        def accept(self, call: Call, name: str, value: Any) -> Any:
            return take(value) if when(value) else super().accept(call, name, value)

    fault(name, description, violates=violates)(Taken)


def _is_number(value: Any) -> bool:
    return isinstance(value, Number)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_null(value: Any) -> bool:
    return value is None


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value


_taken("numbers-through-float", "A number becomes the text of a float.", _is_number,
       lambda value: repr(float(value.text)), _SCALAR, _SCALAR_OPEN)  # fmt: skip
_taken("big-numbers-rounded", "A number is rounded to what a double holds.", _is_number,
       lambda value: f"{float(value.text[:300]):.0f}", _SCALAR, _SCALAR_OPEN)  # fmt: skip
_taken("numbers-cut-to-integers", "A number loses its fraction.", _is_number,
       lambda value: value.text.partition(".")[0], _SCALAR, _SCALAR_OPEN)  # fmt: skip
_taken("booleans-told-as-yes", "A boolean becomes yes or no.", _is_boolean,
       lambda value: "yes" if value else "no", _SCALAR, _SCALAR_OPEN)  # fmt: skip
_taken(
    "numbers-empty-the-identifier", "A number becomes an empty string.", _is_number, lambda _: "", _SCALAR, _SCALAR_OPEN
)
_taken("null-kept-as-text", "A null is kept as the text null.", _is_null, lambda _: "null", _NULL, _NULL_OPEN)
_taken("null-kept-as-none", "A null is kept as the text None.", _is_null, str, _NULL, _NULL_OPEN)
_taken("null-kept-as-empty", "A null is kept as an empty string.", _is_null, lambda _: "", _NULL, _NULL_OPEN)
_taken("empty-kept-as-null-text", "An empty string is kept as the text null.", _is_empty, lambda _: "null", _BLANK)
_taken("empty-kept-as-a-dash", "An empty string is kept as a hyphen.", _is_empty, lambda _: "-", _BLANK)


def _fails_on(name: str, description: str, when: Callable[[Any], bool]) -> None:
    """Registers the fault that crashes where some value is in the body."""

    class Failing(Steps):
        def validate(self, call: Call) -> Response | None:
            document = call.body.value if call.body is not None else None
            fails = isinstance(document, dict) and any(map(when, document.values()))
            return failure(self, call) if fails else super().validate(call)

    fault(name, description, violates=("never-500",))(Failing)


def _has(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.search(pattern, value) is not None


_fails_on("numbers-fail", "A number as a value crashes.", _is_number)
_fails_on("booleans-fail", "A boolean as a value crashes.", _is_boolean)
_fails_on("nulls-fail", "A null as a value crashes.", _is_null)
_fails_on("empty-values-fail", "An empty string crashes.", _is_empty)
_fails_on("lists-fail", "A list as a value crashes.", lambda value: isinstance(value, list))
_fails_on("objects-fail", "An object as a value crashes.", lambda value: isinstance(value, dict))
_fails_on("nul-fails", "A NUL in a value crashes.", _has("\0"))
_fails_on("control-characters-fail", "A control character in a value crashes.", _has("[\x01-\x08]"))
_fails_on("long-values-fail", "A value over 255 characters crashes.", _has("(?s).{256}"))
_fails_on("very-long-values-fail", "A value over 4,000 characters crashes.", _has("(?s).{4001}"))
_fails_on(
    "beyond-the-basic-plane-fails", "A character outside the basic plane crashes.", _has("[\U00010000-\U0010ffff]")
)
_fails_on("line-separators-fail", "A line separator crashes.", _has("\u2028"))
_fails_on("percent-signs-fail", "A conversion specifier in a value crashes.", _has(r"%\(a\)s"))
_fails_on("quotes-fail", "A single quote in a value crashes.", _has("'"))


@fault("null-clears-everything", "A null unsets every identifier.", violates=(_NULL, _NULL_OPEN))
class NullClearsEverything(Steps):
    """The row is replaced by what is not null."""

    def accept(self, call: Call, name: str, value: Any) -> Any:
        """See Steps."""
        if value is not None:
            return super().accept(call, name, value)
        call.changes.update(dict.fromkeys(self.names))
        return None


@fault("empty-clears-everything", "An empty string unsets the other identifiers too.", violates=(_BLANK,))
class EmptyClearsEverything(Steps):
    """The row is replaced by what is not empty."""

    def accept(self, call: Call, name: str, value: Any) -> Any:
        """See Steps."""
        if value == "":
            call.changes.update(dict.fromkeys(self.names))
        return super().accept(call, name, value)


@fault("nothing-clears-everything", "An empty object unsets every identifier.", violates=(_EMPTY, _EMPTY_OPEN))
class NothingClearsEverything(Steps):
    """A write of nothing leaves nothing."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        if call.body is None or call.body.value != {}:
            return super().validate(call)
        call.changes.update(dict.fromkeys(self.names))
        return None


@fault("no-body-clears-everything", "An empty body is answered 200 and unsets every identifier.", violates=(_EMPTY,))
class NoBodyClearsEverything(Steps):
    """The page's own sample of a read sends it."""

    def read_body(self, call: Call) -> Response | None:
        """See Steps."""
        if call.operation is not Operation.SET or call.request.body.strip():
            return super().read_body(call)
        call.body = Body({})
        return None

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        if call.body is None or call.request.body.strip():
            return super().validate(call)
        call.changes.update(dict.fromkeys(self.names))
        return None


def _renamed(name: str, description: str, find: Callable[[Steps, str], str], *violates: str) -> None:
    """Registers the fault that takes names for others."""

    class Renamed(Steps):
        def validate(self, call: Call) -> Response | None:
            if call.body is not None and isinstance(call.body.value, dict):
                renamed = {find(self, name): value for name, value in reversed(call.body.value.items())}
                call.body = Body(renamed, call.body.repeated)
            return super().validate(call)

    fault(name, description, violates=violates or (_UNKNOWN,))(Renamed)


def _snake(_: Steps, name: str) -> str:
    return re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name) if name != name.upper() else name


_renamed("names-in-any-case", "Names are taken in any case.", lambda _, name: name.lower())
_renamed("names-in-camel-case-taken", "Names are taken in camel case too.", _snake)
_renamed("names-trimmed", "White space around a name does not count.", lambda _, name: name.strip())


@fault("unknown-names-kept-together", "Whatever no identifier is called like lands in branch_id.", violates=(_UNKNOWN,))
class UnknownNamesKeptTogether(Steps):
    """A catch-all that catches too much."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        document = call.body.value if call.body is not None and isinstance(call.body.value, dict) else {}
        for name, value in document.items():
            if name not in self.names and name.startswith("adapty") and isinstance(value, str):
                call.changes["branch_id"] = value
        return super().write(call, profile)


def _dropping(name: str, description: str, when: Callable[[Steps, dict[str, Any]], bool], *violates: str) -> None:
    """Registers the fault that answers 200 to a write and does none of it, where `when` says so of its body."""

    class Dropping(Steps):
        def validate(self, call: Call) -> Response | None:
            document = call.body.value if call.body is not None else None
            if isinstance(document, dict) and when(self, document):
                return None
            return super().validate(call)

    fault(name, description, violates=violates)(Dropping)


_dropping("null-drops-its-write", "A write with a null is answered 200 and dropped.", lambda _, body: None in body.values(),
          _NULL, _NULL_OPEN)  # fmt: skip
_dropping("unknown-name-drops-its-write", "A write with an unknown member is answered 200 and dropped.",
          lambda steps, body: bool(body.keys() - set(steps.names)), _UNKNOWN)  # fmt: skip


@fault("unknown-container-fails", "An unknown member that is an object crashes.", violates=("never-500",))
class UnknownContainerFails(Steps):
    """What is not known is still looked into."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        document = call.body.value if call.body is not None and isinstance(call.body.value, dict) else {}
        fails = any(isinstance(value, dict) for name, value in document.items() if name not in self.names)
        return failure(self, call) if fails else super().validate(call)
