"""One profile is never taken for another, and the two headers see the same one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_reply, told_status
from adapty_contract.model import BodyFact, Exchange, Headers, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.alike import say_alike
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.excerpts import instead
from adapty_contract.scenarios.looking import look
from adapty_contract.scenarios.old_views import IN_A_ROW
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, JSON_TYPE, PROFILE, dump


@scenario("profiles-are-isolated", needs=("writes", "other-profile"))
def one_profile_is_not_another(session: Session) -> None:
    """What is written to one test profile is not read from the other, in both directions."""
    other = session.setting.other
    for written, read in ((session.main, other), (other, session.main)):
        confirm(session, label="a read just before a write to the other profile", profile=read)
        values = {name: session.fresh("mine") for name in session.contract.identifiers}
        label = "all identifiers of one profile, just after a read of the other"
        exchange = session.write(values, clause="profiles-are-isolated", label=label, profile=written)
        session.forbid(values.values(), "profiles-are-isolated", exchange, read)
        confirm(session, label="the other profile after the write", profile=read, kept="profiles-are-isolated")
        label = "the profile after the write"
        confirm(session, label=label, profile=written, kept="profiles-are-isolated")
    shared = {name: session.fresh("shared") for name in session.contract.identifiers[:4]}
    for profile in (session.main, other):
        session.write(
            shared, clause="profiles-are-isolated", label="the same values for both profiles", profile=profile
        )
    for profile in (session.main, other):
        label = "a read of a profile with the values of another"
        confirm(session, label=label, profile=profile, kept="profiles-are-isolated")


@scenario("headers-alone-choose-the-profile", needs=("writes", "other-profile"))
def neither_body_nor_query_choose(session: Session) -> None:
    """Members and parameters that look like a profile's id, beside a header that says who is meant."""
    clause = "headers-alone-choose-the-profile"
    other = session.setting.other or Profile()
    names = {"customer_user_id": other.customer_user_id, "profile_id": other.profile_id}
    named = {name: value for name, value in names.items() if value}
    canary = session.fresh("whose")
    field = session.contract.identifiers[2]
    exchange = session.post(
        {**named, field: canary},
        label="a write whose body names the other profile",
        facts=session.facts(body=BodyFact.OPEN),
    )
    session.forbid([canary], clause, exchange, other)
    session.expect(exchange, {field: canary}, clause)
    confirm(session, label="a read of the profile in the header", kept=clause)
    confirm(session, label="a read of the profile in the body", kept=clause, profile=other, settle=True)
    for name, value in {**named, CUSTOMER: other.customer_user_id, PROFILE: other.profile_id}.items():
        if value:
            _read_with_more(
                session, clause, f"whose query has {name}", suffix=f"?{quote(name)}={quote(value, safe='')}"
            )
    _read_with_more(session, clause, "whose body names the other profile", headers=(JSON_TYPE,), body=dump(named))
    _write_with_query(session, other, named, clause)


def _write_with_query(session: Session, other: Profile, named: Mapping[str, str], clause: str) -> None:
    """A query that names the other profile and an identifier: it is no part of a write."""
    canary, stray, field = session.fresh("whose"), session.fresh("stray"), session.contract.identifiers[2]
    query = urlencode({**named, session.contract.identifiers[4]: stray})
    facts = session.facts(profile=ProfileFact.OPEN, body=BodyFact.OPEN, probe=True)
    label = "a write whose query names the other profile"
    exchange = session.post({field: canary}, label=label, suffix=f"?{query}", facts=facts)
    session.forbid([canary, stray], clause, exchange, other)
    session.forbid([stray], "query-is-immaterial", exchange)
    session.expect(exchange, {field: canary}, "state-is-the-profiles-alone")
    confirm(session, label=f"a read after {label}", kept="state-is-the-profiles-alone")
    confirm(session, label=f"the other profile after {label}", kept=clause, profile=other, settle=True)


def _read_with_more(session: Session, clause: str, label: str, **parts: Any) -> None:
    facts = session.facts(profile=ProfileFact.OPEN, body=BodyFact.OPEN, probe=True)
    seen = look(session, f"a read {label}", facts=facts, **parts)
    if seen.shown is not None:
        wrong = seen.mismatches
        session.say(clause, "the profile in the header", instead(wrong), seen.exchange, holds=not wrong)


@scenario("both-headers-are-not-mixed", needs=("writes", "other-profile", "profile-id"))
def both_headers(session: Session) -> None:
    """Two headers, two profiles: refused, or one of the two by some fixed rule."""
    clause = "both-headers-are-not-mixed"
    other = session.setting.other or Profile()
    if other.customer_user_id is None:
        session.tally.skip([clause], "needs another profile with a customer user id")
        return
    ids = ((CUSTOMER, other.customer_user_id), (PROFILE, session.main.profile_id or ""))
    facts = session.facts(profile=ProfileFact.OPEN)
    for _ in range(IN_A_ROW):  # a copy that lags may show neither profile as it is now
        exchange, shown = session.read(label="a read with the ids of two profiles", ids=ids, facts=facts)
        if shown is None or _is_one(session, shown, other):
            break
    session.observe("both-profile-headers", f"ids of two profiles: {_whose(session, shown, other, exchange)}", exchange)
    if shown is not None:
        old = any(session.holding(profile).age_of(shown) is not None for profile in (None, other))
        if old:
            session.unsure(clause, "one of the two profiles", "an older state of one of them", exchange)
        else:
            holds = _is_one(session, shown, other)
            session.say(
                clause,
                "one of the two profiles",
                f"a mixture: {instead(session.holding().compare(shown))}",
                exchange,
                holds=holds,
            )
    _write_with_two_ids(session, other, ids)


