"""What broke: each finding with what was expected and seen, the requests that show it, and what may follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapty_contract.model import ClauseReport, Exchange, Result, Verdict
from adapty_contract.record import Finding, RunRecord, fails_run, findings
from adapty_contract.reporters.evidence import numbered
from adapty_contract.reporters.html.bodies import excerpt
from adapty_contract.reporters.phrases import how_often
from adapty_contract.reporters.reproduction import request_line, without_line
from adapty_contract.reporters.terminal_findings import violation

_SIGHTS = 4  # results of a finding that are shown whole
_STEPS = 4  # exchanges of a result
_EVIDENCE = 2  # exchanges of a consequence
_OPEN = 12  # exchanges that stand unfolded, so that they are printed


@dataclass(frozen=True, slots=True)
class Step:
    """An exchange of a finding in a line or two; `curl` sends its request again, or `no_curl` says why there is none."""

    exchange: Exchange
    sent: str
    answered: str
    curl: str | None
    no_curl: str


@dataclass(frozen=True, slots=True)
class Sight:
    """One result that shows a violation."""

    result: Result
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Consequence:
    """A violated clause that may follow from another, with what was seen of it."""

    report: ClauseReport
    seen: str
    exchanges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A violated clause that explains itself; `often` says how often, if it was more than once."""

    report: ClauseReport
    fails: bool
    sights: tuple[Sight, ...]
    often: str
    consequences: tuple[Consequence, ...]


def finding_views(record: RunRecord) -> tuple[FindingView, ...]:
    """The findings of a run, the binding ones first."""
    exchanges = numbered(record)
    return tuple(_view(record, finding, exchanges) for finding in findings(record))


def exchanges_of(found: tuple[FindingView, ...]) -> tuple[int, ...]:
    """The numbers of all exchanges that the findings show, those of the first finding first."""
    numbers: dict[int, None] = {}
    for finding in found:
        for sight in finding.sights:
            numbers |= dict.fromkeys(step.exchange.number for step in sight.steps)
    for finding in found:
        for consequence in finding.consequences:
            numbers |= dict.fromkeys(consequence.exchanges)
    return tuple(numbers)


def unfolded(found: tuple[FindingView, ...]) -> frozenset[int]:
    """The exchanges that a reader surely wants to see: of each finding those of its first result."""
    numbers = [step.exchange.number for finding in found for sight in finding.sights[:1] for step in sight.steps]
    return frozenset(list(dict.fromkeys(numbers))[:_OPEN])


def _view(record: RunRecord, finding: Finding, exchanges: Mapping[int, Exchange]) -> FindingView:
    results = [result for result in finding.root.results if result.verdict is Verdict.VIOLATED]
    shown = results[:_SIGHTS] or [violation(finding.root)]
    return FindingView(
        finding.root,
        any(fails_run(record, report) for report in (finding.root, *finding.consequences)),
        tuple(Sight(result, _steps(record, result, exchanges)) for result in shown),
        how_often(record, finding.root),
        tuple(_consequence(report) for report in finding.consequences),
    )


def _steps(record: RunRecord, result: Result, exchanges: Mapping[int, Exchange]) -> tuple[Step, ...]:
    wanted = sorted(set(result.exchanges))[-_STEPS:]
    return tuple(_step(record, exchanges[number]) for number in wanted if number in exchanges)


def _step(record: RunRecord, exchange: Exchange) -> Step:
    return Step(
        exchange,
        excerpt(exchange.request.body),
        excerpt(exchange.response.body) if exchange.response else "",
        request_line(record, exchange),
        without_line(record, exchange),
    )


def _consequence(report: ClauseReport) -> Consequence:
    result = violation(report)
    return Consequence(report, result.seen, result.exchanges[-_EVIDENCE:])
