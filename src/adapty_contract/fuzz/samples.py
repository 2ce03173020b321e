"""One request to send, as a value: what schemathesis or a boundary makes of the spec, without its credentials."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from adapty_contract.checks.situations import body_situation
from adapty_contract.fuzz.reducing import simpler_members, with_less
from adapty_contract.fuzz.telling import told_in_ascii
from adapty_contract.jsontext import read_document
from adapty_contract.model import BodyFact, Facts, Headers, KeyFact, Operation, Profile, ProfileFact
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, JSON_TYPE, PROFILE, dump

PLATFORM = "adapty-platform"
NOBODY = "ac-nobody-"
"""Begins every customer user id that is made up: without it a made-up id might be somebody's, and be written to."""

_USUAL = re.compile(r"[A-Za-z0-9._@+-]{1,128}")
_PRINTABLE = re.compile(r"[!-~]([ -~]*[!-~])?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HYPHENATED = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_OURS = frozenset(
    {"authorization", "cookie", "host", "content-length", "content-type", "transfer-encoding", "connection", "expect"}
    | {"upgrade", "te", "trailer", "keep-alive", "proxy-authorization", "content-encoding", "accept-encoding", "range"}
)
"""Headers that a made-up request does not carry: they are credentials, or change how it is sent and answered."""


class Address(StrEnum):
    """Which profile a sample is sent to."""

    CUSTOMER = "by customer user id"
    PROFILE = "by profile id"
    MADE_UP = "with made-up ids"


@dataclass(frozen=True, slots=True)
class Sample:
    """One request. `headers` hold what was made up, ids among them only if the address is made up.

    `key` is false for a request without one; `media_type` is that of the body, `None` to send none.
    """

    operation: Operation
    address: Address
    headers: Headers = ()
    body: bytes = b""
    media_type: str | None = JSON_TYPE[1]
    key: bool = True
    why: str = ""

    @property
    def reads_alike(self) -> bool:
        """Whether every server that takes the body reads the same in it."""
        document = read_document(self.body)
        return (document.ok and not document.faults) or not self.body.strip()

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of the object that the body is; none if it is no object that reads alike everywhere."""
        value = read_document(self.body).value if self.reads_alike else None
        return value if isinstance(value, dict) else {}


def ids_of_sample(sample: Sample, profile: Profile) -> Headers:
    """The id headers that a sample is sent with; a profile without the wanted id is named by the other one."""
    if sample.address is Address.MADE_UP:
        return ()
    ids = [(CUSTOMER, profile.customer_user_id), (PROFILE, profile.profile_id)]
    if sample.address is Address.PROFILE:
        ids.reverse()
    return tuple((name, value) for name, value in ids if value is not None)[:1]


def facts_of(sample: Sample, session: Session) -> Facts:
    """What is known of a sample: nothing of a status where a header may be refused for reasons of its own."""
    key = KeyFact.VALID if sample.key else KeyFact.REFUSED
    named = [pair for pair in sample.headers if pair[0].lower() in {CUSTOMER, PROFILE}]
    others = [pair for pair in sample.headers if pair not in named]
    if any(not _is_documented(pair, session) for pair in others):
        key = KeyFact.OPEN
    probe = sample.operation is Operation.SET and sample.media_type != JSON_TYPE[1]
    profile = ProfileFact.KNOWN if sample.address is not Address.MADE_UP else _profile_fact(tuple(named))
    body = None if profile is ProfileFact.KNOWN or _is_surely_valid(sample, session) else BodyFact.OPEN
    return session.facts(key=key, profile=profile, body=body, clause=_clause(sample, session), probe=probe)


def _is_surely_valid(sample: Sample, session: Session) -> bool:
    """Whether nothing is wrong with the body: otherwise nobody knows which of two things is told."""
    if sample.operation is Operation.GET:
        return True
    return body_situation(sample.body, session.contract).fact is BodyFact.VALID


def _clause(sample: Sample, session: Session) -> str | None:
    """The clause that a sample's status is judged under, if it is a narrower one than its situation says."""
    if not sample.key:
        return "key-missing-is-401"
    if sample.address is Address.MADE_UP or not _is_surely_valid(sample, session):
        return None
    if sample.headers:
        return "platform-is-taken"
    return "found-by-profile-id" if sample.address is Address.PROFILE else None


