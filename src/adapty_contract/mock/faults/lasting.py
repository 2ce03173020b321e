"""Faults in how long, for whom and beside what a write lasts."""

from __future__ import annotations

import time
from collections.abc import Callable

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import Apart, failure, memory
from adapty_contract.mock.rendering import Transmission
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Request, Response

_VISIBLE = "write-is-visible"
_EACH = "every-identifier-is-writable"
_ALONE = "state-is-the-profiles-alone"
_NOTHING = "refused-write-changes-nothing"
_NO_EFFECT = "read-has-no-effect"
_LAST = "writes-last"
_TOGETHER = "concurrent-writes-merge"


def _apart(name: str, description: str, drawer: Callable[[Call], str | None], *violates: str) -> None:
    """Registers the fault that keeps what is written apart by something that should not matter."""

    class ApartBy(Apart):
        def drawer(self, call: Call) -> str | None:
            return drawer(call)

    fault(name, description, violates=violates or (_ALONE,))(ApartBy)


def _by_header(name: str) -> Callable[[Call], str | None]:
    return lambda call: call.request.header(name)


_apart("platforms-apart", "Each platform has identifiers of its own.", _by_header("adapty-platform"))
_apart("user-agents-apart", "Each user agent has identifiers of its own.", _by_header("user-agent"))
_apart("languages-apart", "Each language has identifiers of its own.", _by_header("accept-language"), _ALONE,
       "accept-is-immaterial")  # fmt: skip
_apart("cookies-apart", "Each session has identifiers of its own.", _by_header("cookie"))
_apart("addresses-apart", "Each address behind a proxy has identifiers of its own.", _by_header("x-forwarded-for"))
_apart("requests-apart", "Each request id has identifiers of its own.", _by_header("x-request-id"))
_apart("queries-apart", "Each query has identifiers of its own.", lambda call: call.request.target.partition("?")[2] or None,
       "query-is-immaterial", "headers-alone-choose-the-profile", _ALONE)  # fmt: skip
_apart("labels-apart", "Each charset has identifiers of its own.",
       lambda call: (call.request.header("content-type") or "").partition(";")[2].lower() or None,
       "json-media-type-is-taken", "other-media-type-is-refused-or-read-as-json")  # fmt: skip


class _Counting(Steps):
    """Counts accepted reads and writes."""

    def counted(self, what: str) -> int:
        """How often this was asked, with this time."""
        counts: dict[str, int] = memory(self, _Counting)
        counts[what] = counts.get(what, 0) + 1
        return counts[what]


@fault("reads-stand-still", "Reads show what the first read of the profile showed.", violates=(_VISIBLE,))
class ReadsStandStill(Steps):
    """A cache without an end."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        kept: dict[str, Identifiers] = memory(self, ReadsStandStill)
        return kept.setdefault(profile.profile_id, super().read(call, profile))


@fault("reads-one-write-late", "Reads show what was before the last write.", violates=(_VISIBLE,))
class ReadsOneWriteLate(Steps):
    """The cache is filled before the transaction ends."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        memory(self, ReadsOneWriteLate)[profile.profile_id] = profile.identifiers
        return super().write(call, profile)

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        former: dict[str, Identifiers] = memory(self, ReadsOneWriteLate)
        return former.get(profile.profile_id, super().read(call, profile))


@fault("written-seen-once", "A read shows a write once; then it is gone.", violates=(_NO_EFFECT,))
class WrittenSeenOnce(Steps):
    """Only the cache was written."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        seen = super().read(call, profile)
        self.store.merge(profile.profile_id, dict.fromkeys(self.names))
        return seen


@fault("read-sets-an-identifier", "A read fills an identifier that is not set.", violates=(_NO_EFFECT,))
class ReadSetsAnIdentifier(Steps):
    """A default that is made on demand."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        seen = super().read(call, profile)
        if not profile.identifiers.get("amplitude_device_id"):
            self.store.merge(profile.profile_id, {"amplitude_device_id": f"made-{profile.profile_id}"})
        return seen


