"""Every way in that must be shut, for each operation by itself."""

from __future__ import annotations

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_reply, told_status
from adapty_contract.model import BodyFact, Exchange, Facts, Headers, KeyFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.keys import Attempt, attempts
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import JSON_TYPE, REFUSALS, dump

_WITHIN: Headers = (
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Real-IP", "127.0.0.1"),
    ("Forwarded", "for=127.0.0.1"),
    ("X-Internal", "1"),
    ("X-User", "admin"),
)
"""Fields by which a proxy might tell that somebody asks from within."""

_AWAY = REFUSALS | {301, 302, 307, 308}
"""How somebody may be sent away: refused, or to the path with its slash."""


@scenario(
    "key-missing-is-401",
    "key-wrong-is-401",
    "key-mangled-is-401",
    "key-under-other-scheme-is-401",
    "key-elsewhere-is-401",
)
def reads_without_the_key(session: Session) -> None:
    """Each attempt as a read of a known profile."""
    for attempt in attempts(session):
        exchange = session.get(
            label=f"a read with {attempt.label}",
            authorization=attempt.authorization,
            headers=attempt.headers,
            suffix=attempt.suffix,
            facts=_facts(session, attempt, None),
        )
        _say_of_odd(session, attempt, exchange)


def _facts(session: Session, attempt: Attempt, body: BodyFact | None) -> Facts:
    """Without the right key; an odd request is a probe."""
    return session.facts(
        key=KeyFact.REFUSED,
        body=body,
        clause=attempt.clause,
        key_expression=attempt.expression,
        probe=attempt.odd,
    )


def _say_of_odd(session: Session, attempt: Attempt, exchange: Exchange) -> None:
    if attempt.odd:
        session.say_status(attempt.clause, exchange, REFUSALS, "401, or another refusal of so odd a request")


@scenario("refused-key-writes-nothing", needs=("writes",))
def writes_without_the_key(session: Session) -> None:
    """Each attempt as a write to a known profile; none may leave a trace."""
    names = session.contract.identifiers
    clause = "refused-key-writes-nothing"
    for number, attempt in enumerate(attempts(session)):
        canary, name = session.fresh("no-key"), names[number % len(names)]
        exchange = session.post(
            {name: canary},
            label=f"a write with {attempt.label}",
            authorization=attempt.authorization,
            headers=(JSON_TYPE, *attempt.headers),
            suffix=attempt.suffix,
            facts=_facts(session, attempt, BodyFact.VALID),
        )
        _say_of_odd(session, attempt, exchange)
        session.refused(exchange, [canary], clause, [name])
        if name == names[-1]:
            confirm(session, label="a read after writes without the key", kept=clause, settle=True)
    body = dump({names[0]: (canary := session.fresh("no-key")), "api_key": session.setting.key})
    exchange = session.post(
        body,
        label="a write with the key in its body",
        authorization=None,
        facts=session.facts(key=KeyFact.REFUSED, body=BodyFact.VALID, clause="key-elsewhere-is-401"),
    )
    session.refused(exchange, [canary], "refused-key-writes-nothing", names[:1])
    confirm(session, label="a read after writes without the key", kept="refused-key-writes-nothing", settle=True)


@scenario("key-missing-is-401", "refused-key-writes-nothing", needs=("writes",))
def round_the_front_door(session: Session) -> None:
    """Without a key, where another part of a server may answer: no slash at the end, another label on the body."""
    names, bare = session.contract.identifiers, session.contract.path.rstrip("/")
    facts = session.facts(key=KeyFact.REFUSED, body=BodyFact.OPEN, clause="key-missing-is-401", probe=True)
    expected = "401, or another refusal"
    exchange, shown = session.read(label="a read without a key or a slash", authorization=None, path=bare, facts=facts)
    told = [name for name in session.contract.identifiers if (shown or {}).get(name) is not None]
    if reason := weather(exchange):
        session.unsure("key-missing-is-401", expected, reason, exchange)
    else:
        seen = f"{told_status(exchange)} with identifiers: {', '.join(told[:3])}"
        session.say("key-missing-is-401", expected, seen, exchange, holds=not told)
    exchange = session.get(
        label="a read without a key, as if from within", authorization=None, headers=_WITHIN, facts=facts
    )
    session.say_status("key-missing-is-401", exchange, _AWAY, expected)
    ways: tuple[tuple[str, str | None, Headers], ...] = (
        ("or a slash", bare, (JSON_TYPE,)),
        ("as text/plain", None, (("Content-Type", "text/plain"),)),
    )
    for name, (label, path, headers) in zip(names[3:], ways, strict=False):
        canary = session.fresh("no-key")
        exchange = session.post(
            {name: canary},
            label=f"a write without a key {label}",
            authorization=None,
            path=path,
            headers=headers,
            facts=facts,
        )
        if path is None or _is_done(session, exchange, name, canary):
            session.say_status("key-missing-is-401", exchange, _AWAY, expected)
        session.refused(exchange, [canary], "refused-key-writes-nothing", [name])
    label = "a read after writes without the key in other ways"
    confirm(session, label=label, kept="refused-key-writes-nothing", settle=True)


def _is_done(session: Session, exchange: Exchange, name: str, canary: str) -> bool:
    """Whether a write was taken and can be read; without its slash the path may be another resource, which takes it."""
    if exchange.status is None or exchange.status >= 300:
        return False
    session.settle()
    _, shown = session.read(label="a read after a write without a key was taken")
    return shown is not None and shown.get(name) == canary


@scenario("unauthorized-code-is-not-authenticated")
def what_is_left_open_about_keys(session: Session) -> None:
    """The scheme's name in another case, which HTTP takes for the same and no source mentions."""
    exchange = session.get(
        label="the key under api-key in lower case",
        authorization=f"api-key {session.setting.key}",
        facts=session.facts(key=KeyFact.OPEN),
    )
    session.observe("scheme-case", f"api-key in lower case {told_reply(exchange)}", exchange)
