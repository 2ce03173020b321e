"""Faults in reading the body of a write: what is no JSON, no object, no string."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapty_contract.mock.answers import Call
from adapty_contract.mock.bodies import Body, Number
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.validation import KEEP
from adapty_contract.model import Operation, Response

_BROKEN = "broken-json-is-400"
_ENCODING = "body-in-other-encoding-is-400"
_OBJECT = "non-object-body-is-400"
_CONTAINER = "container-value-is-400"
_NOTHING = "refused-write-changes-nothing"
_SPELLING = "json-spelling-is-immaterial"
_ODD = "odd-encoding-is-refused-or-read-right"

Reader = Callable[[bytes], Any]
"""Reads a body that the mock refuses as a document; raises ValueError if it cannot either."""


def _read_too(name: str, description: str, read: Reader, *violates: str) -> None:
    """Registers the fault that reads more bodies than JSON."""

    class Lenient(Steps):
        def read_body(self, call: Call) -> Response | None:
            refused = super().read_body(call)
            if refused is None or refused.status != 400:
                return refused
            try:
                value = read(call.request.body)
                json.dumps(value, ensure_ascii=False).encode()  # no half of a pair gets in
            except (ValueError, RecursionError):
                return refused
            call.body = Body(_numbered(value))
            return None

    fault(name, description, violates=violates)(Lenient)


def _numbered(value: Any) -> Any:
    """Numbers as the mock's own reader gives them."""
    if isinstance(value, dict):
        return {name: _numbered(member) for name, member in value.items()}
    return Number(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _pairs(text: str) -> dict[str, str]:
    """A form: `name=value&...`."""
    found = re.fullmatch(r"([a-z_]+)=([^&={}\"']+)", text)
    if not found:
        raise ValueError("no form")
    return {found[1]: found[2]}


_read_too("comma-too-many-taken", "A comma after the last member is taken.",
          lambda body: json.loads(re.sub(r",\s*}", "}", body.decode())), _BROKEN)  # fmt: skip
_read_too(
    "single-quotes-taken", "Single quotes are taken.", lambda body: json.loads(body.decode().replace("'", '"')), _BROKEN
)
_read_too("bare-names-taken", "Names without quotes are taken.",
          lambda body: json.loads(re.sub(r"([{,])([a-z_]+):", r'\1"\2":', body.decode())), _BROKEN)  # fmt: skip
_read_too("comments-taken", "Comments are taken.", lambda body: json.loads(re.sub("//.*", "", body.decode())), _BROKEN)
_read_too("more-behind-taken", "What stands behind the document is ignored.",
          lambda body: json.JSONDecoder().raw_decode(body.decode())[0], _BROKEN)  # fmt: skip
_read_too(
    "cut-off-taken", "A document that is cut off is completed.", lambda body: json.loads(body.decode() + "}"), _BROKEN
)
_read_too("forms-taken", "A form is taken.", lambda body: _pairs(body.decode()), _BROKEN)
_read_too("raw-breaks-taken", "Control characters in strings are taken.",
          lambda body: json.loads(body.decode(), strict=False), _BROKEN)  # fmt: skip
_read_too("unknown-escapes-taken", "Unknown escapes are taken.",
          lambda body: json.loads(re.sub(r'\\(?!["\\/bfnrtu])', "", body.decode())), _BROKEN)  # fmt: skip
_read_too("bad-bytes-replaced", "Bytes that are no UTF-8 are replaced.",
          lambda body: json.loads(body.decode("utf-8", "replace")), _ENCODING)  # fmt: skip
_read_too("bad-bytes-dropped", "Bytes that are no UTF-8 are dropped.",
          lambda body: json.loads(body.decode("utf-8", "ignore")), _ENCODING)  # fmt: skip
_read_too("latin-1-taken", "A body that is no UTF-8 is read as ISO 8859-1.",
          lambda body: json.loads(body.decode("latin-1")), _ENCODING)  # fmt: skip


def _crash_on(name: str, description: str, when: Callable[[bytes], bool], *violates: str) -> None:
    """Registers the fault that crashes on some bodies."""

    class Crashing(Steps):
        def read_body(self, call: Call) -> Response | None:
            if call.operation is Operation.SET and when(call.request.body):
                return failure(self, call)
            return super().read_body(call)

    fault(name, description, violates=("never-500", *violates))(Crashing)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


_crash_on("broken-json-fails", "A body that is no JSON crashes.", lambda body: bool(body) and not _is_json(body))
_crash_on("bad-bytes-fail", "A body that is no UTF-8 crashes.", lambda body: not _is_utf_8(body))
_crash_on("empty-body-fails", "An empty body crashes.", lambda body: not body)
_crash_on("blank-body-fails", "A body of white space crashes.", lambda body: bool(body) and not body.strip())
_crash_on("null-body-fails", "A body that is null crashes.", lambda body: body == b"null")
_crash_on("list-body-fails", "A list as a body crashes.", lambda body: body.startswith(b"["))
_crash_on("number-body-fails", "A number as a body crashes.", lambda body: body.isdigit())
_crash_on("deep-body-fails", "A deep body crashes.", lambda body: body.count(b"[") > 500 or body.count(b"{") > 500)
_crash_on("large-body-fails", "A body over 100 kB crashes.", lambda body: len(body) > 100_000)
_crash_on("many-members-fail", "A thousand members crash.", lambda body: body.count(b":") > 1000)
_crash_on("long-number-fails", "A number of thousands of digits crashes.", lambda body: b"9" * 4400 in body)
_crash_on("nan-fails", "NaN crashes.", lambda body: b":NaN" in body)
_crash_on("infinity-fails", "A number that is too large for a float crashes.", lambda body: b"1e400" in body)
_crash_on(
    "repeated-name-fails", "A name given twice crashes.", lambda body: body.count(b'"' + _first_name(body) + b'"') > 1
)
_crash_on("lone-surrogate-fails", "Half of a surrogate pair crashes.", lambda body: b"\\ud800" in body)
_crash_on("empty-name-fails", "An empty name crashes.", lambda body: body.startswith(b'{"":'))
_crash_on("nul-in-name-fails", "A NUL in a name crashes.", lambda body: re.search(rb'\\u0000":', body) is not None)
_crash_on("prototype-name-fails", "A name that languages use themselves crashes.", lambda body: b"__class__" in body)


def _first_name(body: bytes) -> bytes:
    found = re.match(rb'\{"([^"]+)"', body)
    return found[1] if found else b"\0"


def _values(name: str, description: str, when: type, change: Callable[[Any], Any], *violates: str) -> None:
    """Registers the fault that makes something of values of one type that the mock refuses."""

    class Taking(Steps):
        def accept(self, call: Call, name: str, value: Any) -> Any:
            return change(value) if isinstance(value, when) else super().accept(call, name, value)

    fault(name, description, violates=violates)(Taking)


_values(
    "lists-joined",
    "A list as a value is joined with commas.",
    list,
    lambda value: ",".join(map(str, value)),
    _CONTAINER,
)
_values("first-of-list-taken", "Of a list as a value the first item is taken.", list,
        lambda value: str(value[0]) if value else "", _CONTAINER)  # fmt: skip
_values("lists-ignored", "A list as a value is ignored.", list, lambda _: KEEP, _CONTAINER)
_values("empty-list-clears", "A list as a value unsets the identifier.", list, lambda _: None, _CONTAINER)
_values("objects-kept-as-json", "An object as a value is kept as JSON text.", dict, json.dumps, _CONTAINER)
_values("objects-ignored", "An object as a value is ignored.", dict, lambda _: KEEP, _CONTAINER)
_values("objects-unwrapped", "Of an object as a value its `value` is taken.", dict,
        lambda value: value.get("value"), _CONTAINER)  # fmt: skip


def _documents(name: str, description: str, change: Callable[[Any], Any], *violates: str) -> None:
    """Registers the fault that makes another document of the body before it is validated."""

    class Changing(Steps):
        def validate(self, call: Call) -> Response | None:
            if call.body is not None:
                call.body = Body(change(call.body.value), call.body.repeated)
            return super().validate(call)

    fault(name, description, violates=violates)(Changing)


_documents("list-unwrapped", "A list of one object is taken for the object.",
           lambda value: value[0] if isinstance(value, list) and value else value, _OBJECT)  # fmt: skip


@fault("no-object-taken", "A body that is no object is answered 200.", violates=(_OBJECT,))
class NoObjectTaken(Steps):
    """Nothing is found in it, so nothing is wrong with it."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        no_object = call.body is not None and not isinstance(call.body.value, dict)
        return None if no_object else super().validate(call)


@fault("broken-json-200", "A body that is no JSON is answered 200, with the refusal in the answer.",
       violates=(_BROKEN, _ENCODING, _CONTAINER, _ODD, "write-answer-is-blank-or-profile"))  # fmt: skip
class BrokenJson200(Steps):
    """Errors are a matter of the body, somebody thought."""

    def read_body(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().read_body(call)
        return replace(refused, status=200) if refused is not None and refused.status == 400 else refused


@fault(
    "decoded-in-pieces",
    "A body is decoded in pieces of a kilobyte, whatever character they cut.",
    violates=("values-round-trip",),
)
class DecodedInPieces(Steps):
    """The buffer is decoded each time it is full."""

    def read_body(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().read_body(call)
        if refused is None and call.body is not None:
            raw = call.request.body
            text = "".join(raw[at : at + 1024].decode("utf-8", "replace") for at in range(0, len(raw), 1024))
            if text != raw.decode():
                call.body = Body(json.loads(text))
        return refused


@fault(
    "large-write-dropped",
    "A write of more than 4,000 bytes is answered 200 and dropped.",
    violates=("values-round-trip",),
)
class LargeWriteDropped(Steps):
    """The queue behind it takes no larger messages."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().validate(call)
        if len(call.request.body) > 4000:
            call.changes.clear()
        return refused
