"""Every way in that must be shut, for each operation by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapty_contract.checks.situations import weather
from adapty_contract.model import BodyFact, Exchange, Facts, Headers, KeyFact, Operation, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.keys import WRONG_KEY, Attempt, attempts
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, JSON_TYPE, PROFILE, REFUSALS, dump

_WITHIN: Headers = (
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Real-IP", "127.0.0.1"),
    ("Forwarded", "for=127.0.0.1"),
    ("X-Internal", "1"),
    ("X-User", "admin"),
)
"""Fields by which a proxy might tell that somebody asks from within."""

_ALWAYS_NEW = frozenset({"date", "set-cookie", "etag"})
"""Header fields whose text is another one every time."""

_AWAY = REFUSALS | {301, 302, 307, 308}
"""How somebody may be sent away: refused, or to the path with its slash."""

_UNKNOWN_UUID = "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5b"


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
    if weather(exchange):
        session.unsure("key-missing-is-401", expected, "no answer of the application", exchange)
    else:
        session.say("key-missing-is-401", expected, f"{exchange.status} with {told[:1]}", exchange, holds=not told)
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
        if path is None:
            session.say_status("key-missing-is-401", exchange, _AWAY, expected)
        session.refused(exchange, [canary], "refused-key-writes-nothing", [name])
    label = "a read after writes without the key in other ways"
    confirm(session, label=label, kept="refused-key-writes-nothing", settle=True)


@scenario("refused-key-learns-nothing")
def strangers_learn_nothing(session: Session) -> None:
    """A stranger asks for profiles that exist and for others, and must not be able to tell them apart."""
    unknown = Profile(customer_user_id=session.fresh("nobody"))
    pairs = [((CUSTOMER, session.main.customer_user_id), (CUSTOMER, unknown.customer_user_id))]
    pairs.append(((PROFILE, session.main.profile_id), (PROFILE, _UNKNOWN_UUID)))
    named = [((known[0], known[1]), (foreign[0], foreign[1] or "")) for known, foreign in pairs if known[1]]
    no_key = Attempt("no key", "key-missing-is-401", None)
    other_key = Attempt("another key", "key-wrong-is-401", f"Api-Key {WRONG_KEY}", WRONG_KEY)
    bearer = f"Bearer {session.setting.key}"
    other_scheme = Attempt("the key under Bearer", "key-under-other-scheme-is-401", bearer, "$ADAPTY_API_KEY")
    for attempt in (no_key, other_key):
        for known, foreign in named:
            _say_alike(session, _Stranger(session, Operation.GET, attempt, known, foreign))
        if session.can("writes"):
            _say_alike(session, _Stranger(session, Operation.SET, attempt, *named[0]))
    _say_alike(session, _Stranger(session, Operation.GET, other_scheme, *named[0]))


@dataclass(frozen=True, slots=True)
class _Stranger:
    """Somebody without the key, who names a profile that exists and one that does not."""

    session: Session
    operation: Operation
    attempt: Attempt
    known: tuple[str, str]
    foreign: tuple[str, str]

    def ask(self) -> tuple[Exchange, Exchange]:
        """Ask for both profiles."""
        known = self._ask("a known", self.known, ProfileFact.KNOWN)
        return known, self._ask("an unknown", self.foreign, ProfileFact.UNKNOWN)

    def _ask(self, kind: str, ids: tuple[str, str], fact: ProfileFact) -> Exchange:
        session, name = self.session, self.session.contract.identifiers[0]
        canary = session.fresh("stranger")
        writing = self.operation is Operation.SET
        exchange = session.call(
            self.operation,
            label=f"a stranger with {self.attempt.label}, {kind} {ids[0]}",
            ids=(ids,),
            authorization=self.attempt.authorization,
            headers=(JSON_TYPE,) if writing else (),
            body=dump({name: canary}) if writing else b"",
            facts=session.facts(
                key=KeyFact.REFUSED,
                profile=fact,
                body=BodyFact.VALID if writing else None,
                clause=self.attempt.clause,
                key_expression=self.attempt.expression,
            ),
        )
        if writing and fact is ProfileFact.KNOWN:
            session.refused(exchange, [canary], "refused-key-writes-nothing", [name])
        return exchange


def _say_alike(session: Session, stranger: _Stranger) -> None:
    """The two refusals say the same, and nothing that the profile holds."""
    known, foreign = stranger.ask()
    first, second = _told(known), _told(foreign)
    clause, expected = "refused-key-learns-nothing", "the same refusal for both"
    if known.response is None or first is None or second is None:
        session.unsure(clause, expected, "no answer", known, foreign)
        return
    leaked = [value for value in session.holding().tellable if value in known.response.body]
    fields = _fields_that_tell(known, foreign)
    if fields and first == second:  # what a field says may come and go by chance
        fields &= _fields_that_tell(*stranger.ask())
    told = sorted({name for _, name, _ in fields})
    seen = f"{first} for a known profile, {second} for an unknown one"
    if first == second:
        seen = f"the header fields {', '.join(told)} differ for the two"
    if leaked:
        seen = f"a held value {leaked[0]!r:.60}"
    session.say(clause, expected, seen, known, foreign, holds=first == second and not leaked and not fields)


def _told(exchange: Exchange) -> tuple[int, str] | None:
    """What a refusal tells: its status and its body, without what differs from answer to answer (numbers, ids)."""
    if exchange.response is None or weather(exchange):
        return None
    text = exchange.response.body.decode("utf-8", "replace")[:2000]
    return exchange.response.status, _without_numbers(text)


def _fields_that_tell(known: Exchange, foreign: Exchange) -> frozenset[tuple[int, str, str]]:
    """The header fields that only one of the two refusals has, each with which one; numbers and ids count as one."""
    told = [
        {(name.lower(), _without_numbers(value)) for name, value in (each.response.headers if each.response else ())}
        for each in (known, foreign)
    ]
    each_alone = ((0, told[0] - told[1]), (1, told[1] - told[0]))
    return frozenset((which, *pair) for which, pairs in each_alone for pair in pairs if pair[0] not in _ALWAYS_NEW)


def _without_numbers(text: str) -> str:
    return re.sub(r"[0-9a-f-]{6,}|\d+", "#", text)


@scenario("unauthorized-code-is-not-authenticated")
def what_is_left_open_about_keys(session: Session) -> None:
    """The scheme's name in another case, which HTTP takes for the same and no source mentions."""
    exchange = session.get(
        label="the key under api-key in lower case",
        authorization=f"api-key {session.setting.key}",
        facts=session.facts(key=KeyFact.OPEN),
    )
    session.observe("scheme-case", f"api-key in lower case answers {exchange.status}", exchange)
