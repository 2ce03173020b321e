"""Everything that the page says, put together from the record before a template sees it."""

from __future__ import annotations

from dataclasses import dataclass

from adapty_contract.model import Level, Verdict
from adapty_contract.record import RunRecord
from adapty_contract.reporters.html.clause_views import TopicView, topics
from adapty_contract.reporters.html.coverage_view import CoverageView, coverage_view
from adapty_contract.reporters.html.exchange_views import ExchangeView, exchange_views
from adapty_contract.reporters.html.finding_views import FindingView, finding_views
from adapty_contract.reporters.html.overview import Overview, overview
from adapty_contract.reporters.html.question_views import Questions, questions
from adapty_contract.reporters.html.timeline import Timeline, timeline
from adapty_contract.reporters.phrases import place, way_to


@dataclass(frozen=True, slots=True)
class Page:
    """What the template is given. `shown` are the numbers of the exchanges that stand on the page."""

    record: RunRecord
    overview: Overview
    findings: tuple[FindingView, ...]
    questions: Questions
    topics: tuple[TopicView, ...]
    coverage: CoverageView | None
    timeline: Timeline
    exchanges: tuple[ExchangeView, ...]
    shown: frozenset[int]
    rest: str
    """Where everything stands that is not on the page."""
    archive: str
    """Where the exchanges stand in the format that browsers show."""
    headlines: int = 3
    """How many findings the banner names."""
    levels: tuple[Level, ...] = tuple(Level)
    verdicts: tuple[Verdict, ...] = tuple(Verdict)


def page_of(record: RunRecord) -> Page:
    """The page of a record. Pure: the same record gives the same page."""
    covered = coverage_view(record)
    found = finding_views(record)
    times = timeline(record)
    exchanges = exchange_views(record, found, (*times.evidence, *(covered.firsts if covered else ())))
    return Page(
        record=record,
        overview=overview(record),
        findings=found,
        questions=questions(record),
        topics=topics(record),
        coverage=covered,
        timeline=times,
        exchanges=exchanges,
        shown=frozenset(exchange.number for exchange in exchanges),
        rest=place(record),
        archive=way_to(record, "har"),
    )
