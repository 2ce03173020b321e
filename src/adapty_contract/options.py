"""What a run of `verify` is told, resolved once: defaults, file, environment, command line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from adapty_contract.errors import UsageError
from adapty_contract.model import Profile

DEFAULT_FORMATS = ("json", "html", "junit", "har")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:/\s*(s|sec|m|min|h))?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UNITS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions:
    """Every option of `verify`; durations in seconds, `rate` in requests a second. Without `url`, the embedded mock."""

    url: str | None = None
    customer_user_id: str | None = None
    profile_id: str | None = None
    other_customer_user_id: str | None = None
    other_profile_id: str | None = None
    allow_writes: bool = False
    strict: bool = False
    budget: float = 10.0
    max_requests: int | None = None
    rate: float | None = None
    timeout: float = 30.0
    lag: float = 5.0
    max_retry_after: float = 30.0
    seed: int = 1
    only: tuple[str, ...] = ()
    report_dir: Path = Path("reports")
    formats: tuple[str, ...] = DEFAULT_FORMATS
    dialects: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    ca_file: Path | None = None
    contract: Path | None = field(default=None)

    def __post_init__(self) -> None:
        """Raises UsageError for options that contradict each other."""
        for raised, what, hint in self._contradictions():
            if raised:
                raise UsageError(what, hint=hint)

    def _contradictions(self) -> tuple[tuple[bool, str, str], ...]:
        named = self.customer_user_id or self.profile_id
        own = self.dialects or self.faults
        return (
            (
                bool(self.url and own),
                "--fault and --dialect change the embedded mock, and a URL was given",
                "leave one out",
            ),
            (
                bool(self.url and not named),
                "a server at a URL needs a test profile",
                "give --customer-user-id or --profile-id of a profile that may be tested with",
            ),
            (
                bool(not self.url and (named or self.other_customer_user_id or self.other_profile_id)),
                "the embedded mock has profiles of its own",
                "leave the ids out, or give a URL",
            ),
            (
                self.customer_user_id is not None and self.customer_user_id == self.other_customer_user_id,
                "the other test profile is the same as the first",
                "give --other-customer-user-id of another one",
            ),
            (
                self.profile_id is not None and self.profile_id == self.other_profile_id,
                "the other test profile is the same as the first",
                "give --other-profile-id of another one",
            ),
            *self._no_uuids(),
            (
                not all(0 <= each < inf for each in (self.budget, self.lag, self.max_retry_after)),
                "a duration cannot be negative or endless",
                "",
            ),
            (not 0 < self.timeout < inf, "--timeout must be more than nothing and less than for ever", ""),
            (
                self.rate is not None and not 0 < self.rate < inf,
                "--rate must be more than nothing",
                "write 5/s or 300/m",
            ),
            (self.max_requests is not None and self.max_requests < 1, "--max-requests must be at least 1", ""),
        )

    def _no_uuids(self) -> tuple[tuple[bool, str, str], ...]:
        given = (("--profile-id", self.profile_id), ("--other-profile-id", self.other_profile_id))
        hint = "a profile id is 32 hexadecimal digits with hyphens; a customer user id goes into --customer-user-id"
        return tuple(
            (value is not None and not _UUID.fullmatch(value), f"{option} {value} is no UUID", hint)
            for option, value in given
        )

    @property
    def profile(self) -> Profile | None:
        """The test profile, if one was named."""
        return _profile(self.customer_user_id, self.profile_id)

    @property
    def other(self) -> Profile | None:
        """The second test profile, if one was named."""
        return _profile(self.other_customer_user_id, self.other_profile_id)


def _profile(customer_user_id: str | None, profile_id: str | None) -> Profile | None:
    return Profile(customer_user_id, profile_id) if customer_user_id or profile_id else None


def seconds(text: str) -> float:
    """A duration such as `30s`, `500ms`, `2m` or `30`, in seconds. Raises UsageError for anything else."""
    found = _SECONDS.fullmatch(text.strip().lower())
    if not found:
        raise UsageError(f"{text!r} is no duration", hint="write 30s, 500ms, 2m or 1h")
    return float(found[1]) * _UNITS[found[2] or "s"]


def per_second(text: str) -> float:
    """A rate such as `5/s` or `300/m`, in requests a second. Raises UsageError for anything else, and for 0."""
    found = _RATE.fullmatch(text.strip().lower())
    if not found or not float(found[1]):
        raise UsageError(f"{text!r} is no rate", hint="write 5/s or 300/m")
    return float(found[1]) / _UNITS[found[2] or "s"]
