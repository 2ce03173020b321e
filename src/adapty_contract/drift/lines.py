"""Where something is missing: the line of what lacks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adapty_contract.drift.model import Reading
from adapty_contract.drift.subjects import matches
from adapty_contract.pages.model import Claim

_OF_THE_API = frozenset({"operation", "request", "response", "sample"})
"""What a page says of these in one place; other subjects are spread over the page."""


def line_lacking(reading: Reading, subject: str) -> int | None:
    """The line of the table, heading, sample or schema that lacks a claim about `subject`; None if it has none."""
    own = [claim for claim in reading.page.claims if claim.page == reading.page.name]
    for is_place in (*_places(subject), *_around(subject)):
        found = next((claim.line for claim in own if is_place(claim)), None)
        if found is not None:
            return found
    return None


def _places(subject: str) -> Iterator[Callable[[Claim], bool]]:
    """What holds the rows of a table, the members of an example, and the statuses of an operation."""
    base, is_field, _ = subject.partition(".field.")
    parts = subject.split(".")
    if is_field:
        yield lambda claim: matches(f"{base}.columns", claim.subject)
        yield lambda claim: matches(base, claim.subject)
    elif len(parts) == 3 and parts[0] == "response":
        yield lambda claim: matches(f"response.errors.{parts[2]}.empty", claim.subject)
        yield lambda claim: matches(f"response.*.{parts[2]}", claim.subject) and claim.subject[9:10] in "45"
        yield lambda claim: matches(f"response.*.{parts[2]}", claim.subject)


def _around(subject: str) -> Iterator[Callable[[Claim], bool]]:
    """What begins as the subject does, the nearest first."""
    parts = subject.split(".")
    for length in range(len(parts) - 1, 0, -1):
        if length > 1 or parts[0] in _OF_THE_API:
            pattern = ".".join([*parts[:length], "**"])
            yield lambda claim, pattern=pattern: matches(pattern, claim.subject)  # type: ignore[misc]
