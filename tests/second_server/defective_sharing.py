"""Defects in what several requests, connections and caches share."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from .defects import defect
from .service import Answer, Asked, Profile, Service

MEETING_S = 0.02
KEPT_WRITES = 60


@defect("simultaneous-writes-undo-each-other")
class SimultaneousWritesUndoEachOther(Service):
    """A write loads the whole profile and saves it whole; two at the same time load the same, and the later one wins.

    A write waits a moment for another one to come, as it would wait for a database, so that two that are sent together
    meet every time and not by luck.
    """

    def __init__(self) -> None:
        super().__init__()
        self.meeting = threading.Barrier(2)

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        loaded = dict(profile.values)
        try:
            self.meeting.wait(MEETING_S)
        except threading.BrokenBarrierError:
            self.meeting.reset()
        with self.lock:
            profile.values = {**loaded, **values}


@defect("reads-remembered-per-header")
class ReadsRememberedPerHeader(Service):
    """Reads are remembered under the header that they came with, and a write forgets only those under its own."""

    def __init__(self) -> None:
        super().__init__()
        self.remembered: dict[tuple[str, str], Answer] = {}

    def read(self, asked: Asked, profile: Profile) -> Answer:
        answer = super().read(asked, profile)
        return self.remembered.setdefault(asked.ids, answer) if answer.status == 200 else answer

    def write(self, asked: Asked, profile: Profile) -> Answer:
        self.remembered.pop(asked.ids, None)
        return super().write(asked, profile)


@defect("values-kept-per-platform")
class ValuesKeptPerPlatform(Service):
    """Each value of adapty-platform has identifiers of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.apart: dict[tuple[Profile, str], Profile] = {}

    def find(self, asked: Asked) -> Profile:
        found = super().find(asked)
        platform = asked.headers.get("adapty-platform")
        if not platform:
            return found
        return self.apart.setdefault((found, platform), replace(found, values=dict(found.values)))


@defect("connection-keeps-its-copy")
class ConnectionKeepsItsCopy(Service):
    """A connection loads a profile once and then reads and writes its own copy, whatever others save meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: dict[tuple[Profile, str], Profile] = {}

    def find(self, asked: Asked) -> Profile:
        found = super().find(asked)
        return self.copies.setdefault((found, asked.connection), replace(found, values=dict(found.values)))

    def write(self, asked: Asked, profile: Profile) -> Answer:
        answer = super().write(asked, profile)
        super().find(asked).values = dict(profile.values)
        return answer


@defect("old-writes-are-forgotten")
class OldWritesAreForgotten(Service):
    """A profile is put together from its last 60 writes, and what was written before is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.logs = {profile: deque([dict(profile.values)], KEPT_WRITES) for profile in self.profiles}

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        log = self.logs[profile]
        log.append(dict(values))
        with self.lock:
            profile.values = {name: value for each in log for name, value in each.items()}


@defect("reads-may-be-cached-by-all")
class ReadsMayBeCachedByAll(Service):
    """A read tells every cache on its way to keep it for a minute, though only headers tell profiles apart."""

    def read(self, asked: Asked, profile: Profile) -> Answer:
        answer = super().read(asked, profile)
        return replace(answer, headers={**answer.headers, "Cache-Control": "public, max-age=60"})
