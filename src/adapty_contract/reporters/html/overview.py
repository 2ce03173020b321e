"""What a reader in a hurry wants first: the verdict, what was tested, how the clauses fared, what was not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapty_contract.model import Level, Profile, Verdict
from adapty_contract.record import RunRecord, TargetKind, counts, findings
from adapty_contract.reporters import headline
from adapty_contract.reporters.phrases import (
    UNTESTABLE,
    Unjudged,
    other_warnings,
    patience,
    restore_line,
    sent,
    unjudged,
)
from adapty_contract.reporters.reproduction import verify_line
from adapty_contract.reporters.terminal_parts import plural, seconds

_TONES = {0: Verdict.HELD, 1: Verdict.VIOLATED}
_LONG_LINE = 4000  # characters; settings of more are no line to paste


@dataclass(frozen=True, slots=True)
class Overview:
    """The banner and what stands around it; `tone` is the verdict whose colour the run has."""

    word: str
    sentence: str
    advice: str
    """What the record says is to be done, if the run ended early."""
    restore: str
    """The command that puts test profiles back, if they were not."""
    other_warnings: tuple[str, ...]
    tone: Verdict
    counts: Mapping[Level, Mapping[Verdict, int]]
    unjudged: tuple[Unjudged, ...]
    facts: tuple[tuple[str, str], ...]
    tolerated: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    command: str | None
    binding: int
    """How many findings fail the run."""
    when: str
    requests: str
    untestable: bool
    bent: str
    """How the embedded mock was changed: its faults and dialects."""

    @property
    def left(self) -> int:
        """How many clauses are without a sure verdict."""
        return sum(len(each.reports) for each in self.unjudged)


def overview(record: RunRecord) -> Overview:
    """The overview of a run."""
    command = verify_line(record)
    binding = {Level.MUST, Level.SHOULD} if record.strict else {Level.MUST}
    return Overview(
        word=headline.word(record),
        sentence=headline.lead(record),
        advice=headline.advice(record),
        restore=restore_line(record),
        other_warnings=other_warnings(record),
        requests=plural(sent(record), "request"),
        untestable=record.exit_code == UNTESTABLE,
        tone=_TONES.get(record.exit_code, Verdict.INCONCLUSIVE),
        counts={level: row for level, row in counts(record).items() if any(row.values())},
        unjudged=unjudged(record),
        facts=tuple(_facts(record)),
        tolerated=tuple(patience(record)),
        settings=tuple((str(name), _setting(value)) for name, value in record.settings.items()),
        command=command if len(command) <= _LONG_LINE else None,
        binding=sum(
            any(report.clause.level in binding for report in (finding.root, *finding.consequences))
            for finding in findings(record)
        ),
        when=_moment(record.started),
        bent=_bent(record),
    )


def name_of(profile: Profile) -> str:
    """Every id of a profile."""
    ids = (("customer user id", profile.customer_user_id), ("profile id", profile.profile_id))
    return ", ".join(f"{kind} {value}" for kind, value in ids if value is not None)


def _facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    target, tool, contract = record.target, record.tool, record.contract
    yield "target", f"embedded mock, {target.url}" if target.kind is TargetKind.EMBEDDED else target.url
    if target.profile is not None:
        yield "test profile", name_of(target.profile)
    if target.other_profile is not None:
        yield "second profile", name_of(target.other_profile)
    yield "when", f"{_moment(record.started)}, for {seconds(record.duration)}"
    layers = ", ".join(f"{layer.name} {layer.exchanges}" for layer in record.layers)
    left = len(record.exchanges) - sent(record)
    unsendable = f"; {left} more that no HTTP client can send" if left else ""
    yield "requests", f"{sent(record)}{f': {layers}' if layers else ''}{unsendable}"
    yield "seed", str(record.seed)
    yield "strict", "yes: SHOULD counts as MUST" if record.strict else "no: only MUST clauses fail the run"
    yield "contract", f"{contract.version} ({contract.digest[:12]}), by {tool.name} {tool.version}"
    yield "run", record.run_id
    yield "exit status", str(record.exit_code)


def _moment(started: str) -> str:
    """A time of the record as people read it, to the second: `2026-01-31 12:00:00 UTC`."""
    utc = started.endswith(("Z", "+00:00"))
    return f"{started[:10]} {started[11:19]} UTC" if utc and started[10:11] == "T" else started


def _bent(record: RunRecord) -> str:
    values = {name: record.settings.get(f"{name}s") for name in ("fault", "dialect")}
    return " and ".join(
        plural(len(value), name) for name, value in values.items() if isinstance(value, (list, tuple)) and value
    )


def _setting(value: object) -> str:
    """A setting as text; what was not given is said to be so."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value is None else str(value)
