"""Defects in what a profile holds after a write."""

from __future__ import annotations

from collections.abc import Mapping

from .defects import defect
from .service import Answer, Asked, Profile, Service

COLUMN_WIDTH = 255
BASIC_PLANE = 0xFFFF


@defect("long-values-cut")
class LongValuesCut(Service):
    """A column of 255 characters takes longer values without complaint and keeps their beginning."""

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        super().store(profile, {name: value[:COLUMN_WIDTH] for name, value in values.items()})


@defect("rare-characters-lost")
class RareCharactersLost(Service):
    """A column in three-byte UTF-8 keeps a question mark for each character that would need four bytes."""

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        super().store(profile, {name: self.kept(value) for name, value in values.items()})

    def kept(self, value: str) -> str:
        return "".join(character if ord(character) <= BASIC_PLANE else "?" for character in value)


@defect("first-appsflyer-id-stays")
class FirstAppsflyerIdStays(Service):
    """The AppsFlyer id of a profile is written once; later ones are answered 200 and dropped."""

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        first = profile.values.get("appsflyer_id")
        super().store(profile, {**values, "appsflyer_id": first} if first else values)


@defect("one-signal-ids-share-a-column")
class OneSignalIdsShareAColumn(Service):
    """The old and the new OneSignal id are one column, so that writing one of them changes the other."""

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        pair = ("one_signal_player_id", "one_signal_subscription_id")
        given = [values[name] for name in pair if name in values]
        super().store(profile, {**values, **dict.fromkeys(pair, given[-1])} if given else values)


@defect("repeated-body-taken-for-a-retry")
class RepeatedBodyTakenForARetry(Service):
    """A body that the profile was sent before is taken for a retry and not applied, whatever was written since."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[Profile, bytes]] = set()

    def write(self, asked: Asked, profile: Profile) -> Answer:
        if (profile, asked.body) in self.seen:
            return Answer(200)
        answer = super().write(asked, profile)
        self.seen.add((profile, asked.body))
        return answer


@defect("wide-write-replaces")
class WideWriteReplaces(Service):
    """A write of more than half of the identifiers is taken for a full one, and clears those that it does not name."""

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        if len(values) > 8:
            profile.values.clear()
        super().store(profile, values)
