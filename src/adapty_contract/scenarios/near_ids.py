"""Ids that are almost those of the test profile, as those of a read and of a write."""

from __future__ import annotations

from collections.abc import Iterator

from adapty_contract.model import BodyFact, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.finding import NOT_FOUND, read_near
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE


@scenario("customer-user-id-is-matched-exactly", needs=("customer-user-id",))
def near_customer_user_ids(session: Session) -> None:
    """Ids that are almost the customer's."""
    value = session.main.customer_user_id or ""
    for label, near in _near(value):
        read_near(session, f"{label} of the customer user id", CUSTOMER, near, "customer-user-id-is-matched-exactly")
    if session.main.profile_id:
        label = "the profile id as a customer user id"
        read_near(session, label, CUSTOMER, session.main.profile_id, "customer-user-id-is-matched-exactly")


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
        ("another middle", f"{value[:9]}{_turned(value[9:23])}{value[23:]}"),
        ("another version", f"{value[:14]}{_turned(value[14:15])}{value[15:]}"),
        ("a word more", f"{value} x"),
    ]
    for label, near in nears:
        read_near(session, f"{label} of the profile id", PROFILE, near, "profile-id-is-matched-exactly")
    if session.main.customer_user_id:
        label = "the customer user id as a profile id"
        read_near(session, label, PROFILE, session.main.customer_user_id, "profile-id-is-matched-exactly")


def _turned(text: str) -> str:
    """The hexadecimal digits of a text, each another one."""
    return "".join(
        "0123456789abcdef"[15 - int(each, 16)] if each in "0123456789abcdefABCDEF" else each for each in text
    )


def _near(value: str) -> Iterator[tuple[str, str]]:
    """What is almost `value`, without repeats of it."""
    middle = len(value) // 2
    nears = {
        "the other case": value.swapcase(),
        "the beginning": value[:-1],
        "the end": value[1:],
        "a character more": f"{value}0",
        "a pattern with %": f"{value[:middle]}%",
        "a pattern with *": f"{value[:middle]}*",
        "a pattern with .": f"{value[:-1]}.",
        "something after a comma": f"{value},x",
        "a word more": f"{value} x",
        "an accent": _as_sent(f"{value[:-1]}{value[-1]}\u0301"),
        "a full-width letter": _as_sent(f"{_full_width(value[0])}{value[1:]}"),
        "a no-break space behind": _as_sent(f"{value}\u00a0"),
        "the percent-encoded form": "".join(f"%{byte:02X}" for byte in value.encode()),
        "quotes around": f'"{value}"',
        "the hyphens as underscores": value.replace("-", "_"),
    }
    seen = {value}
    for label, near in nears.items():
        if near.strip() and near not in seen and value.isascii():
            seen.add(near)
            yield label, near


def _as_sent(text: str) -> str:
    """Text beyond ASCII as the bytes of its UTF-8, which is how it goes into a header."""
    return text.encode().decode("latin-1")


def _full_width(character: str) -> str:
    return chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character


def _clause(header: str) -> str:
    return f"{'customer-user' if header == CUSTOMER else 'profile'}-id-is-matched-exactly"


@scenario("customer-user-id-is-matched-exactly", "profile-id-is-matched-exactly", needs=("writes", "loopback"))
def writes_by_near_ids(session: Session) -> None:
    """Ids that are almost those of the profile, as those of a write, if a read by them has found nobody."""
    value, profile_id = session.main.customer_user_id, session.main.profile_id
    nears: list[tuple[str, str, str]] = []
    if value:
        wanted = ("the other case", "the beginning", "a character more", "a pattern with %", "a word more")
        nears += [(CUSTOMER, label, near) for label, near in _near(value) if label in wanted]
        nears += [(CUSTOMER, "the profile id in its place", profile_id)] if profile_id else []
    if profile_id:
        nears += [(PROFILE, "a neighbour", f"{profile_id[:-1]}{_turned(profile_id[-1])}")]
        nears += [(PROFILE, "another middle", f"{profile_id[:9]}{_turned(profile_id[9:23])}{profile_id[23:]}")]
        nears += [(PROFILE, "a character more", f"{profile_id}0")]
    for name, (header, label, near) in zip(session.contract.identifiers, nears, strict=False):
        if (header, near) not in session.nobodies:
            read_near(session, f"{label}, before a write", header, near, _clause(header))
        if (header, near) not in session.nobodies:
            continue  # somebody may have it
        clause = _clause(header)
        canary = session.fresh("near")
        exchange = session.post(
            {name: canary},
            label=f"a write by {label}, as {header}",
            ids=((header, near),),
            facts=session.facts(profile=ProfileFact.OPEN, body=BodyFact.OPEN),
        )
        session.forbid([canary], clause, exchange, None, session.setting.other)
        session.say_status(clause, exchange, NOT_FOUND, "400 or 404")
    confirm(session, label="a read after writes by near ids", kept="refused-write-changes-nothing", settle=True)
