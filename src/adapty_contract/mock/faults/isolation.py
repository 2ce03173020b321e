"""Faults in keeping one profile from another."""

from __future__ import annotations

import time
from dataclasses import replace

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import memory
from adapty_contract.mock.rendering import Transmission
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Request, Response

_ISOLATED = "profiles-are-isolated"


@fault("write-reaches-everybody", "A write changes every profile.", violates=(_ISOLATED,))
class WriteReachesEverybody(Steps):
    """An UPDATE without its WHERE."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        for each in self.store.every():
            self.store.merge(each.profile_id, call.changes)
        return super().write(call, profile)


@fault("one-identifier-is-everybodys", "One identifier is the same for every profile.", violates=(_ISOLATED,))
class OneIdentifierIsEverybodys(Steps):
    """It is kept with the app."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        shared = {name: value for name, value in call.changes.items() if name == "branch_id"}
        for each in self.store.every():
            self.store.merge(each.profile_id, shared)
        return super().write(call, profile)


@fault(
    "read-shows-the-last-read",
    "A read shows the profile that was read before.",
    violates=("read-has-no-effect",),
)
class ReadShowsTheLastRead(Steps):
    """One buffer for all requests."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        mine = memory(self, ReadShowsTheLastRead)
        last: Identifiers = mine.get("last", {})
        mine["last"] = seen = super().read(call, profile)
        return last or seen


@fault("read-shows-the-first", "Every read shows the first profile.", violates=(_ISOLATED, "write-is-visible"))
class ReadShowsTheFirst(Steps):
    """The query has no WHERE and a LIMIT."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:  # noqa: ARG002
        """See Steps."""
        return self.store.every()[0].identifiers


@fault(
    "write-goes-to-the-last-read",
    "A write goes to the profile that was read last.",
    violates=(_ISOLATED,),
)
class WriteGoesToTheLastRead(Steps):
    """The profile stays in a variable of the module."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        memory(self, WriteGoesToTheLastRead)["last"] = profile
        return super().read(call, profile)

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, memory(self, WriteGoesToTheLastRead).get("last", profile))


@fault(
    "value-moves-to-its-writer",
    "A value that is written to one profile vanishes from every other.",
    violates=(_ISOLATED,),
)
class ValueMovesToItsWriter(Steps):
    """Two profiles with one device are merged, somebody thought."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        for each in self.store.every():
            same = {name: None for name, value in call.changes.items() if each.identifiers.get(name) == value}
            if same and each.profile_id != profile.profile_id:
                self.store.merge(each.profile_id, same)
        return super().write(call, profile)


class _Meeting(Steps):
    """Remembers for a moment which profile a request at work is about."""

    WORK_S = 0.005

    def transmit(self, request: Request, response: Response) -> Transmission:
        return replace(super().transmit(request, response), delay_s=self.WORK_S)

    def met(self, profile: StoredProfile) -> StoredProfile:
        """The profile of the request that is at work, or this one if none is."""
        now = time.monotonic()
        mine = memory(self, _Meeting)
        until, known = mine.get("met", (0.0, profile))
        if now >= until:
            known = profile
            mine["met"] = now + self.WORK_S * 0.8, profile
        return self.store.by_profile_id(known.profile_id) or profile


@fault("meeting-writes-cross", "Of two writes at the same time the later one goes to the profile of the first.",
       violates=(_ISOLATED,), random=True)  # fmt: skip
class MeetingWritesCross(_Meeting):
    """The profile is kept in a variable of the process."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, self.met(profile))


@fault("meeting-reads-cross", "Of two reads at the same time the later one shows the profile of the first.",
       violates=(_ISOLATED,), random=True)  # fmt: skip
class MeetingReadsCross(_Meeting):
    """The profile is kept in a variable of the process."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        return super().read(call, self.met(profile))