def _is_one(session: Session, shown: Mapping[str, Any], other: Profile) -> bool:
    return any(not session.holding(profile).compare(shown) for profile in (None, other))


def _write_with_two_ids(session: Session, other: Profile, ids: Headers) -> None:
    """A write to two profiles: refused, or done to one of them."""
    clause, canary, name = "both-headers-are-not-mixed", session.fresh("both"), session.contract.identifiers[3]
    facts = session.facts(profile=ProfileFact.OPEN)
    exchange = session.post({name: canary}, label="a write with the ids of two profiles", ids=ids, facts=facts)
    session.settle()
    label = "a read after the write with two ids"
    profiles = (session.main, other)
    shown = [session.read(profile, label=label)[1] for profile in profiles]
    holders = [profile for profile, after in zip(profiles, shown, strict=True) if after and after.get(name) == canary]
    for profile in profiles:
        if profile in holders:
            session.expect(exchange, {name: canary}, clause, profile)
        elif not 400 <= (exchange.status or 0) < 500:
            session.holding(profile).perhaps_written({name: canary})
    if None in shown or weather(exchange):
        session.unsure(clause, "one profile at most", weather(exchange) or "a read that shows no profile", exchange)
        return
    told = {session.main: "the one of the profile id", other: "the one of the customer user id"}
    done = f"changes {' and '.join(told[profile] for profile in holders)}" if holders else told_reply(exchange)
    session.observe("both-profile-headers", f"ids of two profiles: a write {done}", exchange)
    session.say(clause, "written to one profile at most", "written to both", exchange, holds=len(holders) < 2)
    refused = exchange.status is not None and exchange.status >= 400
    session.say(
        clause,
        "a refusal without effect",
        f"{told_status(exchange)}, and written",
        exchange,
        holds=not (refused and holders),
    )
    for profile in profiles:
        confirm(session, label=f"{label}, compared", kept=clause, profile=profile)


def _whose(session: Session, shown: object, other: Profile, exchange: Exchange) -> str:
    if not isinstance(shown, dict):
        return f"a read {told_reply(exchange)}"
    if not session.holding().compare(shown):
        return "a read shows the one of the profile id"
    return "a read shows the one of the customer user id" if not session.holding(other).compare(shown) else "a mixture"


@scenario("both-headers-see-one-profile", needs=("customer-user-id", "profile-id"))
def both_headers_of_one_profile(session: Session) -> None:
    """Each header shows the same profile; whether both together are refused, no source says."""
    by_customer = (CUSTOMER, session.main.customer_user_id or "")
    by_profile = (PROFILE, session.main.profile_id or "")
    clause = "both-headers-see-one-profile"
    for header in (by_customer, by_profile):
        label, facts = f"a read by {header[0]}, to compare", session.facts(clause=clause)
        confirm(session, label=label, kept=clause, ids=(header,), facts=facts)
    facts = session.facts(profile=ProfileFact.OPEN)
    both = (by_customer, by_profile)
    seen = look(session, "a read with both ids of one profile", ids=both, facts=facts)
    session.observe("both-profile-headers", f"both ids of one profile: {told_status(seen.exchange)}", seen.exchange)
    if seen.shown is not None:
        say_alike(session, clause, seen, ())
    nobody = str(uuid.UUID(int=session.rng.getrandbits(128), version=4))
    for label, ids in (
        ("an unknown profile id beside", (by_customer, (PROFILE, nobody))),
        ("a malformed profile id beside", (by_customer, (PROFILE, "not-a-uuid"))),
        ("an empty customer user id beside", ((CUSTOMER, ""), by_profile)),
        ("an unknown customer user id beside", ((CUSTOMER, session.fresh("nobody")), by_profile)),
    ):
        seen = look(session, f"a read with {label}", ids=ids, facts=facts)
        session.observe("both-profile-headers", f"{label}: {told_status(seen.exchange)}", seen.exchange)
        if seen.shown is not None:
            expected, wrong = "the profile that one of them names", seen.mismatches
            session.say("both-headers-are-not-mixed", expected, instead(wrong), seen.exchange, holds=not wrong)
    label = "a read by each id, after both together"
    confirm(
        session,
        label=label,
        kept="both-headers-are-not-mixed",
        facts=session.facts(clause="both-headers-are-not-mixed"),
    )
    if session.can("writes"):
        _write_with_both_ids(session, both, clause)


def _write_with_both_ids(session: Session, both: Headers, clause: str) -> None:
    """Both ids of one profile: refused, or written."""
    name = session.contract.identifiers[6]
    facts = session.facts(profile=ProfileFact.OPEN)
    label = "a write with both ids of one profile"
    session.write({name: session.fresh("both")}, clause=clause, label=label, ids=both, facts=facts)
    confirm(session, label=f"a read after {label}", kept=clause)
