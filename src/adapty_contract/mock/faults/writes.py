"""Faults in what a write does and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import answering, relabelled, writes
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Response

_VISIBLE = "write-is-visible"
_EACH = "every-identifier-is-writable"
_MERGES = "write-merges"
_OVER = "write-overwrites"
_AGAIN = "write-is-idempotent"
_APART = "identifiers-are-independent"
_TAKEN = "valid-write-is-200"
_REAL = "real-values-are-taken"
_ANSWER = "write-answer-is-blank-or-profile"
_NOTHING = "refused-write-changes-nothing"
_DOCUMENTED = "status-is-documented"

Changes = dict[str, str | None]
Effect = Callable[[Steps, StoredProfile, Changes], Changes]
"""What a write with these changes really does to this profile."""


def _doing(name: str, description: str, effect: Effect, *violates: str) -> None:
    """Registers the fault whose writes do something else than they should."""

    class Doing(Steps):
        def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
            call.changes = effect(self, profile, dict(call.changes))
            return super().write(call, profile)

    fault(name, description, violates=violates)(Doing)


def _without(*names: str) -> Effect:
    return lambda _steps, _profile, changes: {name: value for name, value in changes.items() if name not in names}


def _moved(*pairs: tuple[str, str]) -> Effect:
    moves = dict(pairs)
    return lambda _steps, _profile, changes: {moves.get(name, name): value for name, value in changes.items()}


def _clearing(written: str, cleared: str) -> Effect:
    return lambda _steps, _profile, changes: {**({cleared: None} if written in changes else {}), **changes}


def _replacing(steps: Steps, _: StoredProfile, changes: Changes) -> Changes:
    return {**dict.fromkeys(steps.names), **changes} if changes else changes


def _first_stays(_: Steps, profile: StoredProfile, changes: Changes) -> Changes:
    return {name: value for name, value in changes.items() if name not in profile.identifiers}


def _appending(_: Steps, profile: StoredProfile, changes: Changes) -> Changes:
    return {name: ",".join(filter(None, (profile.identifiers.get(name), value))) for name, value in changes.items()}


def _toggling(_: Steps, profile: StoredProfile, changes: Changes) -> Changes:
    return {name: None if profile.identifiers.get(name) == value else value for name, value in changes.items()}


def _some(first: int, last: int) -> Effect:
    return lambda _steps, _profile, changes: dict(list(changes.items())[first:last])


def _full(_: Steps, profile: StoredProfile, changes: Changes) -> Changes:
    room = 12 - len(profile.identifiers)
    known = {name: value for name, value in changes.items() if name in profile.identifiers}
    return {**known, **dict([(name, value) for name, value in changes.items() if name not in known][: max(room, 0)])}


_NEWER = ("one_signal_player_id", "posthog_distinct_user_id", "tenjin_analytics_installation_id")

_doing("writes-lost", "Every write is answered 200 and lost.", lambda *_: {}, _VISIBLE)
_doing(
    "newer-identifiers-lost",
    "Writes of the three identifiers that the old table lacks are lost.",
    _without(*_NEWER),
    _EACH,
)
_doing("adjust-lost", "Writes of adjust_device_id are lost.", _without("adjust_device_id"), _VISIBLE, _EACH)
_doing("legacy-identifier-lost", "Writes of one_signal_player_id are lost.", _without("one_signal_player_id"), _EACH)
_doing("write-replaces", "A write unsets what it does not name.", _replacing, _MERGES)
_doing("first-value-stays", "An identifier that is set keeps its value.", _first_stays, _OVER)
_doing("values-appended", "A value is added to the former one, with a comma.", _appending, _OVER)
_doing("same-value-unsets", "The same value once more unsets the identifier.", _toggling, _AGAIN)
_doing("first-ten-kept", "Of a write the first ten members are kept.", _some(0, 10), _APART)
_doing("last-member-kept", "Of a write the last member is kept.", _some(-1, 99), _APART)
_doing("twelve-fit", "A profile holds twelve identifiers and loses further ones.", _full, _EACH)
_doing("user-and-device-swapped", "The two identifiers of Amplitude are kept under each other's name.",
       _moved(("amplitude_user_id", "amplitude_device_id"), ("amplitude_device_id", "amplitude_user_id")), _EACH)  # fmt: skip
_doing("device-kept-as-profile", "appmetrica_device_id is kept as appmetrica_profile_id.",
       _moved(("appmetrica_device_id", "appmetrica_profile_id")), _EACH)  # fmt: skip
_doing("subscription-kept-as-player", "The two identifiers of OneSignal have one place.",
       _moved(("one_signal_subscription_id", "one_signal_player_id")), _EACH)  # fmt: skip
_doing("subscription-clears-player", "A write of one_signal_subscription_id unsets one_signal_player_id.",
       _clearing("one_signal_subscription_id", "one_signal_player_id"), _MERGES)  # fmt: skip
_doing("device-clears-user", "A write of amplitude_device_id unsets amplitude_user_id.",
       _clearing("amplitude_device_id", "amplitude_user_id"), _MERGES)  # fmt: skip


@fault("neighbours-swapped-on-reads", "Reads swap two identifiers where both are set.", violates=(_EACH,))
class NeighboursSwappedOnReads(Steps):
    """Two columns in the wrong order."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        seen = dict(super().read(call, profile))
        first, second = seen.get("branch_id"), seen.get("appsflyer_id")
        return {**seen, "branch_id": second, "appsflyer_id": first} if first and second else seen


