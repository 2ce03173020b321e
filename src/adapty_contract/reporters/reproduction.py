"""The command that makes the same run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.curl import quoted
from adapty_contract.record import TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapty_contract.record import RunRecord

_LISTS = {"only": "--only", "dialects": "--dialect", "faults": "--fault"}


def verify_line(record: RunRecord) -> str:
    """A line for bash or zsh that verifies the same target by the same settings with the same seed.

    It is printable ASCII, whatever the record holds. The key comes from the environment, as ever.
    """
    words = ["adapty-contract", "verify", *_target(record), *_settings(record), "--seed", str(record.seed)]
    return " ".join(quoted(word.encode("utf-8", "backslashreplace")) for word in words)


def _target(record: RunRecord) -> Iterator[str]:
    if record.target.kind is TargetKind.EMBEDDED:
        return
    yield record.target.url
    for profile, prefix in ((record.target.profile, "--"), (record.target.other_profile, "--other-")):
        if profile is None:
            continue
        if profile.customer_user_id is not None:
            yield from (f"{prefix}customer-user-id", profile.customer_user_id)
        if profile.profile_id is not None:
            yield from (f"{prefix}profile-id", profile.profile_id)
    if record.settings.get("writes") is True:
        yield "--allow-writes"


def _settings(record: RunRecord) -> Iterator[str]:
    if record.strict:
        yield "--strict"
    for name, option in _LISTS.items():
        values = record.settings.get(name)
        for value in values if isinstance(values, (list, tuple)) else ():
            yield from (option, str(value))
    budget = record.settings.get("budget_s")
    if isinstance(budget, (int, float)):
        yield from ("--budget", f"{budget:g}s")
