"""Write report files whole or not at all, each of them whatever happens to the others."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapty_contract.errors import ReportError, UsageError
from adapty_contract.reporters import Format, formats

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapty_contract.record import RunRecord

_CAUSES = {
    errno.ENOSPC: ("the disk is full", "make room, or name another folder with --report-dir"),
    errno.EDQUOT: ("the disk quota is used up", "make room, or name another folder with --report-dir"),
    errno.EFBIG: ("the file would be larger than is allowed here", "raise the limit (ulimit -f)"),
    errno.EROFS: ("the file system is read-only", "name another folder with --report-dir"),
    errno.EACCES: (
        "no permission",
        "give this user the right to write there, or name another folder with --report-dir",
    ),
    errno.EPERM: ("no permission", "give this user the right to write there, or name another folder with --report-dir"),
    errno.EISDIR: ("there is a folder of that name", "move it away, or name another folder with --report-dir"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "name another folder with --report-dir"),
    errno.EEXIST: ("a file stands where it should be", "name another folder with --report-dir"),
    errno.ENAMETOOLONG: ("the path is too long", "name another folder with --report-dir"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A report on disk: its format's name, its path, its size in bytes."""

    format: str
    path: Path
    size: int


class ReportsNotWrittenError(ReportError):
    """At least one report is missing. `written` has those that are there, `missing` the reason for each other one."""

    def __init__(self, written: tuple[Written, ...], missing: dict[str, ReportError]) -> None:
        """`missing` maps a format's name to what happened to it."""
        hints = dict.fromkeys(error.hint for error in missing.values() if error.hint)
        super().__init__("; ".join(dict.fromkeys(error.what for error in missing.values())), hint="; ".join(hints))
        self.written = written
        self.missing = missing


def write_reports(record: RunRecord, folder: Path, names: Iterable[str]) -> list[Written]:
    """Render `record` in each format of `names` and write the files to `folder`, which is made if need be.

    Raises UsageError for a name that is no format, before anything is written, and ReportsNotWrittenError, after
    everything else was written, if a file could not be.
    """
    chosen = [find_format(name) for name in dict.fromkeys(names)]
    written: list[Written] = []
    missing: dict[str, ReportError] = {}
    for kind in chosen:
        try:
            written.append(_write(record, folder, kind))
        except ReportError as error:
            missing[kind.name] = error
    if missing:
        raise ReportsNotWrittenError(tuple(written), missing) from next(iter(missing.values()))
    return written


def remove_reports(folder: Path, names: Iterable[str]) -> None:
    """Remove what an earlier run left under the names that this run will write, so that a killed run leaves none of it.

    Links, and what is no file, stay. Raises UsageError for a name that is no format, ReportError if a file cannot go.
    """
    for path in [folder / find_format(name).filename for name in names]:
        try:
            if path.is_file() and not path.is_symlink():
                path.unlink()
        except OSError as error:
            raise not_written(path, error) from error


def find_format(name: str) -> Format:
    """The format of that name. Raises UsageError with the names there are."""
    known = formats()
    if name not in known:
        raise UsageError(f"unknown report format: {name}", hint=f"there are {', '.join(known)}")
    return known[name]


def render(record: RunRecord, kind: Format) -> bytes:
    """The file content of `record` in one format. Raises ReportError if the reporter itself fails."""
    try:
        return kind.render(record)
    except Exception as error:  # a bug in one reporter must not cost the other reports
        raise ReportError(
            f"the {kind.name} report could not be rendered: {type(error).__name__}: {error}",
            hint="this is a bug in adapty-contract; the json report has everything that was seen",
        ) from error


def write_file(path: Path, content: bytes) -> None:
    """Write `path` in one step: whoever reads it sees the old content or the new one. Raises ReportError.

    A link is followed; what is no regular file (a pipe, a terminal, /dev/null) is written to, not replaced.
    """
    try:
        target = Path(os.path.realpath(path))
        if target.exists() and not stat.S_ISREG(target.stat().st_mode) and not target.is_dir():
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as error:
        raise not_written(path, error) from error


def make_folder(folder: Path) -> None:
    """Make a folder for reports, unless it is there. Raises ReportError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cause, hint = _CAUSES.get(error.errno or 0, (error.strerror or str(error), ""))
        raise ReportError(f"the folder {folder} could not be made: {cause}", hint=hint) from error


def not_written(path: Path, error: OSError) -> ReportError:
    """Why a file is not there, in words, and what to do."""
    cause, hint = _CAUSES.get(error.errno or 0, (error.strerror or str(error), ""))
    return ReportError(f"{path} could not be written: {cause}", hint=hint)


def _write(record: RunRecord, folder: Path, kind: Format) -> Written:
    content = render(record, kind)
    make_folder(folder)
    path = folder / kind.filename
    write_file(path, content)
    return Written(kind.name, path, len(content))


def _replace(path: Path, content: bytes) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        # Not `tempfile`: its files are for their owner only, but a report is for whom the umask lets read it.
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first failure is the one to tell
            temporary.unlink()
        raise
