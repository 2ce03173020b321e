"""JSON bodies, what a client accepts, and how a response goes over the wire."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.model import Headers, Response, header_values

if TYPE_CHECKING:
    from adapty_contract.mock.behaviour import Behaviour
    from adapty_contract.model import Request

EXTRA_IDENTIFIER: Final = ("later_vendor_user_id", "later-vendor-1")
"""What the dialect of one identifier more tells: a name that the contract does not know, and its value."""

_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Transmission:
    """How a response is sent: `response` as a client sees it, `chunks` as bytes of the wire, after `delay_s` seconds.

    Without a `content-length` header the chunks are sent in chunked framing.
    """

    response: Response
    chunks: tuple[bytes, ...]
    delay_s: float = 0.0


def json_bytes(value: Any, *, escape: bool = False) -> bytes:
    """`value` as compact JSON in UTF-8, or in ASCII with escapes."""
    return json.dumps(value, ensure_ascii=escape, separators=(",", ":")).encode("utf-8")


def json_headers(behaviour: Behaviour) -> Headers:
    """The header fields of a JSON answer."""
    return (("content-type", "application/json; charset=utf-8" if behaviour.charset_parameter else "application/json"),)


def accepts_json(headers: Headers) -> bool:
    """Whether the Accept headers, if there are any, admit `application/json`."""
    return _accepts(headers, "accept", ("application/json", "application/*", "*/*"), absent=True)


def accepts_gzip(headers: Headers) -> bool:
    """Whether an Accept-Encoding header asks for gzip."""
    return _accepts(headers, "accept-encoding", ("gzip", "*"), absent=False)


def transmission(request: Request, response: Response, behaviour: Behaviour) -> Transmission:
    """How `response` goes over the wire under `behaviour`: compressed or not, framed by length or in chunks."""
    body, headers = response.body, response.headers
    if behaviour.compression == "accepted":
        headers = (*headers, ("vary", "accept-encoding"))
    asked = behaviour.compression == "accepted" and accepts_gzip(request.headers)
    if body and (asked or behaviour.compression == "always"):
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers = (
            *_without(headers, "content-length"),
            ("content-encoding", "gzip"),
            ("content-length", str(len(body))),
        )
    chunked = behaviour.framing == "chunked"
    if chunked or (request.method == "HEAD" and behaviour.compression != "none"):
        headers = _without(headers, "content-length")  # HEAD promises no length that GET would not have
    half = len(body) // 2
    return Transmission(replace(response, headers=headers), (body[:half], body[half:]) if chunked else (body,))


def _without(headers: Headers, name: str) -> Headers:
    return tuple(header for header in headers if header[0] != name)


def _accepts(headers: Headers, name: str, admitting: tuple[str, ...], *, absent: bool) -> bool:
    """Whether the list header `name` admits one of `admitting`, the most specific one it names deciding."""
    offered: dict[str, float] = {}
    for value in header_values(headers, name):
        for item in value.split(","):
            kind, *parameters = item.split(";")
            found = next(filter(None, map(_QUALITY.fullmatch, parameters)), None)
            offered[kind.strip().lower()] = float(found.group(1)) if found else 1.0
    if not offered:
        return absent
    named = next((kind for kind in admitting if kind in offered), None)
    return named is not None and offered[named] > 0
