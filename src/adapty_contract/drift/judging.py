"""Compares pages with contract and ledger, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapty_contract.contract import Contract
from adapty_contract.drift.anchors import check_anchors, check_needs
from adapty_contract.drift.evidence import Evidence, gather
from adapty_contract.drift.expectations import Verdict, expect
from adapty_contract.drift.explaining import settle
from adapty_contract.drift.model import Discrepancy, Finding, Judged, Outcome, Reading, Report, Settled, Stated
from adapty_contract.drift.rules import find_all

CONTRACT_RULE = "differs-from-contract"
"""The rule of every claim that the contract contradicts."""


def judge(contract: Contract, readings: tuple[Reading, ...]) -> Report:
    """What every claim of the readings is, each discrepancy in and between them, and what the ledger has too much."""
    evidence = gather(contract, readings)
    verdicts = {each: expect(evidence, each) for page in evidence.pages for each in page.stated}
    discrepancies = [*_contradictions(verdicts), *find_all(evidence)]
    settled = tuple(settle(contract.ledger, discrepancies))
    findings = [*_told(settled), *check_anchors(evidence), *check_needs(evidence, settled)]
    return Report(readings, tuple(_judged(verdicts, settled)), settled, tuple(_merged(findings)))


def _contradictions(verdicts: dict[Stated, Verdict]) -> Iterator[Discrepancy]:
    for stated, verdict in verdicts.items():
        if verdict.outcome is Outcome.DRIFT:
            yield Discrepancy(CONTRACT_RULE, verdict.subject, verdict.sentence, (stated,))


def _judged(verdicts: dict[Stated, Verdict], settled: tuple[Settled, ...]) -> Iterator[Judged]:
    drift: dict[Stated, str] = {}
    explained: dict[Stated, dict[str, str]] = {}
    for each in settled:
        if each.entry is None and each.blamed is not None:
            drift.setdefault(each.blamed, each.discrepancy.sentence)
        for stated in each.discrepancy.claims if each.entry is not None else ():
            explained.setdefault(stated, {})[str(each.entry)] = each.discrepancy.sentence
    for stated, verdict in verdicts.items():
        if stated in drift:
            yield Judged(stated, Outcome.DRIFT, (), drift[stated])
        elif stated in explained:
            entries = explained[stated]
            yield Judged(stated, Outcome.EXPLAINED, tuple(entries), next(iter(entries.values())))
        else:
            yield Judged(stated, verdict.outcome)


def _told(settled: Iterable[Settled]) -> Iterator[Finding]:
    for each in settled:
        at = each.blamed or next(iter(each.discrepancy.claims), None)
        reading = at.reading if at is not None else each.discrepancy.missing[0].reading
        if each.entry is not None and each.discrepancy.missing and not each.discrepancy.claims:
            reading = each.discrepancy.missing[0].reading
        yield Finding(
            each.discrepancy.rule,
            each.discrepancy.subject,
            each.discrepancy.sentence,
            Outcome.EXPLAINED if each.entry is not None else Outcome.DRIFT,
            _file(reading, at),
            at.claim.line if at is not None else 1,
            () if each.entry is None else (each.entry,),
            at.claim.quote if at is not None else "",
        )


def _file(reading: Reading, at: Stated | None) -> str:
    """The file as it was given; a component that the page imports is told by its own name."""
    return reading.path if at is None or at.claim.page == reading.page.name else at.claim.page


def _merged(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What several rules find at one place about one subject is told once."""
    kept: dict[tuple[str, ...], Finding] = {}
    for each in findings:
        key = (each.page, str(each.line), each.subject, each.outcome, *each.entries)
        if key not in kept:
            kept[key] = each
        elif each.sentence not in kept[key].sentence:
            kept[key] = replace(kept[key], sentence=f"{kept[key].sentence}; {each.sentence}")
    yield from kept.values()
