"""Writes at the same time: none may be lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from adapty_contract.checks.reading import read_object
from adapty_contract.checks.wording import told_value
from adapty_contract.model import Exchange, Identifiers, Profile
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.holding import Difference
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import dump

_WRITERS = 8
_ROUNDS = 2


@scenario("concurrent-writes-merge", needs=("writes",))
def writes_at_the_same_time(session: Session) -> None:
    """Each writer has identifiers of its own, and all write one more: of that any of their values is right.

    In the second round every other writer uses the profile id, if there is one.
    """
    names, shared = session.names[:-1], session.names[-1]
    apart = session.tally.is_violated("both-headers-see-one-profile") or not session.main.profile_id
    by_profile_id = session.main if apart else Profile(profile_id=session.main.profile_id)
    with ThreadPoolExecutor(_WRITERS) as pool:
        for number in range(_ROUNDS):
            values = [{name: session.fresh("same-time") for name in share} for share in _disjoint(names, number)]
            told = [session.fresh("shared") for _ in values]
            barrier = threading.Barrier(_WRITERS)
            addresses = [by_profile_id if number and index % 2 else session.main for index in range(_WRITERS)]
            bodies = [{**mine, shared: value} for mine, value in zip(values, told, strict=True)]
            sent = list(pool.map(lambda to, body, gate=barrier: _send(session, to, body, gate), addresses, bodies))
            for exchange, mine, value in zip(sent, values, told, strict=True):
                session.take(exchange)
                accepts = {shared: frozenset(told)}
                session.expect(exchange, {**mine, shared: value}, "concurrent-writes-merge", accepts=accepts)
            _confirm_round(session, number)


def _disjoint(names: tuple[str, ...], number: int) -> list[tuple[str, ...]]:
    """The names dealt to the writers, differently in each round."""
    turned = names[number:] + names[:number]
    return [turned[index::_WRITERS] for index in range(_WRITERS)]


def _send(session: Session, address: Profile, values: dict[str, str], gate: threading.Barrier) -> Exchange:
    gate.wait()
    return session.send_plain(dump(values), label="a write among others at the same time", profile=address)


def _confirm_round(session: Session, number: int) -> None:
    """A write lost among others is a lost update, however long one waits for it."""
    confirm(session, label=f"a read after writes at the same time, round {number + 1}")


@scenario("profiles-are-isolated", needs=("writes", "other-profile"))
def both_profiles_at_the_same_time(session: Session) -> None:
    """Writers of both profiles, each with a read behind its write: a server may not take one for the other."""
    names, other = session.names, session.setting.other
    confirm(session, label="the other profile, after all that was done to the first", kept="writes-last", profile=other)
    before = {profile: session.holding(profile).now for profile in (session.main, other or session.main)}
    shares = [
        (session.main if index % 2 else other or session.main, names[index::_WRITERS]) for index in range(_WRITERS)
    ]
    values = [{name: session.fresh("crossing") for name in share} for _, share in shares]
    barrier = threading.Barrier(_WRITERS)
    with ThreadPoolExecutor(_WRITERS) as pool:
        sent = list(pool.map(lambda share, mine: _write_and_read(session, share[0], mine, barrier), shares, values))
    for (profile, _), mine, (write, read) in zip(shares, values, sent, strict=True):
        session.expect(session.take(write), mine, "concurrent-writes-merge", profile)
        foreign = other if profile == session.main else session.main
        session.forbid(mine.values(), "profiles-are-isolated", write, foreign)
        session.take(read)
    for (profile, _), (_, read) in zip(shares, sent, strict=True):
        _say_own(session, profile, read, before[profile])
    for profile in (session.main, other or session.main):
        label = "a read after writes to both profiles at the same time"
        confirm(session, label=label, profile=profile, kept="profiles-are-isolated")


def _write_and_read(
    session: Session, profile: Profile, values: dict[str, str], gate: threading.Barrier
) -> tuple[Exchange, Exchange]:
    gate.wait()
    write = session.send_plain(dump(values), label="a write while the other profile is written", profile=profile)
    return write, session.send_plain(None, label="a read while the other profile is written", profile=profile)


def _say_own(session: Session, profile: Profile, read: Exchange, before: Identifiers) -> None:
    """A read among writes may show any state of its own profile, and nothing of the other's; nothing is unset then."""
    shown = read_object(read, read.response) if read.response else None
    if shown is not None:
        foreign = [item for item in session.holding(profile).compare(shown) if item.kind is Difference.FORBIDDEN]
        seen = f"{foreign[0].name}: {told_value(foreign[0].seen)}" if foreign else ""
        clause = (foreign[0].clause if foreign else None) or "profiles-are-isolated"
        session.say(clause, "the profile's own values", seen, read, holds=not foreign)
        if session.is_lagging or session.old_views.oldest is not None:
            return  # a copy may show when it was unset
        lost = [name for name, value in before.items() if value is not None and shown.get(name) is None]
        clause, seen = "state-is-the-profiles-alone", f"unset: {', '.join(lost[:3])}"
        session.say(clause, "what was set, or what is written over it", seen, read, holds=not lost)
