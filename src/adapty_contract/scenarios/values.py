"""Every string that an identifier can be, written and read back character by character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from adapty_contract.checks.situations import is_plain, weather
from adapty_contract.checks.wording import told_choice, told_status
from adapty_contract.model import BodyFact, Exchange, Profile
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.catalogue import (
    BLANKS,
    FOR_ALL,
    LENGTHS,
    SPACED,
    SURE,
    UNSURE,
    accepted_instead,
    real_values,
    rounds,
)
from adapty_contract.scenarios.confirm import confirm, confirm_choice
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import PROFILE, ids_of

_CLAUSE = "values-round-trip"


@scenario("real-values-are-taken", needs=("writes",))
def real_formats(session: Session) -> None:
    """The real formats of the vendors and the values of the page's own sample."""
    clause = "real-values-are-taken"
    facts = session.facts(clause=clause, body=BodyFact.VALID)
    own = session.main.customer_user_id
    for sets in _as_many_as_profiles(session, real_values(session.contract, own if own and is_plain(own) else None)):
        for profile, number, values in sets:
            label = f"real values, set {number + 1}"
            session.write(values, clause=clause, label=label, profile=profile, facts=facts)
        for profile, number, _ in sets:
            confirm(session, label=f"a read of real values, set {number + 1}", profile=profile)


def _as_many_as_profiles(
    session: Session, writes: Iterable[Mapping[str, str]]
) -> Iterator[tuple[tuple[Profile, int, Mapping[str, str]], ...]]:
    """The writes one by one with their numbers, each to the main profile; where every wait is long, one to each test
    profile at a time.
    """
    other = session.setting.other
    profiles = (session.main, other) if other and session.is_lagging else (session.main,)
    numbered = enumerate(writes)
    while share := tuple(islice(numbered, len(profiles))):
        yield tuple((profile, number, values) for profile, (number, values) in zip(profiles, share, strict=False))


@scenario("values-round-trip", needs=("writes",))
def values_for_all(session: Session) -> None:
    """One class of values for all identifiers at a time."""
    places = list(enumerate(session.contract.identifiers))
    for sets in _as_many_as_profiles(session, [{name: make(at) for at, name in places} for make in FOR_ALL.values()]):
        for profile, number, values in sets:
            label = f"{tuple(FOR_ALL)[number]} for every identifier"
            session.write(values, clause=_CLAUSE, label=label, profile=profile)
        for profile, number, _ in sets:
            confirm(session, label=f"a read of {tuple(FOR_ALL)[number]} for every identifier", profile=profile)


@scenario("values-round-trip", needs=("writes",))
def sure_values(session: Session) -> None:
    """Printable text of every class, each class in several identifiers, the second time through the other header."""
    apart = session.tally.is_violated("both-headers-see-one-profile")
    both = session.can("customer-user-id", "profile-id") and not apart
    other = ((PROFILE, session.main.profile_id or ""),) if both else ids_of(session.main)
    for shift in (0,) if session.is_lagging else (0, 5):
        facts = session.facts(clause="both-headers-see-one-profile") if shift and both else session.facts()
        for sets in _as_many_as_profiles(session, rounds(session.contract.identifiers, SURE, shift)):
            for profile, number, values in sets:
                label = f"values of every class, shifted by {shift}, round {number + 1}"
                ids = other if shift else ids_of(profile)
                session.write(values, clause=_CLAUSE, label=label, profile=profile, ids=ids, facts=facts)
            for profile, number, _ in sets:
                label = f"a read of values of every class, shifted by {shift}, round {number + 1}"
                confirm(session, label=label, profile=profile, ids=other if shift else ids_of(profile), facts=facts)


@scenario("values-round-trip", needs=("writes",))
def unsure_values(session: Session) -> None:
    """Text that a server may refuse: together first, and one by one if together is refused."""
    for number, values in enumerate(rounds(session.names, UNSURE, 3), 1):
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
                session.observe("control-characters", f"{label}: {told_status(single)}", single)
        confirm(session, label=f"a read of unusual values one by one, round {number}")


