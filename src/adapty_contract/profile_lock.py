"""One run at a time on one profile: a lock that the system itself lets go of when a process dies."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapty_contract.errors import SafetyStop

if TYPE_CHECKING:
    from pathlib import Path

    from adapty_contract.model import Profile
    from adapty_contract.target import Target

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # beyond the text, which others must be able to read
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_LOOKS, _LOOK = 50, 0.01  # how often and at which distance, in seconds, a nameless lock is looked at again


@dataclass(frozen=True, slots=True)
class ProfileLock:
    """The locks that a run holds on one profile, one for each id it can be addressed with.

    `warnings` names the runs that ended without letting go of it.
    """

    descriptors: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    def release(self) -> None:
        """Let go of the profile."""
        for descriptor in self.descriptors:
            os.ftruncate(descriptor, 0)
            os.close(descriptor)


def take_lock(folder: Path, target: Target, profile: Profile, run_id: str, now: datetime) -> ProfileLock:
    """Lock `profile` of `target` for run `run_id`, among all runs that use `folder`.

    Raises `SafetyStop`, with the other run's id and age, while another run holds it.
    """
    owner = json.dumps({"run": run_id, "pid": os.getpid(), "since": now.isoformat()}).encode()
    taken: list[int] = []
    warnings: list[str] = []
    try:
        for path in _paths(folder, target, profile):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            taken.append(descriptor)
            _take(descriptor, now)
            if former := _owner(descriptor):
                warnings.append(_taken_over(former, now))
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, owner)
    except BaseException as error:
        ProfileLock(tuple(taken[:-1])).release()
        if taken:
            os.close(taken[-1])  # not ours: what stands in it stays
        if isinstance(error, OSError):
            raise SafetyStop(f"the lock of the profile cannot be written: {error.strerror or error}") from error
        raise
    return ProfileLock(tuple(taken), tuple(dict.fromkeys(warnings)))


def _take(descriptor: int, now: datetime) -> None:
    for _ in range(_LOOKS):
        try:
            _try_lock(descriptor)
        except OSError:
            if former := _owner(descriptor):
                raise SafetyStop(
                    f"the profile is in use by run {former.get('run', '?')}, {_age(former, now)}",
                    hint="Two runs on one profile would undo each other's writes. Wait for it, or name another one.",
                ) from None
            time.sleep(_LOOK)  # whoever holds it only looks, or is about to write its name
        else:
            return
    raise SafetyStop("the profile is in use by a run that does not tell its name")


def is_locked(folder: Path, target: Target, profile: Profile) -> bool:
    """Whether a living run holds `profile` of `target`."""
    for path in _paths(folder, target, profile):
        if not path.exists():
            continue
        descriptor = os.open(path, os.O_RDWR)
        try:
            _try_lock(descriptor)
        except OSError:
            return True
        finally:
            os.close(descriptor)
    return False


def _paths(folder: Path, target: Target, profile: Profile) -> list[Path]:
    ids = (("customer-user-id", profile.customer_user_id), ("profile-id", profile.profile_id))
    names = [f"{target.url}\n{kind}\n{value}" for kind, value in ids if value is not None]
    return [folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.lock" for name in names]


def _owner(descriptor: int) -> dict[str, Any]:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, 4096)
    try:
        owner = json.loads(text)
    except ValueError:  # empty: free, or just about to be written
        return {}
    return owner if isinstance(owner, dict) else {}


def _taken_over(former: dict[str, Any], now: datetime) -> str:
    return (
        f"run {former.get('run', '?')} (process {former.get('pid', '?')}, {_age(former, now)}) ended without letting go"
        " of the profile; its lock was taken over"
    )


def _age(owner: dict[str, Any], now: datetime) -> str:
    try:
        since = datetime.fromisoformat(str(owner.get("since")))
    except ValueError:
        return "started at an unknown time"
    seconds = max(0.0, (now - since.astimezone(UTC)).total_seconds())
    return f"started {seconds:.0f} s ago" if seconds < 120 else f"started {seconds / 60:.0f} min ago"
