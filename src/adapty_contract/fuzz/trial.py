"""A session whose results are kept apart until somebody decides what they are worth."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from adapty_contract.model import Exchange, Facts, Observation, Operation, Profile, Request, Result, Verdict
from adapty_contract.scenarios.holding import Holding
from adapty_contract.scenarios.session import Sender, Session
from adapty_contract.tally import Tally


@dataclass(frozen=True, slots=True)
class Tried:
    """What one generated case came to: every result, the numbers of its exchanges in order, the case in words."""

    results: tuple[Result, ...]
    exchanges: tuple[int, ...] = ()
    text: str = ""

    @property
    def violated(self) -> frozenset[str]:
        """The clauses that the case violated."""
        return frozenset(result.clause for result in self.results if result.verdict is Verdict.VIOLATED)


class Scratch(Tally):
    """Collects results without merging them; observations go on to the run's tally at once."""

    def __init__(self, base: Tally, session: Session, layer: str) -> None:
        super().__init__(session.contract.clauses)
        self._base = base
        self._layer = layer
        self._results: list[Result] = []

    def add(self, results: Iterable[Result]) -> None:
        """See Tally."""
        self._results.extend(replace(result, layer=self._layer) for result in results)

    def observe(self, observation: Observation) -> None:
        """See Tally."""
        self._base.observe(observation)

    def count(self, clause: str, verdict: Verdict) -> int:
        """See Tally; the run's results count too."""
        mine = sum(result.clause == clause and result.verdict is verdict for result in self._results)
        return self._base.count(clause, verdict) + mine

    def take(self) -> tuple[Result, ...]:
        """The results since the last call."""
        taken, self._results = tuple(self._results), []
        return taken


@dataclass
class _Recorder:
    """Passes requests on and remembers the numbers of their exchanges; of the same read again and again, the last one."""

    sender: Sender
    numbers: list[int] = field(default_factory=list)
    sent: int = 0
    latest: Request | None = None

    def send(self, request: Request, *, facts: Facts, operation: Operation | None, label: str, retry: bool) -> Exchange:
        """See Sender."""
        self.sent += 1
        exchange = self.sender.send(request, facts=facts, operation=operation, label=label, retry=retry)
        if self.numbers and request.method == "GET" and request == self.latest:
            self.numbers.pop()
        self.numbers.append(exchange.number)
        self.latest = request
        return exchange


class Trial(Session):
    """Sends as its parent session does and shares its model of the profiles; `tally` is a scratch."""

    def __init__(self, parent: Session, layer: str) -> None:
        """`layer` is what results are told under."""
        self._recorder = _Recorder(parent._sender)  # noqa: SLF001  (the same kind, one run's state)
        self._parent = parent
        self.scratch = Scratch(parent.tally, parent, layer)
        super().__init__(parent.setting, self._recorder, self.scratch, parent.wait)
        self.old_views = parent.old_views
        self.rng = random.Random(f"{layer} {parent.setting.seed}")  # noqa: S311  (reproducible, not secret)
        self.lag_seen, self.lag_latest = parent.lag_seen, parent.lag_latest
        self.seen_writes = parent.seen_writes
        self.lost_writes, self.changes_values = parent.lost_writes, parent.changes_values
        self.layer = layer

    def holding(self, profile: Profile | None = None) -> Holding:
        """See Session."""
        return self._parent.holding(profile)

    @property
    def sent(self) -> int:
        """How many exchanges there were."""
        return self._recorder.sent

    @property
    def lags(self) -> bool:
        """Whether writes were seen to become visible late, so that an outcome that may be one of two is never sure."""
        return self.lag_seen > 0.02

    def profiles(self) -> tuple[Profile, ...]:
        """The test profiles: the main one, and the other one if there is one and they are not known to be mixed up."""
        other = self.setting.other
        alone = other is None or self.scratch.is_violated("profiles-are-isolated")
        return (self.main,) if other is None or alone else (self.main, other)

    def learn(self) -> bool:
        """Read every test profile and take what is shown for what it holds; whether all could be read. Judges nothing."""
        self.settle()
        readable = True
        for profile in self.profiles():
            _, shown = self.read(profile, label="what the profile holds")
            readable = readable and shown is not None
            if shown is not None:
                self.holding(profile).settle(shown)
        self.discard()
        return readable

    def hurry(self, *, hurried: bool) -> None:
        """Whether to wait no longer for a write to be seen than writes were seen to need, as after one that was lost."""
        self.lost_writes = int(hurried)

    @contextmanager
    def hurried(self) -> Iterator[None]:
        """In a hurry for a while."""
        former = self.lost_writes
        self.hurry(hurried=True)
        try:
            yield
        finally:
            self.lost_writes = former

    def discard(self) -> None:
        """Forget the results and exchanges so far."""
        self.scratch.take()
        self._recorder.numbers.clear()

    def finish(self, text: str) -> Tried:
        """What was tried since the last call."""
        numbers = tuple(self._recorder.numbers)
        self._recorder.numbers.clear()
        return Tried(self.scratch.take(), numbers, text)

    def give_back(self) -> None:
        """Let the parent know what was learnt of the server's ways."""
        parent = self._parent
        parent.lag_seen, parent.lag_latest = self.lag_seen, self.lag_latest
        parent.seen_writes = self.seen_writes
        parent.lost_writes, parent.changes_values = self.lost_writes, self.changes_values
