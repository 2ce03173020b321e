"""The child that runs one sample: it limits and confines itself, waits, and leaves no process behind.

It runs without site-packages, so that it starts fast: the standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any

from adapty_contract.snippets import landlock, seccomp

_SUBREAPER = 36
_STEP_S = 0.005
_REAPING_S = 2.0
_NOT_STARTED = 127


def main() -> None:
    """Runs what the first line of standard input asks for, until it ends or standard input does."""
    task = json.loads(sys.stdin.buffer.readline())
    report = task["report"]
    os.set_inheritable(report, False)  # noqa: FBT003  (as it is called)
    _adopt_orphans()
    child = os.fork()
    if child == 0:
        _become(task, report)
    status = _wait(child)
    leave_nothing()
    _tell(report, ended=None if status is None else os.waitstatus_to_exitcode(status))


def _become(task: dict[str, Any], report: int) -> None:
    """Turns this process into the sample; never returns."""
    try:
        os.chdir(task["folder"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for name, value in task["limits"].items():
            _limit(getattr(resource, name), value)
        _tell(report, confined=sorted(_confine(task)))
        os.execve(task["command"][0], task["command"], task["environment"])  # noqa: S606  (no shell is wanted)
    except BaseException as error:  # noqa: BLE001  (nothing may run on as a second launcher)
        with contextlib.suppress(OSError):
            _tell(report, failed=f"{type(error).__name__}: {error}")
    os._exit(_NOT_STARTED)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _confine(task: dict[str, Any]) -> set[str]:
    """Gives up what can be given up here; what that is."""
    if sys.platform != "linux":
        return set()
    had: set[str] = set()
    landlock.give_up_privileges()
    with contextlib.suppress(OSError):
        had |= landlock.restrict(task["readable"], task["writable"], task["port"])
    with contextlib.suppress(OSError):
        had |= {"sockets"} if seccomp.filter_sockets() else set()
    return had


def _wait(child: int) -> int | None:
    """The child's status once it ends; None if standard input ends before."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if select.select([0], [], [], _STEP_S)[0]:
            return None  # nothing but its end is ever sent: the parent has enough, or is gone


def _adopt_orphans() -> None:
    """Whatever a sample starts, and however it hides, becomes a child of this process in the end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def leave_nothing() -> None:
    """Kills every child and each grandchild that becomes one, for at most two seconds."""
    until = time.monotonic() + _REAPING_S
    while time.monotonic() < until:
        for child in _children():
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _children() -> list[int]:
    own = os.getpid()
    try:
        names = os.listdir("/proc")  # noqa: PTH208  (pathlib costs a tenth of the start)
    except OSError:
        return []  # not Linux: the parent kills the group
    return [int(name) for name in names if name.isdigit() and _parent(name) == own]


def _parent(pid: str) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  (as above)
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError):
        return 0  # gone meanwhile


def _tell(report: int, **what: Any) -> None:
    os.write(report, json.dumps(what).encode() + b"\n")
