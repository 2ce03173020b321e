"""Run the layers against a target and make the record of it: contract + exchanges + checks -> record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from adapty_contract.client import GuardedClient
from adapty_contract.clock import Clock, Interrupted
from adapty_contract.errors import ContractSuiteError, SafetyStop, TargetError
from adapty_contract.guard import Limits, Policy
from adapty_contract.interrupts import Interrupt
from adapty_contract.model import Exchange, Facts, Operation, Request
from adapty_contract.plan import Plan
from adapty_contract.preflight import require_testable
from adapty_contract.record import LayerRecord, Restoration, RunRecord
from adapty_contract.recording import Recording
from adapty_contract.redact import Redactor
from adapty_contract.reporters.progress import Progress
from adapty_contract.safekeeping import Safekeeping
from adapty_contract.scenarios import Scenario, all_scenarios
from adapty_contract.scenarios.session import Session, Setting
from adapty_contract.tally import Tally

_MISSING = {
    "writes": "--allow-writes",
    "customer-user-id": "--customer-user-id",
    "profile-id": "--profile-id",
    "other-profile": "--other-customer-user-id",
    "loopback": "a server on this machine",
}
_MODEL_SHARE = 0.35
"""The part of the budget that the model layer may use; the schema layer has the rest."""

_CRASHES_NEARBY = 60
"""Server errors in a row that end a run: on one's own machine a crash is a finding, elsewhere somebody's outage."""
_CRASHES_ELSEWHERE = 5


def run(plan: Plan) -> RunRecord:
    """Do what the plan says; whatever stops it is in the record."""
    return Run(plan).perform()


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
        self._redactor = Redactor([plan.key])
        self._recording = Recording(plan, self._redactor)
        self._only = plan.contract.select(plan.options.only) if plan.options.only else None
        self._tally = self._new_tally()

    def _new_tally(self) -> Tally:
        plan = self._plan
        return Tally(plan.contract.clauses, strict=plan.options.strict, only=self._only, events=plan.events)

    def perform(self) -> RunRecord:
        """Preflight, layers, restoration. However early the run ends, there is a record that says why."""
        plan, recording = self._plan, self._recording
        clock = Clock(plan.interrupt.event)
        with self._client(clock) as client:
            sender = _Watched(client, plan.interrupt, plan.progress)
            session = Session(self._setting(), sender, self._tally, clock.wait, clock.monotonic)
            try:
                require_testable(session, plan.target.url)
                with self._kept_safe(client, session, clock):
                    self._scenarios(session)
                    self._generated(session)
            except Interrupted as stop:
                self._end(stop, plan.interrupt.exit_code)
            except (TargetError, SafetyStop) as stop:
                self._end(stop, stop.exit_code)
            except Exception as error:  # noqa: BLE001  (a defect of the suite must not cost what the run has seen)
                self._skip_rest(recording.end_by_defect(error))
            finally:
                plan.progress.stop()
            for observation in recording.observations():
                self._tally.observe(observation)
            missing = {need: how for need, how in _MISSING.items() if not session.can(need)}
            lag_seen = max(session.lag_seen, session.old_views.oldest or 0.0)
            tolerated = recording.tolerated(lag_seen, client.throttled, client.throttling_waited)
            return recording.make(self._tally, missing, tolerated)

    def _client(self, clock: Clock) -> GuardedClient:
        plan, options = self._plan, self._plan.options
        policy = Policy(
            allow_writes=plan.writes,
            max_requests=options.max_requests,
            rate=options.rate,
            retry_after_ceiling=options.max_retry_after,
            server_errors_in_row=_CRASHES_NEARBY if plan.target.is_loopback else _CRASHES_ELSEWHERE,
        )
        limits = replace(Limits(), total=options.timeout, read=min(Limits().read, options.timeout))
        return GuardedClient(
            plan.target,
            plan.key,
            redactor=self._redactor,
            limits=limits,
            policy=policy,
            on_exchange=self._recording.add,
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
        plan, recording = self._plan, self._recording
        if plan.target.embedded or not plan.writes:
            yield
            return
        keeping = Safekeeping(plan.target, recording.run_id, plan.key)
        recording.warn(*keeping.unrestored())
        with keeping.open(session) as warnings:
            recording.warn(*warnings)
            try:
                yield
            finally:
                plan.progress.start("putting the test profiles back", None)
                with client.restoring():
                    restored = keeping.restore(client, lambda pause: clock.wait(pause, interruptible=False))
                recording.put_back(restored)
                if any(each.outcome is Restoration.FAILED for each in restored):
                    again = f"`adapty-contract restore {recording.run_id}`"
                    recording.warn(f"a test profile could not be put back: {again} tries again")

    def _end(self, stop: ContractSuiteError, exit_code: int) -> None:
        """The run ends before its plan does. Of a target that cannot be tested no verdict is kept."""
        self._recording.end(stop, exit_code)
        if isinstance(stop, TargetError):
            self._plan.events.write("forget", "the target cannot be tested: no verdict is kept")
            self._tally = self._new_tally()
        self._skip_rest(stop)

    def _skip_rest(self, stop: ContractSuiteError) -> None:
        self._tally.skip(self._plan.contract.clauses, f"the run ended before: {stop.what}")

    def _scenarios(self, session: Session) -> None:
        self._plan.progress.start("scenarios", None)
        with self._recording.layer("scenarios") as notes:
            for item in filter(self._is_wanted, all_scenarios()):
                lacking = [_MISSING[need] for need in item.needs if not session.can(need)]
                if lacking:
                    self._tally.skip(item.clauses, f"needs {' and '.join(lacking)}")
                    continue
                item.function(session)
                notes.cases += 1
            notes.note = ""

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
            for name in ("model", "schema"):
                self._recording.add_layer(LayerRecord(name, 0, 0.0, 0, f"left out: {why}"))
            return
        from adapty_contract.fuzz.model import run_model
        from adapty_contract.fuzz.schema import run_schema

        ends = time.monotonic() + options.budget
        for name, layer, share in (("model", run_model, _MODEL_SHARE), ("schema", run_schema, 1.0)):
            budget = max((ends - time.monotonic()) * share, 0.1)
            with self._recording.layer(name) as notes:
                made = layer(session, budget=budget, seed=options.seed, progress=self._plan.progress)
                notes.cases, notes.note = made.cases, made.note