def written_under(sample: Sample) -> str:
    """The clause that a sample violates whose values come back otherwise."""
    if sample.media_type != JSON_TYPE[1]:
        return "other-media-type-is-refused-or-read-as-json"
    return "state-is-the-profiles-alone" if sample.headers else "values-round-trip"


def _is_documented(header: tuple[str, str], session: Session) -> bool:
    from adapty_contract.fuzz.steps import platforms

    name, value = header
    return name.lower() == PLATFORM and value in platforms(session.contract)


def _profile_fact(named: Headers) -> ProfileFact:
    """What made-up ids are: of two at once, and of values that HTTP or a parser may read differently, nobody knows."""
    if not named:
        return ProfileFact.NEITHER
    name, value = named[0]
    if len(named) > 1 or not _PRINTABLE.fullmatch(value):
        return ProfileFact.OPEN
    if name.lower() == CUSTOMER:
        return ProfileFact.UNKNOWN if _USUAL.fullmatch(value) else ProfileFact.OPEN
    if _HYPHENATED.fullmatch(value):
        return ProfileFact.UNKNOWN
    return ProfileFact.OPEN if _is_uuid(value) else ProfileFact.MALFORMED


def _is_uuid(text: str) -> bool:
    """Whether it is a UUID in any spelling, some of which some parsers take."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _is_made_by_hand(text: str) -> bool:
    """Whether it is a UUID like those in examples and seeds, of a few digits only; one by chance hardly ever is."""
    return len(set(uuid.UUID(text).hex)) < 8


def nobody(operation: Operation, name: str = "") -> str:
    """A customer user id that nobody has: one that a read may have created is another than a write is tried with."""
    return f"{NOBODY}{operation.method.lower()}-{name}"


def made_up(headers: Mapping[str, Any], operation: Operation, address: Address, examples: frozenset[str]) -> Headers:
    """The generated headers that are sent: none that HTTP cannot carry, no id that may be somebody's."""
    kept: list[tuple[str, str]] = []
    for name, value in headers.items():
        lower = name.lower()
        if lower in _OURS or not isinstance(value, str) or not _is_sendable(name, value):
            continue
        if lower in {CUSTOMER, PROFILE} and (address is not Address.MADE_UP or value in examples):
            continue
        if lower == PLATFORM and address is Address.MADE_UP:
            continue  # of two things that may be wrong nobody knows which one is told
        if lower == PROFILE and _is_uuid(value) and _is_made_by_hand(value):
            continue
        kept.append((name, nobody(operation, value) if lower == CUSTOMER and value else value))
    return tuple(kept)


def _is_sendable(name: str, value: str) -> bool:
    """Whether every HTTP client sends this header as it is."""
    carried = all(character == "\t" or (" " <= character <= "\xff" and character != "\x7f") for character in value)
    return bool(_TOKEN.fullmatch(name)) and carried and value == value.strip()


def simpler_samples(sample: Sample) -> Iterator[Sample]:
    """Samples with fewer headers and less in the body."""
    if sample.headers:
        yield replace(sample, headers=())
        yield from (replace(sample, headers=tuple(rest)) for rest in with_less(sample.headers))
    if sample.address is Address.PROFILE:
        yield replace(sample, address=Address.CUSTOMER)
    if sample.members:
        yield from (replace(sample, body=dump(less)) for less in simpler_members(sample.members))
    elif sample.body:
        yield from (replace(sample, body=bytes(rest)) for rest in with_less(sample.body))


def told(sample: Sample) -> str:
    """A sample in words, on one line of printable ASCII."""
    parts = [f"{sample.operation.method} {sample.address}"]
    parts += [f"{name}: {told_in_ascii(value)}" for name, value in sample.headers]
    if not sample.key:
        parts.append("no key")
    if sample.operation is Operation.SET:
        label = "" if sample.media_type == JSON_TYPE[1] else f" as {sample.media_type or 'nothing'}"
        parts.append(f"body {_excerpt(sample.body)}{label}")
    return ", ".join(parts) + (f" ({sample.why})" if sample.why else "")


def _excerpt(body: bytes) -> str:
    text = ascii(body.decode("utf-8", "backslashreplace"))
    return text if len(text) <= 300 else f"{text[:300]}... ({len(body)} bytes)"
