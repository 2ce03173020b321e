"""What comes of reading a code sample."""

from __future__ import annotations

from dataclasses import dataclass

from adapty_contract.pages.model import SampleRequest


@dataclass(frozen=True, slots=True)
class Reading:
    """The request that a sample makes, if it was found, and what was not understood, by line from 0."""

    request: SampleRequest | None = None
    unread: tuple[tuple[int, str], ...] = ()
