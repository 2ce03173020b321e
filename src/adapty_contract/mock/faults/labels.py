"""Faults in how the label, the encoding and the spelling of a body are taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from adapty_contract.mock.answers import Call
from adapty_contract.mock.bodies import Body
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Operation, Response

_MEDIA = "json-media-type-is-taken"
_OTHER_MEDIA = "other-media-type-is-refused-or-read-as-json"
_ODD = "odd-encoding-is-refused-or-read-right"
_SPELLING = "json-spelling-is-immaterial"


def _refusing(name: str, description: str, when: Callable[[str | None], bool], *violates: str) -> None:
    """Registers the fault that refuses some Content-Types of writes."""

    class Refusing(Steps):
        def is_json(self, call: Call) -> bool:
            return super().is_json(call) and not when(call.request.header("content-type"))

    fault(name, description, violates=violates)(Refusing)


_refusing("charset-refused", "A Content-Type with a charset is refused.", lambda label: ";" in (label or ""), _MEDIA)
_refusing("label-in-capitals-refused", "A Content-Type in other case is refused.",
          lambda label: label is not None and label != label.lower(), _MEDIA)  # fmt: skip


def _labelled(
    name: str,
    description: str,
    when: Callable[[str | None], bool],
    spoil: Callable[[Steps, Call], Response | None],
    *violates: str,
) -> None:
    """Registers the fault that does something else with a write under some Content-Types."""

    class Labelled(Steps):
        def read_body(self, call: Call) -> Response | None:
            if call.operation is Operation.SET and when(call.request.header("content-type")):
                return spoil(self, call)
            return super().read_body(call)

    fault(name, description, violates=violates)(Labelled)


def _as_nothing(_: Steps, call: Call) -> Response | None:
    """As a form, say, in which nothing is found; and nothing is wrong with that."""
    call.body = Body({"": ""})
    return None


_labelled(
    "unlabelled-body-fails",
    "A write without a Content-Type crashes.",
    lambda label: label is None,
    failure,
    "never-500",
)
_labelled(
    "odd-label-fails",
    "A write with a Content-Type that is none crashes.",
    lambda label: "/" not in (label or "/"),
    failure,
    "never-500",
)
_labelled(
    "form-without-bound-fails",
    "A write as a form in parts crashes.",
    lambda label: "multipart" in (label or ""),
    failure,
    "never-500",
)


class _Dropping(Steps):
    """Answers 200 to a write that it does not do."""

    def drops(self, call: Call) -> bool:
        """Whether this write is dropped."""
        raise NotImplementedError

    def read_body(self, call: Call) -> Response | None:
        if call.operation is Operation.SET and self.drops(call):
            call.body = None
            return None
        return super().read_body(call)


@fault("other-label-drops-write", "A write under another label is answered 200 and dropped.", violates=(_OTHER_MEDIA,))
class OtherLabelDropsWrite(_Dropping):
    """No parser is found for it, so there is nothing in it."""

    def drops(self, call: Call) -> bool:
        """By the label."""
        return (call.request.header("content-type") or "").startswith(("text/", "application/x-www"))


@fault("no-label-drops-write", "A write without a label is answered 200 and dropped.", violates=(_OTHER_MEDIA,))
class NoLabelDropsWrite(_Dropping):
    """No parser is found for it, so there is nothing in it."""

    def drops(self, call: Call) -> bool:
        """By the label."""
        return call.request.header("content-type") is None


@fault("mark-drops-write", "A write that begins with a byte order mark is answered 200 and dropped.", violates=(_ODD,))
class MarkDropsWrite(_Dropping):
    """The first name is not the one it looks like."""

    def drops(self, call: Call) -> bool:
        """By the mark."""
        return call.request.body.startswith(b"\xef\xbb\xbf")


@fault("utf-16-drops-write", "A write in UTF-16 is answered 200 and dropped.", violates=(_ODD,))
class Utf16DropsWrite(_Dropping):
    """What cannot be decoded is left out."""

    def drops(self, call: Call) -> bool:
        """By the first bytes."""
        return b"\0" in call.request.body[:4]


def _is_wide(body: bytes) -> bool:
    """Whether it looks like UTF-16; gzip has a zero there, too."""
    return b"\0" in body[:4] and not body.startswith(b"\x1f\x8b")


def _decoded(name: str, description: str, coding: str, errors: str) -> None:
    class Decoded(Steps):
        def read_body(self, call: Call) -> Response | None:
            if call.operation is not Operation.SET or not _is_wide(call.request.body):
                return super().read_body(call)
            text = call.request.body.decode(coding, errors).lstrip("\ufeff")
            call.body = Body(json.loads(text.encode("ascii", "ignore")))
            return None

    fault(name, description, violates=(_ODD,))(Decoded)


_decoded("utf-16-in-ascii", "A body in UTF-16 loses what is not ASCII.", "utf-16", "replace")


def _surrogate(name: str, description: str, stand_in: str) -> None:
    """Registers the fault that has something of its own for half of a surrogate pair."""

    class Replacing(Steps):
        def read_body(self, call: Call) -> Response | None:
            if call.operation is not Operation.SET or b"\\ud800" not in call.request.body:
                return super().read_body(call)
            call.body = Body(json.loads(call.request.body.decode().replace("\\ud800", stand_in)))
            return None

    fault(name, description, violates=(_ODD,))(Replacing)


_surrogate("lone-surrogate-as-question", "Half of a surrogate pair becomes a question mark.", "?")
_surrogate("lone-surrogate-as-text", "Half of a surrogate pair becomes the text of its escape.", "\\\\ud800")


def _spelt(
    name: str, description: str, when: Callable[[bytes], bool], spoil: Callable[[str], Any] | None, *violates: str
) -> None:
    """Registers the fault that reads one spelling of JSON otherwise, or refuses it."""

    class Spelt(Steps):
        def read_body(self, call: Call) -> Response | None:
            if call.operation is not Operation.SET or not when(call.request.body) or super().read_body(call):
                return super().read_body(call)
            if spoil is None:
                return failure(self, call)
            call.body = Body(json.loads(spoil(call.request.body.decode())))
            return None

    fault(name, description, violates=violates)(Spelt)


_spelt(
    "indented-body-fails",
    "A body over several lines crashes.",
    lambda body: body.strip().count(b"\n") > 1,
    None,
    "never-500",
    _SPELLING,
)
_spelt(
    "blank-before-body-fails",
    "White space before the document crashes.",
    lambda body: body[:1].isspace(),
    None,
    "never-500",
    _SPELLING,
)
_spelt(
    "break-behind-body-fails",
    "A line break behind the document crashes.",
    lambda body: body.endswith(b"}\n"),
    None,
    "never-500",
    _SPELLING,
)
_spelt("escapes-kept", "Escapes are kept as they are spelt.", lambda body: body.count(b"\\u") > 20,
       lambda text: text if '{"\\u' not in text else json.dumps(dict.fromkeys(json.loads(text), text[-60:])), _SPELLING)  # fmt: skip
_spelt("escaped-pairs-split", "An escaped surrogate pair becomes two question marks.", lambda body: b"\\ud8" in body.lower(),
       lambda text: json.dumps(json.loads(text)).replace("\\ud83d\\ude00", "??"), _SPELLING)  # fmt: skip
_spelt("escaped-slashes-kept", "The backslash before a slash is kept.", lambda body: b"\\/" in body,
       lambda text: text.replace("\\/", "\\\\/"), _SPELLING)  # fmt: skip


@fault("first-member-counts", "Only the first member of a body counts.", violates=("identifiers-are-independent",))
class FirstMemberCounts(Steps):
    """The loop returns from within."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().validate(call)
        for name in list(call.changes)[1:]:
            del call.changes[name]
        return refused


@fault(
    "order-of-members-counts",
    "Values are taken by their place among the members.",
    violates=("identifiers-are-independent",),
)
class OrderOfMembersCounts(Steps):
    """The values are matched to names that were sorted before."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().validate(call)
        call.changes = dict(zip(sorted(call.changes), call.changes.values(), strict=True))
        return refused
