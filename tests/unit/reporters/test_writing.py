"""Reports are written whole or not at all, and one that fails does not take the others with it."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.errors import ReportError, UsageError
from adapty_contract.reporters import Format, formats
from adapty_contract.reporters.writing import (
    ReportsNotWrittenError,
    find_format,
    render,
    write_file,
    write_reports,
)

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord

ALL = ("json", "junit", "har")


def test_reports_stand_in_the_folder(clean: RunRecord, tmp_path: Path) -> None:
    written = write_reports(clean, tmp_path / "a/b", ALL)

    assert [(each.format, each.path.name) for each in written] == [
        ("json", "report.json"),
        ("junit", "junit.xml"),
        ("har", "report.har"),
    ]
    for each in written:
        assert each.path.read_bytes() == formats()[each.format].render(clean)
        assert each.size == each.path.stat().st_size
    assert len(list((tmp_path / "a/b").iterdir())) == 3  # and nothing half-written beside them


def test_format_asked_for_twice_is_written_once(clean: RunRecord, tmp_path: Path) -> None:
    assert len(write_reports(clean, tmp_path, ["json", "json"])) == 1


def test_unknown_format_is_refused_before_anything_is_written(clean: RunRecord, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown report format: pdf") as raised:
        write_reports(clean, tmp_path, ["json", "pdf"])

    assert raised.value.hint == f"there are {', '.join(formats())}"
    assert not list(tmp_path.iterdir())


def test_folder_of_a_reports_name_costs_that_report_only(clean: RunRecord, tmp_path: Path) -> None:
    (tmp_path / "junit.xml").mkdir()

    with pytest.raises(ReportsNotWrittenError, match=r"junit\.xml could not be written: there is a folder") as raised:
        write_reports(clean, tmp_path, ALL)

    assert raised.value.exit_code == 6
    assert [each.format for each in raised.value.written] == ["json", "har"]
    assert list(raised.value.missing) == ["junit"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junit.xml", "report.har", "report.json"]


def test_file_where_the_folder_should_be_is_told_once(clean: RunRecord, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("mine")

    with pytest.raises(ReportsNotWrittenError) as raised:
        write_reports(clean, tmp_path / "reports", ALL)

    assert raised.value.what == f"the folder {tmp_path}/reports could not be made: a file stands where it should be"
    assert "--report-dir" in raised.value.hint
    assert list(raised.value.missing) == list(ALL)
    assert (tmp_path / "reports").read_text() == "mine"


def test_part_of_the_path_that_is_a_file_is_told(clean: RunRecord, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ReportError, match="a part of the path is a file"):
        write_reports(clean, tmp_path / "file/reports", ["json"])


def test_reporter_that_breaks_costs_its_report_only(
    clean: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: RunRecord) -> bytes:
        raise KeyError("oops")

    kinds = {**formats(), "har": Format("har", "report.har", "", broken)}
    monkeypatch.setattr("adapty_contract.reporters.writing.formats", lambda: kinds)

    with pytest.raises(
        ReportsNotWrittenError, match="the har report could not be rendered: KeyError: 'oops'"
    ) as raised:
        write_reports(clean, tmp_path, ALL)
    assert [each.format for each in raised.value.written] == ["json", "junit"]
    assert isinstance(raised.value.missing["har"].__cause__, KeyError)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EACCES, "no permission"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_failure_to_write_keeps_the_old_report_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ReportError, match=words) as raised:
        write_file(path, b"new")

    assert str(path) in raised.value.what
    assert isinstance(raised.value.__cause__, OSError)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("report.json", b"old")]


def test_interrupted_write_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "report.json", b"new")

    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_device_is_told() -> None:
    with pytest.raises(ReportError, match="/dev/full could not be written: the disk is full"):
        write_file(Path("/dev/full"), b"x")


def test_limit_of_the_system_is_told(tmp_path: Path) -> None:
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from adapty_contract.errors import ReportError\n"
        "from adapty_contract.reporters.writing import write_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    write_file(Path(sys.argv[1]), b'x' * 100_000)\n"
        "except ReportError as error:\n"
        "    print(error.what)\n"
    )
    pytest.importorskip("resource")
    path = tmp_path / "report.json"
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)

    assert done.stdout == f"{path} could not be written: the file would be larger than is allowed here\n"
    assert not list(tmp_path.iterdir())


def test_device_is_written_to_and_not_replaced() -> None:
    write_file(Path(os.devnull), b"x")

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_bytes(b"old")
    (tmp_path / "report.json").symlink_to("real.json")
    write_file(tmp_path / "report.json", b"new")

    assert (tmp_path / "report.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == b"new"


def test_report_is_for_whom_the_umask_lets_read_it(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_file(tmp_path / "report.json", b"x")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o644


def test_path_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="the path is too long"):
        write_file(tmp_path / ("x" * 300), b"x")


def test_format_is_found_by_its_name(clean: RunRecord) -> None:
    kind: Any = find_format("json")

    assert render(clean, kind) == kind.render(clean)
