"""What can go wrong with input or environment. Findings about the API are values, never exceptions."""

from __future__ import annotations

import traceback
from pathlib import Path


class ContractSuiteError(Exception):
    """The root of the suite's errors: what happened, why, and what to do about it; `exit_code` as in the command line."""

    exit_code = 2

    def __init__(self, what: str, *, hint: str = "") -> None:
        """`what` happened, in one sentence; `hint` says what to do next."""
        super().__init__(what)
        self.what = what
        self.hint = hint


class InternalError(ContractSuiteError):
    """A defect of the suite itself ended the run; what was seen until then is reported."""

    def __init__(self, what: str) -> None:
        """`what` went wrong, and where."""
        super().__init__(what, hint="this is a defect of adapty-contract; please report it with this sentence")


class UsageError(ContractSuiteError):
    """Options or configuration that make no sense."""


class ContractDataError(ContractSuiteError):
    """`openapi/` or `contracts/` cannot be read or contradict each other."""


class TargetError(ContractSuiteError):
    """The target could not be tested: unreachable, wrong key, unknown profile."""

    exit_code = 3


class SafetyStop(ContractSuiteError):  # noqa: N818  (a stop is not an error of anybody)
    """A safety rule ended the run: budget, allow-list, circuit breaker, a second run on the same profile."""

    exit_code = 4


class ReportError(ContractSuiteError):
    """A report could not be written."""

    exit_code = 6


def place_of(error: Exception) -> str:
    """Where in the suite an error arose, for a bug report; no value stands in it."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}, in {frame.name}"
