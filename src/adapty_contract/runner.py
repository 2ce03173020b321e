"""Run the layers against a target and make the record of it: contract + exchanges + checks -> record."""

from __future__ import annotations

import secrets
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapty_contract import __version__
from adapty_contract.client import GuardedClient
from adapty_contract.clock import Clock, Interrupted
from adapty_contract.contract import Contract
from adapty_contract.errors import ContractSuiteError, InternalError, SafetyStop, TargetError
from adapty_contract.guard import Limits, Policy
from adapty_contract.interrupts import Interrupt
from adapty_contract.model import Exchange, Facts, Operation, Profile, Request, Verdict
from adapty_contract.options import VerifyOptions
from adapty_contract.passive import passive_observations
from adapty_contract.preflight import require_testable
from adapty_contract.record import (
    ContractStamp,
    LayerRecord,
    Restoration,
    RestorationRecord,
    RunRecord,
    TargetKind,
    TargetRecord,
    Tolerated,
    Tool,
)
from adapty_contract.redact import Redactor
from adapty_contract.reporters.progress import Progress
from adapty_contract.safekeeping import Safekeeping
from adapty_contract.scenarios import Scenario, all_scenarios
from adapty_contract.scenarios.session import Session, Setting
from adapty_contract.tally import Tally, decisive
from adapty_contract.target import Target

_MISSING = {
    "writes": "--allow-writes",
    "customer-user-id": "--customer-user-id",
    "profile-id": "--profile-id",
    "other-profile": "--other-customer-user-id",
    "loopback": "a server on this machine",
}
_KEPT_BODY = 65_536
"""Bytes of an answer's body that the record keeps."""

_MODEL_SHARE = 0.35
"""The part of the budget that the model layer may use; the schema layer has the rest."""


