"""Faults in which values a write takes: too strict for what vendors really give out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.validation import InvalidValueError
from adapty_contract.model import Response

_REAL = "real-values-are-taken"
_TAKEN = "valid-write-is-200"
_TRIP = "values-round-trip"

_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_RFC_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[1-8][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}"


def _demanding(name: str, description: str, pattern: str, *violates: str, of: Iterable[str] = ()) -> None:
    """Registers the fault that takes values of one form alone, for these identifiers or for all."""
    fields = frozenset(of)
    form = re.compile(pattern)

    class Demanding(Steps):
        def accept(self, call: Call, name: str, value: Any) -> Any:
            if (not fields or name in fields) and isinstance(value, str) and not form.fullmatch(value):
                raise InvalidValueError("value does not have the right form")
            return super().accept(call, name, value)

    fault(name, description, violates=violates or (_REAL, _TAKEN))(Demanding)


_demanding("facebook-id-must-be-a-uuid", "facebook_anonymous_id must be a UUID.", _UUID, of=["facebook_anonymous_id"])
_demanding(
    "hwid-must-follow-the-standard",
    "pushwoosh_hwid must be a UUID as the standard has them.",
    _RFC_UUID,
    of=["pushwoosh_hwid"],
)
_demanding("tenjin-id-must-have-hyphens", "tenjin_analytics_installation_id must be a UUID with hyphens.", _UUID,
           of=["tenjin_analytics_installation_id"])  # fmt: skip
_demanding("firebase-id-must-be-lower-case", "firebase_app_instance_id must be lower-case hexadecimal.", "[0-9a-f]{32}",
           of=["firebase_app_instance_id"])  # fmt: skip
_demanding(
    "appsflyer-id-must-be-an-install",
    "appsflyer_id must be digits, a hyphen, digits.",
    r"\d{13}-\d{7}",
    of=["appsflyer_id"],
)
_demanding("branch-id-must-be-a-key", "branch_id must be a key of Branch.", "key_(live|test)_.+", of=["branch_id"])
_demanding(
    "words-alone", "Values may have letters, digits, underscores and hyphens alone.", r"[\w-]*|\w.*[^\x20-\x7e].*"
)
_demanding("ascii-values-alone", "Values may be ASCII alone.", r"(?s)[\x00-\x7f]*", _TAKEN)
_demanding("at-most-50-characters", "Values may have 50 characters at most.", "(?s).{0,50}")
_demanding("at-most-20-characters", "Values may have 20 characters at most.", "(?s).{0,20}")
_demanding("at-least-five-characters", "Values must have five characters.", "(?s).{5,}|", _TAKEN)
_demanding("no-placeholders", "The page's own example values are refused.", "(?s)(?!example_).*", _REAL)
_demanding("no-dollar-signs", "A dollar sign is refused.", r"(?s)[^$]*")
_demanding(
    "words-of-databases-refused",
    "What looks like an attack is refused.",
    r"(?is)(?!.*(drop table|<b>|\.\./)).*",
    _TAKEN,
)


def _whole_writes(
    name: str, description: str, wrong: Callable[[Steps, Call], bool], *violates: str, fails: bool = False
) -> None:
    """Registers the fault that refuses some writes as a whole."""

    class Refusing(Steps):
        def validate(self, call: Call) -> Response | None:
            refused = super().validate(call)
            if refused is not None or not wrong(self, call):
                return refused
            if fails:
                return failure(self, call)
            return self.refuse(call, problems.invalid([(problems.WHOLE, "Not like this.")]))

    fault(name, description, violates=violates)(Refusing)


def _repeats_a_value(_: Steps, call: Call) -> bool:
    return len(set(call.changes.values())) < len(call.changes)


def _value_is_anothers(steps: Steps, call: Call) -> bool:
    mine = call.profile.profile_id if call.profile else ""
    others = (each for each in steps.store.every() if each.profile_id != mine)
    return any(each.identifiers.get(name) == value for each in others for name, value in call.changes.items())


_whole_writes(
    "ten-members-at-most",
    "A write of more than ten identifiers is refused.",
    lambda _, call: len(call.changes) > 10,
    _TAKEN,
)
_whole_writes(
    "one-member-at-a-time",
    "A write of more than one identifier is refused.",
    lambda _, call: len(call.changes) > 1,
    _TAKEN,
)
_whole_writes(
    "two-members-at-least", "A write of one identifier is refused.", lambda _, call: len(call.changes) == 1, _TAKEN
)
_whole_writes("values-must-differ", "Two identifiers with one value are refused.", _repeats_a_value, _TAKEN)
_whole_writes("both-push-identifiers-refused", "Both identifiers of OneSignal in one write are refused.",
              lambda _, call: {"one_signal_player_id", "one_signal_subscription_id"} <= call.changes.keys(), _TAKEN)  # fmt: skip
_whole_writes(
    "value-of-another-fails", "A value that another profile has crashes.", _value_is_anothers, "never-500", fails=True
)
_whole_writes("value-of-another-refused", "A value that another profile has is refused.", _value_is_anothers, _TAKEN)
