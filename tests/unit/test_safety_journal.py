"""What a profile held is on the disk before anything is written to it, and survives `kill -9`."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from adapty_contract.clock import Clock
from adapty_contract.errors import ContractDataError, SafetyStop, UsageError
from adapty_contract.model import Profile
from adapty_contract.safety_journal import SafetyJournal, default_folder, journal_path, read_journal, unrestored
from adapty_contract.target import parse_target

if TYPE_CHECKING:
    from pathlib import Path

TARGET = parse_target("https://api.example", "/api/")
OTHER_TARGET = parse_target("https://staging.example", "/api/")
ANNE = Profile(customer_user_id="anne")
BERT = Profile(customer_user_id="bert", profile_id="11111111-2222-4333-8444-555555555555")
HELD = {"adjust_device_id": "x", "branch_id": None, "posthog_distinct_user_id": "é\ud800"}

DYING_RUN = """
import os, pathlib, signal, sys
from adapty_contract.model import Profile
from adapty_contract.safety_journal import SafetyJournal
from adapty_contract.target import parse_target
journal = SafetyJournal.open(pathlib.Path(sys.argv[1]), parse_target("https://api.example", "/api/"), "dead")
journal.lock(Profile(customer_user_id="anne"))
journal.found(Profile(customer_user_id="anne"), {"adjust_device_id": "x"})
os.kill(os.getpid(), signal.SIGKILL)
"""


def dead_run(folder: Path) -> None:
    """A run that found a profile and was killed."""
    done = subprocess.run([sys.executable, "-c", DYING_RUN, str(folder)], check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_was_found_can_be_read_before_the_journal_is_closed(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.found(ANNE, HELD)
        read = read_journal(journal.path)
        assert (read.run, read.target, read.closed, read.cut) == ("run-1", TARGET.url, False, False)
        (found,) = read.unrestored
        assert (found.profile, found.identifiers) == (ANNE, HELD)
    assert read_journal(journal.path).closed


def test_a_line_says_what_a_person_needs_too(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.found(BERT, {"branch_id": None})
    line = json.loads(journal.path.read_text().splitlines()[0])
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "event": "found",
        "profile": {"customer_user_id": "bert", "profile_id": BERT.profile_id},
        "found": {"branch_id": None},
        "target": "https://api.example/api/",
        "run": "run-1",
    }


def test_each_line_is_on_the_disk_before_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
        journal.found(ANNE, HELD)
        assert synced == [journal.path.stat().st_size]
        journal.restored(ANNE)
        assert synced[1:] == [journal.path.stat().st_size]


def test_a_restored_profile_needs_no_restoring(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.found(ANNE, HELD)
        journal.found(BERT, HELD)
        journal.restored(BERT, {"branch_id": "kept"})
    assert [found.profile for found in read_journal(journal.path).unrestored] == [ANNE]


def test_what_was_found_first_counts(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.found(ANNE, {"branch_id": "original"})
        journal.found(ANNE, {"branch_id": "changed by the run"})
    assert [found.identifiers for found in read_journal(journal.path).profiles] == [{"branch_id": "original"}]


def test_a_journal_cut_at_any_byte_tells_every_whole_line(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.found(ANNE, HELD)
        journal.found(BERT, HELD)
        journal.restored(ANNE)
    whole = journal.path.read_bytes()
    for length in range(len(whole)):
        journal.path.write_bytes(whole[:length])
        read = read_journal(journal.path)
        lines = whole[:length].count(b"\n")
        assert read.cut is (length > 0 and whole[length - 1 : length] != b"\n")
        assert len(read.profiles) == min(lines, 2)
        assert len(read.unrestored) == (0, 1, 2, 1)[lines]


def test_a_cut_journal_can_be_gone_on_with(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.found(ANNE, HELD)
    journal.path.write_bytes(journal.path.read_bytes()[:-9])
    with SafetyJournal.reopen(journal.path, TARGET) as again:
        again.restored(ANNE)
    read = read_journal(journal.path)
    assert read.unrestored == ()
    assert (read.run, read.closed) == ("run-1", True)


def test_a_killed_run_is_found_and_its_profile_taken_over_with_a_warning(tmp_path: Path) -> None:
    dead_run(tmp_path)
    (left,) = unrestored(tmp_path, TARGET)
    assert (left.run, left.closed) == ("dead", False)
    assert [found.identifiers for found in left.unrestored] == [{"adjust_device_id": "x"}]
    with SafetyJournal.open(tmp_path, TARGET, "next") as journal:
        (warning,) = journal.lock(ANNE)
        assert "run dead (process " in warning
        assert "ago) ended without letting go" in warning


def test_only_the_runs_against_the_same_target_are_warned_about(tmp_path: Path) -> None:
    dead_run(tmp_path)
    assert unrestored(tmp_path, OTHER_TARGET) == []
    assert unrestored(tmp_path / "missing", TARGET) == []


def test_a_run_that_is_still_at_work_is_not_warned_about(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1") as journal:
        journal.lock(ANNE)
        journal.found(ANNE, HELD)
        assert unrestored(tmp_path, TARGET) == []
    assert [left.run for left in unrestored(tmp_path, TARGET)] == ["run-1"]


def test_a_second_run_on_the_same_profile_refuses_and_names_the_first(tmp_path: Path) -> None:
    with (
        SafetyJournal.open(tmp_path, TARGET, "first") as first,
        SafetyJournal.open(tmp_path, TARGET, "second") as second,
    ):
        assert first.lock(BERT) == ()
        for profile in (BERT, Profile(customer_user_id="bert"), Profile(profile_id=BERT.profile_id)):
            with pytest.raises(SafetyStop, match=r"in use by run first, started \d+ s ago"):
                second.lock(profile)
        assert second.lock(ANNE) == ()


def test_the_same_profile_of_another_target_is_another_profile(tmp_path: Path) -> None:
    with (
        SafetyJournal.open(tmp_path, TARGET, "first") as first,
        SafetyJournal.open(tmp_path, OTHER_TARGET, "2") as second,
    ):
        first.lock(ANNE)
        assert second.lock(ANNE) == ()


def test_a_closed_run_lets_go_without_a_warning(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "first") as journal:
        journal.lock(ANNE)
    journal.close()
    with SafetyJournal.open(tmp_path, TARGET, "second") as journal:
        assert journal.lock(ANNE) == ()


def test_a_refused_lock_leaves_the_ids_that_were_free(tmp_path: Path) -> None:
    with (
        SafetyJournal.open(tmp_path, TARGET, "first") as first,
        SafetyJournal.open(tmp_path, TARGET, "second") as second,
    ):
        first.lock(Profile(profile_id=BERT.profile_id))
        with pytest.raises(SafetyStop):
            second.lock(BERT)
        assert first.lock(Profile(customer_user_id="bert")) == ()


def test_an_age_in_minutes_is_told_for_an_old_run(tmp_path: Path) -> None:
    class Later(Clock):
        def now(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            from datetime import timedelta

            return super().now() + timedelta(hours=1)

    with (
        SafetyJournal.open(tmp_path, TARGET, "first") as first,
        SafetyJournal.open(tmp_path, TARGET, "second", clock=Later()) as second,
    ):
        first.lock(ANNE)
        with pytest.raises(SafetyStop, match="started 60 min ago"):
            second.lock(ANNE)


def test_journals_and_locks_are_for_their_owner_only(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path / "new", TARGET, "run-1") as journal:
        journal.lock(ANNE)
        journal.found(ANNE, HELD)
        files = list((tmp_path / "new").iterdir())
        assert len(files) == 2
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        assert not any("anne" in file.name for file in files)


@pytest.mark.parametrize("run_id", ["", "../escape", "a/b", ".hidden", "a b", "x" * 200])
def test_a_run_id_that_leaves_the_folder_is_wrong_usage(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(UsageError):
        SafetyJournal.open(tmp_path, TARGET, run_id)


def test_the_journal_of_another_run_is_not_overwritten(tmp_path: Path) -> None:
    with SafetyJournal.open(tmp_path, TARGET, "run-1"), pytest.raises(UsageError, match="already"):
        SafetyJournal.open(tmp_path, TARGET, "run-1")


def test_without_a_journal_nothing_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SafetyStop, match="cannot be written"):
        SafetyJournal.open(tmp_path / "file", TARGET, "run-1")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is imitated by /dev/full")  # noqa: PTH110
def test_a_full_disk_stops_before_the_write(tmp_path: Path) -> None:
    journal_path(tmp_path, "run-1").symlink_to("/dev/full")
    journal = SafetyJournal(
        journal_path(tmp_path, "run-1"), TARGET, "run-1", os.open("/dev/full", os.O_WRONLY), Clock()
    )
    with pytest.raises(SafetyStop, match="No space left"):
        journal.found(ANNE, HELD)
    with pytest.raises(SafetyStop):
        journal.close()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractDataError, match="No such file"):
        read_journal(journal_path(tmp_path, "missing"))


def test_lines_that_are_no_journal_are_passed_over(tmp_path: Path) -> None:
    path = journal_path(tmp_path, "run-1")
    path.write_text('[]\n{"event": "found"}\nnull\n{"event": "found", "target": 1, "run": 2, "time": 3}\n\n')
    read = read_journal(path)
    assert (read.run, read.profiles, read.cut) == ("run-1", (), True)


def test_journals_stay_with_the_user_and_not_with_the_reports() -> None:
    assert str(default_folder({"XDG_STATE_HOME": "/state"})) == "/state/adapty-contract"
    assert default_folder({}).parts[-3:] == (".local", "state", "adapty-contract")