@fault(
    "subscription-told-for-player",
    "Reads tell the subscription of OneSignal where no player is set.",
    violates=(_APART,),
)
class SubscriptionToldForPlayer(Steps):
    """A fallback for old clients."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        seen = super().read(call, profile)
        player = seen.get("one_signal_player_id") or seen.get("one_signal_subscription_id")
        return {**seen, "one_signal_player_id": player}


@fault("together-confused", "Identifiers that are written together are kept one place on.", violates=(_APART,))
class TogetherConfused(Steps):
    """A bulk insert with the columns in another order."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        names = list(call.changes)
        if len(names) > 8:
            call.changes = dict(zip([*names[1:], names[0]], call.changes.values(), strict=True))
        return super().write(call, profile)


@fault("same-value-refused", "The same value once more is answered 400.", violates=(_TAKEN, _AGAIN))
class SameValueRefused(Steps):
    """Nothing to update, says the database."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        call.__dict__["same"] = call.changes.items() <= profile.identifiers.items() and bool(call.changes)
        return super().write(call, profile)

    def tell_written(self, call: Call, profile: StoredProfile) -> Response:
        """See Answers."""
        if call.__dict__.get("same"):
            return self.refuse(call, problems.invalid([(problems.WHOLE, "Nothing changes.")]))
        return super().tell_written(call, profile)


def _answered(name: str, description: str, status: int, *violates: str) -> None:
    answering(name, description, *violates, to=writes)(lambda response: replace(response, status=status))


def _with_body(name: str, description: str, body: bytes, media_type: str | None = "application/json") -> None:
    answering(name, description, _ANSWER, to=writes)(
        lambda response: replace(relabelled(response, media_type), body=body)
    )


_answered("write-answered-201", "A write is answered 201.", 201, _TAKEN, _DOCUMENTED)
_answered("write-answered-202", "A write is answered 202.", 202, _TAKEN, _DOCUMENTED)
_answered("write-answered-204", "A write is answered 204.", 204, _TAKEN, _DOCUMENTED)
_answered("write-answered-207", "A write is answered 207.", 207, _TAKEN, _DOCUMENTED)
_answered("write-answered-500", "A write is done and answered 500.", 500, "never-500")
_with_body("write-says-ok", "A write is answered with `ok`.", b'{"ok":true}')
_with_body("write-says-success-in-text", "A write is answered with plain text.", b"Success", "text/plain")
_with_body("write-says-null", "A write is answered with null.", b"null")
_with_body("write-says-an-empty-object", "A write is answered with an empty object.", b"{}")
_with_body("write-says-data-null", "A write is answered with an envelope around null.", b'{"data":null}')
_with_body("write-says-html", "A write is answered with a page.", b"<html></html>", "text/html")


class _Telling(Steps):
    """Answers a write with a document."""

    media_type: str | None = "application/json"

    def document(self, call: Call, profile: StoredProfile) -> Any:
        """The document."""
        return self.profile_document(call, profile)

    def tell_written(self, call: Call, profile: StoredProfile) -> Response:
        return relabelled(self.json_response(call, 200, self.document(call, profile)), self.media_type)


@fault("write-tells-identifiers", "A write is answered with what the profile holds.", violates=(_ANSWER,))
class WriteTellsIdentifiers(_Telling):
    """As a read would be."""

    def document(self, call: Call, profile: StoredProfile) -> Any:
        """See _Telling."""
        return self.identifiers_document(call, profile.identifiers)


@fault("write-tells-bare-profile", "A write is answered with the profile without its envelope.", violates=(_ANSWER,))
class WriteTellsBareProfile(_Telling):
    """The serializer of another endpoint."""

    def document(self, call: Call, profile: StoredProfile) -> Any:
        """See _Telling."""
        return self.profile_document(call, profile)["data"]


@fault("write-tells-unlabelled-profile", "A write is answered with the profile, as text.", violates=(_ANSWER,))
class WriteTellsUnlabelledProfile(_Telling):
    """The label of a blank answer."""

    media_type = "text/plain"


@fault("write-tells-half-a-profile", "A write is answered with a profile without its lists.", violates=(_ANSWER,))
class WriteTellsHalfAProfile(_Telling):
    """The serializer of a list."""

    def document(self, call: Call, profile: StoredProfile) -> Any:
        """See _Telling."""
        data = self.profile_document(call, profile)["data"]
        return {"data": {name: data[name] for name in ("app_id", "profile_id", "customer_user_id")}}


@fault("write-tells-the-first-profile", "A write is answered with the first profile.", violates=(_ANSWER,))
class WriteTellsTheFirstProfile(_Telling):
    """The example of the page, for everybody."""

    def document(self, call: Call, profile: StoredProfile) -> Any:  # noqa: ARG002
        """See _Telling."""
        return self.profile_document(call, self.store.every()[2])
