"""The lines that make the same run again, or send one of its requests again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapty_contract.curl import curl_line, quoted
from adapty_contract.record import TargetKind
from adapty_contract.reporters.phrases import never_sent, place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapty_contract.model import Exchange
    from adapty_contract.record import RunRecord

CURL_LENGTH = 1500
"""Characters of a curl line that can be pasted with ease."""

_LISTS = {"only": "--only", "dialects": "--dialect", "faults": "--fault"}


def verify_line(record: RunRecord) -> str:
    """A line for bash or zsh that verifies the same target by the same settings with the same seed.

    It is printable ASCII, whatever the record holds. The key comes from the environment, as ever.
    """
    words = ["adapty-contract", "verify", *_target(record), *_settings(record), "--seed", str(record.seed)]
    return " ".join(quoted(word.encode("utf-8", "backslashreplace")) for word in words)


def request_line(record: RunRecord, exchange: Exchange, limit: int = CURL_LENGTH) -> str | None:
    """The curl line that sends a request again; `None` if it was never sent, or needs more than `limit` characters."""
    if never_sent(exchange):
        return None
    line = curl_line(exchange, record.target.url)
    return line if len(line) <= limit else None


def without_line(record: RunRecord, exchange: Exchange) -> str:
    """Why there is no curl line for an exchange, and where its request stands."""
    why = "no HTTP client can send it" if never_sent(exchange) else "it is too long for a line here"
    return f"the request is exchange {exchange.number} in {place(record, 'har')}; {why}"


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
