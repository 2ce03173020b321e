"""The profiles that a mock knows from the start."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from adapty_contract.errors import UsageError
from adapty_contract.mock.examples import read_example
from adapty_contract.mock.identity import is_addressable, is_profile_id
from adapty_contract.mock.store import StoredProfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapty_contract.contract import Contract

_NAMESPACE: Final = uuid.UUID("7d0b6a1e-2f53-4c9a-9d8e-5a1c3b7e9f20")


@dataclass(frozen=True, slots=True)
class Seed:
    """A profile to start with. `documented` fills it with the example values of the spec."""

    profile_id: str
    customer_user_id: str | None = None
    documented: bool = False
    identifiers: Mapping[str, str] = field(default_factory=dict)


CUSTOMER_1: Final = Seed("11111111-1111-4111-8111-111111111111", "customer-1", documented=True)
CUSTOMER_2: Final = Seed("22222222-2222-4222-8222-222222222222", "customer-2")
ANONYMOUS: Final = Seed("33333333-3333-4333-8333-333333333333")

DEFAULT_SEEDS: Final = (CUSTOMER_1, CUSTOMER_2, ANONYMOUS)
"""One profile with the documented values, an empty one, and an anonymous one that only its profile id names."""


def seed_from_text(text: str) -> Seed:
    """A seed from `customer_user_id=...,profile_id=...`: either or both; a missing profile id is derived from the other.

    Raises UsageError for anything else, and for ids that no header can carry.
    """
    parts = dict(_part(text, part) for part in text.split(","))
    customer_user_id, profile_id = parts.get("customer_user_id"), parts.get("profile_id")
    if customer_user_id is not None and not is_addressable(customer_user_id):
        raise UsageError(
            f"no header can carry the customer user id {customer_user_id!r}",
            hint="use visible ASCII characters, with spaces only inside, at most 1024 of them",
        )
    if profile_id is None:
        profile_id = str(uuid.uuid5(_NAMESPACE, customer_user_id or ""))
    if not is_profile_id(profile_id):
        raise UsageError(f"{profile_id!r} is no profile id", hint="a profile id is a UUID")
    return Seed(profile_id.lower(), customer_user_id)


def _part(text: str, part: str) -> tuple[str, str]:
    name, separator, value = part.partition("=")
    if name.strip() not in {"customer_user_id", "profile_id"} or not separator:
        raise UsageError(
            f"cannot read the profile {text!r}", hint="write customer_user_id=NAME,profile_id=UUID, or one of them"
        )
    return name.strip(), value.strip()


def require_distinct(seeds: Iterable[Seed]) -> None:
    """Raises UsageError if two of the `seeds` share an id."""
    seen: set[tuple[str, str]] = set()
    for seed in seeds:
        for kind, value in (("profile id", seed.profile_id), ("customer user id", seed.customer_user_id)):
            if value is not None and (kind, value) in seen:
                raise UsageError(f"two profiles share the {kind} {value}", hint="give each profile ids of its own")
            if value is not None:
                seen.add((kind, value))


def identifiers_of(seed: Seed, contract: Contract) -> dict[str, str]:
    """The identifiers that are set in `seed`."""
    documented = read_example(contract) if seed.documented else {}
    return {**{name: value for name, value in documented.items() if value is not None}, **seed.identifiers}


def stored(seed: Seed, contract: Contract) -> StoredProfile:
    """The profile that a seed makes."""
    return StoredProfile(seed.profile_id, seed.customer_user_id, identifiers_of(seed, contract))
