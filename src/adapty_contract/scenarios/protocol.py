"""What HTTP asks: other methods, HEAD, OPTIONS, queries, Accept, the trailing slash, what must make no difference."""

from __future__ import annotations

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import either
from adapty_contract.model import (
    BodyFact,
    Exchange,
    Headers,
    KeyFact,
    Operation,
    ProfileFact,
    header_values,
)
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.keys import WRONG_KEY
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, JSON_TYPE, REFUSALS, dump


@scenario(
    "other-methods-are-refused", "refused-method-names-the-allowed", "allow-names-both-operations", needs=("writes",)
)
def other_methods(session: Session) -> None:
    """Methods that the path does not have, each with a body that must leave no trace."""
    clause = "other-methods-are-refused"
    for method in ("PUT", "PATCH", "DELETE", "PROPFIND", "ADAPTY"):
        canary = session.fresh("method")
        exchange = session.call(
            Operation.SET,
            method=method,
            label=f"{method} instead of POST",
            headers=(JSON_TYPE,),
            body=dump({session.contract.identifiers[0]: canary}),
            facts=session.facts(body=BodyFact.OPEN, probe=True),
        )
        session.forbid([canary], clause, exchange)
        session.say_status(clause, exchange, REFUSALS | {501, 505}, "a 4xx or 501")
        if exchange.status == 405:
            session.observe("method-not-allowed", f"405 as {_media_type(exchange)}", exchange)
            allowed = _allowed(exchange)
            if allowed:
                session.say("refused-method-names-the-allowed", "", "", exchange, holds=True)
            else:
                session.unsure("refused-method-names-the-allowed", "an Allow field", "none", exchange)
            _allow_is_right(session, exchange)
    confirm(session, label="a read after other methods", kept=clause, settle=True)


def _media_type(exchange: Exchange) -> str:
    return (exchange.response.media_type if exchange.response else None) or "nothing"


def _allowed(exchange: Exchange) -> frozenset[str]:
    values = header_values(exchange.response.headers, "allow") if exchange.response else ()
    return frozenset(method.strip().upper() for value in values for method in value.split(",") if method.strip())


def _allow_is_right(session: Session, exchange: Exchange) -> None:
    allowed = _allowed(exchange)
    if allowed:
        seen = ", ".join(sorted(allowed))
        session.say("allow-names-both-operations", "GET and POST", seen, exchange, holds={"GET", "POST"} <= allowed)


@scenario("trace-echoes-no-key", needs=("writes",))
def trace(session: Session) -> None:
    """TRACE would send the Authorization field back to whoever can make a client send it."""
    exchange = session.call(
        Operation.GET, method="TRACE", label="TRACE", facts=session.facts(body=BodyFact.OPEN, probe=True)
    )
    reason = weather(exchange)
    if exchange.response is None or reason:
        session.unsure("trace-echoes-no-key", "no credentials in the answer", f"{reason}", exchange)
        return
    echoed = "secret-echoed" in exchange.response.remarks
    session.say(
        "trace-echoes-no-key", "no credentials in the answer", "the key, in the answer", exchange, holds=not echoed
    )


@scenario("head-is-get-without-a-body")
def head(session: Session) -> None:
    """HEAD with the key, without it, and of a profile that does not exist."""
    clause = "head-is-get-without-a-body"
    refusals = {400, 401, 403, 404, 405, 501}
    nobody: Headers = ((CUSTOMER, session.fresh("nobody")),)
    told: dict[str, int | None] = {}
    attempts: tuple[tuple[str, str | None, Headers | None], ...] = (
        ("HEAD", "", None),
        ("HEAD without a key", None, None),
        ("HEAD with another key", WRONG_KEY, None),
        ("HEAD of an unknown profile without a key", None, nobody),
        ("HEAD of an unknown profile", "", nobody),
    )
    for label, key, ids in attempts:
        allowed = refusals if key != "" or ids else {200, 403, 404, 405, 501}
        spelt = {"key_expression": key} if key else {}
        exchange = session.call(
            Operation.GET,
            method="HEAD",
            label=label,
            ids=ids,
            authorization=key and f"Api-Key {key}",
            facts=session.facts(key=KeyFact.OPEN, profile=ProfileFact.OPEN, probe=True, **spelt),
        )
        expected = f"{either(sorted(allowed))}, without a body"
        reason = weather(exchange)
        if reason or (exchange.status == 401 and not session.key_still_opens()):
            session.unsure(clause, expected, reason or "401, and the right key opens nothing any more", exchange)
            continue
        surplus = exchange.response is not None and "extra-bytes" in exchange.response.remarks
        body = surplus or bool(exchange.response and exchange.response.body)
        holds = exchange.status in allowed and not body
        seen = f"{exchange.status}{' with a body' if body else ''}"
        session.say(clause, expected, seen, exchange, holds=holds)
        session.observe("head-and-options", f"{label}: {exchange.status}", exchange)
        told[label] = exchange.status
    known, unknown = (told.get(f"HEAD{of} without a key") for of in ("", " of an unknown profile"))
    if known and unknown:
        seen = f"{known} for a known profile, {unknown} for an unknown one"
        session.say("refused-key-learns-nothing", "the same refusal for both", seen, exchange, holds=known == unknown)


@scenario("options-tells-no-data", "allow-names-both-operations", "answer-opens-to-no-origin")
def options(session: Session) -> None:
    """OPTIONS with and without the key, and as a browser would ask before a request of a foreign page."""
    preflight: Headers = (
        ("Origin", "https://adapty-contract.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization"),
    )
    held = session.holding().tellable
    canary = session.fresh("options")
    session.forbid([canary], "options-tells-no-data", None)
    body = dump({session.contract.identifiers[0]: canary}) if session.can("writes") else b""
    attempts: tuple[tuple[str, str | None, Headers], ...] = (
        ("OPTIONS", "", (JSON_TYPE,) if body else ()),
        ("OPTIONS without a key", None, ()),
        ("a browser's preflight", None, preflight),
    )
    for label, authorization, headers in attempts:
        facts = session.facts(key=KeyFact.OPEN, probe=True)
        exchange = session.call(
            Operation.GET,
            method="OPTIONS",
            label=label,
            authorization=authorization,
            headers=headers,
            body=body if JSON_TYPE in headers else b"",
            facts=facts,
        )
        reason, expected = weather(exchange), "no data, in a 2xx or a refusal"
        if exchange.response is None or reason:
            session.unsure("options-tells-no-data", expected, f"{reason}", exchange)
            continue
        told = [value for value in held if value in exchange.response.body]
        holds = not told and (exchange.response.status < 300 or 400 <= exchange.response.status <= 501)
        seen = f"{exchange.status}{' with identifiers' if told else ''}"
        session.say("options-tells-no-data", expected, seen, exchange, holds=holds and exchange.status != 500)
        session.observe("head-and-options", f"{label}: {exchange.status}", exchange)
        _allow_is_right(session, exchange)
    foreign = (("Origin", "https://adapty-contract.example"),)
    facts = session.facts(profile=ProfileFact.OPEN, probe=True)  # some servers refuse what a foreign page asks
    session.get(label="a read of a foreign page", headers=foreign, facts=facts)
