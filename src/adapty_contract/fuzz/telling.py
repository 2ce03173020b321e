"""Cases in words, on one line of printable ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapty_contract.checks.wording import told_value
from adapty_contract.fuzz.steps import Again, Open, Read, Refused, Step, Walk, Whose

_LONGEST_TEXT = 2_000  # characters of a walk in words; a reduced one has some hundred


def told(walk: Walk) -> str:
    """The steps in words, on one line of printable ASCII."""
    text = "; ".join(_told(step) for step in walk)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}... ({len(walk)} steps)"


def _told(step: Step) -> str:
    whose = "" if step.whose is Whose.MAIN else f" of {step.whose}"
    if isinstance(step, Again):
        return f"the last write{whose} again"
    place = f"{whose}, {step.by}"
    if isinstance(step, Read):
        more = f", with {step.extra[0]}: {step.extra[1]}" if step.extra else ""
        return f"read{place}{more}"
    if isinstance(step, Refused):
        return f"write{place}, {step.why}"
    if isinstance(step, Open):
        return f"write {told_members(dict(step.members))}{place}"
    more = (", escaped" if step.escaped else "") + (f", with platform {step.platform}" if step.platform else "")
    return f"write {told_members(dict(step.values))}{place}{more}"


def told_members(members: Mapping[str, Any]) -> str:
    """An object in words, long values shortened."""
    return "{" + ", ".join(f"{name}: {_shortened(value)}" for name, value in members.items()) + "}"


def _shortened(value: Any) -> str:
    is_long = isinstance(value, str) and len(value) > 80
    return told_in_ascii(value, 20 if is_long else 300)


def told_in_ascii(value: Any, limit: int = 300) -> str:
    """A value as JSON spells it, in printable ASCII."""
    return told_value(value, limit, ascii_only=True)
