"""Each identifier alone, all together, and through either header: every write is merged into what the profile holds."""

from __future__ import annotations

from collections.abc import Sequence

from adapty_contract.checks.wording import told_value
from adapty_contract.model import Exchange, Profile
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.holding import Difference
from adapty_contract.scenarios.looking import Look, look
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE

_AT_ONCE = 4
"""So many identifiers are written one after the other before all are compared."""

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


def _write_alone(session: Session, names: Sequence[str], profile: Profile | None = None) -> None:
    """Write each of `names` alone, with a look after every fourth; where that differs, again with one after each."""
    whose = " of the other profile" if profile else ""
    few = len(names) if session.is_lagging else _AT_ONCE
    for start in range(0, len(names), few):
        several = names[start : start + few]
        for name in several:
            _write_one(session, name, whose, profile)
        label = f"a read after identifiers alone, up to {several[-1]}{whose}"
        seen = None if session.is_lagging else look(session, label, profile)
        if (
            seen is None
            or not _is_puzzling(session, seen, profile)
            or not _one_by_one(session, several, whose, profile, seen)
        ):
            confirm(session, label=label, profile=profile)


def _is_puzzling(session: Session, seen: Look, profile: Profile | None) -> bool:
    """Whether one of several writes is at fault and nobody can tell which; a value that was changed tells by itself."""
    held = set(session.holding(profile).now.values())
    changed = [item for item in seen.mismatches if item.kind is Difference.WRONG and item.seen not in held]
    return bool(seen.mismatches) and not changed


def _one_by_one(session: Session, names: Sequence[str], whose: str, profile: Profile | None, seen: Look) -> bool:
    """Write each once more, with a comparison after it, so that the write at fault is the one that is blamed; whether
    one is.
    """
    if seen.shown is None:
        return False
    kept = session.holding(profile).copy()
    session.holding(profile).settle(seen.shown)
    for name in names:
        _write_one(session, name, whose, profile)
        if not confirm(session, label=f"a read after {name} alone{whose}", profile=profile):
            return True
    session.hold(profile, kept)
    return False


def _write_one(session: Session, name: str, whose: str, profile: Profile | None) -> None:
    value = session.fresh(name.replace("_", "-"))
    session.write({name: value}, clause="every-identifier-is-writable", label=f"{name} alone{whose}", profile=profile)


@scenario("every-identifier-is-writable", "write-merges", "identifiers-are-independent", needs=("writes",))
def each_identifier_alone(session: Session) -> None:
    """Each identifier is written alone, and then all in several ways; what a write does not name is kept."""
    names = session.contract.identifiers
    _write_alone(session, names)
    together = {name: session.fresh(name[:12].replace("_", "-")) for name in names}
    session.write(together, clause="identifiers-are-independent", label="all together")
    confirm(session, label="a read after all together")
    alike = dict.fromkeys(names, session.fresh("alike"))
    session.write(alike, clause="identifiers-are-independent", label="one value for all")
    confirm(session, label="a read after one value for all")
    for turn in (0, 1):
        pairs = list(enumerate(names))[::-1]
        values = {name: _ALIKE[number % len(_ALIKE)][turn] + f"-{number}" for number, name in pairs}
        label = "values in reverse" if not turn else "values that are almost those before"
        session.write(values, clause="values-round-trip", label=label)
        confirm(session, label=f"a read of {label}")
    before = session.holding().now
    halves = {
        name: before.get(beside) or session.fresh("half") for name, beside in zip(names[::2], names[1::2], strict=False)
    }
    label = "the values of their neighbours, for every other"
    exchange = session.write(halves, clause="identifiers-are-independent", label=label)
    confirm(session, label="a read after every other identifier")
    if exchange.status == 200:
        kept = all(session.holding().now.get(name) == before.get(name) for name in names[1::2])
        told = "identifiers that a write does not name are kept" if kept else "a write replaces all"
        session.observe("merge", told, exchange)


@scenario("every-identifier-is-writable", needs=("writes", "other-profile"))
def each_identifier_alone_in_reverse(session: Session) -> None:
    """The same on the other profile, from the last to the first: a read that falls back on another one shows now."""
    other, apart = session.setting.other, "profiles-are-isolated"
    confirm(session, label="the other profile, while the first was written", profile=other, kept=apart)
    _write_alone(session, session.contract.identifiers[::-1], other)
    confirm(session, label="the first profile, while the other was written", kept=apart)


@scenario("both-headers-see-one-profile", needs=("writes", "customer-user-id", "profile-id"))
def written_by_one_read_by_the_other(session: Session) -> None:
    """A write through one header is read through the other, both ways, all identifiers."""
    clause = "both-headers-see-one-profile"
    by_customer = ((CUSTOMER, session.main.customer_user_id or ""),)
    by_profile = ((PROFILE, session.main.profile_id or ""),)
    facts = session.facts(clause=clause)
    all_alike = True
    for written, read, label in (
        (by_customer, by_profile, "customer user id"),
        (by_profile, by_customer, "profile id"),
    ):
        values = {name: f"{session.fresh('Either')} Ab-é😀" for name in session.contract.identifiers[:4]}
        exchange = session.write(values, clause=clause, label=f"a write by {label}", ids=written, facts=facts)
        _say_whose_profile(session, exchange)
        for reader, told in ((read, "the other header"), (written, "it")):
            alike = confirm(
                session,
                label=f"a read by {told} after a write by {label}",
                ids=reader,
                kept=clause,
                facts=facts,
            )
            all_alike = all_alike and alike
    if not all_alike:
        _go_on_with_the_usual_view(session)


def _say_whose_profile(session: Session, exchange: Exchange) -> None:
    """Where a write answers the profile, it has both ids of the one that was named by either."""
    value = exchange.response.document.value if exchange.response and exchange.status == 200 else None
    data = value.get("data") if isinstance(value, dict) else None
    if isinstance(data, dict):
        ids = {"customer_user_id": session.main.customer_user_id, "profile_id": session.main.profile_id}
        wrong = [f"{name}: {told_value(data.get(name))}" for name, known in ids.items() if data.get(name) != known]
        expected = "both ids of the profile that was named"
        session.say("write-answer-is-blank-or-profile", expected, "; ".join(wrong), exchange, holds=not wrong)


def _go_on_with_the_usual_view(session: Session) -> None:
    """Where the headers see different data, that is told once; the model goes on with what the usual header sees."""
    _, shown = session.read(label="a read as ever")
    if shown is not None:
        session.holding().begin_again(shown)
