"""A store whose reads lag behind its writes, as those of a replicated database do."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from adapty_contract.mock.store import Store, StoredProfile
    from adapty_contract.model import Identifiers


COPY_LAG_S = 0.1
"""How far the second of two copies lags behind, in seconds, unless told otherwise."""


class LaggingStore:
    """Passes writes on at once, and shows each of them to reads `lag_s` seconds later; see the protocol Store.

    What a read may see yet is remembered beside the store: for each recent write the moment it becomes visible and
    the identifiers before it. `clock` gives seconds that never run backwards.
    """

    def __init__(self, store: Store, lag_s: float, clock: Callable[[], float], *, every_other: bool = False) -> None:
        """`every_other` lags at every other look only, as of two copies that take turns."""
        self._every_other = every_other
        self._lags = False
        self._store = store
        self._lag_s = lag_s
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: dict[str, deque[tuple[float, Mapping[str, str]]]] = {}

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """See Store."""
        with self._lock:
            return self._as_seen(self._store.by_profile_id(profile_id))

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """See Store."""
        with self._lock:
            return self._as_seen(self._store.by_customer_user_id(customer_user_id))

    def merge(self, profile_id: str, changes: Identifiers) -> StoredProfile | None:
        """See Store."""
        with self._lock:
            before = self._store.by_profile_id(profile_id)
            after = self._store.merge(profile_id, changes)
            if before is not None and after is not None:
                pending = self._pending.setdefault(profile_id, deque())
                pending.append((self._clock() + self._lag_s, before.identifiers))
            return after if self._every_other else self._as_seen(after)

    def put(self, profile: StoredProfile) -> None:
        """See Store. It is seen at once."""
        with self._lock:
            self._store.put(profile)
            self._pending.pop(profile.profile_id, None)

    def every(self) -> tuple[StoredProfile, ...]:
        """See Store. Shows what is stored, not what reads see yet."""
        return self._store.every()

    def reset(self, profiles: Iterable[StoredProfile]) -> None:
        """See Store. It is seen at once."""
        with self._lock:
            self._store.reset(profiles)
            self._pending.clear()

    def close(self) -> None:
        """See Store."""
        self._store.close()

    def _as_seen(self, profile: StoredProfile | None) -> StoredProfile | None:
        if profile is None or profile.profile_id not in self._pending:
            return profile
        pending = self._pending[profile.profile_id]
        now = self._clock()
        while pending and pending[0][0] <= now:
            pending.popleft()
        if not pending:
            del self._pending[profile.profile_id]
            return profile
        self._lags = not (self._every_other and self._lags)
        if not self._lags:
            return profile
        return replace(profile, identifiers=pending[0][1])
