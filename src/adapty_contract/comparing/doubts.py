"""What makes two runs not comparable without thought: they had not the same contract, target, settings, or end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from adapty_contract.model import Profile
from adapty_contract.record import RunRecord, TargetKind, ended_as_planned

_NO_MATTER = frozenset({"formats"})  # settings that change no verdict


@dataclass(frozen=True, slots=True)
class Doubt:
    """One way in which the runs were not made alike: of what, and how it was in each."""

    subject: str
    before: str
    after: str


def doubts(older: RunRecord, newer: RunRecord) -> Iterator[Doubt]:
    """Every way in which the runs were not made alike; a run that ended early is one even where both did."""
    texts = {
        "contract": [_contract(each) for each in (older, newer)],
        "tool": [f"{each.tool.name} {each.tool.version}" for each in (older, newer)],
        "target": [_target(each) for each in (older, newer)],
        "test profiles": [_profiles(each) for each in (older, newer)],
        "seed": [str(each.seed) for each in (older, newer)],
        **_settings(older, newer),
    }
    for subject, (before, after) in texts.items():
        if before != after:
            yield Doubt(subject, before, after)
    if not (ended_as_planned(older) and ended_as_planned(newer)):
        yield Doubt("end", _end(older), _end(newer))


def _contract(record: RunRecord) -> str:
    return f"{record.contract.version} ({record.contract.digest})"


def _target(record: RunRecord) -> str:
    """Of the embedded mock only that it was it: its port is another one each time."""
    return record.target.url if record.target.kind is TargetKind.URL else str(record.target.kind)


def _profiles(record: RunRecord) -> str:
    """The test profiles of a server; the embedded mock has its own."""
    if record.target.kind is TargetKind.EMBEDDED:
        return ""
    return "; ".join(map(_profile, (record.target.profile, record.target.other_profile)))


def _profile(profile: Profile | None) -> str:
    ids = () if profile is None else (profile.customer_user_id, profile.profile_id)
    return " = ".join(each for each in ids if each is not None) or "none"


def _settings(older: RunRecord, newer: RunRecord) -> dict[str, list[str]]:
    names = dict.fromkeys((*older.settings, *newer.settings))
    return {name: [_setting(older, name), _setting(newer, name)] for name in names if name not in _NO_MATTER}


def _setting(record: RunRecord, name: str) -> str:
    return json.dumps(record.settings[name], sort_keys=True, default=str) if name in record.settings else "not recorded"


def _end(record: RunRecord) -> str:
    if ended_as_planned(record):
        return "complete"
    return f"exit status {record.exit_code}: {record.stopped or 'the run ended early'}"
