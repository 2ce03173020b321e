"""Compare what a profile shows with what it should hold, with patience for servers whose writes are seen late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapty_contract.model import Exchange, Profile, Verdict
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
    stale: str = "write-is-visible",
    **parts: Any,
) -> bool:
    """Read a profile and judge every identifier; whether all were as they should be.

    Changed values of written identifiers violate the clause they were written under, a write that stays unseen violates
    `stale`, a changed identifier that nobody wrote violates `kept`. `settle` waits first, for absences; where every wait is
    long and nothing was written, later reads will tell: what must never be seen stays forbidden.
    """
    if settle and not (session.is_lagging and session.holding(profile).is_settled):
        session.settle()
    exchange, shown, mismatches = _read_patiently(session, profile, label, parts)
    holding = session.holding(profile)
    if shown is None:
        for clause in {*holding.written_under(), kept}:
            session.unsure(clause, "a read that shows the profile", f"answered {exchange.status}", exchange, case=label)
        return False
    if holding.known:
        _tell(session, exchange, mismatches, (kept, stale), label, profile)
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
        if not mismatches or any(item.kind is not Difference.STALE for item in mismatches) or waited >= patience:
            if waited and shown is not None and not any(item.kind is Difference.STALE for item in mismatches):
                _saw_lag(session, waited, exchange)
            return exchange, shown, mismatches
        step = min(max(pause, session.lag_seen - waited), patience - waited)
        session.wait(step)
        waited += step
        pause = min(pause * 1.6, _LONGEST_PAUSE)


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
    clauses: tuple[str, str],
    label: str,
    profile: Profile | None,
) -> None:
    kept, _ = clauses
    holding = session.holding(profile)
    broken: set[str] = set()
    for clause, group in _by_clause(mismatches, *clauses).items():
        broken.add(clause)
        at = tuple(item.exchange for item in group if item.exchange is not None)[:3]
        session.tally.add([_violation(session, clause, group, (*dict.fromkeys(at), exchange.number), label)])
    written = holding.written_under()
    late = any(item.kind is Difference.STALE for item in mismatches)
    session.lost_writes += late
    seen = {*written, "write-is-visible"} if written and not late else set()
    confirmed = {kept, *seen}
    for clause in confirmed - broken:
        session.say(clause, "", "", exchange, holds=True, case=label)


def _by_clause(mismatches: list[Mismatch], kept: str, stale: str) -> dict[str, list[Mismatch]]:
    groups: dict[str, list[Mismatch]] = {}
    for item in mismatches:
        if item.kind is Difference.STALE:
            clause = stale
        elif item.kind is Difference.UNTOUCHED:
            clause = kept
        else:
            clause = item.clause or kept
        groups.setdefault(clause, []).append(item)
    return groups


def _violation(session: Session, clause: str, group: list[Mismatch], numbers: tuple[int, ...], label: str) -> Any:
    from adapty_contract.model import Result

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
