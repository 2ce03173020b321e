"""A filter of system calls that leaves a process of Linux no sockets but those of TCP over IPv4.

Landlock knows ports of TCP and nothing else: without this, UDP, other protocols, local sockets and the ways to connect
without `connect` would stay open.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_LOAD, _AND, _JUMP_EQUAL, _JUMP_SET, _JUMP_ABOVE, _RETURN = 0x20, 0x54, 0x15, 0x45, 0x35, 0x06
_ALLOWED, _REFUSED = 0x7FFF0000, 0x00050000 | errno.EAFNOSUPPORT
_NUMBER, _ARCHITECTURE = 0, 4
_FIRST_ARGUMENT = 16
_SET_SECCOMP, _FILTER = 22, 2
_AF_INET, _STREAM, _TYPE_MASK, _FAST_OPEN = 2, 1, 0xF, 0x20000000
_IO_URING_SETUP = 425  # it makes sockets that no filter sees
_FOREIGN_NUMBERS = 0x40000000  # of x32, another set of numbers under the same architecture

_MACHINES = {
    "x86_64": (0xC000003E, {"socket": 41, "sendto": 44, "sendmsg": 46, "sendmmsg": 307}),
    "aarch64": (0xC00000B7, {"socket": 198, "sendto": 206, "sendmsg": 211, "sendmmsg": 269}),
}
_FLAGS_OF = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}  # which argument holds the flags

Step = tuple[int, int, str, str]
"""An instruction: code, operand, and where to go on if it holds and if not; "" is the next one."""


def filter_sockets() -> bool:
    """Whether from now on this process opens TCP sockets over IPv4 at most; needs `no_new_privs`. Raises OSError."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    program = assemble(*machine)
    library = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if library.prctl(_SET_SECCOMP, _FILTER, ctypes.c_char_p(header), 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return True


def assemble(architecture: int, numbers: dict[str, int]) -> bytes:
    """The filter's program for one architecture."""
    steps: list[Step] = [
        (_LOAD, _ARCHITECTURE, "", ""),
        (_JUMP_EQUAL, architecture, "", "refuse"),
        (_LOAD, _NUMBER, "", ""),
        (_JUMP_ABOVE, _FOREIGN_NUMBERS, "refuse", ""),
        (_JUMP_EQUAL, _IO_URING_SETUP, "refuse", ""),
        (_JUMP_EQUAL, numbers["socket"], "socket", ""),
        *((_JUMP_EQUAL, numbers[name], name, "") for name in _FLAGS_OF),
        (_RETURN, _ALLOWED, "", ""),
    ]
    labels = {"socket": len(steps)}
    steps += _socket_steps()
    for name, argument in _FLAGS_OF.items():
        labels[name] = len(steps)
        steps += [(_LOAD, _argument(argument), "", ""), (_JUMP_SET, _FAST_OPEN, "refuse", "allow")]
    labels["allow"] = len(steps)
    labels["refuse"] = len(steps) + 1
    steps += [(_RETURN, _ALLOWED, "", ""), (_RETURN, _REFUSED, "", "")]
    return b"".join(_encode(at, step, labels) for at, step in enumerate(steps))


def _socket_steps() -> list[Step]:
    return [
        (_LOAD, _argument(0), "", ""),
        (_JUMP_EQUAL, _AF_INET, "", "refuse"),
        (_LOAD, _argument(1), "", ""),
        (_AND, _TYPE_MASK, "", ""),
        (_JUMP_EQUAL, _STREAM, "", "refuse"),
        (_LOAD, _argument(2), "", ""),
        (_JUMP_EQUAL, 0, "allow", ""),
        (_JUMP_EQUAL, 6, "allow", "refuse"),  # TCP; not MPTCP, which Landlock does not see
    ]


def _argument(position: int) -> int:
    return _FIRST_ARGUMENT + 8 * position


def _encode(at: int, step: Step, labels: dict[str, int]) -> bytes:
    code, operand, holds, fails = step
    jumps = [labels[label] - at - 1 if label else 0 for label in (holds, fails)]
    return struct.pack("=HBBI", code, *jumps, operand)
