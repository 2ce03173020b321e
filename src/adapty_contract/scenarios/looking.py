"""Read a profile with patience: for writes that are seen late, and for copies that show what was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from adapty_contract.model import Exchange, Profile
from adapty_contract.scenarios.excerpts import excerpt
from adapty_contract.scenarios.holding import Difference, Mismatch
from adapty_contract.scenarios.old_views import IN_A_ROW
from adapty_contract.scenarios.session import Session

_FIRST_PAUSE = 0.02
_GROWTH = 1.3
_LONGEST_PAUSE = 0.25
_NEARLY = 0.9
"""Where lag was seen, the first look comes after this part of what the latest write needed; often it needs less."""


@dataclass(frozen=True, slots=True)
class Look:
    """A read that was patient with copies that lag, and how it differs from what the profile should hold."""

    exchange: Exchange
    shown: Mapping[str, Any] | None
    mismatches: list[Mismatch]
    age: float | None = None
    """How many seconds ago the profile ceased to hold what was shown, if it ever held that and does not now."""

    @property
    def is_late(self) -> bool:
        """Whether something is still as it was before a write."""
        return any(item.kind is Difference.STALE for item in self.mismatches)


def look(session: Session, label: str, profile: Profile | None = None, **parts: Any) -> Look:
    """Read until nothing is merely late, or the tolerated lag is over."""
    watch = _Watch(session, _patience(session))
    while True:
        seen = _look_once(session, label, profile, parts)
        old = watch.is_old(seen)
        waits = old or seen.is_late
        in_a_row = watch.count(right=not waits)
        if seen.mismatches and not waits:
            return watch.give_up(seen)
        if not waits and (not watch.ages or session.old_views.oldest or in_a_row >= IN_A_ROW):
            watch.end(seen)
            return seen
        if watch.waited >= watch.patience:
            return watch.give_up(seen)
        watch.wait()


def _look_once(session: Session, label: str, profile: Profile | None, parts: Mapping[str, Any]) -> Look:
    exchange, shown = session.read(profile, label=label, **parts)
    holding = session.holding(profile)
    if shown is None or not holding.known:
        return Look(exchange, shown, [])
    mismatches = holding.compare(shown)
    back = any(item.kind is not Difference.STALE or item.clause is None for item in mismatches)
    return Look(exchange, shown, mismatches, holding.age_of(shown) if back else None)


@dataclass
class _Watch:
    """How long one comparison has waited, and which states of before it has seen."""

    session: Session
    patience: float
    waited: float = 0.0
    pause: float = _FIRST_PAUSE
    right: int = 0
    ages: list[tuple[float, Look]] = field(default_factory=list)

    def is_old(self, seen: Look) -> bool:
        """Whether a read shows what a copy that lags may show."""
        views = self.session.old_views
        old = seen.age is not None and views.permits(seen.age)
        views.looks += 1
        if old:
            views.count += 1
            self.ages.append((seen.age or 0.0, seen))
        return old

    def count(self, *, right: bool) -> int:
        """How many reads in a row were right."""
        self.right = self.right + 1 if right else 0
        return self.right

    def wait(self) -> None:
        """Wait for the next read: at first nearly as long as the last late write needed."""
        step = max(self.pause, _NEARLY * self.session.lag_latest - self.waited)
        step = _FIRST_PAUSE if self.right else min(step, self.patience - self.waited)
        self.session.wait(step)
        self.waited += step
        self.pause = min(self.pause * _GROWTH, _LONGEST_PAUSE)

    def end(self, seen: Look) -> None:
        """All is as it should be: what came late is told as lag."""
        if self.ages:
            self.session.old_views.saw(max(age for age, _ in self.ages))
            self.session.observe("write-visibility-lag", "a read may show what was before", self.ages[0][1].exchange)
        elif self.waited and seen.shown is not None:
            _saw_lag(self.session, self.waited, seen.exchange)

    def give_up(self, seen: Look) -> Look:
        """The tolerated lag is over. Reads that never came to agree are told as such."""
        if self.ages and self.session.old_views.oldest is None:
            self.session.old_views.refused = True
            first = self.ages[0][1]
            if not seen.mismatches and first.shown is not None and seen.shown is not None:
                tell_unsteady(self.session, (first.exchange, seen.exchange), first.mismatches[0], seen.shown)
        return seen


def tell_unsteady(
    session: Session, exchanges: tuple[Exchange, Exchange], item: Mismatch, second: Mapping[str, Any]
) -> None:
    """Say that two reads with no write between them differ."""
    first, then = excerpt(item.seen, second.get(item.name))
    seen = f"{item.name}: {first}, then {then}"
    session.say("read-has-no-effect", "two reads that agree", seen, *exchanges, holds=False)


def _patience(session: Session) -> float:
    """The tolerated lag; once a write was lost for good there is nothing more to learn from waiting that long."""
    if session.lost_writes:
        return min(session.setting.lag, 2 * session.lag_seen)
    return session.setting.lag


def _saw_lag(session: Session, waited: float, exchange: Exchange) -> None:
    session.lag_latest = waited
    if waited > session.lag_seen:
        session.lag_seen = waited
        session.observe("write-visibility-lag", "a write is seen after a delay", exchange)
