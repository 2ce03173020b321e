"""Small records of runs, for tests that need one to look at."""

from __future__ import annotations

from typing import Any

from adapty_contract.model import Clause, ClauseReport, Level, Verdict
from adapty_contract.record import ContractStamp, RunRecord, TargetKind, TargetRecord, Tool


def made(*reports: ClauseReport, **changes: Any) -> RunRecord:
    """A record with these clauses, and with `changes`."""
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
    """What a run says of a clause; `after` names the clauses that explain it."""
    return ClauseReport(Clause(name, "topic", level, "A sentence.", (), (), after=tuple(after.split())), verdict)
