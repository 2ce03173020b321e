"""Write results to standard output, where a full disk is an error of ours and a reader that left is none."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapty_contract.errors import ReportError

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord


def write_output(content: str | bytes, *, hint: str = "") -> None:
    """Write to standard output; of bytes each as it is, whatever the console's encoding and line ends are.

    A reader that has left changes nothing. Raises ReportError, with `hint`, for any other failure.
    """
    encoding = sys.stdout.encoding or "utf-8"
    data = content.encode(encoding, "backslashreplace") if isinstance(content, str) else content
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise ReportError(f"standard output cannot be written: {error.strerror or error}", hint=hint) from error


def write_result(content: bytes, output: str) -> None:
    """Write to the file that `--output` names, or to standard output for `-`. Raises ReportError."""
    from adapty_contract.reporters.writing import write_file

    if output == "-":
        write_output(content)
    else:
        write_file(Path(output), content)


def shown_summary(record: RunRecord, written: Sequence[Path] = ()) -> str:
    """The summary of a run as text, in colour if standard output is a terminal that shows it."""
    from rich.console import Console

    from adapty_contract.reporters.terminal import print_summary

    screen = Console()
    page = io.StringIO()  # written by us in one go, since the library ends the process where its reader has left
    console = Console(file=page, force_terminal=screen.is_terminal, width=screen.width, no_color=screen.no_color)
    print_summary(record, console, written)
    return page.getvalue()
