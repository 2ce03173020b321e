"""Keep a server's test profiles safe: lock and journal them before the first write, put them back afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapty_contract.errors import SafetyStop
from adapty_contract.model import Identifiers, Profile
from adapty_contract.record import Restoration, RestorationRecord
from adapty_contract.restoring import PLACEHOLDER, Restorer
from adapty_contract.safety_journal import SafetyJournal, default_folder, unrestored
from adapty_contract.scenarios.session import Sender, Session
from adapty_contract.target import Target

_PAUSES = (0.0, 0.1, 0.5, 1.5, 3.0)
"""Seconds before each look at whether the ids of a profile agree: what somebody wrote just now may be seen late."""


def _addresses(profile: Profile) -> tuple[Profile, ...]:
    """The profile by each of its ids alone: two ids that were taken for one profile's may name two."""
    each = (Profile(customer_user_id=profile.customer_user_id), Profile(profile_id=profile.profile_id))
    return tuple(address for address in each if address != Profile())


def _is_told(record: RestorationRecord, earlier: list[RestorationRecord]) -> bool:
    """Whether the same profile was told under its other id already."""
    same = any(record.names == each.names and record.outcome is each.outcome for each in earlier)
    return (
        bool(earlier) and record.profile.customer_user_id is None and (same or record.outcome is Restoration.NOT_NEEDED)
    )


class Safekeeping:
    """The profiles of one run. Journals lie in one folder for all runs of a user, whatever they report where."""

    def __init__(self, target: Target, run_id: str, key: str, folder: Path | None = None) -> None:
        """`folder` is for tests; the default is the user's state folder."""
        self._folder = folder or default_folder(os.environ)
        self._target = target
        self._run_id = run_id
        self._key = key
        self._found: dict[Profile, Identifiers] = {}
        self._journal: SafetyJournal | None = None

    def unrestored(self) -> list[str]:
        """A warning for each earlier run on this target that never put its profiles back."""
        if not self._folder.is_dir():
            return []
        return [
            f"run {journal.run} left a test profile changed: `adapty-contract restore {journal.run}` puts it back"
            for journal in unrestored(self._folder, self._target)
        ]

    @contextmanager
    def open(self, session: Session) -> Iterator[list[str]]:
        """Lock and journal the session's profiles; gives warnings about runs that died with them.

        Raises SafetyStop if another run holds one, or if one cannot be read: then nothing may be written.
        """
        warnings: list[str] = []
        with SafetyJournal.open(self._folder, self._target, self._run_id) as self._journal:
            for profile in (session.main, session.setting.other):
                if profile is not None:
                    warnings += self._journal.lock(profile)
                    self._keep(session, profile, self._journal)
            yield warnings

    def _keep(self, session: Session, profile: Profile, journal: SafetyJournal) -> None:
        """Journal what a profile holds by each of its ids, once they agree.

        Raises SafetyStop if they never do: then nobody can tell what would have to be put back.
        """
        for pause in _PAUSES:
            if pause:
                session.wait(pause)
            found = {address: self._read(session, address) for address in _addresses(profile)}
            first, *others = found.values()
            if all(other == first for other in others):
                for address in found:
                    self._found[address] = first
                    journal.found(address, first)
                return
        clause = "both-headers-see-one-profile"
        session.say(
            clause, "the same identifiers by either id", "different ones, before anything was written", holds=False
        )
        raise SafetyStop(
            "the two ids of a test profile show different identifiers, so nothing is written",
            hint="are both ids of one profile? With one of them the run goes on",
        )

    def _read(self, session: Session, profile: Profile) -> Identifiers:
        exchange, shown = session.read(profile, label="what the profile holds, to put it back")
        if shown is None:
            raise SafetyStop(
                f"the test profile cannot be read (status {exchange.status}), so it could not be put back",
                hint="without --allow-writes the reads are judged all the same",
            )
        names = session.contract.identifiers
        return {name: value if isinstance(value := shown.get(name), str) else None for name in names}

    def restore(self, sender: Sender, wait: Callable[[float], None]) -> tuple[RestorationRecord, ...]:
        """Put every profile back and say so in the journal."""
        restorer = Restorer(sender, self._target.path, self._key, wait)
        records: list[RestorationRecord] = []
        for profile, found in self._found.items():
            left = records[-1].names if records and records[-1].outcome is Restoration.NOT_UNSET else ()
            records.append(self._restore(restorer, profile, found, left))
        return tuple(record for number, record in enumerate(records) if not _is_told(record, records[:number]))

    def _restore(
        self, restorer: Restorer, profile: Profile, found: Identifiers, left: tuple[str, ...]
    ) -> RestorationRecord:
        outcome = restorer.restore(profile, found, left)
        if outcome.outcome is not Restoration.FAILED and self._journal is not None:
            left = outcome.names if outcome.outcome is Restoration.NOT_UNSET else ()
            self._journal.restored(profile, dict.fromkeys(left, PLACEHOLDER))
        return outcome
