"""Landlock, by which a process of Linux gives up files, connections and signals for good; no privilege is needed."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # numbers of system calls, the same on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_CONNECT_TCP = 1 << 1
_ALL_NET = 0b11  # to bind, to connect
_ALL_SCOPES = 0b11  # abstract sockets, signals
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_ONLY = _WRITE_FILE | _READ_FILE | _TRUNCATE | _EXECUTE
_NO_NEW_PRIVILEGES = 38
_SECURE_BITS, _NO_ROOT = 28, 0b11  # and locked

_FILES_SINCE, _NETWORK_SINCE, _SIGNALS_SINCE = 1, 4, 6
"""The versions of Landlock from which each is there."""


def version() -> int:
    """The version that this kernel has; 0 where there is none."""
    try:
        return max(0, _call(_CREATE, None, 0, _VERSION_FLAG))
    except (OSError, AttributeError):
        return 0


def give_up_privileges() -> None:
    """No program that is started from here on gains privileges; both Landlock and filters demand it.

    A program that root starts gets all of root's powers, unless that is switched off: this is what only root can do.
    """
    _libc().prctl(_SECURE_BITS, _NO_ROOT, 0, 0, 0)
    if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")


def restrict(readable: Iterable[str], writable: Iterable[str], port: int) -> set[str]:
    """Leaves this process what it may read and write, and TCP to one port; tells what is restricted now.

    That is any of `files`, `network`, `signals`. Raises OSError.
    """
    have = version()
    if have < _FILES_SINCE:
        return set()
    files = _file_rights(have)
    network = _ALL_NET if have >= _NETWORK_SINCE else 0
    scopes = _ALL_SCOPES if have >= _SIGNALS_SINCE else 0
    attributes = struct.pack("=QQQ", files, network, scopes)
    ruleset = _call(_CREATE, attributes, len(attributes) if scopes else 16 if network else 8, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ)
        for path in writable:
            _allow(ruleset, path, files)
        if network:
            _call(_ADD_RULE, ruleset, _NET_PORT, struct.pack("=QQ", _CONNECT_TCP, port), 0)
        _call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return {"files", *(["network"] if network else []), *(["signals"] if scopes else [])}


def _file_rights(have: int) -> int:
    """Every right to files that this version knows, but the one to control devices."""
    bits = 13 if have < 2 else 14 if have < 3 else 15
    return (1 << bits) - 1


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what cannot be opened needs no leave
    try:
        if not os.path.isdir(path):  # noqa: PTH112  (pathlib costs a tenth of the child's start)
            rights &= _FILE_ONLY
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, opened), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: int | bytes | None) -> int:
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
