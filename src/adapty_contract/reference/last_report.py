"""What the given report last saw: verdicts, answers to open questions, how often each place was touched, and when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapty_contract.background import Place
from adapty_contract.contract import Contract
from adapty_contract.coverage import Covered, coverage
from adapty_contract.model import Clause, ClauseReport, Observation, Verdict
from adapty_contract.record import RunRecord, TargetKind


@dataclass(frozen=True, slots=True)
class Last:
    """What was last seen of one place: how many of its clauses got which verdict, and where it was touched how often."""

    verdicts: tuple[tuple[Verdict, int], ...]
    covered: tuple[Covered, ...] = ()


@dataclass(frozen=True, slots=True)
class LastReport:
    """A report, as the pages tell it. `target` is in words; `verdicts` by clause, `answers` by ledger entry."""

    ended: str
    embedded: bool
    target: str
    complete: bool
    same_contract: bool
    contract_version: str
    verdicts: Mapping[str, ClauseReport]
    answers: Mapping[str, tuple[Observation, ...]]
    covered: Mapping[Place, Covered]

    @property
    def date(self) -> str:
        """The day on which the run ended."""
        return self.ended[:10]

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many clauses got each verdict."""
        return _counted(report.verdict for report in self.verdicts.values())

    def last(self, clauses: Iterable[Clause], places: Iterable[Place] = ()) -> Last | None:
        """What was seen of places and the clauses that concern them; `None` if nothing was."""
        verdicts = _counted(self.verdicts[clause.id].verdict for clause in clauses if clause.id in self.verdicts)
        covered = tuple(found for place in places if (found := self.covered.get(place)) and found.exchanges)
        return Last(verdicts, covered) if verdicts or covered else None


def last_report(contract: Contract, record: RunRecord | None) -> LastReport | None:
    """What `record` last saw of the contract; `None` without one."""
    if record is None:
        return None
    answers: defaultdict[str, list[Observation]] = defaultdict(list)
    for observation in record.observations:
        for entry in observation.ledger:
            answers[entry].append(observation)
    embedded = record.target.kind is TargetKind.EMBEDDED
    return LastReport(
        ended=record.ended,
        embedded=embedded,
        target="the mock" if embedded else urlsplit(record.target.url).netloc or record.target.url,
        complete=record.complete,
        same_contract=record.contract.digest == contract.digest,
        contract_version=record.contract.version,
        verdicts={report.clause.id: report for report in record.clauses if report.clause.id in contract.clauses},
        answers={name: tuple(found) for name, found in answers.items()},
        covered={each.place: each for each in coverage(record)},
    )


def _counted(verdicts: Iterable[Verdict]) -> tuple[tuple[Verdict, int], ...]:
    """How often each verdict occurs, the worst first."""
    found = Counter(verdicts)
    worst_first = (Verdict.VIOLATED, Verdict.INCONCLUSIVE, Verdict.HELD, Verdict.NOT_EXERCISED)
    return tuple((verdict, found[verdict]) for verdict in worst_first if found[verdict])
