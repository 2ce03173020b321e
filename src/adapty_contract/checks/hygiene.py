"""What no answer may have, whatever was asked: secrets, traces, broken text, careless caching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from adapty_contract.checks import check, says
from adapty_contract.checks.reading import is_read
from adapty_contract.checks.situations import describe, weather
from adapty_contract.contract import Contract
from adapty_contract.model import Exchange, Response, Result, header_values
from adapty_contract.redact import header_remark
from adapty_contract.visible import shortened

_TRACE = re.compile(
    rb"Traceback \(most recent call last\)|File \"[^\"]{1,200}\", line \d+|(?:\n|\\n)(?:[ \t]|\\t){1,40}at [\w.$<>]{1,200} ?\([\w.:/<> -]{0,200}\)"
    rb"|(?:psycopg2?|sqlalchemy|sqlite3|django|pymongo|pydantic|asyncpg|redis)\.[\w.]{0,80}(?:Error|Exception)\b"
    rb"|SQLSTATE|ORA-\d{5}|\bpsycopg2?\.errors|invalid input syntax for type|syntax error at or near|UNIQUE constraint failed|\bDEBUG = True\b"
    rb"|\b(?:Key|Type|Value|Attribute|Index|Recursion|Unicode(?:De|En)code|Assertion|ZeroDivision|JSONDecode)Error\b"
    rb"|\b[a-z_]{1,40}\.exceptions?\.[A-Z]\w|panic: |goroutine \d{1,9} \[|java\.lang\.\w{1,60}Exception|NullPointerException"
    rb"|\b[Ss]tack ?[Tt]race:|\bCaused by: |\.(?:java|php|py|rb|go|js|ts):\d+|\.php(?: on line |\()\d+",
)
_NAME = 80  # characters of a header's name that are told
_STRUCTURAL = {"duplicate-key", "bom", "utf-16", "not-a-number", "invalid-utf-8", "trailing-bytes"}
"""What no JSON text may have. An escaped lone surrogate it may, so a server may give back the one that it took."""


@check("answer-holds-no-trace")
def answer_holds_no_trace(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """No stack trace, exception's name or database error reaches a client."""
    if weather(exchange) or is_read(exchange, response):  # what a read shows is what somebody wrote
        return
    sent = exchange.request.body  # a value that was sent may come back
    fields = "\n".join(value for _, value in response.headers).encode("latin-1", "replace")
    told = b"\n".join((response.body, fields))
    found = next((each for each in _TRACE.finditer(told) if each.group() not in sent), None)
    seen = found.group()[:80].decode("utf-8", "replace") if found else ""
    yield says("answer-holds-no-trace", exchange, "no inside of the server", seen, holds=found is None)


