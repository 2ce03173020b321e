"""Walks: does the steps one by one, keeps the model of both profiles, and compares it with what is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from adapty_contract.checks.situations import weather
from adapty_contract.fuzz.expectation import ROUND_TRIP, absorb, leaves_a_choice
from adapty_contract.fuzz.refusals import refused_parts
from adapty_contract.fuzz.steps import CANARY, Again, By, Open, Read, Refusal, Refused, Step, Walk, Whose, Write, simpler_walks, told, told_members
from adapty_contract.fuzz.trial import Trial, Tried
from adapty_contract.model import Exchange, Headers, Profile, Verdict
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import CUSTOMER, JSON_TYPE, PROFILE, dump


@dataclass
class _Since:
    """What happened to a profile since it was last compared."""

    written_by: set[By] = field(default_factory=set)
    refused: str | None = None  # the clause under which a refused write must have left no trace
    other_written: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.written_by) or self.refused is not None or self.other_written


def ids_by(profile: Profile, by: By) -> Headers:
    """The header that names `profile`, of the wanted kind if it has that id."""
    ids = {By.CUSTOMER: (CUSTOMER, profile.customer_user_id), By.PROFILE: (PROFILE, profile.profile_id)}
    name, value = ids[by] if ids[by][1] is not None else next(pair for pair in ids.values() if pair[1] is not None)
    return ((name, value or ""),)


class Walker:
    """Tries walks in one trial, as the subject of a search."""

    def __init__(self, trial: Trial) -> None:
        """`trial` has learnt what the profiles hold."""
        self._trial = trial
        self._since: dict[Profile, _Since] = {}
        self._exact = dict.fromkeys(trial.profiles(), True)
        self._differs = False
        self._latest: dict[Profile, tuple[Write, Exchange]] = {}

    def simpler(self, case: Walk) -> Iterator[Walk]:
        """See Subject."""
        return simpler_walks(case)

    def hurry(self, *, hurried: bool) -> None:
        """See Subject."""
        self._trial.scratch.impatient = hurried

    def attempt(self, case: Walk, *, fresh: bool, careful: bool = False) -> Tried:
        """See Subject. A walk ends where a read differs: what follows would be blamed for it."""
        self._latest.clear()
        self._since = {profile: _Since() for profile in self._exact}
        self._differs = False
        if not all(self._exact.values()) and not self._relearn():
            return self._trial.finish("the profiles cannot be read")
        start = self._prepare(case) if fresh else ""
        done = 0
        while done < len(case) and not self._differs:
            self._do(case[done])
            done += 1
            if careful or done == len(case):
                self._compare()
        return self._trial.finish(f"{start}{told(case[:done])}; read")

    def _compare(self) -> None:
        """Read the profiles to which something happened."""
        for profile in self._exact:
            if self._since[profile].anything and not self._differs:
                self._confirm(profile, label="a read after a walk")

    def _relearn(self) -> bool:
        """Read again what could not be read or was not as it should be; patiently, since a write may be seen late."""
        for profile in self._exact:
            # the first one takes what it sees for right, the second one tells whether it saw anything
            self._exact[profile] = any(
                confirm(self._trial, label="what the profile holds now", profile=profile) for _ in range(2)
            )
        self._trial.scratch.take()
        return all(self._exact.values())

    def _prepare(self, walk: Walk) -> str:
        """Set what the walk names, and a bystander, to values that no walk has, in every profile; what was set, in words."""
        named = {name for step in walk for name in _names(step)}
        names = self._trial.contract.identifiers
        bystander = next((name for name in names if name not in named), "")
        values = {name: self._trial.fresh("start") for name in names if name in named or name == bystander}
        with self._trial.scratch.hurried():
            for profile in reversed(self._trial.profiles()):
                self._set(profile, values)
                self._set(profile, {name: text for name, text in values.items() if self._holds(profile, name) != text})
        self._trial.scratch.take()
        return f"holding {told_members(values)}: "

    def _holds(self, profile: Profile, name: str) -> str | None:
        return self._trial.holding(profile).now.get(name)

    def _set(self, profile: Profile, values: Mapping[str, str]) -> None:
        """Write `values`, all at once; a server may lose some of them, which is not judged here."""
        if values:
            ids = ids_by(profile, By.CUSTOMER)
            exchange = self._trial.post(values, label="values to start from", ids=ids)
            self._trial.expect(exchange, values, ROUND_TRIP, profile)
            confirm(self._trial, label="what the profile holds before a walk", profile=profile)

    def _profile(self, whose: Whose) -> Profile:
        return (self._trial.setting.other or self._trial.main) if whose is Whose.OTHER else self._trial.main

    # --- steps

    def _do(self, step: Step) -> None:
        profile = self._profile(step.whose)
        match step:
            case Write():
                self._write(step, profile)
            case Again():
                self._again(profile)
            case Read():
                self._confirm(profile, step.by, step.extra, label="a read in a walk")
            case Refused():
                self._refused(step, profile)
            case Open():
                self._open(step, profile)

    def _write(self, step: Write, profile: Profile, clause: str = ROUND_TRIP) -> Exchange | None:
        choice = leaves_a_choice(dict(step.values), self._trial)
        if choice and not self._is_exact(profile):
            step = replace(
                step, values=tuple(pair for pair in step.values if not leaves_a_choice(dict([pair]), self._trial))
            )
            choice = False
        if not step.values:
            return None
        values = dict(step.values)
        exchange = self._trial.post(
            json.dumps(values).encode() if step.escaped else dump(values),
            label="a write in a walk",
            ids=ids_by(profile, step.by),
            headers=(JSON_TYPE, *((("adapty-platform", step.platform),) if step.platform else ())),
        )
        absorb(self._trial, exchange, values, profile, clause)
        self._wrote(profile, step.by, exchange)
        self._latest[profile] = (step, exchange)
        if choice:
            self._confirm(profile, step.by, settle=True, label="a read after a write that leaves a choice")
        return exchange

    def _again(self, profile: Profile) -> None:
        """The latest write once more, if what it wrote was seen: what differs then is due to the repetition."""
        if profile not in self._latest:
            return
        step, former = self._latest[profile]
        if self._since[profile].anything:
            self._confirm(profile, step.by, label="a read before a repeated write")
        if not self._exact[profile] or leaves_a_choice(dict(step.values), self._trial):
            return
        exchange = self._write(step, profile, "write-is-idempotent")
        if exchange is not None and former.status == 200 and weather(exchange) is None:
            holds = exchange.status == 200
            self._trial.say("write-is-idempotent", "200 once more", f"{exchange.status}", exchange, holds=holds)

    def _refused(self, step: Refused, profile: Profile) -> None:
        canary = self._trial.fresh("refused")
        ids = ids_by(profile, step.by)
        parts = refused_parts(self._trial, step, canary, ids)
        exchange = self._trial.post(label=f"a write in a walk: {step.why}", **parts)
        keyless = step.why in {Refusal.WRONG_KEY, Refusal.NO_KEY}
        clause = "refused-key-writes-nothing" if keyless else "refused-write-changes-nothing"
        if weather(exchange) is None and 400 <= (exchange.status or 0) < 500:
            self._trial.forbid([canary], clause, exchange, *self._exact)
        else:
            for each in self._exact:
                self._trial.holding(each).forget(step.names)
        for each in self._exact:
            self._since[each].refused = clause
        self._calm(profile, exchange)

    def _open(self, step: Open, profile: Profile) -> None:
        if not self._is_exact(profile):
            return
        canary = self._trial.fresh("open")
        members = {name: canary if value == CANARY else value for name, value in step.members}
        exchange = self._trial.post(
            members, label="a write in a walk that leaves a choice", ids=ids_by(profile, step.by)
        )
        absorb(self._trial, exchange, members, profile)
        self._trial.forbid([canary], "unknown-field-disturbs-nothing", exchange, *self._exact)
        self._wrote(profile, step.by, exchange)
        named = self._trial.contract.identifier_set & members.keys()
        kept = (
            "write-merges" if named else "unknown-field-disturbs-nothing" if members else "empty-write-changes-nothing"
        )
        self._confirm(profile, step.by, settle=True, kept=kept, label="a read after a write that leaves a choice")

    # --- comparing

    def _wrote(self, profile: Profile, by: By, exchange: Exchange) -> None:
        self._exact[profile] = False
        self._since[profile].written_by.add(by)
        for other in self._exact:
            if other != profile:
                self._since[other].other_written = True
        self._calm(profile, exchange)

    def _calm(self, profile: Profile, exchange: Exchange) -> None:
        """Read after a failure of the server, so that failures provoked one after another do not look like its end."""
        if (exchange.status or 0) >= 500:
            self._confirm(profile, label="a read after a failure")

    def _is_exact(self, profile: Profile) -> bool:
        """Whether the model knows exactly what the profile holds, as it must before a write that leaves a choice."""
        if self._trial.lags:
            return False
        if not self._exact[profile]:
            self._confirm(profile, label="a read before a write that leaves a choice")
        return self._exact[profile]

    def _confirm(
        self,
        profile: Profile,
        by: By | None = None,
        extra: tuple[str, str] | None = None,
        *,
        label: str,
        kept: str | None = None,
        settle: bool = False,
    ) -> None:
        since = self._since[profile]
        by = by or next(iter(sorted(since.written_by)), By.CUSTOMER)
        self._exact[profile] = confirm(
            self._trial,
            label=label,
            kept=kept or _kept(since, extra),
            profile=profile,
            settle=settle or since.refused is not None,
            stale=self._stale(since, by, extra),
            ids=ids_by(profile, by),
            headers=(extra,) if extra else (),
        )
        self._since[profile] = _Since()
        self._differs = self._differs or not self._exact[profile]

    def _stale(self, since: _Since, by: By, extra: tuple[str, str] | None) -> str:
        """The clause that a write which is not seen violates."""
        if self._trial.scratch.count(ROUND_TRIP, Verdict.VIOLATED):
            return ROUND_TRIP  # a value that was changed before and is changed again looks like one that is lost
        if since.written_by and by not in since.written_by:
            return "both-headers-see-one-profile"
        return "state-is-the-profiles-alone" if extra else "write-is-visible"


def _kept(since: _Since, extra: tuple[str, str] | None) -> str:
    """The clause that a change of an identifier that nobody wrote violates."""
    if since.written_by:
        return "write-merges"
    if since.refused:
        return since.refused
    if since.other_written:
        return "profiles-are-isolated"
    return "state-is-the-profiles-alone" if extra else "read-has-no-effect"


def _names(step: Step) -> Iterator[str]:
    """The identifiers that a step writes, or tries to."""
    if isinstance(step, Write):
        yield from dict(step.values)
    elif isinstance(step, Refused):
        yield from step.names
    elif isinstance(step, Open):
        yield from (name for name, _ in step.members)