@fault("read-makes-an-identifier", "Each read of an unset identifier makes another value.", violates=(_NO_EFFECT,))
class ReadMakesAnIdentifier(_Counting):
    """A default that is made on demand and not kept."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        return {"tenjin_analytics_installation_id": f"{self.counted('reads'):032x}", **super().read(call, profile)}


@fault(
    "write-lasts-for-three-reads",
    "What is written is gone after three more requests.",
    violates=(
        "read-has-no-effect",
        "write-merges",
    ),
    random=True,
)
class WriteLastsForThreeReads(_Counting):
    """An entry of a cache that is full soon."""

    def ends(self) -> dict[tuple[str, str], int]:
        """When each identifier of each profile is gone, in requests."""
        found: dict[tuple[str, str], int] = memory(self, WriteLastsForThreeReads).setdefault("ends", {})
        return found

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        written = super().write(call, profile)
        for name in call.changes:
            self.ends()[profile.profile_id, name] = self.counted("requests") + 3
        return written

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        ends, now = self.ends(), self.counted("requests")
        return {
            name: value
            for name, value in super().read(call, profile).items()
            if ends.get((profile.profile_id, name), now) >= now
        }


@fault(
    "writes-end-after-twenty", "After twenty writes every further one is lost.", violates=(_VISIBLE, _EACH), random=True
)
class WritesEndAfterTwenty(_Counting):
    """A quota that nobody is told of."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, profile) if self.counted("writes") <= 20 else profile


@fault("two-writes-an-identifier", "An identifier can be written twice, further writes are lost.",
       violates=("write-overwrites", _EACH), random=True)  # fmt: skip
class TwoWritesAnIdentifier(_Counting):
    """A rule against too many changes."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        allowed = [name for name in call.changes if self.counted(f"{profile.profile_id} {name}") <= 2]
        call.changes = {name: call.changes[name] for name in allowed}
        return super().write(call, profile)


@fault(
    "last-write-lost-at-last", "The other profile loses its identifiers while the first is written.", violates=(_LAST,)
)
class LastWriteLostAtLast(_Counting):
    """A cache that holds one profile, and a store behind it that holds none."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        for each in self.store.every():
            if each.profile_id != profile.profile_id and self.counted(each.profile_id) == 70:
                self.store.merge(each.profile_id, dict.fromkeys(self.names))
        return super().write(call, profile)


def _sticking(name: str, description: str, *statuses: int, part: bool = False) -> None:
    """Registers the fault that keeps what it refuses."""

    class Sticking(Steps):
        def validate(self, call: Call) -> Response | None:
            refused = super().validate(call)
            if refused is not None and refused.status in statuses and call.profile is not None:
                document = call.body.value if call.body else None
                known = document if isinstance(document, dict) else {}
                valid = {name: each for name, each in known.items() if name in self.names and isinstance(each, str)}
                self.store.merge(call.profile.profile_id, dict(list(valid.items())[:1]) if part else valid)
            return refused

    fault(name, description, violates=(_NOTHING,))(Sticking)


_sticking("refused-and-kept", "Of a write that is answered 400 the valid members are kept.", 400)
_sticking("refused-and-begun", "Of a write that is answered 400 the first valid member is kept.", 400, part=True)


@fault("writes-collide", "Of two writes at the same time one undoes the other.", violates=(_TOGETHER,), random=True)
class WritesCollide(Steps):
    """Each write reads the profile, works for a while, and saves all of it."""

    WORK_S = 0.02

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        begun: dict[str, tuple[float, StoredProfile]] = memory(self, WritesCollide)
        until, base = begun.get(profile.profile_id, (0.0, profile))
        now = time.monotonic()
        if now >= until:
            base = profile
            begun[profile.profile_id] = now + self.WORK_S * 0.8, profile
        self.store.put(base.merged(call.changes))
        return self.store.by_profile_id(profile.profile_id)

    def transmit(self, request: Request, response: Response) -> Transmission:
        """See Answers."""
        sent = super().transmit(request, response)
        return sent if request.method != Operation.SET.method else Transmission(sent.response, sent.chunks, self.WORK_S)


@fault(
    "writes-at-once-refused",
    "Of two writes at the same time the later one crashes.",
    violates=("never-500", _TOGETHER),
    random=True,
)
class WritesAtOnceRefused(WritesCollide):
    """A deadlock that nobody catches."""

    def perform(self, call: Call) -> Response | None:
        """See Steps."""
        until, _ = memory(self, WritesCollide).get(call.profile.profile_id if call.profile else "", (0.0, None))
        if call.operation is Operation.SET and time.monotonic() < until:
            return failure(self, call)
        return super().perform(call)
