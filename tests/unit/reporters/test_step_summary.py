"""The summary is appended to the file of the step, whole or up to a section, and never harms what stands there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapty_contract.errors import ReportError
from adapty_contract.reporters import formats
from adapty_contract.reporters.step_summary import LIMIT, VARIABLE, append_step_summary, fitted

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord


def test_without_a_file_nothing_is_written(clean: RunRecord) -> None:
    assert append_step_summary(clean, {}) is None
    assert append_step_summary(clean, {VARIABLE: ""}) is None


def test_summary_is_appended(broken: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "summary"
    content = formats()["markdown"].render(broken)

    assert append_step_summary(broken, {VARIABLE: str(path)}) == path
    assert path.read_bytes() == content
    path.write_bytes(b"# before")
    append_step_summary(broken, {VARIABLE: str(path)})
    assert path.read_bytes() == b"# before\n" + content


def test_second_run_of_a_step_is_appended_too(clean: RunRecord, broken: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "summary"
    for record in (clean, broken):
        append_step_summary(record, {VARIABLE: str(path)})

    assert path.read_text(encoding="utf-8").count("**API contract.**") == 2


def test_what_does_not_fit_is_left_out_and_said(broken: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * (LIMIT - 1000))
    append_step_summary(broken, {VARIABLE: str(path)})
    content = path.read_bytes()

    assert len(content) <= LIMIT
    assert b"## VIOLATED" in content
    assert content.endswith(b"does not fit here; `adapty-contract report --format markdown` writes it whole.\n")


def test_full_file_is_a_missing_report_and_stays_as_it_was(clean: RunRecord, tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_bytes(b"x" * LIMIT)

    with pytest.raises(ReportError, match="no room left") as raised:
        append_step_summary(clean, {VARIABLE: str(path)})
    assert raised.value.exit_code == 6
    assert path.stat().st_size == LIMIT


@pytest.mark.parametrize("name", ["missing/summary", "", "a\0b"])
def test_file_that_cannot_be_written_is_a_missing_report(clean: RunRecord, tmp_path: Path, name: str) -> None:
    with pytest.raises(ReportError, match="could not be written"):
        append_step_summary(clean, {VARIABLE: f"{tmp_path}/{name}"})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_device_is_told(clean: RunRecord) -> None:
    with pytest.raises(ReportError, match="No space left"):
        append_step_summary(clean, {VARIABLE: "/dev/full"})


@pytest.mark.parametrize("room", range(0, 6000, 97))
def test_cut_is_between_sections(broken: RunRecord, room: int) -> None:
    content = formats()["markdown"].render(broken)
    try:
        cut = fitted(content, room)
    except ReportError:
        return
    assert len(cut) <= room
    if cut != content:
        kept = cut.partition(b"\n\nThe rest of")[0]
        assert content.startswith(kept + b"\n\n### ")
