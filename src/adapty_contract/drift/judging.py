"""Compares pages with contract and ledger, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapty_contract.contract import Contract
from adapty_contract.drift.anchors import check_anchors, check_needs
from adapty_contract.drift.evidence import Evidence, gather
from adapty_contract.drift.expectations import Verdict, expect
from adapty_contract.drift.explaining import settle
from adapty_contract.drift.lines import line_lacking
from adapty_contract.drift.merging import merge
from adapty_contract.drift.model import Discrepancy, Finding, Judged, Missing, Outcome, Reading, Report, Settled, Stated
from adapty_contract.drift.roles import unclear
from adapty_contract.drift.rules import find_all
from adapty_contract.model import Operation

CONTRACT_RULE = "differs-from-contract"
"""The rule of every claim that the contract contradicts."""


def judge(contract: Contract, readings: tuple[Reading, ...]) -> Report:
    """What every claim of the readings is, each discrepancy in and between them, and what the ledger has too much."""
    evidence = gather(contract, readings)
    verdicts = {each: expect(evidence, each) for page in evidence.pages for each in page.stated}
    discrepancies = [*_contradictions(verdicts), *find_all(evidence)]
    settled = tuple(settle(contract.ledger, discrepancies))
    findings = [
        *_told(settled),
        *check_anchors(evidence),
        *check_needs(evidence, settled),
        *_unclear(contract, readings),
        *_not_given(contract, evidence, readings),
    ]
    return Report(readings, tuple(_judged(verdicts, settled)), settled, tuple(merge(readings, findings)))


def _contradictions(verdicts: dict[Stated, Verdict]) -> Iterator[Discrepancy]:
    for stated, verdict in verdicts.items():
        if verdict.outcome is Outcome.DRIFT:
            yield Discrepancy(CONTRACT_RULE, verdict.subject, verdict.sentence, (stated,))


def _judged(verdicts: dict[Stated, Verdict], settled: tuple[Settled, ...]) -> Iterator[Judged]:
    drift: dict[Stated, str] = {}
    explained: dict[Stated, dict[str, str]] = {}
    for each in settled:
        if each.entry is not None:
            for stated in (*each.discrepancy.claims, *each.discrepancy.context):
                explained.setdefault(stated, {})[each.entry] = each.discrepancy.sentence
        elif isinstance(each.blamed, Stated):
            drift.setdefault(each.blamed, each.discrepancy.sentence)
    for stated, verdict in verdicts.items():
        if stated in drift:
            yield Judged(stated, Outcome.DRIFT, (), drift[stated])
        elif stated in explained:
            entries = explained[stated]
            yield Judged(stated, Outcome.EXPLAINED, tuple(entries), next(iter(entries.values())))
        else:
            yield Judged(stated, verdict.outcome)


def _unclear(contract: Contract, readings: tuple[Reading, ...]) -> Iterator[Finding]:
    """Pages that call the path of the operations and are about neither."""
    for reading in readings:
        why = unclear(contract, reading)
        if why is not None:
            line = next((each.line for each in reading.page.claims if each.subject == "operation.method"), 1)
            yield Finding("operation-missing", "operation.method", why, Outcome.DRIFT, reading.path, line)


def _not_given(contract: Contract, evidence: Evidence, readings: tuple[Reading, ...]) -> Iterator[Finding]:
    """Operations of which no page was given: what the contract says of them is supported by nothing that was read.

    Where another page was given, it may be the one that is meant, changed beyond recognition: that is drift.
    """
    strangers = [each for each in readings if not each.is_ours and unclear(contract, each) is None]
    for method in Operation:
        name = method.method.lower()
        if evidence.of(name) or not (evidence.by_method or (strangers and evidence.pages)):
            continue
        sentence = f"no page about {name.upper()} was given; what the contract says of it is not compared"
        if strangers:
            names = ", ".join(each.page.name for each in strangers)
            verb = "is about neither operation" if len(strangers) == 1 else "are about neither operation"
            yield _page_not_given(name, f"{sentence}; {names} {verb}", Outcome.DRIFT, strangers[0])
        else:
            yield _page_not_given(name, sentence, Outcome.AGREES, readings[0])


def _page_not_given(name: str, sentence: str, outcome: Outcome, at: Reading) -> Finding:
    return Finding("page-not-given", f"operation.{name}", sentence, outcome, at.path, 1)


def _told(settled: Iterable[Settled]) -> Iterator[Finding]:
    for each in settled:
        outcome = Outcome.DRIFT if each.is_drift else Outcome.EXPLAINED
        entries = () if each.entry is None else (each.entry,)
        rule, sentence, at = each.discrepancy.rule, each.discrepancy.sentence, each.blamed
        if isinstance(at, Missing):
            line = line_lacking(at.reading, at.subject) or 1
            yield Finding(rule, at.subject, sentence, outcome, at.reading.path, line, entries)
        else:
            place = _file(at), at.claim.line
            yield Finding(rule, at.subject, sentence, outcome, *place, entries, at.claim.quote)


def _file(at: Stated) -> str:
    """The file as it was given; a component that the page imports is told by its own name."""
    return at.claim.page if at.is_imported else at.reading.path
