"""A run's record, put together from what was known when it began, what happened, and what was known when it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from adapty_contract.model import Clause, ClauseReport, Exchange, Observation
from adapty_contract.record import (
    FORMAT_VERSION,
    ContractStamp,
    LayerRecord,
    RestorationRecord,
    RunRecord,
    TargetRecord,
    Tolerated,
    Tool,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The members of a record that are known before the first request, and the clauses that the run is about."""

    tool: Tool
    contract: ContractStamp
    run_id: str
    target: TargetRecord
    settings: Mapping[str, Any]
    seed: int
    started: str
    clauses: tuple[Clause, ...]
    format_version: int = FORMAT_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The members that are known at the end; `missing` says how to provide what clauses need and the run lacked."""

    ended: str
    duration: float
    complete: bool
    stopped: str | None
    exit_code: int
    layers: tuple[LayerRecord, ...] = ()
    tolerated: Tolerated = Tolerated()  # noqa: RUF009  (frozen)
    restoration: tuple[RestorationRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    missing: Mapping[str, str]


def record_of(
    opening: Opening,
    closing: Closing,
    clauses: tuple[ClauseReport, ...],
    observations: tuple[Observation, ...],
    exchanges: Iterable[Exchange],
) -> RunRecord:
    """The record of a run that began and ended like this, and of what it came to."""
    return RunRecord(
        tool=opening.tool,
        contract=opening.contract,
        run_id=opening.run_id,
        target=opening.target,
        settings=opening.settings,
        seed=opening.seed,
        started=opening.started,
        ended=closing.ended,
        duration=closing.duration,
        complete=closing.complete,
        stopped=closing.stopped,
        exit_code=closing.exit_code,
        layers=closing.layers,
        tolerated=closing.tolerated,
        restoration=closing.restoration,
        warnings=closing.warnings,
        clauses=clauses,
        observations=observations,
        exchanges=tuple(exchanges),
        format_version=opening.format_version,
    )
