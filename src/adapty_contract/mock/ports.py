"""Where the mock listens: binding, what may be bound, and who has a port already."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapty_contract.errors import TargetError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LISTENING: Final = "0A"  # as /proc/net/tcp spells it
_BACKLOG: Final = 2048


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int, *, allow_public: bool) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises UsageError for an address that others could reach, unless that is allowed, and TargetError if the address
    cannot be had; a port in use is told with its owner, where the system lets us see it.
    """
    if not allow_public and not is_loopback(host):
        raise UsageError(
            f"{host} may be reachable for others, and the mock is no public server",
            hint="leave the host out to listen on 127.0.0.1, or allow it with --allow-public",
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise TargetError(f"cannot listen on {host}: {error.strerror}", hint="check the host's name") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_available(host, port, error) from error
    listener.setblocking(False)  # noqa: FBT003  (the name says it)
    return listener


def _not_available(host: str, port: int, error: OSError) -> TargetError:
    if error.errno != errno.EADDRINUSE:
        return TargetError(f"cannot listen on {host} port {port}: {error.strerror}", hint="choose another port")
    owner = owner_of(port)
    by = f" by {owner}" if owner else ""
    return TargetError(f"port {port} is in use{by}", hint="choose another port, or 0 for any free one")


def owner_of(port: int, proc: Path = Path("/proc")) -> str | None:
    """The process that listens on a TCP port: its id and command; `None` where the system does not tell."""
    inodes = set(_listening_inodes(port, proc))
    if not inodes:
        return None
    for process in proc.glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or of another user: then it stays unnamed
            if any(_inode(link) in inodes for link in (process / "fd").iterdir()):
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                return f"process {process.name} ({_shown(command)})"
    return None


def _listening_inodes(port: int, proc: Path) -> Iterator[str]:
    for name in ("tcp", "tcp6"):
        with suppress(OSError):  # no such table: not Linux, or no IPv6
            for line in (proc / "net" / name).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield f"socket:[{fields[9]}]"


def _inode(link: Path) -> str:
    with suppress(OSError):  # closed meanwhile
        return str(link.readlink())
    return ""


def _shown(command: str) -> str:
    """The program and what it runs; further arguments are nobody's business."""
    words = "".join(each if each.isprintable() else "?" for each in command).split()
    return " ".join(words[:3])[:80]
