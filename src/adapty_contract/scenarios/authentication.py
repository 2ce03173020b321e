"""Every way in that must be shut, for each operation by itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

from adapty_contract.checks.situations import weather
from adapty_contract.model import BodyFact, Exchange, Facts, Headers, KeyFact, Operation, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import CUSTOMER, JSON_TYPE, PROFILE, REFUSALS, Session, dump

_WRONG = "secret_live_Zz0Yy1Xx.contracttestwrongkey0123456789ab"
_UNKNOWN_UUID = "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5b"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way of asking without the right key. `expression` is the key as a shell would spell it."""

    label: str
    clause: str
    authorization: str | None
    expression: str = ""
    headers: Headers = ()
    suffix: str = ""
    odd: bool = False
    """Whether a server may refuse the request before it looks for a key, with another 4xx than 401."""


def _attempts(session: Session) -> Iterator[_Attempt]:
    key = session.setting.key
    var = "ADAPTY_API_KEY"
    yield _Attempt("no key", "key-missing-is-401", None)
    yield _Attempt("a scheme without a key", "key-missing-is-401", "Api-Key", "Api-Key")
    yield _Attempt("another key", "key-wrong-is-401", f"Api-Key {_WRONG}", _WRONG)
    for wrong in ("x", "%", "*", "' OR '1'='1", "null", "undefined"):
        yield _Attempt(f"the key {wrong}", "key-wrong-is-401", f"Api-Key {wrong}", wrong, odd=" " in wrong)
    yield _Attempt("a key of 2,000 characters", "key-wrong-is-401", f"Api-Key {'x' * 2000}", "x" * 2000, odd=True)
    yield _Attempt("a key beyond ASCII", "key-wrong-is-401", "Api-Key cl\u00e9", "cl\u00e9", odd=True)
    mangled = {
        "the key without its last character": (key[:-1], f"${{{var}%?}}"),
        "the key with its last character changed": (key[:-1] + _other(key[-1]), f"${{{var}%?}}{_other(key[-1])}"),
        "the key with its first character changed": (_other(key[0]) + key[1:], f"{_other(key[0])}${{{var}#?}}"),
        "the first half of the key": (key[: len(key) // 2], f"${{{var}:0:{len(key) // 2}}}"),
        "the second half of the key": (key[len(key) // 2 :], f"${{{var}:{len(key) // 2}}}"),
        "the key and a character more": (f"{key}0", f"${{{var}}}0"),
        "the key twice": (f"{key}{key}", f"${var}${var}"),
    }
    if (bare := "".join(filter(str.isalnum, key))) != key:
        mangled["the key without its signs"] = (bare, f"${{{var}//[^[:alnum:]]/}}")
    if key.swapcase() != key:
        mangled["the key in the other case"] = (key.swapcase(), f"${{{var}~~}}")
    for label, (text, expression) in mangled.items():
        yield _Attempt(label, "key-mangled-is-401", f"Api-Key {text}", expression)
    yield from _other_schemes(key, var)
    yield from _other_places(session, key, var)


def _other_schemes(key: str, var: str) -> Iterator[_Attempt]:
    clause = "key-under-other-scheme-is-401"
    yield _Attempt("the key without a scheme", clause, key, f"${var}")
    for scheme in ("Bearer", "Token", "Basic", "ApiKey", "Api_Key"):
        yield _Attempt(f"the key under {scheme}", clause, f"{scheme} {key}", f"${var}")
    for part, form in (("user", "%s:"), ("password", ":%s")):
        basic = base64.b64encode((form % key).encode()).decode()
        told = f'$(printf {form} "${var}" | base64 -w0)'
        yield _Attempt(f"the key as the {part} of Basic", clause, f"Basic {basic}", told)
    yield _Attempt("the key glued to its scheme", clause, f"Api-Key{key}", f"Api-Key${var}")


def _other_places(session: Session, key: str, var: str) -> Iterator[_Attempt]:
    clause = "key-elsewhere-is-401"
    for header in ("Api-Key", "X-Authorization", "Proxy-Authorization"):
        yield _Attempt(f"the key in {header}", clause, None, f"${var}", ((header, f"Api-Key {key}"),))
    # The next two header fields are redacted whole, so their expressions spell the whole value.
    yield _Attempt("the key in X-Api-Key", clause, None, f"Api-Key ${var}", (("X-Api-Key", f"Api-Key {key}"),))
    yield _Attempt("the bare key in X-Api-Key", clause, None, f"${var}", (("X-Api-Key", key),))
    cookie = f"api_key={key}; Authorization={key}"
    yield _Attempt("the key in a cookie", clause, None, cookie.replace(key, f"${var}"), (("Cookie", cookie),))
    if session.can("loopback"):  # elsewhere it would stand in the server's access log
        yield _Attempt(
            "the key in the query",
            clause,
            None,
            f"${var}",
            (),
            f"?api_key={key}&key={key}&token={key}&access_token={key}",
            odd=True,
        )


def _other(character: str) -> str:
    """A character that is not this one in either case."""
    return "b" if character in "aA" else "a"


@scenario(
    "key-missing-is-401",
    "key-wrong-is-401",
    "key-mangled-is-401",
    "key-under-other-scheme-is-401",
    "key-elsewhere-is-401",
)
def reads_without_the_key(session: Session) -> None:
    """Each attempt as a read of a known profile."""
    for attempt in _attempts(session):
        exchange = session.get(
            label=f"a read with {attempt.label}",
            authorization=attempt.authorization,
            headers=attempt.headers,
            suffix=attempt.suffix,
            facts=_facts(session, attempt, None),
        )
        _say_of_odd(session, attempt, exchange)


def _facts(session: Session, attempt: _Attempt, body: BodyFact | None) -> Facts:
    """Without the right key; an odd request is a probe."""
    return session.facts(
        key=KeyFact.REFUSED,
        body=body,
        clause=attempt.clause,
        key_expression=attempt.expression,
        probe=attempt.odd,
    )


def _say_of_odd(session: Session, attempt: _Attempt, exchange: Exchange) -> None:
    if attempt.odd:
        session.say_status(attempt.clause, exchange, REFUSALS, "401, or another refusal of so odd a request")


@scenario("refused-key-writes-nothing", needs=("writes",))
def writes_without_the_key(session: Session) -> None:
    """Each attempt as a write to a known profile; none may leave a trace."""
    names = session.contract.identifiers
    clause = "refused-key-writes-nothing"
    for number, attempt in enumerate(_attempts(session)):
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


@scenario("refused-key-learns-nothing")
def strangers_learn_nothing(session: Session) -> None:
    """A stranger asks for profiles that exist and for others, and must not be able to tell them apart."""
    unknown = Profile(customer_user_id=session.fresh("nobody"))
    pairs = [((CUSTOMER, session.main.customer_user_id), (CUSTOMER, unknown.customer_user_id))]
    pairs.append(((PROFILE, session.main.profile_id), (PROFILE, _UNKNOWN_UUID)))
    for authorization, label in ((None, "no key"), (f"Api-Key {_WRONG}", "another key")):
        for operation in Operation:
            if operation is Operation.SET and not session.can("writes"):
                continue
            for known, foreign in pairs:
                if known[1] is not None:
                    _compare(
                        session, operation, authorization, label, (known[0], known[1]), (foreign[0], foreign[1] or "")
                    )


def _compare(
    session: Session,
    operation: Operation,
    authorization: str | None,
    label: str,
    known: tuple[str, str],
    foreign: tuple[str, str],
) -> None:
    canary = session.fresh("stranger")
    writing = operation is Operation.SET
    body = dump({session.contract.identifiers[0]: canary}) if writing else b""
    clause = "key-missing-is-401" if authorization is None else "key-wrong-is-401"
    answers = [
        session.call(
            operation,
            label=f"a stranger with {label}, {kind} {ids[0]}",
            ids=(ids,),
            authorization=authorization,
            headers=(JSON_TYPE,) if writing else (),
            body=body,
            facts=session.facts(
                key=KeyFact.REFUSED,
                profile=fact,
                body=BodyFact.VALID if writing else None,
                clause=clause,
                key_expression=_WRONG,
            ),
        )
        for kind, ids, fact in (("a known", known, ProfileFact.KNOWN), ("an unknown", foreign, ProfileFact.UNKNOWN))
    ]
    if writing:
        session.refused(answers[0], [canary], "refused-key-writes-nothing", session.contract.identifiers[:1])
    _say_alike(session, answers[0], answers[1])


def _say_alike(session: Session, known: Exchange, foreign: Exchange) -> None:
    """The two refusals say the same, and nothing that the profile holds."""
    clause = "refused-key-learns-nothing"
    first, second = _told(known), _told(foreign)
    body = known.response.body if known.response else b""
    leaked = [value for value in session.holding().tellable if value in body]
    seen = f"a held value {leaked[0]!r:.60}" if leaked else f"{first} for a known profile, {second} for an unknown one"
    if first is None or second is None:
        session.unsure(clause, "the same refusal", "no answer", known, foreign)
    else:
        session.say(clause, "the same refusal for both", seen, known, foreign, holds=first == second and not leaked)


def _told(exchange: Exchange) -> tuple[int, str] | None:
    """What a refusal tells: its status and its body, without what differs from answer to answer (numbers, ids)."""
    if exchange.response is None or weather(exchange):
        return None
    text = exchange.response.body.decode("utf-8", "replace")[:2000]
    return exchange.response.status, re.sub(r"[0-9a-f-]{6,}|\d+", "#", text)


@scenario("unauthorized-code-is-not-authenticated")
def what_is_left_open_about_keys(session: Session) -> None:
    """The scheme's name in another case, which HTTP takes for the same and no source mentions."""
    exchange = session.get(
        label="the key under api-key in lower case",
        authorization=f"api-key {session.setting.key}",
        facts=session.facts(key=KeyFact.OPEN),
    )
    session.observe("scheme-case", f"api-key in lower case answers {exchange.status}", exchange)
