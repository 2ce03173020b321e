"""Compares pages with contract and ledger, both ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapty_contract.contract import Contract
from adapty_contract.drift.anchors import check_anchors, check_needs
from adapty_contract.drift.evidence import Evidence, gather
from adapty_contract.drift.expectations import Verdict, expect
from adapty_contract.drift.explaining import settle
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
        *_not_given(evidence, readings),
    ]
    return Report(readings, tuple(_judged(verdicts, settled)), settled, tuple(_merged(findings)))


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


def _not_given(evidence: Evidence, readings: tuple[Reading, ...]) -> Iterator[Finding]:
    """Operations of which no page was given: what the contract says of them is supported by nothing that was read."""
    for method in Operation:
        name = method.method.lower()
        if evidence.by_method and not evidence.of(name):
            sentence = f"no page about {name.upper()} was given; what the contract says of it is not compared"
            yield Finding("page-not-given", f"operation.{name}", sentence, Outcome.AGREES, readings[0].path, 1)


def _told(settled: Iterable[Settled]) -> Iterator[Finding]:
    for each in settled:
        outcome = Outcome.DRIFT if each.is_drift else Outcome.EXPLAINED
        entries = () if each.entry is None else (each.entry,)
        rule, sentence, at = each.discrepancy.rule, each.discrepancy.sentence, each.blamed
        if isinstance(at, Missing):
            yield Finding(rule, at.subject, sentence, outcome, at.reading.path, 1, entries)
        else:
            place = _file(at), at.claim.line
            yield Finding(rule, at.subject, sentence, outcome, *place, entries, at.claim.quote)


def _file(at: Stated) -> str:
    """The file as it was given; a component that the page imports is told by its own name."""
    return at.claim.page if at.is_imported else at.reading.path


def _merged(findings: Iterable[Finding]) -> Iterator[Finding]:
    """What several rules and entries say of one claim is told once; what is explained, once for each entry."""
    kept: dict[tuple[str, ...], Finding] = {}
    for each in findings:
        apart = each.entries if each.outcome is Outcome.EXPLAINED else ()
        key = (each.page, each.subject, each.outcome, *apart)
        kept[key] = _joined(kept[key], each) if key in kept else each
    yield from kept.values()


def _joined(first: Finding, second: Finding) -> Finding:
    sentence = first.sentence if second.sentence in first.sentence else f"{first.sentence}; {second.sentence}"
    return replace(first, sentence=sentence, entries=tuple(dict.fromkeys((*first.entries, *second.entries))))
