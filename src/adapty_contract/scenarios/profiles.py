"""Whose identifiers: unknown ones, near misses, strange ids, and one profile never in another's place."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from adapty_contract.checks.situations import weather
from adapty_contract.model import BodyFact, Exchange, Profile, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import CUSTOMER, PROFILE, Session

_NOT_FOUND = frozenset({400, 401, 403, 404, 414, 422, 431})
"""How an id that is nobody's may be refused; an empty one is none at all."""

_STRANGE = {
    "an empty id": "",
    "a very long id": "x" * 4_000,
    "signs": "../../etc/passwd?a=b#c",
    "a pattern": "%",
    "an asterisk": "*",
    "an injection": "' OR '1'='1",
    "an injection that ends": "x' OR 1=1 -- ",
    "the word null": "null",
    "the word undefined": "undefined",
    "a zero": "0",
    "a minus one": "-1",
    "JSON": '{"$ne": null}',
    "ISO 8859-1 bytes": "jos\u00e9-adapty-contract",
    "UTF-8 bytes": "jos\u00e9-\u0444-adapty-contract".encode().decode("latin-1"),
    "a tab inside": "a\tb-adapty-contract",
}


@scenario("unknown-profile-is-404", "not-found-code-is-of-the-profile")
def reads_of_the_unknown(session: Session) -> None:
    """A profile that does not exist, by either header, twice: the first read must not create it."""
    nobody = session.fresh("nobody")
    for label in ("an unknown customer user id", "the same unknown customer user id again"):
        _read_unknown(session, label, CUSTOMER, nobody)
    unknown = _unknown_uuid(session)
    for label in ("an unknown profile id", "the same unknown profile id again"):
        _read_unknown(session, label, PROFILE, unknown)
    _read_unknown(session, "the nil UUID", PROFILE, "00000000-0000-0000-0000-000000000000")


def _unknown_uuid(session: Session) -> str:
    return str(uuid.UUID(int=session.rng.getrandbits(128), version=4))


def _read_unknown(session: Session, label: str, header: str, value: str, clause: str | None = None) -> Exchange:
    return session.get(
        label=f"a read of {label}",
        ids=((header, value),),
        facts=session.facts(profile=ProfileFact.UNKNOWN, clause=clause),
    )


@scenario("unknown-profile-on-write-is-refused", "unknown-profile-is-not-created", needs=("writes",))
def writes_to_the_unknown(session: Session) -> None:
    """A write to a profile that does not exist is refused, and the profile does not exist afterwards."""
    name = session.contract.identifiers[0]
    for header, value in ((CUSTOMER, session.fresh("nobody")), (PROFILE, _unknown_uuid(session))):
        exchange = session.post(
            {name: session.fresh("nobody")},
            label=f"a write to an unknown {header}",
            ids=((header, value),),
            facts=session.facts(profile=ProfileFact.UNKNOWN),
        )
        if exchange.status in {400, 404}:
            session.observe(
                "unknown-profile-on-post", f"a write to an unknown profile answers {exchange.status}", exchange
            )
        session.settle()
        _read_unknown(session, f"the {header} after the write to it", header, value, "unknown-profile-is-not-created")


@scenario("no-profile-header-is-4xx")
def neither_header(session: Session) -> None:
    """A request that names no profile."""
    facts = session.facts(profile=ProfileFact.NEITHER)
    exchange = session.get(label="a read with neither id header", ids=(), facts=facts)
    session.observe("neither-profile-header", f"a read answers {exchange.status}", exchange)
    if session.can("writes"):
        canary = session.fresh("neither")
        body = {session.contract.identifiers[0]: canary}
        exchange = session.post(body, label="a write with neither id header", ids=(), facts=facts)
        session.forbid([canary], "no-profile-header-is-4xx", exchange, None, session.setting.other)
        session.observe("neither-profile-header", f"a write answers {exchange.status}", exchange)


@scenario("malformed-profile-id-is-refused")
def malformed_profile_ids(session: Session) -> None:
    """Profile ids that are no UUID."""
    for value in ("not-a-uuid", "123", "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5", "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5g"):
        facts = session.facts(profile=ProfileFact.MALFORMED)
        exchange = session.get(label=f"a read of profile id {value}", ids=((PROFILE, value),), facts=facts)
        session.observe("malformed-profile-id", f"answers {exchange.status}", exchange)
    if session.can("writes"):
        body = {session.contract.identifiers[0]: session.fresh("malformed")}
        facts = session.facts(profile=ProfileFact.MALFORMED, body=BodyFact.VALID)
        session.post(body, label="a write to profile id not-a-uuid", ids=((PROFILE, "not-a-uuid"),), facts=facts)


@scenario("customer-user-id-is-matched-exactly", needs=("customer-user-id",))
def near_customer_user_ids(session: Session) -> None:
    """Ids that are almost the customer's."""
    value = session.main.customer_user_id or ""
    for label, near in _near(value):
        _read_near(session, f"{label} of the customer user id", CUSTOMER, near, "customer-user-id-is-matched-exactly")
    if session.main.profile_id:
        label = "the profile id as a customer user id"
        _read_near(session, label, CUSTOMER, session.main.profile_id, "customer-user-id-is-matched-exactly")


