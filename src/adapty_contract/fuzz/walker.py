"""Walks: does the steps one by one, keeps the model of both profiles, and compares it with what is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from adapty_contract.checks.situations import weather
from adapty_contract.fuzz.comparing import FOUND_BY, Comparison, ids_by
from adapty_contract.fuzz.expectation import absorb, kept_by, leaves_a_choice
from adapty_contract.fuzz.ground import Ground
from adapty_contract.fuzz.refusals import refused_parts
from adapty_contract.fuzz.steps import (
    CANARY,
    Again,
    By,
    Open,
    Read,
    Refusal,
    Refused,
    Step,
    Walk,
    Whose,
    Write,
    clause_of,
    plain,
    simpler_walks,
)
from adapty_contract.fuzz.telling import told, told_members
from adapty_contract.fuzz.trial import Trial, Tried
from adapty_contract.model import Exchange, Profile
from adapty_contract.scenarios.spelling import JSON_TYPE, dump

_KEYLESS = frozenset({Refusal.WRONG_KEY, Refusal.NO_KEY})


class Walker:
    """Tries walks in one trial, as the subject of a search."""

    def __init__(self, trial: Trial) -> None:
        """`trial` has learnt what the profiles hold."""
        self._trial = trial
        self._ground = Ground(trial)
        self._comparison = Comparison(trial, self._ground)
        self._latest: dict[Profile, tuple[Write, Exchange]] = {}

    def try_headers(self) -> Tried:
        """Whether each of the headers finds the main profile; one that does not is left out of walks."""
        ids = {By.CUSTOMER: self._trial.main.customer_user_id, By.PROFILE: self._trial.main.profile_id}
        for by in (by for by, value in ids.items() if value is not None):
            facts = self._trial.facts(clause=FOUND_BY[by])
            self._trial.get(label=f"a read {by}", ids=ids_by(self._trial.main, by), facts=facts)
        return self._trial.finish("a read by each header")

    def simpler(self, case: Walk) -> Iterator[Walk]:
        """See Subject."""
        return simpler_walks(case)

    def hurry(self, *, hurried: bool) -> None:
        """See Subject."""
        self._trial.hurry(hurried=hurried)

    def attempt(self, case: Walk, *, fresh: bool, careful: bool = False) -> Tried:
        """See Subject. A walk ends where a read differs: what follows would be blamed for it."""
        self._latest.clear()
        if not self._ground.is_known():
            return self._trial.finish("the profiles cannot be read")
        start = f"holding {told_members(self._ground.prepare({*_names(case)}))}: " if fresh else ""
        comparison = self._comparison
        comparison.begin()
        done = 0
        while done < len(case) and not comparison.differs:
            self._do(case[done], careful=careful)
            done += 1
            if careful or done == len(case):
                comparison.confirm_all()
        return self._trial.finish(f"{start}{told(case[:done])}; read")

    def _do(self, step: Step, *, careful: bool) -> None:
        main, *others = self._ground.profiles
        profile = next(iter(others), main) if step.whose is Whose.OTHER else main
        step = plain(step, self._trial.scratch.is_violated)
        if not isinstance(step, Again):
            step = replace(step, by=self._comparison.usable(step.by))
            if careful and not self._comparison.turn_to(profile, step.by):
                return
        match step:
            case Write():
                self._write(step, profile)
            case Again():
                self._again(profile)
            case Read():
                self._comparison.confirm(profile, step.by, step.extra, label="a read in a walk")
            case Refused():
                self._refused(step, profile)
            case Open():
                self._open(step, profile)

    def _write(self, step: Write, profile: Profile, clause: str | None = None) -> Exchange | None:
        choice = leaves_a_choice(dict(step.values), self._trial)
        if choice and not self._comparison.is_exact(profile):
            sure = (pair for pair in step.values if not leaves_a_choice(dict([pair]), self._trial))
            step, choice = replace(step, values=tuple(sure)), False
        if not step.values:
            return None
        values = dict(step.values)
        exchange = self._trial.post(
            json.dumps(values).encode() if step.escaped else dump(values),
            label="a write in a walk",
            ids=ids_by(profile, step.by),
            headers=(JSON_TYPE, *((("adapty-platform", step.platform),) if step.platform else ())),
            facts=self._trial.facts(clause="platform-is-taken" if step.platform else None),
        )
        absorb(self._trial, exchange, values, profile, clause or clause_of(step))
        self._comparison.wrote(profile, step.by, exchange)
        self._latest[profile] = (step, exchange)
        if choice:
            label = "a read after a write that leaves a choice"
            self._comparison.confirm(profile, step.by, settle=True, label=label)
        return exchange

    def _again(self, profile: Profile) -> None:
        """The latest write once more, if what it wrote was seen: what differs then is due to the repetition."""
        if profile not in self._latest:
            return
        step, former = self._latest[profile]
        label = "a read before a repeated write"
        if self._comparison.happened(profile) and not self._comparison.confirm(profile, step.by, label=label):
            return
        if leaves_a_choice(dict(step.values), self._trial):
            return
        exchange = self._write(step, profile, "write-is-idempotent")
        if exchange is not None and former.status == 200 and weather(exchange) is None:
            holds = exchange.status == 200
            self._trial.say("write-is-idempotent", "200 once more", f"{exchange.status}", exchange, holds=holds)

    def _refused(self, step: Refused, profile: Profile) -> None:
        canary = self._trial.fresh("refused")
        parts = refused_parts(self._trial, step, canary, ids_by(profile, step.by))
        exchange = self._trial.post(label=f"a write in a walk: {step.why}", **parts)
        clause = "refused-key-writes-nothing" if step.why in _KEYLESS else "refused-write-changes-nothing"
        profiles = self._ground.profiles
        if weather(exchange) is None and 400 <= (exchange.status or 0) < 500:
            self._trial.forbid([canary], clause, exchange, *profiles)
        else:
            for each in profiles:
                self._trial.holding(each).forget(step.names)
        self._comparison.refused(profile, clause, exchange)

    def _open(self, step: Open, profile: Profile) -> None:
        if not self._comparison.is_exact(profile):
            return
        canary = self._trial.fresh("open")
        members = {name: canary if value == CANARY else value for name, value in step.members}
        label = "a write in a walk that leaves a choice"
        exchange = self._trial.post(members, label=label, ids=ids_by(profile, step.by))
        absorb(self._trial, exchange, members, profile)
        self._trial.forbid([canary], "unknown-field-disturbs-nothing", exchange, *self._ground.profiles)
        self._comparison.wrote(profile, step.by, exchange)
        kept = kept_by(members, self._trial)
        self._comparison.confirm(profile, step.by, settle=True, kept=kept, label=f"a read after {label}")


def _names(walk: Walk) -> Iterator[str]:
    """What the steps write, or try to."""
    for step in walk:
        if isinstance(step, Write):
            yield from dict(step.values)
        elif isinstance(step, Refused):
            yield from step.names
        elif isinstance(step, Open):
            yield from dict(step.members)
