"""Put profiles back long after a run was killed, from its safety journal."""

from __future__ import annotations

import os
from pathlib import Path

from adapty_contract.client import GuardedClient
from adapty_contract.clock import Clock
from adapty_contract.contract import Contract
from adapty_contract.guard import Policy
from adapty_contract.record import Restoration, RestorationRecord
from adapty_contract.redact import Redactor
from adapty_contract.restoring import PLACEHOLDER, Restorer
from adapty_contract.safety_journal import SafetyJournal, default_folder, journal_path, read_journal
from adapty_contract.target import parse_target


def restore_run(run: str, contract: Contract, key: str, ca_file: Path | None = None) -> tuple[RestorationRecord, ...]:
    """Restore what `run` (an id or a journal's path) never put back.

    Raises ContractDataError for a journal that cannot be read, SafetyStop if another run holds a profile.
    """
    path = Path(run) if run.endswith(".ndjson") else journal_path(default_folder(os.environ), run)
    journal = read_journal(path)
    if not journal.unrestored:
        return ()
    target = parse_target(journal.target, contract.path)
    clock = Clock()
    records = []
    with (
        SafetyJournal.reopen(path, target) as pages,
        GuardedClient(
            target, key, redactor=Redactor([key]), policy=Policy(allow_writes=True), ca_file=ca_file
        ) as client,
    ):
        for found in journal.unrestored:
            pages.lock(found.profile)
            with client.restoring():
                record = Restorer(client, target.path, key, clock.wait).restore(found.profile, found.identifiers)
            records.append(record)
            if record.outcome is not Restoration.FAILED:
                left = record.names if record.outcome is Restoration.NOT_UNSET else ()
                pages.restored(found.profile, dict.fromkeys(left, PLACEHOLDER))
    return tuple(records)
