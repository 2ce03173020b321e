"""Compare two recorded runs: which verdicts and observations changed, and what makes that less than certain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from adapty_contract.comparing.doubts import Doubt, doubts
from adapty_contract.model import ClauseReport, Level, Observation, Verdict
from adapty_contract.record import RunRecord, fails_run


class Change(StrEnum):
    """What became of a clause, from the older run to the newer one."""

    NEW = "newly violated"
    GONE = "violated before, holds now"
    UNJUDGED = "violated before, not judged now"
    STILL = "still violated"
    OTHER = "another verdict or level"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs, as far as a reader must know which it was."""

    run_id: str
    started: str
    target: str
    contract: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What one run says of a clause. `detail` is what was seen of a violation, or why there is no verdict."""

    level: Level
    verdict: Verdict
    fails: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that the runs say different things of, or that both found violated; `None` where a run has no such."""

    clause: str
    before: Standing | None
    after: Standing | None

    @property
    def change(self) -> Change:
        """What became of it."""
        if _violated(self.after):
            return Change.STILL if _violated(self.before) else Change.NEW
        if _violated(self.before):
            holds = self.after is not None and self.after.verdict is Verdict.HELD
            return Change.GONE if holds else Change.UNJUDGED
        if self.before is None:
            return Change.ADDED
        return Change.REMOVED if self.after is None else Change.OTHER

    @property
    def worse(self) -> bool:
        """Whether it fails the newer run and did not fail the older one."""
        return self.after is not None and self.after.fails and not (self.before is not None and self.before.fails)


@dataclass(frozen=True, slots=True)
class ObservationChange:
    """An open question that the server answered otherwise; `None` where a run did not see what it does."""

    id: str
    before: frozenset[str] | None
    after: frozenset[str] | None
    ledger: tuple[str, ...] = ()

    @property
    def gone(self) -> tuple[str, ...]:
        """Answers that only the older run saw."""
        return tuple(sorted((self.before or frozenset()) - (self.after or frozenset())))

    @property
    def new(self) -> tuple[str, ...]:
        """Answers that only the newer run saw."""
        return tuple(sorted((self.after or frozenset()) - (self.before or frozenset())))


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs say that differs. `common` counts the clauses that both exercised."""

    older: Side
    newer: Side
    doubts: tuple[Doubt, ...]
    clauses: tuple[ClauseChange, ...]
    observations: tuple[ObservationChange, ...]
    common: int

    @property
    def worse(self) -> tuple[ClauseChange, ...]:
        """The clauses that fail the newer run and did not fail the older one."""
        return tuple(each for each in self.clauses if each.worse)

    def of(self, change: Change) -> tuple[ClauseChange, ...]:
        """The clauses of which this became."""
        return tuple(each for each in self.clauses if each.change is change)

    @property
    def same(self) -> bool:
        """Whether the runs say the same of every clause and every open question."""
        return not self.observations and all(_said(each.before) == _said(each.after) for each in self.clauses)


def compare(older: RunRecord, newer: RunRecord) -> Comparison:
    """What `newer` says that `older` does not, in the newer contract's order; what only the older has comes last."""
    before = {report.clause.id: report for report in older.clauses}
    after = {report.clause.id: report for report in newer.clauses}
    both = [(before[name], after[name]) for name in after if name in before]
    return Comparison(
        older=_side(older),
        newer=_side(newer),
        doubts=tuple(doubts(older, newer)),
        clauses=tuple(
            change
            for name in dict.fromkeys((*after, *before))
            if _differs(change := ClauseChange(name, _at(older, before.get(name)), _at(newer, after.get(name))))
        ),
        observations=tuple(_observations(older.observations, newer.observations)),
        common=sum(_exercised(first) and _exercised(second) for first, second in both),
    )


def _side(record: RunRecord) -> Side:
    contract = f"{record.contract.version} ({record.contract.digest[:12]})"
    return Side(record.run_id, record.started, f"{record.target.kind}, {record.target.url}", contract, record.exit_code)


def _at(record: RunRecord, report: ClauseReport | None) -> Standing | None:
    if report is None:
        return None
    seen = next((result.seen for result in report.results if result.verdict is Verdict.VIOLATED), "")
    detail = seen if report.verdict is Verdict.VIOLATED else report.why
    return Standing(report.clause.level, report.verdict, fails_run(record, report), detail)


def _violated(standing: Standing | None) -> bool:
    return standing is not None and standing.verdict is Verdict.VIOLATED


def _differs(change: ClauseChange) -> bool:
    return change.change is not Change.OTHER or _said(change.before) != _said(change.after)


def _said(standing: Standing | None) -> tuple[Level, Verdict] | None:
    return None if standing is None else (standing.level, standing.verdict)


def _exercised(report: ClauseReport) -> bool:
    return report.verdict is not Verdict.NOT_EXERCISED


def _observations(older: Iterable[Observation], newer: Iterable[Observation]) -> Iterator[ObservationChange]:
    before, after = _answers(older), _answers(newer)
    entries: dict[str, set[str]] = {}
    for observation in (*older, *newer):
        entries.setdefault(observation.id, set()).update(observation.ledger)
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield ObservationChange(name, before.get(name), after.get(name), tuple(sorted(entries[name])))


def _answers(observations: Iterable[Observation]) -> dict[str, frozenset[str]]:
    """The answers to each question as a set: in which order they were seen says nothing."""
    found: dict[str, frozenset[str]] = {}
    for each in observations:
        found[each.id] = found.get(each.id, frozenset()) | frozenset(each.answers or (each.answer,))
    return found
