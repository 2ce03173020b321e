"""Reads that show an older state: permitted as long as a copy behind them may lag, and no longer."""

from __future__ import annotations

import math
from dataclasses import dataclass

IN_A_ROW = 6
"""So many reads in a row must show the present state before copies are taken to agree again."""

_MISSED = 0.01  # how likely it may be that a last look sees nothing of what was seen before
_MOST_READS = 300


@dataclass
class OldViews:
    """What a run knows of reads that go back in time. `tolerated` is the longest lag that is put up with, in seconds."""

    tolerated: float
    oldest: float | None = None
    """How old the states were that reads showed, in seconds; `None` as long as none did."""
    refused: bool = False
    """Whether copies never came to agree: no old state is taken for a lagging copy's any more."""
    looks: int = 0
    """How many reads were compared."""
    count: int = 0
    """How many of them showed an older state."""

    def permits(self, age: float) -> bool:
        """Whether a state that is over for `age` seconds may still be seen."""
        return not self.refused and age <= self.tolerated

    def saw(self, age: float) -> None:
        """A read showed a state that was over for `age` seconds, and later ones the present one."""
        self.oldest = max(self.oldest or 0.0, age)

    @property
    def reads_to_be_sure(self) -> int:
        """How many reads it takes to see an older state once more, if they come as often as before."""
        share = min(self.count / max(self.looks, 1), 0.99)
        if not share:
            return 0
        return min(max(math.ceil(math.log(_MISSED) / math.log(1 - share)), IN_A_ROW), _MOST_READS)
