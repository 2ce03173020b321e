"""Faults in what a request's path, query and header fields change, which should change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from adapty_contract.jsontext import read_document
from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure, reads, relabelled
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Response

_QUERY = "query-is-immaterial"
_ACCEPT = "accept-is-immaterial"
_PLATFORM = "platform-is-taken"
_LOSES = "missing-slash-loses-no-write"
_SLASH = "missing-slash-reads-the-same"
_LABEL = "read-takes-a-content-type"

Condition = Callable[[Call], bool]


def _query(call: Call) -> dict[str, list[str]]:
    return parse_qs(call.request.target.partition("?")[2], keep_blank_values=True)


def _asks(name: str, *texts: str) -> Condition:
    return lambda call: any(text in (call.request.header(name) or "") for text in texts)


def _is_read(call: Call) -> bool:
    return call.operation is Operation.GET


def _fails_when(name: str, description: str, when: Condition, *violates: str) -> None:
    """Registers the fault that crashes on some requests with the right key."""

    class Failing(Steps):
        def find_profile(self, call: Call) -> Response | None:
            return failure(self, call) if when(call) else super().find_profile(call)

    fault(name, description, violates=("never-500", *violates))(Failing)


_fails_when("query-fails", "A query crashes.", lambda call: bool(call.request.target.partition("?")[2]))
_fails_when("broken-query-fails", "A query that is no UTF-8 crashes.", lambda call: "%ff" in call.request.target)
_fails_when(
    "odd-accept-fails",
    "An Accept that is no media type crashes.",
    lambda call: call.request.header("accept") == "nonsense",
)
_fails_when(
    "xml-accept-fails", "An Accept of XML crashes.", lambda call: call.request.header("accept") == "application/xml"
)
_fails_when("accept-on-write-fails", "A write with an Accept of a browser crashes.",
            lambda call: not _is_read(call) and "text/html" in (call.request.header("accept") or ""))  # fmt: skip
_fails_when(
    "query-on-write-fails",
    "A write with a query crashes.",
    lambda call: not _is_read(call) and "?" in call.request.target,
)
_fails_when(
    "condition-fails", "A conditional read crashes.", lambda call: call.request.header("if-none-match") is not None
)
_fails_when("unknown-platform-fails", "A platform that nobody knows crashes.", _asks("adapty-platform", "Amiga"))
_fails_when("web-platform-fails", "The platform web crashes.", _asks("adapty-platform", "web"))


def _refused_when(name: str, description: str, when: Condition, status: int, *violates: str) -> None:
    """Registers the fault that refuses some requests with the right key."""

    class Refusing(Steps):
        def find_profile(self, call: Call) -> Response | None:
            if when(call):
                return self.refuse(call, replace(problems.invalid([(problems.WHOLE, "No.")]), status=status))
            return super().find_profile(call)

    fault(name, description, violates=violates)(Refusing)


def _is_platform(*names: str) -> Condition:
    return lambda call: (call.request.header("adapty-platform") or "") in names


_refused_when("platforms-refused-on-reads", "A read with a platform is refused.",
              lambda call: _is_read(call) and bool(call.request.header("adapty-platform")), 400, _PLATFORM)  # fmt: skip
_refused_when("web-platform-refused", "The platform web is refused.", _is_platform("web"), 400, _PLATFORM)
_refused_when("vision-platform-refused-on-writes", "A write for visionOS is refused.",
              lambda call: not _is_read(call) and _is_platform("visionOS")(call), 400, _PLATFORM)  # fmt: skip
_refused_when(
    "platforms-in-capitals",
    "Platforms are taken in lower case alone.",
    _is_platform("iOS", "macOS", "iPadOS"),
    400,
    _PLATFORM,
)
_refused_when("labelled-read-refused", "A read with a Content-Type is refused.",
              lambda call: _is_read(call) and bool(call.request.header("content-type")), 400, _LABEL)  # fmt: skip
_refused_when("labelled-read-415", "A read with a Content-Type and no body is answered 415.",
              lambda call: _is_read(call) and bool(call.request.header("content-type")), 415, _LABEL)  # fmt: skip


def _rendered(
    name: str, description: str, when: Condition, media_type: str, render: Callable[[Any], str], *violates: str
) -> None:
    """Registers the fault that writes some reads down otherwise."""

    class Rendered(Steps):
        def finish(self, call: Call, response: Response) -> Response:
            if reads(call, response) and when(call):
                document, response = read_document(response.body), relabelled(response, media_type)
                if isinstance(document.value, dict):
                    response = replace(response, body=render(document.value).encode("utf-8", "replace"))
            return super().finish(call, response)

    fault(name, description, violates=violates)(Rendered)


def _page(document: Any) -> str:
    return "<html><dl>" + "".join(f"<dt>{name}<dd>{value}" for name, value in document.items()) + "</dl></html>"


def _xml(document: Any) -> str:
    return "<root>" + "".join(f"<{name}>{value or ''}</{name}>" for name, value in document.items()) + "</root>"


_rendered(
    "browser-gets-a-page",
    "A browser's Accept gets a page.",
    _asks("accept", "text/html"),
    "text/html",
    _page,
    "read-is-json",
)
_rendered(
    "xml-on-request", "An Accept of XML gets XML.", _asks("accept", "/xml"), "application/xml", _xml, "read-is-json"
)
_rendered("table-on-request", "An Accept of CSV gets a table.", _asks("accept", "csv"), "text/csv",
          ",".join, "read-is-json")  # fmt: skip
_rendered(
    "page-by-query",
    "The query format=api gets a page.",
    lambda call: "format" in _query(call),
    "text/html",
    _page,
    "read-is-json",
)
_rendered("bare-read-as-text", "A read without an Accept is labelled as text.", lambda call: call.request.header("accept") == "",
          "text/plain", json.dumps, "read-is-json")  # fmt: skip


def _shown(
    name: str, description: str, when: Condition, change: Callable[[Call, Identifiers], Identifiers], *violates: str
) -> None:
    """Registers the fault that shows something else on some reads."""

    class Shown(Steps):
        def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
            return super().tell_identifiers(call, change(call, identifiers) if when(call) else identifiers)

    fault(name, description, violates=violates)(Shown)


_shown("limit-by-query", "The query limit leaves the other identifiers unset.", lambda call: "limit" in _query(call),
       lambda call, seen: dict(list(seen.items())[: int(_query(call)["limit"][0])]), _QUERY)  # fmt: skip
_shown(
    "second-page-empty",
    "The query page=2 shows nothing.",
    lambda call: _query(call).get("page") == ["2"],
    lambda *_: {},
    _QUERY,
)
_shown("translated", "In German the values are translated.", _asks("accept-language", "de"),
       lambda _, seen: {name: f"{value} (de)" for name, value in seen.items()}, _ACCEPT)  # fmt: skip
_shown(
    "fresh-read-empty",
    "A read past caches shows nothing.",
    _asks("cache-control", "no-cache"),
    lambda *_: {},
    "state-is-the-profiles-alone",
)
_shown(
    "other-platform-empty",
    "A read for Android shows nothing.",
    _is_platform("Android"),
    lambda *_: {},
    "state-is-the-profiles-alone",
)


@fault("method-by-query", "The query _method=DELETE makes a read unset everything.", violates=(_QUERY,))
class MethodByQuery(Steps):
    """For forms, which know two methods."""

    def perform(self, call: Call) -> Response | None:
        """See Steps."""
        if _query(call).get("_method") == ["DELETE"] and call.profile is not None:
            self.store.merge(call.profile.profile_id, dict.fromkeys(self.names))
        return super().perform(call)


@fault(
    "query-drops-writes", "A write with a query is answered 200 and dropped.", violates=("state-is-the-profiles-alone",)
)
class QueryDropsWrites(Steps):
    """The form of the page answers, which has a query."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return profile if "?" in call.request.target else super().write(call, profile)


@fault("writes-for-the-web-dropped", "A write for the platform web is answered 200 and dropped.",
       violates=("state-is-the-profiles-alone",))  # fmt: skip
class WritesForTheWebDropped(Steps):
    """There is no device to keep it for."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return profile if _is_platform("web")(call) else super().write(call, profile)


_refused_when("writes-need-a-platform", "A write without a platform is refused.",
              lambda call: not _is_read(call) and not call.request.header("adapty-platform"), 400, "valid-write-is-200")  # fmt: skip
