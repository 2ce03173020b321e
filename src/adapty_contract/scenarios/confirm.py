"""Compare what a profile shows with what it should hold, with patience for servers whose writes are seen late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adapty_contract.checks.wording import told_answer
from adapty_contract.model import Exchange, Profile, Result, Verdict
from adapty_contract.scenarios.blame import Blame
from adapty_contract.scenarios.excerpts import excerpts
from adapty_contract.scenarios.holding import Difference, Mismatch
from adapty_contract.scenarios.looking import look, tell_unsteady
from adapty_contract.scenarios.session import Session


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
    seen = look(session, label, profile, **parts)
    exchange, shown, mismatches = seen.exchange, seen.shown, seen.mismatches
    holding = session.holding(profile)
    if shown is not None and any(item.kind is not Difference.STALE for item in mismatches):
        again, other = session.read(profile, label=f"{label}, once more", **parts)
        later = holding.compare(other) if other is not None else []
        if other is not None and _disagree(session, shown, other, (*mismatches, *later)):
            tell_unsteady(session, (exchange, again), mismatches[0], other)
        if other is not None:
            exchange, shown, mismatches = _worse((exchange, shown, mismatches), (again, other, later))
    if shown is None:
        for clause in {*holding.written_under(), kept}:
            session.unsure(clause, "a read that shows the profile", told_answer(exchange), exchange, case=label)
        return False
    if holding.known:
        blame = Blame(session, holding.now, kept, stale, session.held_by_others(profile))
        _tell(session, exchange, mismatches, blame, label, profile)
    holding.settle(shown)
    return not mismatches


def confirm_choice(session: Session, clause: str, writes: Sequence[Exchange], label: str) -> None:
    """Compare after writes that a server may refuse or do as `clause` permits; where it refused all, nothing changed."""
    refused = all(400 <= (exchange.status or 0) < 500 for exchange in writes)
    kept = "refused-write-changes-nothing" if refused else clause
    if confirm(session, label=label, kept=kept, settle=True) and refused:
        session.say(clause, "", "", *writes[-1:], holds=True)


_Seen = tuple[Exchange, Mapping[str, Any], list[Mismatch]]


def _disagree(session: Session, first: Mapping[str, Any], second: Mapping[str, Any], wrong: Iterable[Mismatch]) -> bool:
    """Whether two reads with no write between them differ otherwise than by what has an explanation of its own: a write
    that comes true late, or a value that must never be seen.
    """
    explained = {item.name for item in wrong if item.kind in {Difference.STALE, Difference.FORBIDDEN}}
    return any(first.get(name) != second.get(name) for name in session.contract.identifiers if name not in explained)


def _worse(first: _Seen, second: _Seen) -> _Seen:
    """The second look, unless it shows the same or only the first one shows a value that must never be seen."""
    forbidden = [any(item.kind is Difference.FORBIDDEN for item in seen[2]) for seen in (first, second)]
    return first if first[2] == second[2] or (forbidden[0] and not forbidden[1]) else second


def _tell(
    session: Session,
    exchange: Exchange,
    mismatches: list[Mismatch],
    blame: Blame,
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


def _violation(session: Session, clause: str, group: list[Mismatch], numbers: tuple[int, ...], label: str) -> Result:
    return Result(clause, Verdict.VIOLATED, *excerpts(group), numbers, session.layer, label)
