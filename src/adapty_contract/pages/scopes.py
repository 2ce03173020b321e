"""What a part of a page is about, told from its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["none", "endpoint", "sample", "security", "request", "response", "errors", "other"]

_STATUS = re.compile(
    r"(?P<before>[^\d]*)\b(?P<code>[1-5]\d\d|[1-5][xX]{2})\b[\s:.()\u2013\u2014-]*(?P<words>.*)", re.DOTALL
)
_BEFORE_STATUS = ("response", "status", "error", "code", "http", "success")
_ELSEWHERE = ("see also", "what's next", "next step", "related")
_ERRORS = ("errors", "error responses", "error response", "possible errors", "error codes", "error")
_BODIES = ("parameter", "body", "payload", "argument")
_PARTS = ("field", "propert")  # of a request or response, if either is told
_CODE_WORD = re.compile(r"[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Scope:
    """What stands below a heading: `status` and `variant` of a response, whether it is an example, or about headers.

    `place` is `path` or `query` where it is about parameters that stand there.
    """

    kind: Kind = "none"
    title: str = ""
    level: int = 0
    line: int = 0
    status: str | None = None
    words: str | None = None
    variant: str | None = None
    example: bool = False
    headers: bool = False
    place: str | None = None


def classify(text: str, parent: Scope, success: str | None) -> Scope:
    """The scope that a heading opens below `parent`; `success` is the last status of success that was told."""
    lowered = text.lower().strip(" :")
    match = _STATUS.fullmatch(text.strip())
    if match and (not match["before"].strip() or any(word in lowered for word in _BEFORE_STATUS)):
        words = match["words"].strip() or match["before"].strip(" :-\u2013\u2014")
        return Scope("response", text, status=match["code"].lower(), words=words, example="example" in lowered)
    scope = _named(lowered, parent, success)
    if scope is None:
        scope = _inherited(lowered, parent)
    return replace(scope, title=text, words=None)


def names_part(text: str) -> bool:
    """Whether a text says by itself what follows it, as a heading would."""
    return _named(text.lower().strip(" :"), Scope(), None) is not None


def _named(lowered: str, parent: Scope, success: str | None) -> Scope | None:
    example = "example" in lowered or "sample" in lowered
    told: tuple[tuple[bool, Scope], ...] = (
        (lowered.startswith(_ELSEWHERE), Scope("other")),
        (lowered in _ERRORS, Scope("errors")),
        (example and "request" in lowered, Scope("sample", example=True)),
        ("endpoint" in lowered, Scope("endpoint")),
        (lowered.startswith(("authenti", "authori")), Scope("security")),
    )
    named = next((scope for applies, scope in told if applies), None)
    if named is not None:
        return named
    if "response" in lowered:
        status = parent.status or success or "2xx"
        return Scope("response", status=status, variant=parent.variant, example=example, headers="header" in lowered)
    return _part(lowered, parent, example=example)


def _part(lowered: str, parent: Scope, *, example: bool) -> Scope | None:
    """A part of the request, or of the response whose heading stands above."""
    of_response = parent.kind == "response"
    if lowered.endswith(("header", "headers")):
        return replace(parent, headers=True) if of_response else Scope("request", headers=True)
    if any(word in lowered for word in _BODIES) or lowered == "request" or lowered.startswith("request "):
        place = next((word for word in ("path", "query") if lowered.startswith(word)), None)
        return replace(parent, example=False) if of_response else Scope("request", example=example, place=place)
    if of_response and any(word in lowered for word in _PARTS):
        return replace(parent, example=False)
    return replace(parent, example=True) if example and parent.kind != "none" else None


def _inherited(lowered: str, parent: Scope) -> Scope:
    if parent.kind == "response" and _CODE_WORD.fullmatch(lowered):
        return replace(parent, variant=lowered.replace(".", "-"))
    if parent.kind in ("sample", "request", "response", "other"):
        return parent
    return Scope()


def slug(text: str) -> str:
    """A part of a subject made from words."""
    return "-".join("".join(c if c.isalnum() or c == "_" else " " for c in text.lower()).split())
