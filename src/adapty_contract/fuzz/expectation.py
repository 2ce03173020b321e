"""What a profile may hold after a write whose values leave servers a choice: null, nothing, white space, scalars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapty_contract.checks.situations import weather
from adapty_contract.fuzz.texts import trimmed
from adapty_contract.model import Exchange, Profile
from adapty_contract.scenarios.session import Session

ROUND_TRIP = "values-round-trip"

_BOOLEANS: Mapping[bool, frozenset[str | None]] = {
    True: frozenset({"true", "True", "1"}),
    False: frozenset({"false", "False", "0"}),
}


@dataclass(frozen=True, slots=True)
class _Choice:
    """What may be read back for a value beside the value that was held before, and the clause that says so."""

    clause: str
    texts: frozenset[str | None]
    keeps: bool = False
    """Whether the value held before is right, too."""


def leaves_a_choice(members: Mapping[str, Any], session: Session) -> bool:
    """Whether a server may make more than one thing of this body's members, should it accept them."""
    known = session.contract.identifier_set
    return any(
        not isinstance(value, str) or not value or trimmed(value) for name, value in members.items() if name in known
    )


def absorb(
    session: Session, exchange: Exchange, members: Mapping[str, Any], profile: Profile, clause: str = ROUND_TRIP
) -> None:
    """Take the members of a written object into the model of `profile`, as the answer tells whether it was written.

    Values that leave a choice need an exact model: confirm before such a write, and after it. Beside one, plain values
    are written under its clause.
    """
    beside = kept_by(members, session)
    clause = clause if beside == "write-merges" else beside
    known = {name: value for name, value in members.items() if name in session.contract.identifier_set}
    plain = {name: value for name, value in known.items() if isinstance(value, str) and value and not trimmed(value)}
    others = {name: value for name, value in known.items() if name not in plain}
    session.expect(exchange, plain, clause, profile)
    if exchange.status is not None and 200 <= exchange.status < 300:
        for name, value in others.items():
            _expect_choice(session, exchange, name, value, profile, clause)
    elif weather(exchange) or not 400 <= (exchange.status or 0) < 500:
        session.holding(profile).forget(others)


def _expect_choice(session: Session, exchange: Exchange, name: str, value: Any, profile: Profile, clause: str) -> None:
    holding = session.holding(profile)
    choice = _choice(value, clause)
    if choice is None:
        holding.forget([name])
        return
    before = holding.now.get(name)
    texts = choice.texts | {before} if choice.keeps else choice.texts
    first = value if isinstance(value, str) else ""
    holding.written({name: first}, {name: texts}, choice.clause, exchange.number)
    if first not in texts:
        holding.disallow(name, first)


def _choice(value: Any, clause: str) -> _Choice | None:
    """The choice that servers have with `value`; `None` where nothing sure can be said."""
    if value is None:
        return _Choice("null-is-refused-ignored-or-clears", frozenset({None}), keeps=True)
    if isinstance(value, bool):
        return _Choice("scalar-is-refused-or-told-as-string", _BOOLEANS[value] | {None}, keeps=True)
    if isinstance(value, int) and abs(value) < 2**53:
        return _Choice("scalar-is-refused-or-told-as-string", frozenset({str(value), None}), keeps=True)
    if not isinstance(value, str):
        return None
    texts = frozenset({value, *trimmed(value)})
    if "" in texts:  # nothing is left of it
        return _Choice(clause if value else "blank-is-refused-kept-or-clears", texts | {None}, keeps=True)
    return _Choice(clause, texts)


def kept_by(members: Mapping[str, Any], session: Session) -> str:
    """The clause by which a write with these members leaves alone the identifiers that it does not name."""
    values = [value for name, value in members.items() if name in session.contract.identifier_set]
    if any(value is None for value in values):
        return "null-is-refused-ignored-or-clears"
    if "" in values:
        return "blank-is-refused-kept-or-clears"
    if any(not isinstance(value, str) for value in values):
        return "scalar-is-refused-or-told-as-string"
    if len(values) < len(members):
        return "unknown-field-disturbs-nothing"
    return "write-merges" if values else "empty-write-changes-nothing"
