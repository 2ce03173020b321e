"""First things first: the profile is read, nothing changes by reading, and a write is seen. Measures the lag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapty_contract.checks.reading import false_nulls
from adapty_contract.checks.wording import told_value
from adapty_contract.model import BodyFact, Exchange, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.excerpts import excerpts
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, JSON_TYPE, PROFILE, REFUSALS, dump


@scenario("known-profile-is-read-with-200", "read-has-no-effect", "unset-identifier-is-null")
def first_reads(session: Session) -> None:
    """Read each test profile before anything is written, by each of its ids, and again."""
    profiles = [session.main, *([session.setting.other] if session.setting.other else [])]
    blanks: list[frozenset[str]] = []
    for profile in profiles:
        confirm(session, label="a first read", kept="read-has-no-effect", profile=profile)
        exchange, shown = session.read(profile, label="a read for what is unset")
        if shown is not None:
            blanks.append(frozenset(false_nulls(shown, session.contract)))
            _say_unset(session, exchange, shown, blanks)
            _observe_members(session, shown, exchange)
    for profile in profiles:
        if None not in (profile.customer_user_id, profile.profile_id):
            _say_same_by_the_other_id(session, profile)
    for profile in profiles:
        confirm(session, label="a read once more", kept="read-has-no-effect", profile=profile)


def _say_same_by_the_other_id(session: Session, profile: Profile) -> None:
    """What the profile id shows before anything is written is what the customer user id showed."""
    clause = "both-headers-see-one-profile"
    facts = session.facts(clause="found-by-profile-id")
    ids = ((PROFILE, profile.profile_id or ""),)
    exchange, shown = session.read(profile, label="a first read by the profile id", ids=ids, facts=facts)
    if shown is not None and session.holding(profile).known:
        wrong = session.holding(profile).compare(shown)
        expected, seen = excerpts(wrong)
        session.say(clause, f"{expected}, as by the customer user id", seen, exchange, holds=not wrong)


def _say_unset(session: Session, exchange: Exchange, shown: Mapping[str, Any], blanks: list[frozenset[str]]) -> None:
    """A stand-in for null: in several identifiers while none is null, or in the same ones of both profiles.

    A single one may have been written by somebody.
    """
    nulls = any(shown.get(name) is None for name in session.contract.identifiers)
    if len(blanks[-1]) > 1 and not nulls:
        suspicious = blanks[-1]
    else:
        suspicious = blanks[-1] & blanks[0] if len(blanks) > 1 else frozenset()
    seen = ", ".join(f"{name}: {told_value(shown[name])}" for name in sorted(suspicious)[:4])
    clause = "unset-identifier-is-null"
    session.say(clause, "null for what was never set", seen, exchange, holds=not suspicious)


def _observe_members(session: Session, shown: Mapping[str, Any], exchange: Exchange) -> None:
    """Members that no source names, and whether unset identifiers are told or left out."""
    extra = sorted(name for name in shown if name not in session.contract.identifier_set)
    if extra:
        session.observe("extra-identifiers", f"a read has more members: {', '.join(extra)[:120]}", exchange)
    if any(name not in shown for name in session.contract.identifiers):
        session.observe("unset-identifiers", "left out", exchange)
    elif any(shown[name] is None for name in session.contract.identifiers):
        session.tells_null = True
        session.observe("unset-identifiers", "null", exchange)


@scenario("found-by-customer-user-id", "found-by-profile-id")
def either_header_finds(session: Session) -> None:
    """Each of the two headers finds the profile by itself."""
    for clause, header, value in _addresses(session.main):
        if value is not None:
            loud = header.upper()  # the names of header fields have no case
            facts = session.facts(clause=clause)
            session.get(label=f"a read by {loud} alone", ids=((loud, value),), facts=facts)


def _addresses(profile: Profile) -> tuple[tuple[str, str, str | None], ...]:
    return (
        ("found-by-customer-user-id", CUSTOMER, profile.customer_user_id),
        ("found-by-profile-id", PROFILE, profile.profile_id),
    )


@scenario("read-takes-a-content-type")
def reads_with_a_content_type(session: Session) -> None:
    """The page's samples send a Content-Type with a read, and the Python one really does."""
    session.get(
        label="a read with a Content-Type",
        headers=(JSON_TYPE,),
        facts=session.facts(clause="read-takes-a-content-type"),
    )
    facts = session.facts(profile=ProfileFact.OPEN, body=BodyFact.OPEN, probe=True)
    canary = session.fresh("read")
    body = dump({session.contract.identifiers[-1]: canary}) if session.can("writes") else b"{}"
    exchange = session.get(label="a read with a body", headers=(JSON_TYPE,), body=body, facts=facts)
    session.forbid([canary], "read-has-no-effect", exchange)
    session.say_status("read-takes-a-content-type", exchange, REFUSALS | {200}, "200 or a 4xx")


@scenario("valid-write-is-200", "write-is-visible", "write-overwrites", "write-is-idempotent", needs=("writes",))
def a_write_is_seen(session: Session) -> None:
    """One identifier is written, written over, and written once more."""
    name = session.contract.identifiers[0]
    first = session.fresh("first")
    exchange = session.write({name: first}, clause="write-is-visible", label="a first write")
    if confirm(session, label="a read after the first write") and exchange.status == 200 and not session.lag_seen:
        session.observe("write-visibility-lag", "a write is seen at once", exchange)
    confirm(session, label="the same read again", kept="read-has-no-effect")
    again = session.fresh("second")
    session.write({name: again}, clause="write-overwrites", label="another value for the same identifier")
    confirm(session, label="a read after writing over")
    exchange = session.write({name: again}, clause="write-is-idempotent", label="the same write once more")
    session.say_status("write-is-idempotent", exchange, {200}, "200 once more")
    confirm(session, label="a read after the repeated write", kept="write-is-idempotent")
    session.write({name: first}, clause="write-overwrites", label="the first write once more, after another one")
    confirm(session, label="a read after writing the first value again")
