"""One request to send, as a value: what schemathesis or a boundary makes of the spec, without its credentials."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from adapty_contract.fuzz.reducing import simpler_members, with_less
from adapty_contract.jsontext import read_document
from adapty_contract.model import Facts, Headers, KeyFact, Operation, Profile, ProfileFact
from adapty_contract.scenarios.session import CUSTOMER, JSON_TYPE, PROFILE, Session, dump

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
    clause = "found-by-profile-id" if sample.address is Address.PROFILE and not sample.headers else None
    clause = clause if sample.key else "key-missing-is-401"
    key = KeyFact.VALID if sample.key else KeyFact.REFUSED
    named = [pair for pair in sample.headers if pair[0].lower() in {CUSTOMER, PROFILE}]
    others = [pair for pair in sample.headers if pair not in named]
    if any(not _is_documented(pair, session) for pair in others):
        key = KeyFact.OPEN
    probe = sample.operation is Operation.SET and sample.media_type != JSON_TYPE[1]
    profile = ProfileFact.KNOWN if sample.address is not Address.MADE_UP else _profile_fact(tuple(named))
    return session.facts(key=key, profile=profile, clause=clause, probe=probe)


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


def made_up(headers: Mapping[str, Any], address: Address, examples: frozenset[str]) -> Headers:
    """The generated headers that are sent: none that HTTP cannot carry, no id that may be somebody's."""
    kept: list[tuple[str, str]] = []
    for name, value in headers.items():
        lower = name.lower()
        if lower in _OURS or not isinstance(value, str) or not _is_sendable(name, value):
            continue
        if lower in {CUSTOMER, PROFILE} and (address is not Address.MADE_UP or value in examples):
            continue
        kept.append((name, f"{NOBODY}{value}" if lower == CUSTOMER and value else value))
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
    parts += [f"{name}: {value!a}" for name, value in sample.headers]
    if not sample.key:
        parts.append("no key")
    if sample.operation is Operation.SET:
        label = "" if sample.media_type == JSON_TYPE[1] else f" as {sample.media_type or 'nothing'}"
        parts.append(f"body {_excerpt(sample.body)}{label}")
    return ", ".join(parts) + (f" ({sample.why})" if sample.why else "")


def _excerpt(body: bytes) -> str:
    text = ascii(body.decode("utf-8", "backslashreplace"))
    return text if len(text) <= 300 else f"{text[:300]}... ({len(body)} bytes)"
