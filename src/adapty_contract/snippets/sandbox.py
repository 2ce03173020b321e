"""Runs a program in a process of its own: an empty folder, few variables, limits, and what Linux lets it be denied."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import adapty_contract

MAX_OUTPUT = 64 * 1024
"""Of either stream so many bytes are kept; what is more is read and dropped."""

_GRACE_S = 3.0  # for the launcher to end what the sample started
_MEGABYTE = 1024 * 1024
_START = (
    "import sys; sys.path.append(sys.argv[1]); from adapty_contract.snippets.launcher import main; main()"  # with -S
)

_PROCESSES = Path("/proc")  # where the environment of other processes stands, among it their keys
_OF_PROCESSES = ("/proc/self", "/proc/sys", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/version")

PROTECTIONS = {
    "files": "it reads no home folder and nothing of other processes, and writes nowhere but in its own folder",
    "network": "it connects to the mock's port only (TCP)",
    "sockets": "it opens no sockets but TCP over IPv4",
    "signals": "it signals no process but its own",
}
"""What can be denied to a sample, by the name that the launcher has for it."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: the command, its source as a file of that name, its variables, where its interpreter lies."""

    command: tuple[str, ...]
    filename: str
    source: str
    environment: tuple[tuple[str, str], ...] = ()
    needs: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    `status` is negative for a signal, and None where it was still running when its time was up; `failed` says why it
    could not be started; `confined` names the protections that were in force.
    """

    status: int | None
    out: str
    err: str
    seconds: float
    confined: frozenset[str] = frozenset()
    failed: str = ""


def run(program: Program, folder: Path, port: int, timeout: float) -> Ended:
    """Runs `program` with `folder`, an empty one, to itself; it may connect to `port` of this machine."""
    started = time.monotonic()
    work = folder / "work"
    work.mkdir()
    script = folder / program.filename
    script.write_text(program.source, encoding="utf-8")
    reading, writing = os.pipe()
    try:
        launcher = _launch(folder, writing)
    finally:
        os.close(writing)
    streams = [_Stream(launcher.stdout), _Stream(launcher.stderr)]
    with os.fdopen(reading, "rb") as report:
        try:
            _send(launcher, _task(program, script, work, port, timeout, writing))
            with contextlib.suppress(subprocess.TimeoutExpired):
                launcher.wait(timeout)
        finally:
            _end(launcher)
        said = _said(report.read(MAX_OUTPUT))
    out, err = (stream.text() for stream in streams)
    return Ended(
        said.get("ended"),
        out,
        err,
        time.monotonic() - started,
        frozenset(said.get("confined", ())),
        str(said.get("failed", "" if "confined" in said else "the launcher did not start it")),
    )


def _launch(folder: Path, report: int) -> subprocess.Popen[bytes]:
    package = Path(adapty_contract.__file__).resolve().parents[1]
    return subprocess.Popen(  # noqa: S603  (a fixed command)
        [sys.executable, "-I", "-S", "-B", "-c", _START, str(package)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath)},
        pass_fds=(report,),
        start_new_session=True,  # a Ctrl-C is ours; and its group can be killed as one
    )


def _task(program: Program, script: Path, work: Path, port: int, timeout: float, report: int) -> dict[str, object]:
    return {
        "command": [*program.command, str(script)],
        "folder": str(work),
        "environment": environment(work, program),
        "limits": limits(timeout),
        "readable": [*map(str, (*readable(homes() | {_PROCESSES}), *program.needs, script)), *_OF_PROCESSES],
        "writable": [str(work), os.devnull],
        "port": port,
        "report": report,
    }


def environment(work: Path, program: Program) -> dict[str, str]:
    """All the variables that a sample sees: no proxies, no keys, nobody's settings."""
    own = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(work), "TMPDIR": str(work), "LANG": "C.UTF-8"}
    return {**own, "NO_COLOR": "1", **dict(program.environment)}


def limits(timeout: float) -> dict[str, int]:
    """Limits by their names in `resource`.

    Node reserves far more addresses than it uses, so data is limited and not the address space; the number of
    processes counts for a user as a whole, so it is left alone.
    """
    named = {
        "RLIMIT_CPU": max(1, round(timeout)),
        "RLIMIT_DATA": 1024 * _MEGABYTE,
        "RLIMIT_FSIZE": 16 * _MEGABYTE,
        "RLIMIT_NOFILE": 256,
        "RLIMIT_CORE": 0,
    }
    import resource

    return {name: value for name, value in named.items() if hasattr(resource, name)}


def homes() -> frozenset[Path]:
    """The home folders of whoever runs this."""
    found = {Path(os.path.expanduser("~")).resolve()}  # noqa: PTH111  (never raises)
    import pwd  # not on every system

    with contextlib.suppress(KeyError):
        found.add(Path(pwd.getpwuid(os.getuid()).pw_dir).resolve())
    return frozenset(path for path in found if path != Path("/"))


def readable(hidden: frozenset[Path], below: Path = Path("/")) -> Iterator[Path]:
    """The largest folders and files that hold none of `hidden`."""
    if not any(path.is_relative_to(below) for path in hidden):
        yield below
    elif below not in hidden:
        with contextlib.suppress(OSError):  # a folder that may not be listed
            for path in below.iterdir():
                if path.is_symlink():
                    continue  # what it leads to is reached by its own name
                yield from readable(hidden, path)


def _send(launcher: subprocess.Popen[bytes], task: dict[str, object]) -> None:
    assert launcher.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it did not start: told by what it does not report
        launcher.stdin.write(json.dumps(task).encode() + b"\n")
        launcher.stdin.flush()


def _end(launcher: subprocess.Popen[bytes]) -> None:
    """Ends the launcher, and by it the sample and all that the sample started."""
    if launcher.stdin is not None:
        with contextlib.suppress(OSError):
            launcher.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        launcher.wait(_GRACE_S)
    with contextlib.suppress(OSError):
        os.killpg(launcher.pid, signal.SIGKILL)
    launcher.wait()


def _said(report: bytes) -> dict[str, Any]:
    """What the launcher reported; the sample itself never has the descriptor."""
    said: dict[str, Any] = {}
    for line in report.splitlines():
        said.update(json.loads(line))
    return said


class _Stream:
    """Reads one stream to its end in a thread, and keeps its beginning."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        assert stream is not None
        self._stream = stream
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream, contextlib.suppress(OSError):
            while part := os.read(self._stream.fileno(), _MEGABYTE):
                self._kept += part[: MAX_OUTPUT - len(self._kept)]

    def text(self) -> str:
        self._thread.join(_GRACE_S)
        return bytes(self._kept).decode("utf-8", "replace")


def lacking(confined: Iterable[str]) -> tuple[str, ...]:
    """The protections that were not in force, in words."""
    had = set(confined)
    return tuple(words for name, words in PROTECTIONS.items() if name not in had)
