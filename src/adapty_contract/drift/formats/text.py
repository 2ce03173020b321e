"""For people at a terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from adapty_contract.drift.changes import Change, Kind
from adapty_contract.drift.comparison import Comparison
from adapty_contract.drift.formats import formatter
from adapty_contract.drift.model import Finding, Outcome, Reading, Report
from adapty_contract.pages.elements import LAYOUT
from adapty_contract.visible import one_line

_VALUE = 80
_SENTENCE = 300


@formatter("text")
def text(comparison: Comparison) -> str:
    """What was read, what drifts, what is explained and by what, what is only told."""
    report = comparison.report
    parts = [
        _pages(report),
        _changes(comparison.changes),
        _section("Drift", report, Outcome.DRIFT),
        _explained(report),
        _section("Only told", report, Outcome.AGREES),
        _unread(report),
        _unresolved(report),
        _others(report),
        [_verdict(report)],
    ]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part) + "\n"


def _pages(report: Report) -> Iterator[str]:
    for reading in report.readings:
        yield f"{_shown(reading.path)}: {_what(reading)}, {_counted(report, reading)}"


def _what(reading: Reading) -> str:
    if reading.openapi:
        return "an OpenAPI document"
    return reading.method or "not one of the two operations"


def _counted(report: Report, reading: Reading) -> str:
    counts = Counter(each.outcome for each in report.claims if each.stated.reading is reading)
    if not reading.is_ours:
        return f"{len(reading.page.claims)} claims"
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if outcome is not Outcome.BESIDE)
    return f"{len(reading.page.claims)} claims: {told}, {counts[Outcome.BESIDE]} beside the API"


def _section(title: str, report: Report, outcome: Outcome) -> list[str]:
    found = [each for each in report.findings if each.outcome is outcome]
    return [title, *(line for each in found for line in _finding(each))] if found else []


def _finding(finding: Finding) -> Iterator[str]:
    entries = f"  [{', '.join(finding.entries)}]" if finding.entries else ""
    yield f"  {_shown(finding.page)}:{finding.line}  {_shown(finding.subject)}  ({finding.rule}){entries}"
    also = f" (also line {', '.join(map(str, finding.also))})" if finding.also else ""
    yield f"      {one_line(finding.sentence, _SENTENCE)}{also}"


def _explained(report: Report) -> list[str]:
    """The entries of the ledger that explain something, each once, with what it explains first."""
    by_entry: dict[str, list[Finding]] = {}
    for each in report.findings:
        if each.outcome is Outcome.EXPLAINED:
            by_entry.setdefault(each.entries[0], []).append(each)
    lines = [
        f"  {entry}: {one_line(found[0].sentence, _SENTENCE)} ({_shown(found[0].page)}:{found[0].line}"
        f"{f', and {len(found) - 1} more' if len(found) > 1 else ''})"
        for entry, found in sorted(by_entry.items())
    ]
    return ["Explained by the ledger", *lines] if lines else []


def _changes(changes: tuple[Change, ...] | None) -> list[str]:
    if changes is None:
        return []
    return ["Changes", *(f"  {_change(each)}" for each in changes)] if changes else ["Changes", "  none"]


def _change(change: Change) -> str:
    where = f"{_shown(change.place.page)}:{change.place.line}  {change.kind}  {_shown(change.subject)}"
    if change.kind is Kind.CHANGED and change.old and change.new:
        return f"{where}: {_value(change.old.value)} -> {_value(change.new.value)}"
    return f"{where}: {_value(change.place.value)}"


def _unread(report: Report) -> list[str]:
    lines = [
        f"  {_shown(each.page)}:{each.line}  {one_line(each.what, _SENTENCE)}"
        for reading in report.readings
        for each in reading.page.unread
    ]
    return ["Not understood", *lines] if lines else []


def _unresolved(report: Report) -> list[str]:
    """The components whose files were not there: what they say was not compared."""
    lines = [
        f"  {_shown(each.page)}:{each.line}  {one_line(each.name, _VALUE)}, from {one_line(each.source, _SENTENCE)}"
        for reading in report.readings
        for each in reading.page.components
        if each.file is None and each.name not in LAYOUT
    ]
    return ["Components that were not read (--components)", *lines] if lines else []


def _others(report: Report) -> list[str]:
    """The claims of pages that are about other operations: they are read, and compared with nothing."""
    lines = []
    for reading in report.readings:
        if not reading.is_ours:
            lines.append(f"{_shown(reading.path)} is not about one of the two operations; it claims")
            lines += [f"  {each.line}  {_shown(each.subject)}: {_value(each.value)}" for each in reading.page.claims]
    return lines


def _verdict(report: Report) -> str:
    if not any(reading.is_ours for reading in report.readings):
        return "Nothing was compared: no page is about one of the two operations."
    count = len(report.drift)
    return f"{count} finding{'' if count == 1 else 's'} of drift." if count else "No drift."


def _value(value: object) -> str:
    return one_line(json.dumps(value, ensure_ascii=False), _VALUE)


def _shown(path: str) -> str:
    return one_line(path, _SENTENCE)
