"""Who says so: sources, the lines of theirs that are cited, and where each can be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.ledger import SourceKind, SourceRecord, Statement
from adapty_contract.model import Source

_OWN_DOCUMENT = "YAML"
_HERE = "here"


@dataclass(frozen=True, slots=True)
class Citation:
    """A source and those of its lines that are cited at one place, in order."""

    source: SourceRecord
    lines: tuple[int, ...] = ()

    @property
    def abbreviated(self) -> bool:
        """Whether the source is one of the few that pages introduce once and then name by their ids."""
        return is_known_by_its_id(self.source)


@dataclass(frozen=True, slots=True)
class CitedLine:
    """A line of a source: what is quoted of it, by whom, and where it can be read."""

    line: int
    quotes: tuple[str, ...]
    clauses: tuple[str, ...]
    entries: tuple[str, ...]
    url: str | None


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source with everything that is cited of it: lines, and who cites it as a whole."""

    source: SourceRecord
    url: str | None
    lines: tuple[CitedLine, ...]
    clauses: tuple[str, ...]
    entries: tuple[str, ...]

    @property
    def introduced(self) -> bool:
        """Whether pages introduce it once and then name it by its id."""
        return is_known_by_its_id(self.source)


Said = Source | Statement
"""What cites a source: the source of a clause, or a statement of a ledger entry."""


def url_of(source: SourceRecord, line: int | None = None) -> str | None:
    """Where a source, or a line of it, can be read; `None` for what this project ran itself.

    A file on GitHub without a known revision is shown by its history, where the version that was read can be found.
    """
    if source.where == _HERE:
        return None
    if source.where.startswith("https://"):
        return source.where
    repository, _, path = source.where.partition(":")
    if source.revision is None:
        return f"https://github.com/{repository}/commits/HEAD/{path}"
    at_line = "" if line is None else f"?plain=1#L{line}"
    return f"https://github.com/{repository}/blob/{source.revision}/{path}{at_line}"


def cited(contract: Contract, said: Iterable[Said]) -> tuple[Citation, ...]:
    """The sources of what was said, each once with all its lines, in the order of the list of sources."""
    lines: dict[str, set[int]] = {}
    for each in said:
        found = lines.setdefault(each.source, set())
        if each.line is not None:
            found.add(each.line)
    return tuple(
        Citation(source, tuple(sorted(lines[name]))) for name, source in contract.sources.items() if name in lines
    )


def is_known_by_its_id(source: SourceRecord) -> bool:
    """Whether pages explain its id once, since it is cited everywhere: the vendor's two pages and its own document."""
    return source.kind is SourceKind.PAGE or source.id == _OWN_DOCUMENT


def by_the_vendor(source: SourceRecord) -> bool:
    """Whether the vendor itself wrote the source for people who call the API."""
    return source.kind in {SourceKind.PAGE, SourceKind.OFFICIAL}


def all_cited(contract: Contract) -> tuple[CitedSource, ...]:
    """Every source, with what clauses and ledger entries cite of it."""
    return tuple(_cited_source(contract, source) for source in contract.sources.values())


def _cited_source(contract: Contract, source: SourceRecord) -> CitedSource:
    by_clauses = _citing(source, [(each, clause.id) for clause in contract.clauses.values() for each in clause.sources])
    by_entries = _citing(source, [(each, entry.id) for entry in contract.ledger.values() for each in entry.statements])
    lines = sorted({each.line for each, _ in (*by_clauses, *by_entries) if each.line is not None})
    return CitedSource(
        source,
        url_of(source),
        tuple(_cited_line(source, line, by_clauses, by_entries) for line in lines),
        _names(by_clauses, None),
        _names(by_entries, None),
    )


def _citing(source: SourceRecord, cites: Iterable[tuple[Said, str]]) -> list[tuple[Said, str]]:
    return [(each, name) for each, name in cites if each.source == source.id]


def _cited_line(
    source: SourceRecord, line: int, by_clauses: list[tuple[Said, str]], by_entries: list[tuple[Said, str]]
) -> CitedLine:
    quotes = [each.quote for each, _ in [*by_entries, *by_clauses] if each.line == line and each.quote]
    return CitedLine(
        line,
        tuple(dict.fromkeys(quotes)),
        _names(by_clauses, line),
        _names(by_entries, line),
        url_of(source, line),
    )


def _names(cites: Iterable[tuple[Said, str]], line: int | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each, name in cites if each.line == line))
