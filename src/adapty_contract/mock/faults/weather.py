"""Faults that come now and then: by a count, or by chance."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import count
from random import Random

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Response

_READ = "known-profile-is-read-with-200"
_APART = "identifiers-are-independent"
_VISIBLE = "write-is-visible"
_EACH = "every-identifier-is-writable"
_NO_EFFECT = "read-has-no-effect"


class _NowAndThen(Steps):
    """Misbehaves on some of the requests that get as far as being performed."""

    operation: Operation | None = None
    every: int | None = None
    """Each so many requests; without it, by chance."""
    chance: float = 0.06

    @cached_property
    def _rng(self) -> Random:
        return Random(self.seed)  # noqa: S311  (the same for the same seed)

    @cached_property
    def _numbers(self) -> count[int]:
        return count(1)

    def perform(self, call: Call) -> Response | None:
        if self.operation not in {None, call.operation} or not self.is_turn():
            return super().perform(call)
        return self.misbehave(call)

    def is_turn(self) -> bool:
        """Whether it is this request's turn."""
        if self.every is not None:
            return next(self._numbers) % self.every == 0
        return self._rng.random() < self.chance

    def misbehave(self, call: Call) -> Response | None:
        """The answer on such a request."""
        raise NotImplementedError


def _sometimes(name: str, description: str, answer: Callable[[Steps, Call], Response | None], *violates: str,
               operation: Operation | None = None, every: int | None = None, random: bool = False) -> None:  # fmt: skip
    """Registers the fault that answers so each so many requests, or by chance."""

    class Sometimes(_NowAndThen):
        def misbehave(self, call: Call) -> Response | None:
            return answer(self, call)

    Sometimes.operation, Sometimes.every = operation, every
    fault(name, description, violates=violates, random=random or every is None)(Sometimes)


def _empty(steps: Steps, call: Call) -> Response:
    return steps.tell_identifiers(call, {})


def _of_another(steps: Steps, call: Call) -> Response:
    others = [each for each in steps.store.every() if call.profile and each.profile_id != call.profile.profile_id]
    return steps.tell_identifiers(call, others[0].identifiers)


def _unknown(steps: Steps, call: Call) -> Response:
    return steps.refuse(call, steps.unknown_profile(call))


def _refused(steps: Steps, call: Call) -> Response:
    return steps.refuse(call, problems.unauthorized(steps.behaviour))


def _dropped(steps: Steps, call: Call) -> Response | None:
    return steps.tell_written(call, call.profile) if call.profile else None


_sometimes("fails-now-and-then", "A request crashes by chance.", failure, "never-500")
_sometimes("each-fiftieth-fails", "Each fiftieth request crashes.", failure, "never-500", every=50)
_sometimes("reads-fail-now-and-then", "A read crashes by chance.", failure, "never-500", operation=Operation.GET)
_sometimes(
    "unknown-now-and-then", "A known profile is unknown to a read by chance.", _unknown, _READ, operation=Operation.GET
)
_sometimes(
    "each-fortieth-read-unknown",
    "Each fortieth read finds no profile.",
    _unknown,
    _READ,
    operation=Operation.GET,
    every=40,
)
_sometimes(
    "each-thirtieth-key-refused",
    "Each thirtieth request is refused its key.",
    _refused,
    _READ,
    "valid-write-is-200",
    every=30,
)
_sometimes(
    "empty-now-and-then", "A read shows an empty profile by chance.", _empty, _NO_EFFECT, operation=Operation.GET
)
_sometimes(
    "anothers-now-and-then", "A read shows another profile by chance.", _of_another, _NO_EFFECT, operation=Operation.GET
)
_sometimes(
    "dropped-now-and-then",
    "A write is answered 200 and dropped by chance.",
    _dropped,
    _VISIBLE,
    _EACH,
    _APART,
    "values-round-trip",
    operation=Operation.SET,
)
_sometimes(
    "each-tenth-write-dropped",
    "Each tenth write is answered 200 and dropped.",
    _dropped,
    _VISIBLE,
    _EACH,
    _APART,
    "values-round-trip",
    operation=Operation.SET,
    every=10,
    random=True,
)


@fault("replicas-differ", "Each other read comes from a replica that gets no writes.", violates=(_NO_EFFECT,))
class ReplicasDiffer(Steps):
    """Replication has stopped."""

    @cached_property
    def _old(self) -> dict[str, StoredProfile]:
        return {each.profile_id: each for each in self.store.every()}

    @cached_property
    def _numbers(self) -> count[int]:
        return count()

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        assert self._old
        return super().write(call, profile)

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        stale = self._old.get(profile.profile_id, profile)
        return stale.identifiers if next(self._numbers) % 2 else super().read(call, profile)
