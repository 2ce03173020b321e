"""Drift: what vendor pages claim, compared with the contract and explained by the ledger."""

from __future__ import annotations

from adapty_contract.drift.judging import judge
from adapty_contract.drift.loading import load_for_drift
from adapty_contract.drift.model import Discrepancy, Finding, Judged, Outcome, Reading, Report
from adapty_contract.drift.roles import recognise, recognise_document

__all__ = [
    "Discrepancy",
    "Finding",
    "Judged",
    "Outcome",
    "Reading",
    "Report",
    "judge",
    "load_for_drift",
    "recognise",
    "recognise_document",
]
