"""Whose identifiers: unknown ones, near misses, strange ids, and one profile never in another's place."""

from __future__ import annotations

import uuid

from adapty_contract.checks.wording import told_reply, told_status
from adapty_contract.model import BodyFact, Exchange, Headers, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.finding import read_near, say_found_nobody
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE

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
    "the word None": "None",
    "a zero": "0",
    "more digits than fit into 64 bits": "9" * 25,
    "JSON": '{"$ne": null}',
    "ISO 8859-1 bytes": "jos\u00e9-adapty-contract",
    "UTF-8 bytes": "jos\u00e9-\u0444-adapty-contract".encode().decode("latin-1"),
    "a tab inside": "a\tb-adapty-contract",
}
_OF_CUSTOMERS = frozenset(
    {
        "an injection that ends",
        "an asterisk",
        "the word undefined",
        "the word None",
        "a zero",
        "UTF-8 bytes",
        "signs",
    }
    | {"a pattern"}
)
"""Those that are tried as a customer user id only."""


@scenario("unknown-profile-is-404", "not-found-code-is-of-the-profile")
def reads_of_the_unknown(session: Session) -> None:
    """A profile that does not exist, by either header, twice: the first read must not create it."""
    nobody = session.fresh("nobody")
    _read_unknown(session, "an unknown customer user id", CUSTOMER, nobody)
    confirm(session, label="a read of the profile right after an unknown one", kept="state-is-the-profiles-alone")
    label, compressed = "the same unknown customer user id again, compressed", ("Accept-Encoding", "gzip")
    _read_unknown(session, label, CUSTOMER, nobody, headers=(compressed,))
    unknown = _unknown_uuid(session)
    for label in ("an unknown profile id", "the same unknown profile id again"):
        _read_unknown(session, label, PROFILE, unknown)
    nil = "00000000-0000-0000-0000-000000000000"  # to some parsers no UUID at all, as it has no version
    read_near(session, "the nil UUID", PROFILE, nil, "unknown-profile-is-404")


def _unknown_uuid(session: Session) -> str:
    return str(uuid.UUID(int=session.rng.getrandbits(128), version=4))


def _read_unknown(
    session: Session, label: str, header: str, value: str, clause: str | None = None, headers: Headers = ()
) -> Exchange:
    return session.get(
        label=f"a read of {label}",
        ids=((header, value),),
        headers=headers,
        facts=session.facts(profile=ProfileFact.UNKNOWN, clause=clause),
    )


@scenario("unknown-profile-on-write-is-refused", "unknown-profile-is-not-created", needs=("writes",))
def writes_to_the_unknown(session: Session) -> None:
    """A write to a profile that does not exist is refused, and the profile does not exist afterwards."""
    name = session.contract.identifiers[0]
    unknown = ((CUSTOMER, session.fresh("nobody")), (PROFILE, _unknown_uuid(session)))
    for header, value in unknown:
        exchange = session.post(
            {name: session.fresh("nobody")},
            label=f"a write to an unknown {header}",
            ids=((header, value),),
            facts=session.facts(profile=ProfileFact.UNKNOWN),
        )
        if exchange.status in {400, 404}:
            session.observe(
                "unknown-profile-on-post", f"a write to an unknown profile {told_reply(exchange)}", exchange
            )
    session.settle()
    for header, value in unknown:
        _read_unknown(session, f"the {header} after the write to it", header, value, "unknown-profile-is-not-created")


@scenario("no-profile-header-is-4xx")
def neither_header(session: Session) -> None:
    """A request that names no profile."""
    facts = session.facts(profile=ProfileFact.NEITHER)
    exchange = session.get(label="a read with neither id header", ids=(), facts=facts)
    session.observe("neither-profile-header", f"a read {told_reply(exchange)}", exchange)
    if session.can("writes"):
        canary = session.fresh("neither")
        body = {session.contract.identifiers[0]: canary}
        exchange = session.post(body, label="a write with neither id header", ids=(), facts=facts)
        session.forbid([canary], "no-profile-header-is-4xx", exchange, None, session.setting.other)
        session.observe("neither-profile-header", f"a write {told_reply(exchange)}", exchange)


@scenario("malformed-profile-id-is-refused")
def malformed_profile_ids(session: Session) -> None:
    """Profile ids that are no UUID."""
    for value in ("not-a-uuid", "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5", "6f9b1c2e-8d4a-4e57-9a10-0c1d2e3f4a5g"):
        facts = session.facts(profile=ProfileFact.MALFORMED)
        exchange = session.get(label=f"a read of profile id {value}", ids=((PROFILE, value),), facts=facts)
        session.observe("malformed-profile-id", told_reply(exchange), exchange)
    if session.can("writes"):
        body = {session.contract.identifiers[0]: session.fresh("malformed")}
        facts = session.facts(profile=ProfileFact.MALFORMED, body=BodyFact.VALID)
        session.post(body, label="a write to profile id not-a-uuid", ids=((PROFILE, "not-a-uuid"),), facts=facts)


@scenario("strange-ids-are-survived")
def strange_ids(session: Session) -> None:
    """Ids that servers have stumbled over; writes only to such as nobody can have, made with something random."""
    clause = "strange-ids-are-survived"
    for header in (CUSTOMER, PROFILE):
        for label, value in _STRANGE.items():
            if header == PROFILE and label in _OF_CUSTOMERS:
                continue
            facts = session.facts(profile=ProfileFact.OPEN if value else ProfileFact.NEITHER)
            told = f"a read with {label} as {header}"
            exchange, shown = session.read(label=told, ids=((header, value),), facts=facts)
            say_found_nobody(session, clause, exchange, shown)
            if header == CUSTOMER and not value.isascii():
                session.observe("non-ascii-customer-id", f"{label}: {told_status(exchange)}", exchange)
    if not session.can("writes"):
        return
    for label in ("an empty id", "a very long id", "an injection", "JSON", "ISO 8859-1 bytes"):
        canary = session.fresh("strange")
        exchange = session.post(
            {session.contract.identifiers[1]: canary},
            label=f"a write with {label} as {CUSTOMER}",
            ids=((CUSTOMER, _STRANGE[label] and f"{session.fresh('strange')}{_STRANGE[label]}"),),
            facts=session.facts(profile=ProfileFact.NEITHER, body=BodyFact.VALID, clause=clause),
        )
        session.forbid([canary], clause, exchange, None, session.setting.other)
    confirm(session, label="a read after writes with strange ids", kept="refused-write-changes-nothing", settle=True)
