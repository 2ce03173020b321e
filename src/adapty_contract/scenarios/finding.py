"""Ids that should be nobody's: whether anybody is found by one, and what a refusal tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_status, told_value
from adapty_contract.model import Exchange, Identifiers, Profile, ProfileFact
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER

NOT_FOUND = frozenset({400, 401, 403, 404, 414, 422, 428, 431})
"""How an id that is nobody's may be refused; an empty one is none at all."""


def read_near(session: Session, label: str, header: str, value: str, clause: str) -> None:
    """Such an id is unknown or malformed, so 404 or 400; and the refusal does not help on to the right one."""
    other = session.setting.other or Profile()
    if value == (other.customer_user_id if header == CUSTOMER else other.profile_id):
        return  # the near one is the other test profile's
    facts = session.facts(profile=ProfileFact.OPEN)
    exchange, shown = session.read(label=f"a read with {label}", ids=((header, value),), facts=facts)
    if exchange.status in {400, 404}:
        session.nobodies.add((header, value))
    say_found_nobody(session, clause, exchange, shown)
    if exchange.response is None or weather(exchange):
        return
    body = exchange.response.body
    told = [each for each in ids_told(session) if each not in value and each.encode() in body]
    session.say(
        clause, "no id of another profile", f"the id {told_value(told[0])}" if told else "", exchange, holds=not told
    )


def say_found_nobody(session: Session, clause: str, exchange: Exchange, shown: Mapping[str, Any] | None) -> None:
    """An id that should be nobody's: refused, or else it is judged by whose identifiers it shows.

    Somebody may have the id after all, so a profile that is none of the test profiles' proves nothing.
    """
    if shown is None:
        session.say_status(clause, exchange, NOT_FOUND, "400 or 404")
        return
    tested = [profile for profile in (session.main, session.setting.other) if profile]
    ours = [profile for profile in tested if _shows(session.holding(profile).now, shown)]
    if ours:
        session.say(
            clause,
            "400 or 404",
            f"{told_status(exchange)} with the identifiers of a test profile",
            exchange,
            holds=False,
        )
    else:
        session.unsure(
            clause, "400 or 404", f"{told_status(exchange)} with identifiers of nobody who is tested", exchange
        )


def _shows(held: Identifiers, shown: Mapping[str, Any]) -> bool:
    """Whether a read shows most of what is held, as far as that is too long to be there by chance."""
    told = {name: value for name, value in held.items() if value and len(value) > 7}
    alike = [name for name, value in told.items() if shown.get(name) == value]
    return 2 * len(alike) > len(told)


def ids_told(session: Session) -> list[str]:
    """The ids of the test profiles that are long enough to be told from any other text."""
    profiles = [profile for profile in (session.main, session.setting.other) if profile]
    each = [value for profile in profiles for value in (profile.customer_user_id, profile.profile_id)]
    return [value for value in each if value and len(value) > 5]
