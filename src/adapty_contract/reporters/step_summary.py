"""Append the summary of a run to the page of its step, where the build server names a file for it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from adapty_contract.errors import ReportError
from adapty_contract.reporters.writing import find_format, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.record import RunRecord

VARIABLE = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file."""

LIMIT = 1024 * 1024
"""Bytes that the file of a step may have; of a larger one nothing at all is shown."""

_REST = b"\n\nThe rest of this summary does not fit here; `adapty-contract report --format markdown` writes it whole.\n"
_HINT = "the reports are on disk all the same"


def append_step_summary(record: RunRecord, environment: Mapping[str, str]) -> Path | None:
    """Append the Markdown summary to the file that the environment names; its path, or `None` if it names none.

    What would make the file too large is left out, and that is said. Raises ReportError if the file cannot be written
    or has no room left; everything else is untouched by that.
    """
    name = environment.get(VARIABLE, "")
    if not name:
        return None
    path = Path(name)
    content = render(record, find_format("markdown"))
    try:
        with path.open("ab") as file:
            status = path.stat()
            taken = status.st_size if stat.S_ISREG(status.st_mode) else 0
            lead = b"\n" if taken else b""  # the step's own last line may have no end
            file.write(lead + fitted(content, LIMIT - taken - len(lead)))
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = getattr(error, "strerror", None) or error
        raise ReportError(f"the step's summary {name} could not be written: {reason}", hint=_HINT) from error
    return path


def fitted(content: bytes, room: int) -> bytes:
    """`content`, or its first sections if they are all that fits into `room` bytes, with a remark that there is more.

    Raises ReportError where not even the first section fits.
    """
    if len(content) <= room:
        return content
    end = content.rfind(b"\n\n### ", 0, max(room - len(_REST), 0) + 1)
    if end <= 0:
        raise ReportError("the step's summary has no room left: its file is nearly as large as may be", hint=_HINT)
    return content[:end] + _REST
