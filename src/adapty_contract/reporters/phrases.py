"""What several reports say of a run, in one wording: how often, how patiently, for which reason, where the rest stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapty_contract.model import Verdict
from adapty_contract.record import UNFINISHED
from adapty_contract.reporters import formats
from adapty_contract.reporters.terminal_parts import plural, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapty_contract.model import ClauseReport, Exchange, Profile
    from adapty_contract.record import RunRecord

UNTESTABLE = 3
"""The exit status of a run that could not test its target: no clause has a reason of its own for being left out."""

_UNSENDABLE = "unsendable"
_RESTORE = re.compile(r"`(adapty-contract restore [\w.-]+)`")


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Clauses without a sure verdict for one reason."""

    verdict: Verdict
    why: str
    reports: tuple[ClauseReport, ...]


def unjudged(record: RunRecord) -> tuple[Unjudged, ...]:
    """Clauses that are inconclusive or were not exercised, by their reason; the commonest reason first.

    Where the target could not be tested, that is the reason, whatever else a clause would have needed.
    """
    found: list[Unjudged] = []
    for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED):
        reasons: dict[str, list[ClauseReport]] = {}
        for report in record.clauses:
            if report.verdict is verdict:
                reasons.setdefault(_reason(record, report), []).append(report)
        ranked = sorted(reasons.items(), key=lambda item: -len(item[1]))
        found += [Unjudged(verdict, why, tuple(reports)) for why, reports in ranked]
    return tuple(found)


def _reason(record: RunRecord, report: ClauseReport) -> str:
    if record.exit_code == UNTESTABLE and report.verdict is Verdict.NOT_EXERCISED:
        return "the target could not be tested"
    return report.why or "no reason given"


def patience(record: RunRecord) -> Iterator[str]:
    """What the run put up with, a phrase each."""
    tolerated = record.tolerated
    if tolerated.lag_seen:
        most = f" (waited for at most {seconds(tolerated.lag_tolerated)})" if tolerated.lag_tolerated else ""
        yield f"writes seen up to {seconds(tolerated.lag_seen)} late{most}"
    if tolerated.throttled or tolerated.throttling_waited:
        waited = seconds(tolerated.throttling_waited)
        yield f"{plural(tolerated.throttled, 'throttled answer')} (status 429), {waited} waited"
    if tolerated.retries:
        times = "once" if tolerated.retries == 1 else f"{tolerated.retries} times"
        yield f"a request sent again {times}, after no answer or one that says to"


def known_as(profile: Profile) -> str:
    """The id that people know a profile by."""
    return profile.customer_user_id if profile.customer_user_id is not None else f"profile {profile.profile_id}"


def restore_line(record: RunRecord) -> str:
    """The command that a warning of the run names to put test profiles back; empty if none does."""
    return next((found[1] for warning in record.warnings if (found := _RESTORE.search(warning))), "")


def other_warnings(record: RunRecord) -> tuple[str, ...]:
    """The warnings that name no such command."""
    return tuple(warning for warning in record.warnings if not _RESTORE.search(warning))


def place(record: RunRecord, name: str = "json") -> str:
    """The file in which the run left everything, or everything of one format; "the record" if it may not be there.

    A run that was killed came to write none of its files.
    """
    chosen = record.settings.get("formats")
    wrote = isinstance(chosen, (list, tuple)) and name in chosen and record.exit_code != UNFINISHED
    known = formats()
    return known[name].filename if wrote and name in known else "the record"


def way_to(record: RunRecord, name: str) -> str:
    """Where everything stands in one format: its file, or the command that writes it."""
    found = place(record, name)
    return found if found != "the record" else f"what `adapty-contract report --format {name}` writes"


def left_out(record: RunRecord, count: int, noun: str = "") -> str:
    """`3 more reasons in report.json`: how many are not shown, and where they are."""
    return f"{plural(count, f'more {noun}') if noun else f'{count} more'} in {place(record)}"


def how_often(record: RunRecord, report: ClauseReport) -> str:
    """`541 of 566 results; 20 of them in report.json`: how often a clause was violated. Empty for a single time."""
    count, kept = violations(report), kept_violations(report)
    if count < 2:
        return ""
    rest = f"{kept} of them" if kept < count else "all"
    return f"{count} of {max(report.exercised, count)} results; {rest} in {place(record)}"


def violations(report: ClauseReport) -> int:
    """How many results violate a clause; a record keeps some of them, and an old one does not say how many there were."""
    return max(report.count, kept_violations(report)) if report.verdict is Verdict.VIOLATED else 0


def kept_violations(report: ClauseReport) -> int:
    """How many of a clause's results in the record violate it."""
    return sum(result.verdict is Verdict.VIOLATED for result in report.results)


def never_sent(exchange: Exchange) -> bool:
    """Whether the request did not leave, since no HTTP client can send it."""
    return exchange.fault is not None and exchange.fault.kind == _UNSENDABLE


def sent(record: RunRecord) -> int:
    """How many requests left."""
    return sum(not never_sent(exchange) for exchange in record.exchanges)
