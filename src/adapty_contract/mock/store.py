"""Where profiles live: the protocol of a store, and the one in memory."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from adapty_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapty_contract.model import Identifiers

MAX_PROFILES: Final = 10_000
MAX_VALUE_LENGTH: Final = 64 * 1024  # characters; no body brings a longer one


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile at rest: its ids, and the identifiers that are set."""

    profile_id: str
    customer_user_id: str | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)

    def merged(self, changes: Identifiers) -> StoredProfile:
        """This profile after a write: sent identifiers overwrite, `None` unsets, the others stay."""
        merged = {**self.identifiers, **changes}
        return replace(self, identifiers={name: value for name, value in merged.items() if value is not None})


class StoreFullError(UsageError):
    """The store holds as many profiles, or as long a value, as it may."""


class Store(Protocol):
    """Keeps profiles. Every method is atomic and may be called from any thread; ids match exactly."""

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """The profile with this id, or `None`."""
        ...

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """The profile of this customer, or `None`."""
        ...

    def merge(self, profile_id: str, changes: Identifiers) -> StoredProfile | None:
        """Merges `changes` into a profile; the profile afterwards, or `None` if there is none.

        Raises StoreFullError for a value that is too long.
        """
        ...

    def put(self, profile: StoredProfile) -> None:
        """Creates or replaces a profile by its profile id.

        Raises UsageError if another profile has its customer user id, StoreFullError if there is no room.
        """
        ...

    def every(self) -> tuple[StoredProfile, ...]:
        """All profiles, in the order they were created."""
        ...

    def reset(self, profiles: Iterable[StoredProfile]) -> None:
        """Forgets everything but `profiles`."""
        ...

    def close(self) -> None:
        """Lets go of what the store holds; it is not used afterwards."""
        ...


class MemoryStore:
    """A store that lives as long as its process; see the protocol."""

    def __init__(self, profiles: Iterable[StoredProfile] = (), *, max_profiles: int = MAX_PROFILES) -> None:
        self._max_profiles = max_profiles
        self._lock = threading.Lock()
        self._profiles: dict[str, StoredProfile] = {}
        self._customers: dict[str, str] = {}
        self.reset(profiles)

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """See Store."""
        return self._profiles.get(profile_id)

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """See Store."""
        with self._lock:
            profile_id = self._customers.get(customer_user_id)
            return None if profile_id is None else self._profiles[profile_id]

    def merge(self, profile_id: str, changes: Identifiers) -> StoredProfile | None:
        """See Store."""
        require_room_for_values(changes)
        with self._lock:
            profile = self._profiles.get(profile_id)
            if profile is None:
                return None
            self._profiles[profile_id] = merged = profile.merged(changes)
            return merged

    def put(self, profile: StoredProfile) -> None:
        """See Store."""
        require_room_for_values(profile.identifiers)
        with self._lock:
            self._put(profile)

    def every(self) -> tuple[StoredProfile, ...]:
        """See Store."""
        with self._lock:
            return tuple(self._profiles.values())

    def reset(self, profiles: Iterable[StoredProfile]) -> None:
        """See Store."""
        profiles = tuple(profiles)
        with self._lock:
            self._profiles.clear()
            self._customers.clear()
            for profile in profiles:
                self._put(profile)

    def close(self) -> None:
        """See Store."""

    def _put(self, profile: StoredProfile) -> None:
        former = self._profiles.get(profile.profile_id)
        customer = profile.customer_user_id
        if customer is not None and self._customers.get(customer, profile.profile_id) != profile.profile_id:
            raise taken(customer)
        if former is None and len(self._profiles) >= self._max_profiles:
            raise full(self._max_profiles)
        if former is not None and former.customer_user_id is not None:
            del self._customers[former.customer_user_id]
        self._profiles[profile.profile_id] = profile
        if customer is not None:
            self._customers[customer] = profile.profile_id


def require_room_for_values(identifiers: Identifiers) -> None:
    """Raises StoreFullError if a value is longer than a store takes."""
    for name, value in identifiers.items():
        if value is not None and len(value) > MAX_VALUE_LENGTH:
            raise StoreFullError(f"the value of {name} has more than {MAX_VALUE_LENGTH} characters")


def taken(customer_user_id: str) -> UsageError:
    """The error for a customer user id that another profile has."""
    return UsageError(f"another profile has the customer user id {customer_user_id}", hint="ids name one profile each")


def full(max_profiles: int) -> StoreFullError:
    """The error for one profile too many."""
    return StoreFullError(f"the mock holds {max_profiles} profiles already", hint="reset it, or reuse profiles")