@check("answer-holds-no-secret")
def answer_holds_no_secret(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """The key never comes back, in no part of an answer and under no encoding."""
    holds = "secret-echoed" not in response.remarks
    yield says("answer-holds-no-secret", exchange, "no API key in an answer", _where_the_key_is(response), holds=holds)


def _where_the_key_is(response: Response) -> str:
    """In which places of an answer the key came back: only who captured it could see them."""
    told = [name for name, _ in response.headers if header_remark(name) in response.remarks]
    names = {name.lower(): name for name in reversed(told)}  # each once, as it came first
    places = ["the reason phrase"] if "secret-in-reason" in response.remarks else []
    places += [f"the header field {shortened(name, _NAME)}" for name in reversed(names.values())]
    places += ["the body"] if "secret-in-body" in response.remarks else []
    return f"the key, in {' and in '.join(places or ['the answer'])}"


@check("answer-is-strict-json")
def answer_is_strict_json(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """JSON that every parser reads alike: UTF-8 without a mark, no key twice, no NaN, one document."""
    if response.media_type != "application/json" or not response.body.strip() or weather(exchange):
        return
    wrong = [fault for fault in response.document.faults if fault in _STRUCTURAL]
    seen = f"{', '.join(wrong)} {response.document.detail}".strip()
    yield says("answer-is-strict-json", exchange, "JSON that every parser reads alike", seen, holds=not wrong)


@check("answer-charset-is-utf-8")
def answer_charset_is_utf_8(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """JSON is UTF-8; a label that says otherwise makes clients decode it wrongly."""
    if response.media_type != "application/json" or weather(exchange):
        return
    label = response.header("content-type") or ""
    found = re.search(r"charset\s*=\s*\"?([\w-]+)", label, re.IGNORECASE)
    holds = not found or found.group(1).lower() in {"utf-8", "utf8", "us-ascii"}
    yield says("answer-charset-is-utf-8", exchange, "charset utf-8 or none", label[:80], holds=holds)


@check("answer-coding-is-told")
def answer_coding_is_told(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """The body is coded as `Content-Encoding` says, ends where it says, and within bounds."""
    if weather(exchange):
        return
    wrong = sorted(response.remarks & {"coding-mismatch", "unexpected-coding", "ambiguous-framing", "body-over-cap"})
    yield says("answer-coding-is-told", exchange, "a body as its header fields say", ", ".join(wrong), holds=not wrong)


@check("private-data-is-not-cached")
def private_data_is_not_cached(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """A read answers to one key about one person: no shared cache may keep it, no cache may serve it unasked."""
    if not is_read(exchange, response):
        return
    directives = _directives(response)
    seconds = {name: _seconds(directives.get(name)) for name in ("max-age", "s-maxage")}
    shielded = {"no-store", "no-cache"} & directives.keys()
    public = "public" in directives or seconds["s-maxage"] > 0 or _shared_caches_keep(response)
    stale = _seconds(directives.get("stale-while-revalidate")) + _seconds(directives.get("stale-if-error"))
    kept = (seconds["max-age"] > 0 and not shielded) or (stale > 0 and "no-store" not in directives)
    lasts = _expires_later(response) and "max-age" not in directives and not shielded
    kept = kept or lasts
    seen = response.header("cache-control") or f"Expires: {response.header('expires')}"
    yield says(
        "private-data-is-not-cached", exchange, "nothing that lets a cache keep it", seen, holds=not (public or kept)
    )


def _expires_later(response: Response) -> bool:
    """Whether Expires lies after Date; without a Date it cannot be told."""
    try:
        expires, date = (parsedate_to_datetime(response.header(name) or "") for name in ("expires", "date"))
        return (expires - date).total_seconds() > 1
    except (TypeError, ValueError, OverflowError):
        return False


def _shared_caches_keep(response: Response) -> bool:
    """Whether a field for caches in front of the server lets them keep the answer."""
    for name in ("cdn-cache-control", "surrogate-control"):
        directives = _directives(response, name)
        if _seconds(directives.get("max-age")) > 0 and not {"no-store", "private"} & directives.keys():
            return True
    return False


def _directives(response: Response, field: str = "cache-control") -> dict[str, str]:
    """The directives of a caching field, names in lower case; a directive without a value has an empty one."""
    pairs = (part.partition("=") for value in header_values(response.headers, field) for part in value.split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _seconds(value: str | None) -> int:
    """A delta-seconds value; what is none counts as 0, as caches take it."""
    return int(value[:12]) if value and value.isascii() and value.isdecimal() else 0


@check("answer-opens-to-no-origin")
def answer_opens_to_no_origin(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """A server-to-server API with a secret key lends no credentials to a web page of any origin."""
    origin = exchange.request.header("origin")
    if origin is None or weather(exchange):
        return
    allowed = response.header("access-control-allow-origin")
    lends = (response.header("access-control-allow-credentials") or "").strip().lower() == "true"
    holds = not (lends and allowed in {origin, "*"})
    yield says(
        "answer-opens-to-no-origin", exchange, "no credentials for a foreign origin", describe(response), holds=holds
    )