@scenario("profile-id-is-matched-exactly", needs=("profile-id",))
def near_profile_ids(session: Session) -> None:
    """Ids that are almost the profile's."""
    value = session.main.profile_id or ""
    last = "0" if value[-1:] != "0" else "1"
    first = "0" if value[:1] != "0" else "1"
    nears = [
        ("a neighbour", value[:-1] + last),
        ("another head", first + value[1:]),
        ("the beginning", value[:-1]),
        ("the first block", value.partition("-")[0]),
        ("more behind", f"{value}0"),
        ("a pattern", f"{value[:8]}%"),
    ]
    for label, near in nears:
        _read_near(session, f"{label} of the profile id", PROFILE, near, "profile-id-is-matched-exactly")
    if session.main.customer_user_id:
        label = "the customer user id as a profile id"
        _read_near(session, label, PROFILE, session.main.customer_user_id, "profile-id-is-matched-exactly")


def _near(value: str) -> Iterator[tuple[str, str]]:
    """What is almost `value`, without repeats of it."""
    middle = len(value) // 2
    nears = {
        "the other case": value.swapcase(),
        "the upper case": value.upper(),
        "the beginning": value[:-1],
        "the end": value[1:],
        "a character more": f"{value}0",
        "a character before": f"0{value}",
        "a pattern with %": f"{value[:middle]}%",
        "a pattern with _": f"{value[:middle]}_{value[middle + 1 :]}",
        "a pattern with *": f"{value[:middle]}*",
        "a pattern with .": f"{value[:-1]}.",
        "something after a comma": f"{value},x",
        "the percent-encoded form": "".join(f"%{byte:02X}" for byte in value.encode()),
        "quotes around": f'"{value}"',
        "the hyphens as underscores": value.replace("-", "_"),
    }
    seen = {value}
    for label, near in nears.items():
        if near.strip() and near not in seen and near.isascii():
            seen.add(near)
            yield label, near


def _read_near(session: Session, label: str, header: str, value: str, clause: str) -> None:
    """Such an id is unknown or malformed, so 404 or 400; and the refusal does not help on to the right one."""
    other = session.setting.other or Profile()
    if value == (other.customer_user_id if header == CUSTOMER else other.profile_id):
        return  # the near one is the other test profile's
    facts = session.facts(profile=ProfileFact.OPEN)
    exchange, shown = session.read(label=f"a read with {label}", ids=((header, value),), facts=facts)
    _say_found_nobody(session, clause, exchange, shown)
    if exchange.response is None or weather(exchange):
        return
    body = exchange.response.body
    told = [each for each in _ids(session) if each not in value and each.encode() in body]
    session.say(clause, "no id of another profile", f"{told[:1]}", exchange, holds=not told)


def _say_found_nobody(session: Session, clause: str, exchange: Exchange, shown: Mapping[str, Any] | None) -> None:
    """An id that should be nobody's: refused, or else it is judged by whose identifiers it shows.

    Somebody may have the id after all, so a profile that is none of the test profiles' proves nothing.
    """
    if shown is None:
        session.say_status(clause, exchange, _NOT_FOUND, "400 or 404")
        return
    tested = [profile for profile in (session.main, session.setting.other) if profile]
    ours = [p for p in tested if session.holding(p).tellable and not session.holding(p).compare(shown)]
    if ours:
        session.say(clause, "400 or 404", "a test profile's identifiers", exchange, holds=False)
    else:
        session.unsure(clause, "400 or 404", "a profile that is none of the test profiles", exchange)


def _ids(session: Session) -> list[str]:
    """The ids of the test profiles that are long enough to be told from any other text."""
    profiles = [profile for profile in (session.main, session.setting.other) if profile]
    each = [value for profile in profiles for value in (profile.customer_user_id, profile.profile_id)]
    return [value for value in each if value and len(value) > 5]


@scenario("strange-ids-are-survived")
def strange_ids(session: Session) -> None:
    """Ids that servers have stumbled over; writes only to such as nobody can have, made with something random."""
    clause = "strange-ids-are-survived"
    for header in (CUSTOMER, PROFILE):
        for label, value in _STRANGE.items():
            facts = session.facts(profile=ProfileFact.OPEN)
            told = f"a read with {label} as {header}"
            exchange, shown = session.read(label=told, ids=((header, value),), facts=facts)
            _say_found_nobody(session, clause, exchange, shown)
            if header == CUSTOMER and not value.isascii():
                session.observe("non-ascii-customer-id", f"{label}: {exchange.status}", exchange)
    if not session.can("writes"):
        return
    for label in ("an empty id", "an injection", "JSON", "ISO 8859-1 bytes"):
        canary = session.fresh("strange")
        exchange = session.post(
            {session.contract.identifiers[1]: canary},
            label=f"a write with {label} as {CUSTOMER}",
            ids=((CUSTOMER, _STRANGE[label] and f"{session.fresh('strange')}{_STRANGE[label]}"),),
            facts=session.facts(profile=ProfileFact.NEITHER, body=BodyFact.VALID, clause=clause),
        )
        session.forbid([canary], clause, exchange, None, session.setting.other)
    confirm(session, label="a read after writes with strange ids", kept="refused-write-changes-nothing", settle=True)
