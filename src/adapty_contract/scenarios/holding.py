"""What a profile should hold, and how what a read shows differs from it. Pure: it sends nothing."""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from adapty_contract.model import Identifiers


class Difference(StrEnum):
    """How an identifier differs from what it should be."""

    STALE = "stale"  # still what it was before a write: perhaps it only lags
    WRONG = "wrong"  # the value of a write, changed on its way
    UNTOUCHED = "untouched"  # no write named it, and yet it changed
    FORBIDDEN = "forbidden"  # a value that a refused or foreign request carried


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One identifier that is not what it should be; `clause` is the one that the difference violates, if known."""

    name: str
    kind: Difference
    expected: str | None
    seen: Any
    clause: str | None
    exchange: int | None = None


_REMEMBERED = 200
"""How many former states of a profile are known: more than a run writes in the time that a copy may lag behind."""


@dataclass(frozen=True, slots=True)
class _Write:
    accepts: frozenset[str | None]
    clause: str
    exchange: int


@dataclass(frozen=True, slots=True)
class _Past:
    """A former state, the moment when it was over, and the identifiers of which nobody knew what they were."""

    until: float
    state: Identifiers
    open_names: frozenset[str]


class Holding:
    """The model of one profile. `names` are the identifiers; before the first read nothing is known."""

    def __init__(self, names: tuple[str, ...], clock: Callable[[], float] = time.monotonic) -> None:
        """A profile of which nothing is known yet. `clock` gives seconds."""
        self._names = names
        self._clock = clock
        self._past: deque[_Past] = deque(maxlen=_REMEMBERED)
        self._now: dict[str, str | None] = {}
        self._before: dict[str, set[str | None]] = {}
        self._writes: dict[str, _Write] = {}
        self._uncertain: dict[str, set[str | None]] = {}
        self._previous: dict[str, set[str | None]] = {}
        self._outcomes: dict[str, frozenset[str | None]] = {}
        self._unknown: set[str] = set()
        self._forbidden: dict[str, tuple[str, int | None]] = {}

    def copy(self) -> Holding:
        """The model as it is now; what happens to either does not change the other."""
        other = Holding(self._names, self._clock)
        for name, state in vars(self).items():
            if name not in {"_names", "_clock"}:
                setattr(other, name, copy.deepcopy(state))
        return other

    @property
    def known(self) -> bool:
        """Whether a read has shown what the profile holds."""
        return bool(self._now)

    @property
    def now(self) -> Identifiers:
        """What the profile should hold."""
        return dict(self._now)

    @property
    def tellable(self) -> tuple[bytes, ...]:
        """The values that can be found in an answer that should not hold them: long enough to be no coincidence."""
        values = (value.encode("utf-8", "surrogatepass") for value in self._now.values() if value)
        return tuple(value for value in values if len(value) > 7)

    @property
    def is_settled(self) -> bool:
        """Whether nothing was written, or perhaps written, since the last comparison."""
        return not (self._writes or self._uncertain or self._unknown)

    def written(
        self, values: Mapping[str, str], accepts: Mapping[str, frozenset[str | None]], clause: str, at: int
    ) -> None:
        """An accepted write: `accepts` gives more values that may be read back for a name (trimmed, say)."""
        self._remember()
        for name, value in values.items():
            if name in self._names:
                self._before.setdefault(name, set()).update({self._now.get(name)} | self._uncertain.get(name, set()))
                self._writes[name] = _Write(frozenset({value}) | accepts.get(name, frozenset()), clause, at)
                self._now[name] = value
                self._uncertain.pop(name, None)

    def perhaps_written(
        self, values: Mapping[str, Any], accepts: Mapping[str, frozenset[str | None]] = MappingProxyType({})
    ) -> None:
        """A write of which nobody knows whether it was done: what was before is right, and what it may have come to."""
        for name, value in values.items():
            if name in self._names:
                options = self._uncertain.setdefault(name, {self._now.get(name)} | self._before.get(name, set()))
                options |= {value if isinstance(value, str) else None} | accepts.get(name, frozenset())

    def _remember(self) -> None:
        if self._now:
            self._past.append(_Past(self._clock(), dict(self._now), self._open_names))

    @property
    def _open_names(self) -> frozenset[str]:
        """The identifiers of which nobody knows what they are."""
        return frozenset(self._unknown | self._uncertain.keys())

    def age_of(self, seen: Mapping[str, Any]) -> float | None:
        """How many seconds ago the profile ceased to hold just what a read shows; `None` if it never did."""
        for past in reversed(self._past):
            known = (name for name in self._names if name not in past.open_names | self._open_names)
            if all(past.state.get(name) == seen.get(name) for name in known):
                return self._clock() - past.until
        return None

    def disallow(self, name: str, value: str) -> None:
        """`value` is no right answer for a pending write after all; the other accepted ones are."""
        write = self._writes[name]
        accepts = write.accepts - {value}
        self._writes[name] = _Write(accepts, write.clause, write.exchange)
        self._now[name] = next((text for text in accepts if text is not None), None)

    def forget(self, names: Iterable[str]) -> None:
        """Nothing is known of these any more: whatever the next read shows is right."""
        self._unknown.update(names)

    def forbid(self, value: str, clause: str, at: int | None) -> None:
        """No read of this profile may ever show `value`; one that does violates `clause`."""
        self._forbidden[value] = (clause, at)

    def compare(self, seen: Mapping[str, Any]) -> list[Mismatch]:
        """Every identifier of a read that is not what it should be."""
        return [found for name in self._names if (found := self._compare_one(name, seen.get(name))) is not None]

    def _compare_one(self, name: str, seen: Any) -> Mismatch | None:
        if not (seen is None or isinstance(seen, str)):
            return None  # a value of another type is told by the check of types
        expected = self._now.get(name)
        write = self._writes.get(name)
        if (
            name in self._unknown
            or seen == expected
            or (write and _among(seen, write.accepts))
            or _among(seen, self._uncertain.get(name, set()))
        ):
            return None
        if isinstance(seen, str) and seen in self._forbidden:
            clause, at = self._forbidden[seen]
            return Mismatch(name, Difference.FORBIDDEN, expected, seen, clause, at)
        if write is None and _among(seen, self._outcomes.get(name, frozenset())):
            return None  # another permitted outcome of the last write, which came true late
        if write is None:  # a value from before the last write may still come from a cache or a replica
            late = _among(seen, self._previous.get(name, set()))
            return Mismatch(name, Difference.STALE if late else Difference.UNTOUCHED, expected, seen, None)
        kind = Difference.STALE if _among(seen, self._before.get(name, set())) else Difference.WRONG
        return Mismatch(name, kind, expected, seen, write.clause, write.exchange)

    def written_under(self) -> dict[str, int]:
        """The clauses of the pending writes, each with the last exchange that wrote under it."""
        return {write.clause: write.exchange for write in self._writes.values()}

    def settle(self, seen: Mapping[str, Any]) -> None:
        """Take what a read shows for what the profile holds, so that one defect is told once."""
        if self._open_names or any(self._now.get(name) != seen.get(name) for name in self._names):
            self._remember()
        self._outcomes.update({name: write.accepts for name, write in self._writes.items()})
        self._previous.update({name: set(self._before.get(name, ())) for name in self._writes})
        self._now = {name: value if isinstance(value := seen.get(name), str) else None for name in self._names}
        self._before.clear()
        self._writes.clear()
        self._uncertain.clear()
        self._unknown.clear()

    def begin_again(self, seen: Mapping[str, Any]) -> None:
        """Take what a read shows for all that is known, whatever was written before."""
        self.settle(seen)
        self._outcomes.clear()
        self._previous.clear()


def _among(seen: Any, values: frozenset[str | None] | set[str | None]) -> bool:
    """Whether a value from JSON, of any type, is among these."""
    return (seen is None or isinstance(seen, str)) and seen in values
