"""The clauses by topic: what each came to, how often it was exercised, who says so, and where that can be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapty_contract.background import SourceName
from adapty_contract.model import ClauseReport, Source, Verdict
from adapty_contract.record import RunRecord, fails_run, findings
from adapty_contract.reporters.phrases import UNTESTABLE, violations

_EVIDENCE = 3
"""How many exchanges of a clause that did not break are linked and on the page."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source of a clause, and what the record knows of it."""

    cited: Source
    known: SourceName | None


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause of the table. `root` is the finding it belongs to, if it is violated."""

    report: ClauseReport
    fails: bool
    evidence: tuple[int, ...]
    sources: tuple[SourceView, ...]
    root: str | None
    why: str
    count: str
    """How many results it has, of which how many violate it."""


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic, its clauses, and how many of them got each verdict."""

    name: str
    clauses: tuple[ClauseView, ...]
    counts: Mapping[Verdict, int]


def topics(record: RunRecord) -> tuple[TopicView, ...]:
    """The topics in the contract's order."""
    roots = {
        report.clause.id: finding.root.clause.id
        for finding in findings(record)
        for report in (finding.root, *finding.consequences)
    }
    untestable = record.exit_code == UNTESTABLE  # one reason for all, told once
    names = {source.id: source for source in record.contract.sources}
    found: dict[str, list[ClauseView]] = {}
    for report in record.clauses:
        view = ClauseView(
            report,
            fails_run(record, report),
            evidence(report),
            tuple(SourceView(source, names.get(source.source)) for source in report.clause.sources),
            roots.get(report.clause.id),
            "" if untestable else report.why,
            f"{violations(report)} of {report.exercised}" if violations(report) else str(report.exercised),
        )
        found.setdefault(report.clause.topic, []).append(view)
    return tuple(TopicView(name, tuple(views), _counts(views)) for name, views in found.items())


def evidence(report: ClauseReport) -> tuple[int, ...]:
    """The exchanges that show the verdict of a clause best: the last ones of its first result."""
    return report.results[0].exchanges[-_EVIDENCE:] if report.results else ()


def _counts(views: list[ClauseView]) -> dict[Verdict, int]:
    return {verdict: sum(view.report.verdict is verdict for view in views) for verdict in Verdict}
