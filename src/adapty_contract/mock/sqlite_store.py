"""A store in an SQLite file, so that profiles outlive the process, whole even after it was killed."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.errors import UsageError
from adapty_contract.mock.store import MAX_PROFILES, StoredProfile, full, require_room_for_values, taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from adapty_contract.model import Identifiers

_APPLICATION: Final = 0x41644D6B  # marks the file as ours
_VERSION: Final = 1
_WAIT_S: Final = 5.0  # for another process that writes

_SCHEMA: Final = """
CREATE TABLE profiles (
    number INTEGER PRIMARY KEY,
    profile_id TEXT NOT NULL UNIQUE,
    customer_user_id TEXT UNIQUE,
    identifiers TEXT NOT NULL
)
"""
_COLUMNS: Final = "SELECT profile_id, customer_user_id, identifiers FROM profiles"
_UPSERT: Final = """
INSERT INTO profiles (profile_id, customer_user_id, identifiers) VALUES (?, ?, ?)
ON CONFLICT (profile_id) DO UPDATE
SET customer_user_id = excluded.customer_user_id, identifiers = excluded.identifiers
"""


class SqliteStore:
    """A store in a file; see the protocol. Several processes may share the file."""

    def __init__(self, path: Path, profiles: Iterable[StoredProfile] = (), *, max_profiles: int = MAX_PROFILES) -> None:
        """Opens or creates `path`; those of `profiles` that it does not know yet are added.

        Raises UsageError if the file cannot be opened or is something else, or an id names two profiles.
        """
        self._path = path
        self._max_profiles = max_profiles
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            self._prepare()
            for profile in profiles:
                self._add(profile)
        except sqlite3.Error as error:
            self._connection.close()
            raise self._unusable(error) from error
        except UsageError:
            self._connection.close()
            raise

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """See Store."""
        return self._one("profile_id = ?", profile_id)

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """See Store."""
        return self._one("customer_user_id = ?", customer_user_id)

    def merge(self, profile_id: str, changes: Identifiers) -> StoredProfile | None:
        """See Store."""
        require_room_for_values(changes)
        with self._transaction():
            profile = self.by_profile_id(profile_id)
            if profile is None:
                return None
            merged = profile.merged(changes)
            self._connection.execute(_UPSERT, _row(merged))
            return merged

    def put(self, profile: StoredProfile) -> None:
        """See Store."""
        require_room_for_values(profile.identifiers)
        with self._transaction():
            self._put(profile)

    def every(self) -> tuple[StoredProfile, ...]:
        """See Store."""
        with self._lock:
            rows = self._connection.execute(f"{_COLUMNS} ORDER BY number").fetchall()
        return tuple(map(_profile, rows))

    def reset(self, profiles: Iterable[StoredProfile]) -> None:
        """See Store."""
        profiles = tuple(profiles)
        with self._transaction():
            self._connection.execute("DELETE FROM profiles")
            for profile in profiles:
                self._put(profile)

    def close(self) -> None:
        """See Store."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        """Makes the table in a new file. A killed process leaves a journal that SQLite plays back by itself."""
        self._require_ours()  # before anything is changed in somebody else's database
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self._transaction():
            if self._require_ours():
                return
            self._connection.execute(_SCHEMA)
            self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    def _require_ours(self) -> bool:
        """Whether the file has our table; not if it is new. Raises UsageError if it is something else."""
        marks = tuple(self._number(f"PRAGMA {name}") for name in ("application_id", "user_version"))
        if marks == (_APPLICATION, _VERSION):
            return True
        if any(marks) or self._number("SELECT count(*) FROM sqlite_master"):
            raise UsageError(f"{self._path} is no state file of this mock", hint="name another file, or a new one")
        return False

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])

    def _add(self, profile: StoredProfile) -> None:
        with self._transaction():
            if self.by_profile_id(profile.profile_id) is None:
                self._put(profile)

    def _put(self, profile: StoredProfile) -> None:
        known = self.by_profile_id(profile.profile_id) is not None
        if not known and self._number("SELECT count(*) FROM profiles") >= self._max_profiles:
            raise full(self._max_profiles)
        try:
            self._connection.execute(_UPSERT, _row(profile))
        except sqlite3.IntegrityError as error:
            raise taken(str(profile.customer_user_id)) from error

    def _one(self, condition: str, value: str) -> StoredProfile | None:
        with self._lock:
            row = self._connection.execute(f"{_COLUMNS} WHERE {condition}", (value,)).fetchone()
        return None if row is None else _profile(row)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _unusable(self, error: sqlite3.Error) -> UsageError:
        return UsageError(f"cannot use the state file {self._path}: {error}", hint="check its folder and permissions")


def _row(profile: StoredProfile) -> tuple[Any, ...]:
    return profile.profile_id, profile.customer_user_id, json.dumps(dict(profile.identifiers))


def _profile(row: tuple[Any, ...]) -> StoredProfile:
    profile_id, customer_user_id, identifiers = row
    return StoredProfile(profile_id, customer_user_id, json.loads(identifiers))
