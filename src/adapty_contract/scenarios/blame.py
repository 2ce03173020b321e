"""Which clause is violated where a profile shows something else than it should hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapty_contract.model import Identifiers
from adapty_contract.scenarios.holding import Difference, Mismatch
from adapty_contract.scenarios.session import Session

_TELLING = 7  # characters of a value that is no coincidence

_WRITABLE = frozenset(
    {"write-is-visible", "every-identifier-is-writable", "identifiers-are-independent", "values-round-trip"}
)
"""The clauses of plain writes: a value that comes back changed after one is no matter of how it was written."""


_CHOICES = frozenset(
    {
        "null-is-refused-ignored-or-clears",
        "blank-is-refused-kept-or-clears",
        "scalar-is-refused-or-told-as-string",
    }
)
"""Clauses of values of which a server may make several things."""


@dataclass(frozen=True, slots=True)
class Blame:
    """Which clause a mismatch violates. `now` is what the profile should hold, `kept` and `stale` are as for `confirm`."""

    session: Session
    now: Identifiers
    kept: str
    stale: str | None
    others: Mapping[str, frozenset[str | None]]
    """What the other test profiles should hold, by identifier."""

    def groups(self, mismatches: list[Mismatch]) -> dict[str, list[Mismatch]]:
        """The mismatches by the clause that each violates."""
        groups: dict[str, list[Mismatch]] = {}
        for item in mismatches:
            groups.setdefault(self._clause(item), []).append(item)
        return groups

    def _clause(self, item: Mismatch) -> str:
        written_under = item.clause or self.kept
        if item.kind is Difference.FORBIDDEN:
            return written_under
        if item.kind is Difference.STALE:
            return self.stale or self._lost(written_under)
        if foreign := self._foreign(item):
            return foreign
        if item.kind is Difference.UNTOUCHED:
            return self.kept
        if written_under in _WRITABLE or self.session.changes_values:
            self.session.changes_values = True
            return "values-round-trip"
        return written_under

    def _lost(self, written_under: str) -> str:
        """A write that stays unseen: of the first one nothing else is known, a later one is lost for some reason."""
        if not self.session.seen_writes:
            return "write-is-visible"
        return "every-identifier-is-writable" if written_under == "write-is-visible" else written_under

    def _foreign(self, item: Mismatch) -> str | None:
        """The clause of a value that belongs elsewhere: to the other profile, or to another identifier of this one."""
        if self._is_of_the_other_profile(item):
            return "profiles-are-isolated"
        chosen = item.clause in _CHOICES  # what a server makes of a null, say, may stand in several identifiers
        return "identifiers-are-independent" if self._is_anothers(item) and not chosen else None

    def _is_of_the_other_profile(self, item: Mismatch) -> bool:
        """Whether the value seen is what another test profile should hold, and too long to be there by chance."""
        text = item.seen
        return isinstance(text, str) and len(text) > _TELLING and text in self.others.get(item.name, ())

    def _is_anothers(self, item: Mismatch) -> bool:
        """Whether the value seen is what another identifier of the profile should hold."""
        if self.session.changes_values:  # changed values may coincide
            return False
        return item.seen is not None and any(
            item.seen == value for name, value in self.now.items() if name != item.name
        )
