"""First things first: the profile is read, nothing changes by reading, and a write is seen. Measures the lag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapty_contract.checks.reading import false_nulls
from adapty_contract.model import BodyFact, Exchange, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import CUSTOMER, JSON_TYPE, PROFILE, REFUSALS, Session


@scenario("known-profile-is-read-with-200", "read-has-no-effect", "unset-identifier-is-null")
def first_reads(session: Session) -> None:
    """Read each test profile before anything is written, and again."""
    profiles = [session.main, *([session.setting.other] if session.setting.other else [])]
    blanks: list[frozenset[str]] = []
    for profile in profiles:
        confirm(session, label="a first read", kept="read-has-no-effect", profile=profile)
        exchange, shown = session.read(profile, label="a read for what is unset")
        if shown is not None:
            blanks.append(frozenset(false_nulls(shown, session.contract)))
            _say_unset(session, exchange, shown, blanks)
            _observe_members(session, shown, exchange)
    for label in ("a read once more", "and once more"):
        for profile in profiles:
            confirm(session, label=label, kept="read-has-no-effect", profile=profile)


def _say_unset(session: Session, exchange: Exchange, shown: Mapping[str, Any], blanks: list[frozenset[str]]) -> None:
    """A stand-in for null: in several identifiers while none is null, or in the same ones of both profiles.

    A single one may have been written by somebody.
    """
    nulls = any(shown.get(name) is None for name in session.contract.identifiers)
    if len(blanks[-1]) > 1 and not nulls:
        suspicious = blanks[-1]
    else:
        suspicious = blanks[-1] & blanks[0] if len(blanks) > 1 else frozenset()
    seen = ", ".join(f"{name}: {shown[name]!r}" for name in sorted(suspicious)[:4])
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
        session.observe("unset-identifiers", "null", exchange)


_ALIKE = (
    (
        "one-beginning-of-two-values-that-differ-at-their-end-a",
        "one-beginning-of-two-values-that-differ-at-their-end-b",
    ),
    ("42", "0042"),
    ("Value", "vALUE"),
    ("a b", "a  b"),
    ("\u00e9", "e\u0301"),
)
"""Pairs of values that a server may not take for the same."""


@scenario("found-by-customer-user-id", "found-by-profile-id")
def either_header_finds(session: Session) -> None:
    """Each of the two headers finds the profile by itself."""
    for clause, header, value in _addresses(session.main):
        if value is not None:
            facts = session.facts(clause=clause)
            session.get(label=f"a read by {header} alone", ids=((header, value),), facts=facts)
            loud = header.upper()  # the names of header fields have no case
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
    exchange = session.get(label="a read with a body", headers=(JSON_TYPE,), body=b"{}", facts=facts)
    session.say_status("read-takes-a-content-type", exchange, REFUSALS | {200}, "200 or a 4xx")


@scenario("valid-write-is-200", "write-is-visible", "write-overwrites", "write-is-idempotent", needs=("writes",))
def a_write_is_seen(session: Session) -> None:
    """One identifier is written, written over, and written once more."""
    name = session.contract.identifiers[0]
    session.write({name: session.fresh("first")}, clause="write-is-visible", label="a first write")
    confirm(session, label="a read after the first write")
    confirm(session, label="the same read again", kept="read-has-no-effect")
    again = session.fresh("second")
    session.write({name: again}, clause="write-overwrites", label="another value for the same identifier")
    confirm(session, label="a read after writing over")
    exchange = session.write({name: again}, clause="write-is-idempotent", label="the same write once more")
    session.say_status("write-is-idempotent", exchange, {200}, "200 once more")
    confirm(session, label="a read after the repeated write", kept="write-is-idempotent")


@scenario("every-identifier-is-writable", "write-merges", "identifiers-are-independent", needs=("writes",))
def each_identifier_alone(session: Session) -> None:
    """Each identifier is written alone; after each write all are compared."""
    for name in session.contract.identifiers:
        session.write(
            {name: session.fresh(name.replace("_", "-"))}, clause="every-identifier-is-writable", label=f"{name} alone"
        )
        if not session.is_lagging:
            confirm(session, label=f"a read after {name} alone")
    confirm(session, label="a read after each identifier alone")
    names = session.contract.identifiers
    for label, order in (("all together", names), ("all together, in reverse", names[::-1])):
        values = {name: session.fresh(name[:12].replace("_", "-")) for name in order}
        session.write(values, clause="identifiers-are-independent", label=label)
        confirm(session, label=f"a read after {label}")
    alike = dict.fromkeys(names, session.fresh("alike"))
    session.write(alike, clause="identifiers-are-independent", label="one value for all")
    confirm(session, label="a read after one value for all")
    for turn in (0, 1):
        values = {name: _ALIKE[number % len(_ALIKE)][turn] + f"-{number}" for number, name in enumerate(names)}
        label = "values" if not turn else "values that are almost those before"
        session.write(values, clause="values-round-trip", label=label)
        confirm(session, label=f"a read of {label}")
    before = session.holding().now
    halves = {name: session.fresh("half") for name in names[::2]}
    session.write(halves, clause="identifiers-are-independent", label="every other identifier")
    confirm(session, label="a read after every other identifier")
    kept = all(session.holding().now.get(name) == before.get(name) for name in names[1::2])
    session.observe("merge", "identifiers that a write does not name are kept" if kept else "a write replaces all")


@scenario("every-identifier-is-writable", needs=("writes", "other-profile"))
def each_identifier_alone_in_reverse(session: Session) -> None:
    """The same on the other profile, from the last to the first: a read that falls back on another one shows now."""
    other, apart = session.setting.other, "profiles-are-isolated"
    confirm(session, label="the other profile, while the first was written", profile=other, kept=apart)
    for name in reversed(session.contract.identifiers):
        value = session.fresh(name.replace("_", "-"))
        label = f"{name} alone, of the other profile"
        session.write({name: value}, clause="every-identifier-is-writable", label=label, profile=other)
        if not session.is_lagging:
            confirm(session, label=f"a read after {label}", profile=other)
    confirm(session, label="a read of the other profile after each identifier alone", profile=other)
    confirm(session, label="the first profile, while the other was written", kept=apart)


@scenario("both-headers-see-one-profile", needs=("writes", "customer-user-id", "profile-id"))
def written_by_one_read_by_the_other(session: Session) -> None:
    """A write through one header is read through the other, both ways, all identifiers."""
    clause = "both-headers-see-one-profile"
    by_customer = ((CUSTOMER, session.main.customer_user_id or ""),)
    by_profile = ((PROFILE, session.main.profile_id or ""),)
    facts = session.facts(clause=clause)
    for written, read, label in (
        (by_customer, by_profile, "customer user id"),
        (by_profile, by_customer, "profile id"),
    ):
        values = {name: f"{session.fresh('Either')} Ab-é😀" for name in session.contract.identifiers[:4]}
        session.write(values, clause=clause, label=f"a write by {label}", ids=written, facts=facts)
        for reader, told in ((read, "the other header"), (written, "it")):
            alike = confirm(
                session,
                label=f"a read by {told} after a write by {label}",
                ids=reader,
                kept=clause,
                facts=facts,
            )
            if not alike:
                _go_on_with_the_usual_view(session)


def _go_on_with_the_usual_view(session: Session) -> None:
    """Where the headers see different data, that is told once; the model goes on with what the usual header sees."""
    _, shown = session.read(label="a read as ever")
    if shown is not None:
        session.holding().settle(shown)
