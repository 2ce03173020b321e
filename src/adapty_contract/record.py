"""The record of a run: everything its reports are made from, as a value, as JSON, and read back."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from adapty_contract.background import Place, Question, SourceName
from adapty_contract.errors import ContractDataError
from adapty_contract.model import ClauseReport, Exchange, Level, Observation, Profile, Verdict
from adapty_contract.record_json import decode, encode
from adapty_contract.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FORMAT_VERSION = 1
"""The version of report.json; it changes when an old reader would misread a new file."""

UNFINISHED = 137
"""The exit status in a record that was made from the event log of a run without an end; a killed process has the same."""

SCHEMA_FILE = "contracts/schemas/report.schema.json"


@dataclass(frozen=True, slots=True)
class Tool:
    """What made the record."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class ContractStamp:
    """By which contract was judged: `info.version` of the spec, and the SHA-256 of all its files.

    With it goes what readers need of that contract: `surface`, what a run can cover; `questions`, what it leaves open;
    `sources`, who is cited.
    """

    version: str
    digest: str
    surface: tuple[Place, ...] = ()
    questions: tuple[Question, ...] = ()
    sources: tuple[SourceName, ...] = ()


class TargetKind(StrEnum):
    """Whether the run tested its own mock or a server at a URL."""

    EMBEDDED = "embedded"
    URL = "url"


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """What was tested: the base URL without credentials, and the test profiles it was tested with."""

    kind: TargetKind
    url: str
    profile: Profile | None = None
    other_profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """What one layer did: requests sent, seconds taken, cases run; `note` says why it did less than it could."""

    name: str
    exchanges: int
    duration: float
    cases: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tolerated:
    """What the run put up with, so that patience is visible: seconds, except for the two counts."""

    lag_seen: float = 0.0
    """The longest time a write took to become visible to a read."""
    lag_tolerated: float = 0.0
    """How long the run was ready to wait for that."""
    throttled: int = 0
    """Answers with status 429."""
    throttling_waited: float = 0.0
    retries: int = 0


class Restoration(StrEnum):
    """How a test profile was left behind."""

    RESTORED = "restored"
    NOT_UNSET = "could not be unset"
    FAILED = "failed"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class RestorationRecord:
    """How one test profile was left behind; `names` are the identifiers that differ from what they were before."""

    profile: Profile
    outcome: Restoration
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run. Everything in it is redacted; times are UTC (ISO 8601), durations monotonic and in seconds.

    `complete` is false for a run that ended before its plan did; `stopped` then says why, in a sentence.
    """

    tool: Tool
    contract: ContractStamp
    run_id: str
    target: TargetRecord
    settings: Mapping[str, Any]
    seed: int
    started: str
    ended: str
    duration: float
    complete: bool
    stopped: str | None
    exit_code: int
    layers: tuple[LayerRecord, ...] = ()
    tolerated: Tolerated = field(default=Tolerated())
    restoration: tuple[RestorationRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    clauses: tuple[ClauseReport, ...] = ()
    observations: tuple[Observation, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    format_version: int = FORMAT_VERSION

    @property
    def strict(self) -> bool:
        """Whether a violated SHOULD clause failed this run."""
        return self.settings.get("strict") is True


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated clause that explains itself, and the violated clauses that are taken for its consequences."""

    root: ClauseReport
    consequences: tuple[ClauseReport, ...] = ()


def to_json(record: RunRecord) -> dict[str, Any]:
    r"""The record as JSON data that fits the published schema; `from_json` makes the same record of it.

    Only a lone surrogate in a text comes back as the six characters `\ud800`: strict readers refuse the real one.
    """
    data: dict[str, Any] = encode(record)
    return {"format_version": data.pop("format_version"), **data}


def from_json(data: Any) -> RunRecord:
    """The record that JSON data holds. Raises ContractDataError, with the place, if it is none."""
    _require_known_version(data)
    problem = next(iter(_validator()(data)), None)
    if problem is not None:
        place = "/".join(["", *(str(step) for step in problem.instance_path)]) or "/"
        raise ContractDataError(
            f"no record of a run: at {place}: {problem.message[:300]}",
            hint=f"the rules stand in {SCHEMA_FILE}",
        )
    record: RunRecord = decode(RunRecord, data)
    return record


def _require_known_version(data: Any) -> None:
    version = data.get("format_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise ContractDataError(
            f"the record has format version {version}; this program reads versions up to {FORMAT_VERSION}",
            hint="read it with the version of adapty-contract that wrote it, or a later one",
        )


@functools.cache
def _validator() -> Callable[[Any], Iterable[Any]]:
    import jsonschema_rs

    schema = json.loads((data_root() / SCHEMA_FILE).read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema).iter_errors


def ended_as_planned(record: RunRecord) -> bool:
    """Whether the run did all it planned, so that its verdicts tell the whole story."""
    return record.complete and record.exit_code in (0, 1)


def fails_run(record: RunRecord, report: ClauseReport) -> bool:
    """Whether this clause is violated and makes the run fail: a MUST, or a SHOULD of a strict run."""
    binding = {Level.MUST, Level.SHOULD} if record.strict else {Level.MUST}
    return report.verdict is Verdict.VIOLATED and report.clause.level in binding


def counts(record: RunRecord) -> dict[Level, dict[Verdict, int]]:
    """How many clauses of each level got each verdict; every pair is there, with 0 if need be."""
    table = {level: dict.fromkeys(Verdict, 0) for level in Level}
    for report in record.clauses:
        table[report.clause.level][report.verdict] += 1
    return table


def findings(record: RunRecord) -> tuple[Finding, ...]:
    """The violated clauses, each once: under the clause that explains it, or as one that explains itself.

    Findings that hold a clause of a more binding level come first, otherwise in the contract's order.
    """
    violated = {report.clause.id: report for report in record.clauses if report.verdict is Verdict.VIOLATED}
    under: dict[str, list[ClauseReport]] = {}
    for report in violated.values():
        root = _root(report.clause.id, violated)
        members = under.setdefault(root, [])
        if root != report.clause.id:
            members.append(report)
    order = {name: position for position, name in enumerate(violated)}
    found = [Finding(violated[name], tuple(members)) for name, members in under.items()]
    return tuple(sorted(found, key=lambda finding: (_rank(finding), order[finding.root.clause.id])))


def _root(name: str, violated: Mapping[str, ClauseReport]) -> str:
    """The violated clause at the end of the chain of `after`; of a circle, the one that the contract names first."""
    path = [name]
    while step := next((after for after in violated[path[-1]].clause.after if after in violated), None):
        if step in path:
            circle = set(path[path.index(step) :])
            return next(member for member in violated if member in circle)
        path.append(step)
    return path[-1]


def _rank(finding: Finding) -> int:
    levels = list(Level)
    return min(levels.index(report.clause.level) for report in (finding.root, *finding.consequences))
