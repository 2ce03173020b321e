"""What a request or an answer is, told from its bytes: the groundwork of the status rules. No check stands here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from adapty_contract.contract import Contract
from adapty_contract.jsontext import read_document
from adapty_contract.model import BodyFact, Exchange, Response

SURE_LENGTH = 200
"""Characters that any identifier may have. The longest real format (PostHog's anonymous id) has 61, and ids that apps make
themselves are longer; no source states a limit, so a refusal of still longer values is recorded, not blamed."""

GATEWAY_STATUSES = frozenset({502, 503, 504, *range(520, 531)})
"""Answers of what stands before the application: gateways, and Cloudflare's own codes."""

LARGE_BODY = 16_384
"""Bytes beyond which what stands before an application may refuse a body in its own way."""

_REPLACEMENT = "\ufffd"
_UNSURE_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class BodySituation:
    """What the sources say of a write's body; `clause` promises its refusal where it must be refused."""

    fact: BodyFact
    clause: str | None = None


def weather(exchange: Exchange) -> str | None:
    """Why an exchange says nothing about the API: transport, throttling, a gateway. `None` if it does say something."""
    if exchange.response is None:
        fault = exchange.fault
        return f"no answer: {fault.kind}" if fault else "no answer"
    response = exchange.response
    if response.status == 429:
        return "throttled (429)"
    if response.status in GATEWAY_STATUSES:
        return f"a gateway's answer ({response.status})"
    if response.status == 403 and response.media_type == "text/html":
        return "refused by a firewall (403 in HTML)"
    return None


def is_plain(value: str) -> bool:
    """Whether every server must take this value: printable text of 1 to `SURE_LENGTH` characters, no blank around it."""
    if not 0 < len(value) <= SURE_LENGTH or value != value.strip():
        return False
    return (value.isascii() and value.isprintable()) or not any(
        character == _REPLACEMENT or unicodedata.category(character) in _UNSURE_CATEGORIES for character in value
    )


def body_situation(body: bytes, contract: Contract) -> BodySituation:
    """What the sources say of a write with this body, whoever sends it."""
    document = read_document(body)
    if not body.strip():
        return BodySituation(BodyFact.OPEN)  # the vendor's own GET sample sends an empty POST
    if "invalid-utf-8" in document.faults and not _looks_like_utf_16_or_32(body):
        return BodySituation(BodyFact.REFUSED, "body-in-other-encoding-is-400")
    if not document.ok:
        broken = set(document.faults) <= {"invalid-json", "trailing-bytes"} and not _is_lenient(body)
        return BodySituation(BodyFact.REFUSED, "broken-json-is-400") if broken else BodySituation(BodyFact.OPEN)
    if document.faults:
        return BodySituation(
            BodyFact.OPEN
        )  # duplicate keys, non-finite numbers, surrogates: permitted or parser's choice
    return _value_situation(document.value, contract)


def _value_situation(value: Any, contract: Contract) -> BodySituation:
    if value is None:
        return BodySituation(BodyFact.OPEN)
    if not isinstance(value, dict):
        return BodySituation(BodyFact.REFUSED, "non-object-body-is-400")
    known = contract.identifier_set
    if any(isinstance(item, dict | list) for name, item in value.items() if name in known):
        return BodySituation(BodyFact.REFUSED, "container-value-is-400")
    sure = bool(value) and all(
        name in known and isinstance(item, str) and is_plain(item) for name, item in value.items()
    )
    return BodySituation(BodyFact.VALID if sure else BodyFact.OPEN)


def _looks_like_utf_16_or_32(body: bytes) -> bool:
    """Many parsers detect these encodings, so their acceptance is a choice."""
    return body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:4]


def _is_lenient(body: bytes) -> bool:
    """Whether common parsers take what the grammar refuses: NaN, Infinity, or a byte order mark."""
    return b"NaN" in body or b"Infinity" in body or body.startswith(b"\xef\xbb\xbf") or b"\0" in body[:4]


def describe(response: Response) -> str:
    """An answer in few words: status, media type, the beginning of its body."""
    body = response.body[:120].decode("utf-8", "replace")
    more = f" … ({len(response.body)} bytes)" if len(response.body) > 120 else ""
    kind = f" {response.media_type}" if response.media_type else ""
    return f"{response.status}{kind} {body}{more}".rstrip() if body else f"{response.status}{kind}, no body"