@dataclass(frozen=True)
class Plan:
    """What to run: the target with its key and test profiles, and how."""

    options: VerifyOptions
    contract: Contract
    target: Target
    key: str = field(repr=False)
    profile: Profile
    other: Profile | None
    progress: Progress
    interrupt: Interrupt
    warnings: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything may be written: to the embedded mock always, elsewhere if allowed."""
        return self.target.embedded or self.options.allow_writes


class _Watched:
    """The client as scenarios see it: each request first asks whether the run is to end, and moves the progress on."""

    def __init__(self, client: GuardedClient, interrupt: Interrupt, progress: Progress) -> None:
        self._client = client
        self._interrupt = interrupt
        self._progress = progress

    def send(self, request: Request, *, facts: Facts, operation: Operation | None, label: str, retry: bool) -> Exchange:
        """As the client does; raises Interrupted instead of sending once the run is to end."""
        self._interrupt.check()
        exchange = self._client.send(request, facts=facts, operation=operation, label=label, retry=retry)
        self._progress.advance()
        return exchange


class Run:
    """One run in progress; `perform` does it once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._exchanges: list[Exchange] = []
        self._layers: list[LayerRecord] = []
        self._restored: tuple[RestorationRecord, ...] = ()
        self._stopped: str | None = None
        self._exit = 0
        self._began = time.monotonic()
        self._started = _now()
        self._warnings = list(plan.warnings)
        self._redactor = Redactor([plan.key])
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        only = plan.contract.select(plan.options.only) if plan.options.only else None
        self._tally = Tally(plan.contract, strict=plan.options.strict, only=only)
        self._only = only

    def perform(self) -> RunRecord:
        """Preflight, layers, restoration. However early the run ends, there is a record that says why."""
        plan = self._plan
        clock = Clock(plan.interrupt.event)
        with self._client(clock) as client:
            session = Session(self._setting(), _Watched(client, plan.interrupt, plan.progress), self._tally, clock.wait)
            try:
                require_testable(session, plan.target.url)
                with self._kept_safe(client, session, clock):
                    self._run_layers(session)
            except Interrupted as stop:
                self._end(stop, plan.interrupt.exit_code)
            except (TargetError, SafetyStop) as stop:
                self._end(stop, stop.exit_code)
            except Exception as error:  # noqa: BLE001  (a defect of the suite must not cost what the run has seen)
                self._end(InternalError(self._redactor.text(_place(error))), InternalError.exit_code)
            finally:
                plan.progress.stop()
            return self._record(session, client)

    def _client(self, clock: Clock) -> GuardedClient:
        plan, options = self._plan, self._plan.options
        near = plan.target.is_loopback
        policy = Policy(
            allow_writes=plan.writes,
            max_requests=options.max_requests,
            rate=options.rate,
            server_errors_in_row=60 if near else 5,  # on one's own machine a crash is a finding, not somebody's outage
        )
        limits = replace(Limits(), total=options.timeout, read=min(Limits().read, options.timeout))
        return GuardedClient(
            plan.target,
            plan.key,
            redactor=self._redactor,
            limits=limits,
            policy=policy,
            on_exchange=lambda exchange: self._exchanges.append(_kept(exchange)),
            clock=clock,
            ca_file=options.ca_file,
        )

    def _setting(self) -> Setting:
        plan = self._plan
        return Setting(
            contract=plan.contract,
            key=plan.key,
            profile=plan.profile,
            other=plan.other,
            base_path=plan.target.base_path,
            authority=plan.target.authority,
            allow_writes=plan.writes,
            loopback=plan.target.is_loopback,
            lag=plan.options.lag,
            seed=plan.options.seed,
        )

    @contextmanager
    def _kept_safe(self, client: GuardedClient, session: Session, clock: Clock) -> Iterator[None]:
        """Journal the profiles before the first write, and put them back afterwards."""
        plan = self._plan
        if plan.target.embedded or not plan.writes:
            yield
            return
        keeping = Safekeeping(plan.target, self.run_id, plan.key)
        self._warnings += keeping.unrestored()
        with keeping.open(session) as warnings:
            self._warnings += warnings
            try:
                yield
            finally:
                plan.progress.start("putting the test profiles back", None)
                with client.restoring():
                    self._restored = keeping.restore(client, lambda pause: clock.wait(pause, interruptible=False))
                if any(restored.outcome is Restoration.FAILED for restored in self._restored):
                    again = f"`adapty-contract restore {self.run_id}`"
                    self._warnings.append(f"a test profile could not be put back: {again} tries again")

    def _run_layers(self, session: Session) -> None:
        self._layer("scenarios", lambda: self._scenarios(session))
        self._generated(session)

    def _end(self, stop: ContractSuiteError, exit_code: int) -> None:
        """The run ends before its plan does. Of a target that cannot be tested no verdict is kept."""
        self._stopped, self._exit = f"{stop.what}; {stop.hint}" if stop.hint else stop.what, exit_code
        if isinstance(stop, TargetError):
            self._tally = Tally(self._plan.contract, strict=self._plan.options.strict, only=self._only)
        self._tally.skip(self._plan.contract.clauses, f"the run ended before: {stop.what}")

    def _layer(self, name: str, body: Callable[[], int]) -> None:
        """Run one layer and record it, also if it is stopped in the middle."""
        began, before = time.monotonic(), len(self._exchanges)
        cases, note = 0, "stopped"
        try:
            cases, note = body(), ""
        finally:
            took = time.monotonic() - began
            self._layers.append(LayerRecord(name, len(self._exchanges) - before, took, cases, note))

    def _scenarios(self, session: Session) -> int:
        chosen = [item for item in all_scenarios() if self._is_wanted(item)]
        self._plan.progress.start("scenarios", None)
        done = 0
        for item in chosen:
            lacking = [_MISSING[need] for need in item.needs if not session.can(need)]
            if lacking:
                self._tally.skip(item.clauses, f"needs {' and '.join(lacking)}")
                continue
            item.function(session)
            done += 1
        return done

    def _is_wanted(self, item: Scenario) -> bool:
        """With `--only`, the scenarios of its clauses; for clauses that checks judge on every exchange, all of them."""
        if self._only is None or item.id == "first-reads":
            return True
        of_scenarios = {clause for other in all_scenarios() for clause in other.clauses}
        return bool(self._only.intersection(item.clauses)) or not self._only <= of_scenarios

    def _generated(self, session: Session) -> None:
        """The model and the schema layer, inside the budget; `--only` leaves them out, as they are about everything."""
        options = self._plan.options
        if not options.budget or self._only is not None or not session.can("writes"):
            why = "no budget" if not options.budget else "--only" if self._only is not None else "read-only"
            self._layers += [LayerRecord(name, 0, 0.0, 0, f"left out: {why}") for name in ("model", "schema")]
            return
        from adapty_contract.fuzz.model import run_model
        from adapty_contract.fuzz.schema import run_schema

        began = time.monotonic()
        for name, run, share in (("model", run_model, _MODEL_SHARE), ("schema", run_schema, 1.0)):
            left = options.budget * share - (time.monotonic() - began if share == 1.0 else 0)
            before = len(self._exchanges)
            start = time.monotonic()
            try:
                self._layers.append(
                    run(session, budget=max(left, 0.1), seed=options.seed, progress=self._plan.progress)
                )
            except SafetyStop:
                took = time.monotonic() - start
                self._layers.append(LayerRecord(name, len(self._exchanges) - before, took, 0, "stopped"))
                raise

    def _observe(self) -> None:
        for observation in passive_observations(self._exchanges, self._plan.contract.ledger.values()):
            self._tally.observe(observation)

    def _record(self, session: Session, client: GuardedClient) -> RunRecord:
        plan = self._plan
        self._observe()
        clauses = self._tally.reports({need: how for need, how in _MISSING.items() if not session.can(need)})
        record = RunRecord(
            tool=Tool("adapty-contract", __version__),
            contract=ContractStamp(plan.contract.version, plan.contract.digest),
            run_id=self.run_id,
            target=TargetRecord(
                TargetKind.EMBEDDED if plan.target.embedded else TargetKind.URL,
                plan.target.base_url,
                plan.profile,
                plan.other,
            ),
            settings=self._redactor.data(_settings(plan)),
            seed=plan.options.seed,
            started=self._started,
            ended=_now(),
            duration=time.monotonic() - self._began,
            complete=self._stopped is None,
            stopped=self._stopped,
            exit_code=0,
            layers=tuple(self._layers),
            tolerated=self._tolerated(session, client),
            restoration=self._restored,
            warnings=tuple(self._warnings),
            clauses=clauses,
            observations=self._tally.observations,
            exchanges=tuple(self._exchanges),
        )
        return replace(record, exit_code=self._decide(record))

    def _tolerated(self, session: Session, client: GuardedClient) -> Tolerated:
        throttled = sum(exchange.status == 429 for exchange in self._exchanges)
        retries = sum(exchange.attempts - 1 for exchange in self._exchanges)
        return Tolerated(
            lag_seen=session.lag_seen,
            lag_tolerated=self._plan.options.lag,
            throttled=throttled,
            throttling_waited=client.throttling_waited,
            retries=retries,
        )

    def _decide(self, record: RunRecord) -> int:
        """An interrupt or a defect of the suite first, then what is wrong with the server, then what stopped the run, then that nothing was seen."""
        if self._exit >= 128 or self._exit == InternalError.exit_code:
            return self._exit
        if decisive(record.clauses, strict=self._plan.options.strict):
            return 1
        if self._exit:
            return self._exit
        judged = any(report.verdict in {Verdict.HELD, Verdict.VIOLATED} for report in record.clauses)
        return 0 if judged else 5


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
        "only": list(options.only),
        "dialects": list(options.dialects),
        "faults": list(options.faults),
        "formats": list(options.formats),
    }


def _kept(exchange: Exchange) -> Exchange:
    """The exchange as the record keeps it: of a huge body the beginning, since checks have seen the rest."""
    response = exchange.response
    if response is None or len(response.body) <= _KEPT_BODY:
        return exchange
    cut = replace(response, body=response.body[:_KEPT_BODY], remarks=response.remarks | {"body-cut-in-record"})
    return replace(exchange, response=cut)


def _place(error: Exception) -> str:
    """What went wrong inside the suite, and where: enough for a bug report."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(frame.filename).name}, line {frame.lineno}, in {frame.name})"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def run(plan: Plan) -> RunRecord:
    """Do what the plan says; whatever stops it is in the record."""
    return Run(plan).perform()