@scenario("values-round-trip", needs=("writes",))
def lengths(session: Session) -> None:
    """Ever longer values, until one is refused; each that is taken comes back whole, with what came beside it."""
    names = session.names
    longest, sent = 0, []
    for number, length in enumerate(LENGTHS):
        name, beside = names[number % len(names)], names[(number + 1) % len(names)]
        value = (session.fresh("long") + "kx7vq2mz9wt4" * (length // 12 + 1))[:length]
        values = {beside: session.fresh("beside"), name: value}
        sent.append(exchange := _write(session, values, f"{length} characters"))
        if exchange.status != 200:
            session.refused(exchange, [values[beside]], "refused-write-changes-nothing", (name, beside))
            break
        longest = length
    confirm(session, label="a read of ever longer values")
    if not weather(sent[-1]):
        refused = f"{longest} characters, and not {length}" if longest else f"fewer than {length} characters"
        told = refused if longest < length else f"at least {longest} characters"
        session.observe("longest-accepted-value", told, *sent[-2:])


@scenario("values-round-trip", "blank-is-refused-kept-or-clears", needs=("writes",))
def blanks_and_spaces(session: Session) -> None:
    """Nothing, white space alone, and white space around something."""
    names = session.contract.identifiers[4:]
    spaced = list(zip(names, SPACED.items(), strict=False))
    blank = list(zip(names[len(spaced) :], BLANKS.items(), strict=False))
    written = [
        (name, value, _write(session, {name: value}, f"a value with {label}", {name: accepted_instead(value)}))
        for name, (label, value) in spaced
    ]
    before = {name: session.fresh("blank") for name, _ in blank}
    session.write(before, clause=_CLAUSE, label="values before blanks")
    confirm(session, label="a read of values with white space around them")
    for name, value, exchange in written:
        if exchange.status == 200:
            kept = "kept" if session.holding().now.get(name) == value else "trimmed"
            session.observe("surrounding-whitespace", kept, exchange)
    _blanks(session, blank)


def _blanks(session: Session, blank: Iterable[tuple[str, tuple[str, str]]]) -> None:
    """Blanks for identifiers that are set, each for one of its own."""
    clause = "blank-is-refused-kept-or-clears"
    written: list[tuple[str, str, Exchange]] = []
    for name, (label, value) in blank:
        before = session.holding().now.get(name)
        exchange = session.write(
            {name: value},
            clause=clause,
            label=f"a write of {label}",
            accepts={name: accepted_instead(value) | {before}},
            facts=session.facts(body=BodyFact.OPEN),
        )
        written.append((name, value, exchange))
    confirm_choice(session, clause, [exchange for _, _, exchange in written], "a read after blanks")
    for name, value, exchange in written:
        after = session.holding().now.get(name)
        taken = "unsets" if after is None else "kept" if after == value else "ignored"
        kind = "white space" if value else "empty"
        session.observe("blank-value", f"{kind}: {told_choice(exchange, taken)}", exchange)
    if all(exchange.status == 200 for _, _, exchange in written):
        _half_of_blanks(session, clause)


def _half_of_blanks(session: Session, clause: str) -> None:
    """A server that takes empty strings: every other identifier, with its neighbours written beside it."""
    held, names = session.holding().now, session.names
    values = {name: session.fresh("beside") if number % 2 else "" for number, name in enumerate(names)}
    accepts = {name: frozenset({None, held.get(name)}) for name in names[::2]}
    facts = session.facts(body=BodyFact.OPEN)
    session.write(values, clause=clause, label="half of blanks", accepts=accepts, facts=facts)
    confirm(session, label="a read after half of blanks", kept=clause, settle=True)


def _write(
    session: Session, values: Mapping[str, str], label: str, accepts: Mapping[str, frozenset[str | None]] | None = None
) -> Exchange:
    return session.write(values, clause=_CLAUSE, label=label, accepts=accepts, facts=session.facts(body=BodyFact.OPEN))
