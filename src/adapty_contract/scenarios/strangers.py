"""Somebody without the key must not learn which profiles there are."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_value
from adapty_contract.model import BodyFact, Exchange, KeyFact, Operation, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.keys import WRONG_KEY, Attempt
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, JSON_TYPE, PROFILE, dump

_ALWAYS_NEW = frozenset({"date", "set-cookie", "etag"})
"""Header fields whose text is another one every time."""

_UNKNOWN_UUID = "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5b"


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

    def ask(self, *, turned: bool = False) -> tuple[Exchange, Exchange]:
        """Ask for both profiles, the unknown one first if `turned`; the answer for the known one comes first."""
        if turned:
            foreign = self._ask("an unknown", self.foreign, ProfileFact.UNKNOWN)
            return self._ask("a known", self.known, ProfileFact.KNOWN), foreign
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
        session.unsure(clause, expected, f"{weather(known) or weather(foreign)}", known, foreign)
        return
    leaked = [value for value in session.holding().tellable if value in known.response.body]
    fields = _fields_that_tell(known, foreign)
    if fields or first != second:  # texts and fields may come and go by chance, or by turns
        again = stranger.ask(turned=True)
        fields &= _fields_that_tell(*again)
        changes = first != _told(again[0]) or second != _told(again[1])
        second = first if first[0] == second[0] and changes else second
    told = sorted({name for _, name, _ in fields})
    seen = _told_apart(first, second)
    if first == second:
        seen = f"header fields that differ: {', '.join(told)}"
    if leaked:
        seen = f"a value that the known profile holds: {told_value(leaked[0].decode('utf-8', 'replace'), 60)}"
    session.say(clause, expected, seen, known, foreign, holds=first == second and not leaked and not fields)


def _told_apart(known: tuple[int, str], foreign: tuple[int, str]) -> str:
    """How two refusals differ: by their status, or else by where their bodies do."""
    if known[0] != foreign[0]:
        return f"{known[0]} for a known profile, {foreign[0]} for an unknown one"
    at = next((at for at, pair in enumerate(zip(known[1], foreign[1], strict=False)) if pair[0] != pair[1]), 0)
    first, second = (text[max(0, at - 20) : at + 40] for text in (known[1], foreign[1]))
    return f"{known[0]} for both, with …{first}… for a known profile, …{second}… for an unknown one"


def _told(exchange: Exchange) -> tuple[int, str] | None:
    """What a refusal tells: its status and its body, without what differs from answer to answer (numbers, ids)."""
    if exchange.response is None or weather(exchange):
        return None
    document = exchange.response.document
    text = exchange.response.body.decode("utf-8", "replace")
    if document.ok:  # the order of its members means nothing
        text = json.dumps(document.value, sort_keys=True)
    return exchange.response.status, _without_numbers(text[:2000])


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
