"""Merge what checks and scenarios say into one verdict per clause; a verdict only ever worsens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from adapty_contract.event_log import Events, NoEvents
from adapty_contract.model import Clause, ClauseReport, Level, Observation, Result, Verdict

KEPT_PER_CLAUSE = 20
"""How many results of one clause and verdict are kept whole; the rest is counted."""

_EXCHANGES = 10  # that an observation names


@dataclass
class _Entry:
    counts: Counter[Verdict] = field(default_factory=Counter)
    kept: dict[tuple[Verdict, str, str], Result] = field(default_factory=dict)
    first_held: Result | None = None


class Tally:
    """Collects the results and observations of one run. Not thread-safe: one thread judges."""

    def __init__(
        self,
        clauses: Mapping[str, Clause],
        *,
        strict: bool = False,
        only: frozenset[str] | None = None,
        events: Events | None = None,
    ) -> None:
        """`clauses` are those of the contract, by their ids.

        `strict` makes a departure from an open clause a violation; `only` keeps the results of these clauses; `events`
        keeps what is needed to come to the same verdicts again.
        """
        self._clauses = clauses
        self._strict = strict
        self._only = only
        self._events = events or NoEvents()
        self._entries: dict[str, _Entry] = {}
        self._observations: dict[str, Observation] = {}
        self._answers: dict[str, dict[str, None]] = {}
        self._skipped: dict[str, str] = {}

    def add(self, results: Iterable[Result]) -> None:
        """Take results; those of clauses that were not asked for are dropped."""
        told: list[Result | str] = []
        for result in results:
            if self._only is None or result.clause in self._only:
                told.append(result.clause if self._is_known_to_hold(result) else result)
                self._take(result)
        if told:
            self._events.write("results", told)

    def _is_known_to_hold(self, result: Result) -> bool:
        """Whether of this result nothing but the number is kept: most results of a run are such."""
        entry = self._entries.get(result.clause)
        return result.verdict is Verdict.HELD and entry is not None and entry.first_held is not None

    def _take(self, result: Result) -> None:
        clause = self._clauses[result.clause]
        if self._strict and clause.open and result.verdict is Verdict.INCONCLUSIVE:
            result = replace(result, verdict=Verdict.VIOLATED)
        entry = self._entries.setdefault(result.clause, _Entry())
        entry.counts[result.verdict] += 1
        if result.verdict is Verdict.HELD:
            entry.first_held = entry.first_held or result
        elif sum(verdict is result.verdict for verdict, *_ in entry.kept) < KEPT_PER_CLAUSE:
            entry.kept.setdefault((result.verdict, result.case, result.expected), result)

    def observe(self, observation: Observation) -> None:
        """Record what the server does where the contract leaves it open; answers to one question are joined."""
        self._events.write("observation", observation)
        known = self._observations.setdefault(observation.id, observation)
        answers = self._answers.setdefault(observation.id, {})
        if known is not observation and observation.answer not in answers:
            joined = (*known.exchanges, *observation.exchanges)[:_EXCHANGES]
            self._observations[observation.id] = replace(known, exchanges=joined)
        answers[observation.answer] = None

    def skip(self, clauses: Iterable[str], why: str) -> None:
        """Say why these clauses were not exercised, for those that nothing else exercises."""
        names = tuple(clauses)
        self._events.write("skip", {"clauses": names, "why": why})
        for clause in names:
            self._skipped.setdefault(clause, why)

    def is_violated(self, clause: str) -> bool:
        """Whether a violation of the clause was seen so far."""
        return self.count(clause, Verdict.VIOLATED) > 0

    def count(self, clause: str, verdict: Verdict) -> int:
        """How many results of this verdict the clause has so far."""
        entry = self._entries.get(clause)
        return entry.counts[verdict] if entry else 0

    @property
    def observations(self) -> tuple[Observation, ...]:
        """Every observation, by its id."""
        return tuple(self._observed(name) for name in sorted(self._observations))

    def _observed(self, name: str) -> Observation:
        answers = tuple(self._answers[name])
        return replace(self._observations[name], answer="; ".join(answers), answers=answers)

    def reports(self, missing: Mapping[str, str]) -> tuple[ClauseReport, ...]:
        """The verdict of every clause asked for, in the contract's order.

        `missing` says, for each need of a clause that the run lacks, how to provide it.
        """
        clauses = (clause for clause in self._clauses.values() if self._only is None or clause.id in self._only)
        return tuple(self._report(clause, missing) for clause in clauses)

    def _report(self, clause: Clause, missing: Mapping[str, str]) -> ClauseReport:
        entry = self._entries.get(clause.id)
        if entry is None:
            lacking = [missing[need] for need in clause.needs if need in missing]
            why = (
                f"needs {' and '.join(lacking)}" if lacking else self._skipped.get(clause.id, "no exchange came to it")
            )
            return ClauseReport(clause, Verdict.NOT_EXERCISED, why)
        verdict = _merge(clause, entry.counts)
        results = tuple(result for result in entry.kept.values() if result.verdict is verdict)
        if verdict is Verdict.HELD and entry.first_held:
            results = (entry.first_held,)
        why, exercised = _why(verdict, entry, results), sum(entry.counts.values())
        return ClauseReport(clause, verdict, why, exercised, results, entry.counts[verdict])


def _merge(clause: Clause, counts: Counter[Verdict]) -> Verdict:
    """The worst verdict; but exchanges that the weather spoilt do not undo what others of the clause have shown."""
    if counts[Verdict.VIOLATED]:
        return Verdict.VIOLATED
    if counts[Verdict.INCONCLUSIVE] and (clause.open or not counts[Verdict.HELD]):
        return Verdict.INCONCLUSIVE
    return Verdict.HELD


def _why(verdict: Verdict, entry: _Entry, results: tuple[Result, ...]) -> str:
    if verdict is Verdict.HELD:
        spoilt = entry.counts[Verdict.INCONCLUSIVE]
        return f"{spoilt} of {sum(entry.counts.values())} exchanges said nothing" if spoilt else ""
    first = results[0] if results else None
    return f"expected {first.expected}; saw {first.seen}" if first else ""


def decisive(reports: Iterable[ClauseReport], *, strict: bool) -> tuple[ClauseReport, ...]:
    """The reports of violated clauses that decide the exit status: MUST, and SHOULD in a strict run."""
    levels = {Level.MUST, Level.SHOULD} if strict else {Level.MUST}
    return tuple(report for report in reports if report.verdict is Verdict.VIOLATED and report.clause.level in levels)
