"""The record of a run survives its way to JSON and back, and says where foreign data does not fit."""

from __future__ import annotations

import copy
import dataclasses
import json
import types
import typing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.errors import ContractDataError
from adapty_contract.model import Clause, ClauseReport, Exchange, Level, Observation, Profile, Request, Verdict
from adapty_contract.record import (
    SCHEMA_FILE,
    ContractStamp,
    RestorationRecord,
    RunRecord,
    TargetKind,
    TargetRecord,
    Tolerated,
    Tool,
    counts,
    fails_run,
    findings,
    from_json,
    to_json,
)
from adapty_contract.resources import data_root

SCHEMA = json.loads((data_root() / SCHEMA_FILE).read_text(encoding="utf-8"))

TEXTS = st.text(max_size=12)
NAMES = st.from_regex(r"\A[a-z]{1,8}(-[a-z]{1,8})?\Z")
COUNTS = st.integers(1, 10_000)
SECONDS = st.floats(0, 1e6)
st.register_type_strategy(float, SECONDS)
st.register_type_strategy(str, TEXTS)

PROFILES = st.builds(Profile)
REPORTS = st.builds(
    ClauseReport,
    st.builds(Clause, NAMES, after=st.lists(NAMES, max_size=2).map(tuple), ledger=st.lists(NAMES, max_size=2).map(tuple)),
)


def records() -> st.SearchStrategy[RunRecord]:
    """Any record whose texts are Unicode; Hypothesis knows the rest from the annotations."""
    return st.builds(RunRecord)


def made(*reports: ClauseReport, **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "tool": Tool("adapty-contract", "0.1.0"),
        "contract": ContractStamp("1.0.0", "00"),
        "run_id": "run-1",
        "target": TargetRecord(TargetKind.URL, "https://api.example.test"),
        "settings": {},
        "seed": 1,
        "started": "2026-01-31T12:00:00Z",
        "ended": "2026-01-31T12:00:01Z",
        "duration": 1.0,
        "complete": True,
        "stopped": None,
        "exit_code": 0,
        "clauses": reports,
    }
    return RunRecord(**{**values, **changes})


def said(name: str, verdict: Verdict = Verdict.VIOLATED, level: Level = Level.MUST, after: str = "") -> ClauseReport:
    return ClauseReport(Clause(name, "topic", level, "A sentence.", (), (), after=tuple(after.split())), verdict)
