"""Every string that an identifier can be, written and read back character by character."""

from __future__ import annotations

from collections.abc import Mapping

from adapty_contract.model import BodyFact, Exchange
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.catalogue import (
    BLANKS,
    LENGTHS,
    SPACED,
    SURE,
    UNSURE,
    accepted_instead,
    real_values,
    rounds,
)
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import PROFILE, Session, ids_of

_CLAUSE = "values-round-trip"


@scenario("real-values-are-taken", needs=("writes",))
def real_formats(session: Session) -> None:
    """The real formats of the vendors and the values of the page's own sample."""
    for number, values in enumerate(real_values(session.contract), 1):
        facts = session.facts(clause="real-values-are-taken", body=BodyFact.VALID)
        session.write(values, clause="real-values-are-taken", label=f"real values, set {number}", facts=facts)
        confirm(session, label=f"a read of real values, set {number}")


@scenario("values-round-trip", needs=("writes",))
def sure_values(session: Session) -> None:
    """Printable text of every class, each class in several identifiers, the second time through the other header."""
    both = session.can("customer-user-id", "profile-id")
    other = ((PROFILE, session.main.profile_id or ""),) if both else ids_of(session.main)
    for shift in (0,) if session.is_lagging else (0, 5, 11):
        ids = other if shift == 5 else ids_of(session.main)
        facts = session.facts(clause="both-headers-see-one-profile") if shift == 5 and both else session.facts()
        for number, values in enumerate(rounds(session.contract, SURE, shift), 1):
            told = f"values of every class, round {number} shifted by {shift}"
            session.write(values, clause=_CLAUSE, label=told, ids=ids, facts=facts)
            confirm(session, label=f"a read of {told}", ids=ids, facts=facts)


@scenario("values-round-trip", needs=("writes",))
def unsure_values(session: Session) -> None:
    """Text that a server may refuse: together first, and one by one if together is refused."""
    for number, values in enumerate(rounds(session.contract, UNSURE, 3), 1):
        exchange = _write(session, values, f"unusual values, round {number}")
        if exchange.status == 200:
            confirm(session, label=f"a read of unusual values, round {number}")
            if any(ord(character) < 32 for value in values.values() for character in value):
                session.observe("control-characters", "taken", exchange)
            continue
        for name, value in values.items():
            label = next(label for label, text in UNSURE.items() if text == value)
            single = _write(session, {name: value}, f"a value with {label}")
            if any(ord(character) < 32 for character in value):
                session.observe("control-characters", f"{label}: {single.status}", single)
        confirm(session, label=f"a read of unusual values one by one, round {number}")


@scenario("values-round-trip", needs=("writes",))
def lengths(session: Session) -> None:
    """Ever longer values, until one is refused; each that is taken comes back whole, with what came beside it."""
    names = session.contract.identifiers
    longest = 0
    for number, length in enumerate(LENGTHS):
        name, beside = names[number % len(names)], names[(number + 1) % len(names)]
        value = (session.fresh("long") + "0123456789abcdefghijklmnopqrstuvwxyz" * (length // 36 + 1))[:length]
        values = {beside: session.fresh("beside"), name: value}
        exchange = _write(session, values, f"{length} characters")
        if exchange.status != 200:
            session.refused(exchange, [values[beside]], "refused-write-changes-nothing", (name, beside))
            break
        longest = length
    confirm(session, label="a read of ever longer values")
    told = (
        f"at least {longest} characters" if longest == LENGTHS[-1] else f"{longest} characters, and not the next longer"
    )
    session.observe("longest-accepted-value", told)


@scenario("values-round-trip", "blank-is-refused-kept-or-clears", needs=("writes",))
def blanks_and_spaces(session: Session) -> None:
    """Nothing, white space alone, and white space around something."""
    name, other = session.contract.identifiers[4:6]
    for label, value in SPACED.items():
        exchange = _write(session, {other: value}, f"a value with {label}", {other: accepted_instead(value)})
        _, shown = session.read(label=f"a read of a value with {label}")
        if exchange.status == 200 and shown is not None:
            kept = "kept" if shown.get(other) == value else "trimmed"
            session.observe("surrounding-whitespace", kept, exchange)
        confirm(session, label=f"a read of a value with {label}")
    for label, value in BLANKS.items():
        session.write({name: session.fresh("blank")}, clause="write-is-visible", label=f"a value before {label}")
        confirm(session, label=f"a read before {label}")
        before = session.holding().now.get(name)
        exchange = session.write(
            {name: value},
            clause="blank-is-refused-kept-or-clears",
            label=f"a write of {label}",
            accepts={name: accepted_instead(value) | {before}},
            facts=session.facts(body=BodyFact.OPEN),
        )
        confirm(session, label=f"a read after {label}", kept="blank-is-refused-kept-or-clears", settle=True)
        _observe_blank(session, exchange, name, value)


def _observe_blank(session: Session, exchange: Exchange, name: str, value: str) -> None:
    after = session.holding().now.get(name)
    answer = (
        "refused" if exchange.status != 200 else "unsets" if after is None else "kept" if after == value else "ignored"
    )
    session.observe("blank-value", f"{'empty' if not value else 'white space'}: {answer}", exchange)


def _write(
    session: Session, values: Mapping[str, str], label: str, accepts: Mapping[str, frozenset[str | None]] | None = None
) -> Exchange:
    return session.write(values, clause=_CLAUSE, label=label, accepts=accepts, facts=session.facts(body=BodyFact.OPEN))
