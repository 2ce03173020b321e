"""Collect what happens in a run while it happens, and make the record of it at the end, however the run ends."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from adapty_contract import __version__
from adapty_contract.contract import Contract
from adapty_contract.errors import ContractSuiteError, InternalError, place_of
from adapty_contract.framed import Closing, Opening, record_of
from adapty_contract.model import ClauseReport, Exchange, Observation, Verdict
from adapty_contract.passive import passive_observations
from adapty_contract.plan import Plan
from adapty_contract.record import (
    ContractStamp,
    LayerRecord,
    RestorationRecord,
    RunRecord,
    TargetKind,
    TargetRecord,
    Tolerated,
    Tool,
)
from adapty_contract.redact import Redactor
from adapty_contract.surface import questions, source_names, surface
from adapty_contract.tally import Tally, decisive

_KEPT_BODY = 65_536
"""Bytes of an answer's body that the record keeps."""


@dataclass
class LayerNotes:
    """What a layer says of itself when it ends."""

    cases: int = 0
    note: str = "stopped"


class Recording:
    """The state of one run as its record needs it."""

    def __init__(self, plan: Plan, redactor: Redactor) -> None:
        """`redactor` knows the run's key."""
        self._plan = plan
        self._redactor = redactor
        self._lock = threading.Lock()  # scenarios send from several threads
        self._exchanges: list[Exchange] = []
        self._layers: list[LayerRecord] = []
        self._stopped: str | None = None
        self._exit = 0
        self._began = time.monotonic()
        self._warnings: dict[str, None] = {}
        self._restored: tuple[RestorationRecord, ...] = ()
        self._opening = self._open(f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}")
        plan.events.write("run", self._opening)
        self.warn(*plan.warnings)

    @property
    def run_id(self) -> str:
        """Names this run."""
        return self._opening.run_id

    def _open(self, run_id: str) -> Opening:
        """What is known of the run before its first request."""
        plan, contract = self._plan, self._plan.contract
        only = contract.select(plan.options.only) if plan.options.only else contract.clauses.keys()
        return Opening(
            tool=Tool("adapty-contract", __version__),
            contract=_stamp(contract),
            run_id=run_id,
            target=_target(plan),
            settings=self._redactor.data(_settings(plan)),
            seed=plan.options.seed,
            started=_now(),
            clauses=tuple(clause for clause in contract.clauses.values() if clause.id in only),
        )

    @property
    def exchanges(self) -> int:
        """How many exchanges there were so far."""
        return len(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange; of a huge body the beginning, since checks see the rest before it goes."""
        response = exchange.response
        if response is not None and len(response.body) > _KEPT_BODY:
            cut = replace(response, body=response.body[:_KEPT_BODY], remarks=response.remarks | {"body-cut-in-record"})
            exchange = replace(exchange, response=cut)
        with self._lock:
            self._exchanges.append(exchange)
            self._plan.events.write("exchange", exchange)

    @contextmanager
    def layer(self, name: str) -> Iterator[LayerNotes]:
        """Record a layer, also if it is stopped in the middle."""
        began, before, notes = time.monotonic(), len(self._exchanges), LayerNotes()
        self._plan.events.write("layer-start", name)
        try:
            yield notes
        finally:
            took = time.monotonic() - began
            self.add_layer(LayerRecord(name, len(self._exchanges) - before, took, notes.cases, notes.note))

    def warn(self, *warnings: str) -> None:
        """Keep what people should know of this run beside its verdicts, each sentence once."""
        for warning in warnings:
            self._warnings[warning] = None
            self._plan.events.write("warning", warning)

    def put_back(self, restored: tuple[RestorationRecord, ...]) -> None:
        """Keep how the test profiles were left behind."""
        self._restored = restored
        self._plan.events.write("restoration", restored)

    def add_layer(self, layer: LayerRecord) -> None:
        """Keep what a layer says of itself."""
        self._layers.append(layer)
        self._plan.events.write("layer", layer)

    def end(self, stop: ContractSuiteError, exit_code: int) -> None:
        """The run ends before its plan does."""
        self._stopped, self._exit = f"{stop.what}; {stop.hint}" if stop.hint else stop.what, exit_code

    def end_by_defect(self, error: Exception) -> ContractSuiteError:
        """The run ends because the suite itself failed; gives the error to tell."""
        stop = InternalError(self._redactor.text(f"{type(error).__name__}: {error} ({place_of(error)})"))
        self.end(stop, stop.exit_code)
        return stop

    def observations(self) -> Iterator[Observation]:
        """What the answers say by the way about open questions."""
        return passive_observations(self._exchanges, self._opening.contract.questions)

    def tolerated(self, lag_seen: float, throttled: int, throttling_waited: float) -> Tolerated:
        """What the run put up with: seconds, and between them how often it was throttled."""
        return Tolerated(
            lag_seen=lag_seen,
            lag_tolerated=self._plan.options.lag,
            throttled=throttled,
            throttling_waited=throttling_waited,
            retries=sum(exchange.attempts - 1 for exchange in self._exchanges),
        )

    def make(self, tally: Tally, missing: dict[str, str], tolerated: Tolerated) -> RunRecord:
        """The record; `missing` says how to provide what clauses need and the run lacked."""
        clauses = tally.reports(missing)
        closing = Closing(
            ended=_now(),
            duration=time.monotonic() - self._began,
            complete=self._stopped is None,
            stopped=self._stopped,
            exit_code=self._decide(clauses),
            layers=tuple(self._layers),
            tolerated=tolerated,
            restoration=self._restored,
            warnings=tuple(self._warnings),
            missing=missing,
        )
        self._plan.events.write("end", closing)
        return record_of(self._opening, closing, clauses, tally.observations, self._exchanges)

    def _decide(self, clauses: tuple[ClauseReport, ...]) -> int:
        """The exit status.

        An interrupt or a defect of the suite comes first, then what is wrong with the server, then what stopped the run,
        then that nothing was seen.
        """
        if self._exit >= 128 or self._exit == InternalError.exit_code:
            return self._exit
        if decisive(clauses, strict=self._plan.options.strict):
            return 1
        if self._exit:
            return self._exit
        judged = any(report.verdict in {Verdict.HELD, Verdict.VIOLATED} for report in clauses)
        return 0 if judged else 5


def _stamp(contract: Contract) -> ContractStamp:
    return ContractStamp(
        contract.version, contract.digest, surface(contract), questions(contract), source_names(contract)
    )


def _target(plan: Plan) -> TargetRecord:
    kind = TargetKind.EMBEDDED if plan.target.embedded else TargetKind.URL
    return TargetRecord(kind, plan.target.base_url, plan.profile, plan.other)


def _settings(plan: Plan) -> dict[str, Any]:
    """The effective options, as the report shows them."""
    options = plan.options
    return {
        "writes": plan.writes,
        "strict": options.strict,
        "budget_s": options.budget,
        "max_requests": options.max_requests,
        "rate_per_s": options.rate,
        "timeout_s": options.timeout,
        "lag_tolerated_s": options.lag,
        "retry_after_tolerated_s": options.max_retry_after,
        "only": list(options.only),
        "dialects": list(options.dialects),
        "faults": list(options.faults),
        "formats": list(options.formats),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
