"""Compare what a profile shows with what it should hold, with patience for servers whose writes are seen late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapty_contract.model import Exchange, Identifiers, Profile, Result, Verdict
from adapty_contract.scenarios.holding import Difference, Mismatch
from adapty_contract.scenarios.session import Session

_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5


def confirm(
    session: Session,
    *,
    label: str,
    kept: str = "write-merges",
    profile: Profile | None = None,
    settle: bool = False,
    stale: str | None = None,
    **parts: Any,
) -> bool:
    """Read a profile and judge every identifier; whether all were as they should be.

    A written identifier that is not as written violates the clause it was written under; one that stays as it was before
    violates `stale`, by default that clause too, or `write-is-visible` as long as no write was ever seen. A changed
    identifier that nobody wrote violates `kept`. `settle` waits first, for absences; where every wait is long and nothing
    was written, later reads will tell: what must never be seen stays forbidden.
    """
    if settle and not (session.is_lagging and session.holding(profile).is_settled):
        session.settle()
    exchange, shown, mismatches = _read_patiently(session, profile, label, parts)
    holding = session.holding(profile)
    if shown is not None and any(item.kind is not Difference.STALE for item in mismatches):
        again, other = session.read(profile, label=f"{label}, once more", **parts)
        if other is not None and _disagree(session, shown, other, mismatches):
            _tell_unsteady(session, (exchange, again), mismatches[0], other)
            exchange, shown, mismatches = again, other, holding.compare(other)
    if shown is None:
        for clause in {*holding.written_under(), kept}:
            session.unsure(clause, "a read that shows the profile", f"answered {exchange.status}", exchange, case=label)
        return False
    if holding.known:
        _tell(session, exchange, mismatches, _Blame(session, holding.now, kept, stale), label, profile)
    holding.settle(shown)
    return not mismatches


def _read_patiently(
    session: Session, profile: Profile | None, label: str, parts: Mapping[str, Any]
) -> tuple[Exchange, Mapping[str, Any] | None, list[Mismatch]]:
    """Read until nothing is merely late, or the tolerated lag is over."""
    patience = _patience(session)
    waited, pause = 0.0, _FIRST_PAUSE
    while True:
        exchange, shown = session.read(profile, label=label, **parts)
        holding = session.holding(profile)
        mismatches = holding.compare(shown) if shown is not None and holding.known else []
        late = any(item.kind is Difference.STALE for item in mismatches)
        if not late or waited >= patience:
            if waited and shown is not None and not late:
                _saw_lag(session, waited, exchange)
            return exchange, shown, mismatches
        step = min(max(pause, session.lag_seen - waited), patience - waited)
        session.wait(step)
        waited += step
        pause = min(pause * 1.6, _LONGEST_PAUSE)


def _disagree(session: Session, first: Mapping[str, Any], second: Mapping[str, Any], wrong: list[Mismatch]) -> bool:
    """Whether two reads with no write between them differ in what is wrong in the first; late writes coming true are not."""
    late = {item.name for item in wrong if item.kind is Difference.STALE}
    return any(first.get(name) != second.get(name) for name in session.contract.identifiers if name not in late)


def _tell_unsteady(
    session: Session, exchanges: tuple[Exchange, Exchange], item: Mismatch, second: Mapping[str, Any]
) -> None:
    first, then = excerpt(item.seen, second.get(item.name))
    seen = f"{item.name}: {first}, then {then}"
    session.say("read-has-no-effect", "two reads that agree", seen, *exchanges, holds=False)


def _patience(session: Session) -> float:
    """The tolerated lag; once a write was lost for good there is nothing more to learn from waiting that long."""
    if session.lost_writes:
        return min(session.setting.lag, 2 * session.lag_seen)
    return session.setting.lag


def _saw_lag(session: Session, waited: float, exchange: Exchange) -> None:
    if waited > session.lag_seen:
        session.lag_seen = waited
        session.observe("write-visibility-lag", "writes are seen after a delay", exchange)


def _tell(
    session: Session,
    exchange: Exchange,
    mismatches: list[Mismatch],
    blame: _Blame,
    label: str,
    profile: Profile | None,
) -> None:
    holding = session.holding(profile)
    broken: set[str] = set()
    for clause, group in blame.groups(mismatches).items():
        broken.add(clause)
        at = tuple(item.exchange for item in group if item.exchange is not None)[:3]
        session.tally.add([_violation(session, clause, group, (*dict.fromkeys(at), exchange.number), label)])
    written = holding.written_under()
    late = any(item.kind is Difference.STALE for item in mismatches)
    session.lost_writes += late
    seen = {*written, "write-is-visible"} if written and not late else set()
    session.seen_writes += bool(seen)
    confirmed = {blame.kept, *seen}
    for clause in confirmed - broken:
        session.say(clause, "", "", exchange, holds=True, case=label)


_WRITABLE = frozenset(
    {"write-is-visible", "every-identifier-is-writable", "identifiers-are-independent", "values-round-trip"}
)
"""The clauses of plain writes: a value that comes back changed after one is no matter of how it was written."""


@dataclass(frozen=True, slots=True)
class _Blame:
    """Which clause a mismatch violates."""

    session: Session
    now: Identifiers
    kept: str
    stale: str | None

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
        if self._is_anothers(item):
            return "identifiers-are-independent"
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

    def _is_anothers(self, item: Mismatch) -> bool:
        """Whether the value seen is what another identifier of the profile should hold."""
        if self.session.changes_values:  # changed values may coincide
            return False
        return item.seen is not None and any(
            item.seen == value for name, value in self.now.items() if name != item.name
        )


def _violation(session: Session, clause: str, group: list[Mismatch], numbers: tuple[int, ...], label: str) -> Result:
    first = group[0]
    expected, seen = excerpt(first.expected, first.seen)
    more = f" (and {len(group) - 1} more identifiers)" if len(group) > 1 else ""
    return Result(
        clause,
        Verdict.VIOLATED,
        f"{first.name}: {expected}",
        f"{first.name}: {seen}{more}",
        numbers,
        session.layer,
        label,
    )


def excerpt(expected: Any, seen: Any) -> tuple[str, str]:
    """Two values as short texts that show where they begin to differ."""
    if not (isinstance(expected, str) and isinstance(seen, str)) or max(len(expected), len(seen)) <= 80:
        return f"{expected!a:.200}", f"{seen!a:.200}"
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, seen, strict=False)) if a != b), min(len(expected), len(seen))
    )
    start = max(0, at - 10)
    return tuple(f"{text[start : at + 30]!a} from character {start} of {len(text)}" for text in (expected, seen))  # type: ignore[return-value]
