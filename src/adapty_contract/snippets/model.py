"""What running a page's samples came to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from adapty_contract.model import Exchange
from adapty_contract.snippets.sandbox import Ended


class Outcome(StrEnum):
    """What a sample did, beside what its page says."""

    AS_STATED = "as stated"
    DIFFERS = "differs"
    SENDS_NOTHING = "sends nothing"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a sample did otherwise than its page says; `says` and `does` are one sentence together.

    `subjects` are those of the claims that it may be due to, `line` is where the page says the one or the other;
    `explained_by` are the ids of the ledger entries that tell of it.
    """

    subjects: tuple[str, ...]
    line: int
    says: str
    does: str
    explained_by: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Both halves."""
        return f"{self.says}, {self.does}"


@dataclass(frozen=True, slots=True)
class SampleRun:
    """One sample, what it did, and the differences; `reason` says why it was not run."""

    page: str
    line: int
    id: str
    language: str
    label: str | None
    outcome: Outcome
    differences: tuple[Difference, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    ended: Ended | None = None
    reason: str = ""
    left: tuple[str, ...] = ()
    """Placeholders that nothing is known for, and that were sent as they stand."""

    @property
    def has_run(self) -> bool:
        """Whether it was run at all; of one that was not, nothing is known."""
        return self.outcome is not Outcome.NOT_RUN

    @property
    def is_explained(self) -> bool:
        """Whether the ledger tells of every difference that was seen."""
        return all(difference.explained_by for difference in self.differences)

    def with_differences(self, differences: tuple[Difference, ...]) -> SampleRun:
        """The same run with other differences."""
        return replace(self, differences=differences)
