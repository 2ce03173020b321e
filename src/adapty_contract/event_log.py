"""events.ndjson: what happens in a run, line by line while it happens, so that a killed run leaves what it saw."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any, Protocol

from adapty_contract.errors import ReportError
from adapty_contract.record_json import encode
from adapty_contract.reporters.writing import make_folder, not_written

FILENAME = "events.ndjson"


class Events(Protocol):
    """Whatever keeps the events of a run."""

    def write(self, event: str, data: Any) -> None:
        """Keep an event: its kind, and a value that `record_json.encode` takes. Never raises."""


class NoEvents:
    """Keeps nothing, for runs that nobody wants to rebuild."""

    def write(self, event: str, data: Any) -> None:
        """See Events."""


class EventLog:
    r"""A file with one event a line, `{"event": KIND, "data": ...}` in ASCII, each of which reaches the system at once.

    A line that is there to its end is whole, whatever happens to the program after it. If the file cannot be written any
    more, `problem` says why and nothing further is tried: a full disk must not end a run. Safe to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is made if need be; an earlier log in it goes."""
        self.path = folder / FILENAME
        self.problem: ReportError | None = None
        self._lock = threading.Lock()
        self._file: int | None = None
        try:
            make_folder(folder)
            if self.path.is_file():
                self.path.unlink()  # not emptied: a run that still writes to it must not mix its lines with ours
            # Not blocking: a pipe that nobody reads is an error, not a wait.
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | getattr(os, "O_NONBLOCK", 0)
            self._file = os.open(self.path, flags, 0o666)
        except ReportError as error:
            self.problem = error
        except OSError as error:
            self.problem = not_written(self.path, error)

    def write(self, event: str, data: Any) -> None:
        """See Events."""
        line = json.dumps({"event": event, "data": encode(data)}, ensure_ascii=True, allow_nan=False) + "\n"
        with self._lock:
            if self._file is None:
                return
            try:
                _write_all(self._file, line.encode("ascii"))
            except OSError as error:
                self.problem = not_written(self.path, error)
                self._close()

    def close(self) -> None:
        """No more events."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # what was written is there; what was not is told in `problem`
                os.close(file)


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
