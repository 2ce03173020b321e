"""The ledger: every discrepancy of the documentation, with its evidence and what the contract decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapty_contract.errors import ContractDataError
from adapty_contract.model import Operation
from adapty_contract.yamldata import read_yaml, require_valid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class SourceKind(StrEnum):
    """What sort of source it is; a page is one that claims are extracted from."""

    PAGE = "page"
    OFFICIAL = "official"
    SDK = "sdk"
    THIRD_PARTY = "third-party"
    SERVICE = "service"
    STANDARD = "standard"
    SEEN = "seen"


class Confidence(StrEnum):
    """How sure a decision is, from the surest to the least sure."""

    CERTAIN = "certain"
    HIGH = "high"
    MEDIUM_HIGH = "medium-high"
    MEDIUM = "medium"


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source that statements and clauses cite by its id.

    `where` is a URL, `owner/repo:path` on GitHub at `revision`, or `here` for what this project ran itself;
    `file` is what a copy of a page is called on disk.
    """

    id: str
    title: str
    kind: SourceKind
    where: str
    revision: str | None = None
    file: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says, in our own words, with at most eight of its own; or what was measured by running `ran`.

    `source` is the id of a source; `line` counts from 1 and is there, with the quote, for every statement of a page.
    `claims` are the subjects of the claims that it is, or patterns of subjects, so that they are found again where lines
    have moved; `values` is what such a claim may say, nothing if that does not matter, and `words` is what must stand in
    it. `absent` are the subjects, or patterns, of which the source makes no claim.
    """

    source: str
    says: str
    line: int | None = None
    quote: str | None = None
    ran: str | None = None
    claims: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    words: str | None = None
    absent: tuple[str, ...] = ()

    @property
    def claim(self) -> str | None:
        """The first of its claims, if it has one."""
        return self.claims[0] if self.claims else None


@dataclass(frozen=True, slots=True)
class Settles:
    """What would settle a discrepancy: the request to make, and the id of the observation that records its answer."""

    probe: str
    observation: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One discrepancy: the statements that conflict, the decision, why, and how sure it is.

    `subject` is a dotted path in which `*` stands for any one part; `dialects` are ids of the mock's dialects in which a
    permitted server may answer otherwise. Which clauses it shaped, and where it stands in the spec, is said there.
    """

    id: str
    title: str
    subject: str
    operations: tuple[Operation, ...]
    statements: tuple[Statement, ...]
    decision: str
    why: str
    confidence: Confidence
    dialects: tuple[str, ...] = ()
    settles: Settles | None = None


def load_sources(path: Path) -> Mapping[str, SourceRecord]:
    """The sources in a YAML file, by id; its schema lies in `schemas/` beside it.

    Raises ContractDataError with file, place and reason if the file cannot be read or is invalid.
    """
    data = read_yaml(path)
    require_valid(data, path.parent / "schemas/sources.schema.json", path)
    return MappingProxyType({name: _source(name, item) for name, item in data.items()})


def load_ledger(folder: Path, sources: Mapping[str, Any]) -> Mapping[str, LedgerEntry]:
    """Every entry in `folder`, one a YAML file, by id in alphabetical order; its schema lies in `schemas/` beside it.

    `sources` are the sources by id. Raises ContractDataError with file, place and reason for a file that cannot be read
    or is invalid, that has another name than its entry, or that cites what is no source.
    """
    if not folder.is_dir():
        raise ContractDataError(f"{folder}: no such folder", hint="the ledger is a folder with one YAML file an entry")
    schema = folder.parent / "schemas/ledger.schema.json"
    entries = [_read_entry(path, schema, sources) for path in sorted(folder.glob("*.yaml"))]
    return MappingProxyType({entry.id: entry for entry in entries})


def _read_entry(path: Path, schema: Path, sources: Mapping[str, Any]) -> LedgerEntry:
    data = read_yaml(path)
    require_valid(data, schema, path)
    entry = _entry(data)
    if entry.id != path.stem:
        raise ContractDataError(f"{path}: at $.id: {entry.id} differs from the file's name")
    for index, statement in enumerate(entry.statements):
        place = f"{path}: at $.statements[{index}]"
        if statement.source not in sources:
            raise ContractDataError(f"{place}.source: {statement.source} is no source", hint="sources.yaml lists them")
        if sources[statement.source].kind is SourceKind.PAGE and statement.line is None:
            raise ContractDataError(f"{place}: a statement of the page {statement.source} needs its line and a quote")
    return entry


def _entry(data: Mapping[str, Any]) -> LedgerEntry:
    settles = data.get("settles")
    return LedgerEntry(
        id=data["id"],
        title=data["title"],
        subject=data["subject"],
        operations=tuple(Operation(name) for name in data["operations"]),
        statements=tuple(_statement(statement) for statement in data["statements"]),
        decision=data["decision"],
        why=data["why"],
        confidence=Confidence(data["confidence"]),
        dialects=tuple(data.get("dialects", ())),
        settles=None if settles is None else Settles(**settles),
    )


def _statement(item: Mapping[str, Any]) -> Statement:
    given = {key: value for key, value in item.items() if key not in ("claim", "value", "absent")}
    values = (item["value"],) if "value" in item else ()
    claim = item.get("claim", ())
    claims = (claim,) if isinstance(claim, str) else tuple(claim)
    return Statement(**given, claims=claims, values=values, absent=tuple(item.get("absent", ())))


def _source(name: str, item: Mapping[str, Any]) -> SourceRecord:
    return SourceRecord(id=name, **{**item, "kind": SourceKind(item["kind"])})
