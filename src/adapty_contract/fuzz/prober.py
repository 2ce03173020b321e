"""Sends samples, judges them, and keeps the model of the main profile along with what they write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapty_contract.fuzz.expectation import absorb, kept_by, leaves_a_choice
from adapty_contract.fuzz.ground import Ground
from adapty_contract.fuzz.samples import Address, Sample, facts_of, ids_of_sample, simpler_samples, told, written_under
from adapty_contract.fuzz.telling import told_members
from adapty_contract.fuzz.trial import Trial, Tried
from adapty_contract.model import Exchange, Operation
from adapty_contract.scenarios.confirm import confirm

if TYPE_CHECKING:
    from adapty_contract.fuzz.oracle import SecondOracle

_PATIENT_EVERY = 8
"""Where writes are seen late, so many of them wait together. Elsewhere each is looked at, so that it can be blamed."""


class Prober:
    """Tries samples in one trial, as the subject of a search."""

    def __init__(self, trial: Trial, oracle: SecondOracle) -> None:
        """`trial` has learnt what the profiles hold."""
        self._trial = trial
        self._oracle = oracle
        self._ground = Ground(trial)
        self._unseen = 0

    def hurry(self, *, hurried: bool) -> None:
        """See Subject."""
        self._trial.hurry(hurried=hurried)

    def simpler(self, case: Sample) -> Iterator[Sample]:
        """See Subject."""
        return simpler_samples(case)

    def attempt(self, case: Sample, *, fresh: bool, careful: bool = False) -> Tried | None:
        """See Subject. One request is as careful as it gets."""
        writes = case.operation is Operation.SET
        choice = leaves_a_choice(case.members, self._trial)
        if (choice and self._trial.lags) or self._is_known_to_fail(case):
            return None
        if not self._ground.is_known():
            return self._trial.finish("the profiles cannot be read")
        start = f"holding {told_members(self._ground.prepare(case.members))}: " if fresh and writes else ""
        exchange = self._send(case)
        if writes:
            self._take(case, exchange)
            if fresh or careful or not self._trial.lags or self._unseen >= _PATIENT_EVERY:
                self._compare(case, exchange, settle=choice)
        elif exchange.status is None or exchange.status == 401 or exchange.status >= 500:
            # so that failures provoked in a row do not look like the end of the server, nor a 401 like that of the key
            self._trial.read(label="a read after a failure")
        return self._trial.finish(f"{start}{told(case)}{'; read' if writes else ''}")

    def _is_known_to_fail(self, case: Sample) -> bool:
        """Whether the sample has a header that is known to make a difference, whatever else it has."""
        is_violated = self._trial.scratch.is_violated
        by_platform = is_violated("state-is-the-profiles-alone") or is_violated("platform-is-taken")
        if case.address is Address.MADE_UP:
            return False
        return bool(case.headers and by_platform) or (
            case.address is Address.PROFILE and is_violated("found-by-profile-id")
        )

    def _send(self, case: Sample) -> Exchange:
        media_type = (("Content-Type", case.media_type),) if case.media_type and case.operation is Operation.SET else ()
        exchange = self._trial.call(
            case.operation,
            label=f"a generated {case.operation.method}",
            ids=ids_of_sample(case, self._trial.main),
            authorization="" if case.key else None,
            headers=(*case.headers, *media_type),
            body=case.body,
            facts=facts_of(case, self._trial),
        )
        opinion = self._oracle.opinion(exchange)
        self._trial.tally.add(opinion.results)
        if opinion.remark:
            self._trial.observe("second-oracle", opinion.remark, exchange)
        return exchange

    def _take(self, case: Sample, exchange: Exchange) -> None:
        """Take a write into the model, as far as it can be known what it writes."""
        self._unseen += 1
        main = self._trial.main
        self._ground.exact[main] = False
        refused = 400 <= (exchange.status or 0) < 500
        if case.address is not Address.MADE_UP and case.key and case.reads_alike:
            absorb(self._trial, exchange, case.members, main, written_under(case))
        elif not refused:  # taken although nobody can say whose it was or what it says; its status has told that
            self._trial.holding(main).forget(self._trial.contract.identifiers)

    def _compare(self, case: Sample, exchange: Exchange, *, settle: bool) -> None:
        self._unseen = 0
        accepted = exchange.status is not None and exchange.status < 300
        kept = kept_by(case.members, self._trial) if accepted else "refused-write-changes-nothing"
        if not accepted and not case.key:
            kept = "refused-key-writes-nothing"
        label = f"a read after a generated {case.operation.method}"
        main = self._trial.main
        self._ground.exact[main] = confirm(self._trial, label=label, kept=kept, settle=settle or not accepted)
