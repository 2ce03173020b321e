"""Faults in what is kept of an answer, and in what a conditional read is answered."""

from __future__ import annotations

import time
from dataclasses import replace

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import memory
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Identifiers, Response


@fault("tag-outlives-a-write", "A read that names the tag of a former one is answered 304, whatever was written since.",
       violates=("state-is-the-profiles-alone",))  # fmt: skip
class TagOutlivesAWrite(Steps):
    """The tag is made from the profile's id."""

    def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
        """See Answers."""
        tag = f'"{call.profile.profile_id[:8]}"' if call.profile else '""'
        if call.request.header("if-none-match") == tag:
            return Response(304, (("etag", tag),))
        response = super().tell_identifiers(call, identifiers)
        return replace(response, headers=(*response.headers, ("etag", tag)))


@fault("every-condition-holds", "A conditional read is always answered 304.", violates=("state-is-the-profiles-alone",))
class EveryConditionHolds(Steps):
    """Nothing is compared."""

    def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
        """See Answers."""
        conditional = call.request.header("if-none-match") or call.request.header("if-modified-since")
        return Response(304) if conditional else super().tell_identifiers(call, identifiers)


@fault(
    "date-always-holds",
    "A read of what was modified since is always answered 304.",
    violates=("state-is-the-profiles-alone",),
)
class DateAlwaysHolds(Steps):
    """Nothing is compared."""

    def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
        """See Answers."""
        return (
            Response(304) if call.request.header("if-modified-since") else super().tell_identifiers(call, identifiers)
        )


@fault("cache-goes-by-path", "For a moment a read of any profile shows what the last one showed.",
       violates=("profiles-are-isolated", "read-has-no-effect"), random=True)  # fmt: skip
class CacheGoesByPath(Steps):
    """The header fields are not in the key of the cache."""

    MOMENT_S = 0.01

    def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
        """See Answers."""
        mine = memory(self, CacheGoesByPath)
        until, kept = mine.get("kept", (0.0, identifiers))
        now = time.monotonic()
        if now >= until:
            kept = identifiers
            mine["kept"] = now + self.MOMENT_S, identifiers
        return super().tell_identifiers(call, kept)
