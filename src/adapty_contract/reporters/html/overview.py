"""What a reader in a hurry wants first: the verdict, what was tested, how the clauses fared, what was not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapty_contract.model import ClauseReport, Level, Profile, Verdict
from adapty_contract.record import RunRecord, TargetKind, counts, findings
from adapty_contract.reporters import headline
from adapty_contract.reporters.reproduction import verify_line
from adapty_contract.reporters.terminal_parts import plural, seconds

_TONES = {0: Verdict.HELD, 1: Verdict.VIOLATED}
_LONG_LINE = 4000  # characters; settings of more are no line to paste


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Clauses without a sure verdict for one reason."""

    verdict: Verdict
    why: str
    reports: tuple[ClauseReport, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The banner and what stands around it; `tone` is the verdict whose colour the run has."""

    word: str
    sentence: str
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
        sentence=headline.sentence(record),
        tone=_TONES.get(record.exit_code, Verdict.INCONCLUSIVE),
        counts={level: row for level, row in counts(record).items() if any(row.values())},
        unjudged=tuple(_unjudged(record)),
        facts=tuple(_facts(record)),
        tolerated=tuple(_tolerated(record)),
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
    """The ids that people know a profile by."""
    ids = (("customer user id", profile.customer_user_id), ("profile id", profile.profile_id))
    return ", ".join(f"{kind} {value}" for kind, value in ids if value is not None)


def _unjudged(record: RunRecord) -> Iterator[Unjudged]:
    """Clauses that are inconclusive or were not exercised, by their reason; the commonest reason first."""
    for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_EXERCISED):
        reasons: dict[str, list[ClauseReport]] = {}
        for report in record.clauses:
            if report.verdict is verdict:
                reasons.setdefault(report.why or "no reason given", []).append(report)
        for why, reports in sorted(reasons.items(), key=lambda item: -len(item[1])):
            yield Unjudged(verdict, why, tuple(reports))


def _facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    target, tool, contract = record.target, record.tool, record.contract
    yield "target", f"embedded mock, {target.url}" if target.kind is TargetKind.EMBEDDED else target.url
    if target.profile is not None:
        yield "test profile", name_of(target.profile)
    if target.other_profile is not None:
        yield "second profile", name_of(target.other_profile)
    yield "when", f"{_moment(record.started)}, for {seconds(record.duration)}"
    layers = ", ".join(f"{layer.name} {layer.exchanges}" for layer in record.layers)
    yield "requests", f"{len(record.exchanges)}{f': {layers}' if layers else ''}"
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


def _tolerated(record: RunRecord) -> Iterator[str]:
    patience = record.tolerated
    if patience.lag_seen:
        most = f", of {seconds(patience.lag_tolerated)} that would have been waited" if patience.lag_tolerated else ""
        yield f"A write was seen up to {seconds(patience.lag_seen)} late{most}."
    if patience.throttled or patience.throttling_waited:
        waited = seconds(patience.throttling_waited)
        yield f"{plural(patience.throttled, 'last answer')} had status 429; {waited} were spent waiting for such answers."
    if patience.retries:
        yield f"{plural(patience.retries, 'request')} had to be sent again."


def _setting(value: object) -> str:
    """A setting as text; what was not given is said to be so."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value is None else str(value)
