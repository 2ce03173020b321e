"""What a test profile held before a run wrote to it, on disk before the first write, so that it can be put back.

One file a run, one JSON object a line, each line on the disk before the next step of the run. Never the key.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from adapty_contract.clock import Clock
from adapty_contract.errors import ContractDataError, SafetyStop, UsageError
from adapty_contract.model import Identifiers, Profile
from adapty_contract.profile_lock import ProfileLock, is_locked, take_lock

if TYPE_CHECKING:
    from types import TracebackType

    from adapty_contract.target import Target

_SUFFIX = ".journal.ndjson"
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def default_folder(env: Mapping[str, str]) -> Path:
    """Where all runs of a user keep their journals and locks, whatever folder their reports go to."""
    state = env.get("XDG_STATE_HOME") or env.get("LOCALAPPDATA")
    return (Path(state) if state else Path.home() / ".local" / "state") / "adapty-contract"


@dataclass(frozen=True, slots=True)
class FoundProfile:
    """A profile and the identifiers that it held at `time` (ISO 8601, UTC), before the run wrote to it."""

    profile: Profile
    identifiers: Identifiers
    time: str
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal says. `closed`: the run ended in order; `cut`: a line ends early, as after `kill -9`.

    What a cut line would have said had not happened: the run goes on only when its line is on the disk.
    """

    path: Path
    run: str
    target: str
    profiles: tuple[FoundProfile, ...] = ()
    closed: bool = False
    cut: bool = False

    @property
    def unrestored(self) -> tuple[FoundProfile, ...]:
        """The profiles that were never put back."""
        return tuple(found for found in self.profiles if not found.restored)


class SafetyJournal:
    """The open journal of one run; a context manager; may be used by several threads."""

    def __init__(self, path: Path, target: Target, run_id: str, descriptor: int, clock: Clock) -> None:
        """Use `open` or `reopen`."""
        self.path = path
        self._target = target
        self._run = run_id
        self._descriptor = descriptor
        self._clock = clock
        self._guard = threading.Lock()
        self._locks: list[ProfileLock] = []
        self._open = True

    @classmethod
    def open(cls, folder: Path, target: Target, run_id: str, *, clock: Clock | None = None) -> Self:
        """Begin the journal of run `run_id` in `folder`, which all runs share.

        Raises `SafetyStop` if it cannot be written: then nothing may be written to the target either.
        """
        path = journal_path(folder, run_id)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            if path.exists():
                raise UsageError(f"there is a journal of a run {run_id} already: {path}") from None
            raise _unwritable(path, error) from error
        _sync_folder(folder)
        return cls(path, target, run_id, descriptor, clock or Clock())

    @classmethod
    def reopen(cls, path: Path, target: Target, *, clock: Clock | None = None) -> Self:
        """Go on with the journal at `path` of an earlier run, to say that its profiles were put back."""
        journal = read_journal(path)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
            if journal.cut:
                os.write(descriptor, b"\n")
        except OSError as error:
            raise _unwritable(path, error) from error
        return cls(path, target, journal.run, descriptor, clock or Clock())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def lock(self, profile: Profile) -> tuple[str, ...]:
        """Take `profile` for this run; returns warnings about runs that died with it.

        Raises `SafetyStop` while another run holds it.
        """
        lock = take_lock(self.path.parent, self._target, profile, self._run, self._clock.now())
        self._locks.append(lock)
        return lock.warnings

    def found(self, profile: Profile, identifiers: Identifiers) -> None:
        """Record what `profile` holds, before the first write to it. Raises `SafetyStop` if that is impossible."""
        self._write({"event": "found", "profile": _ids(profile), "found": dict(identifiers)})

    def restored(self, profile: Profile, left: Identifiers | None = None) -> None:
        """Record that `profile` was put back; `left` holds what the API could not be made to forget."""
        self._write({"event": "restored", "profile": _ids(profile), "left": dict(left or {})})

    def close(self) -> None:
        """Record the run's end and let go of its profiles; closing twice does nothing."""
        with self._guard:
            was_open, self._open = self._open, False
        if not was_open:
            return
        try:
            self._write({"event": "closed"})
        finally:
            os.close(self._descriptor)
            for lock in self._locks:
                lock.release()

    def _write(self, record: dict[str, Any]) -> None:
        about = {"target": self._target.url, "run": self._run, "time": self._clock.now().isoformat()}
        line = json.dumps(record | about).encode() + b"\n"
        with self._guard:
            try:
                while line:
                    line = line[os.write(self._descriptor, line) :]
                os.fsync(self._descriptor)
            except OSError as error:
                raise _unwritable(self.path, error) from error


def journal_path(folder: Path, run_id: str) -> Path:
    """The file of run `run_id` in `folder`. Raises `UsageError` if that is no run's id."""
    if not _RUN_ID.fullmatch(run_id):
        raise UsageError(f"{run_id!r} is no run's id", hint="Letters, digits, dots, dashes and underscores.")
    return folder / f"{run_id}{_SUFFIX}"


def read_journal(path: Path) -> Journal:
    """The journal at `path`; a line that `kill -9` cut is passed over. Raises `ContractDataError` if it is none."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise ContractDataError(f"the journal {path} cannot be read: {error.strerror or error}") from error
    records = [record for line in lines[:-1] if (record := _record(line)) is not None]
    cut = bool(lines[-1]) or len(records) < sum(1 for line in lines[:-1] if line)
    journal = Journal(path, path.name.removesuffix(_SUFFIX), "", cut=cut)
    for record in records:
        journal = _with(journal, record)
    return journal


def unrestored(folder: Path, target: Target) -> list[Journal]:
    """The journals in `folder` of runs against `target` that ended and left a profile as they had changed it."""
    journals = [read_journal(path) for path in sorted(folder.glob(f"*{_SUFFIX}"))]
    return [
        journal
        for journal in journals
        if journal.target == target.url
        and any(not is_locked(folder, target, found.profile) for found in journal.unrestored)
    ]


def _with(journal: Journal, record: Mapping[str, Any]) -> Journal:
    journal = replace(journal, run=record["run"], target=record["target"])
    if record["event"] not in ("found", "restored"):
        return replace(journal, closed=journal.closed or record["event"] == "closed")
    profile = Profile(**record["profile"])
    known = [found for found in journal.profiles if found.profile == profile]
    if record["event"] == "restored":
        profiles = (replace(found, restored=found.restored or found.profile == profile) for found in journal.profiles)
        return replace(journal, profiles=tuple(profiles))
    if known or "found" not in record:  # what was found first is what the profile was
        return journal
    return replace(journal, profiles=(*journal.profiles, FoundProfile(profile, record["found"], record["time"])))


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:  # cut, or its bytes are not those that were written
        return None
    if not isinstance(record, dict) or not {"event", "target", "run", "time"} <= record.keys():
        return None
    about_profile = record["event"] in ("found", "restored")
    return record if not about_profile or _is_profile(record.get("profile")) else None


def _is_profile(ids: Any) -> bool:
    return isinstance(ids, dict) and ids.keys() == {"customer_user_id", "profile_id"}


def _ids(profile: Profile) -> dict[str, str | None]:
    return {"customer_user_id": profile.customer_user_id, "profile_id": profile.profile_id}


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> SafetyStop:
    return SafetyStop(
        f"the safety journal {path} cannot be written: {error.strerror or error}",
        hint="Without it nothing is written to the target, because it could not be put back.",
    )
