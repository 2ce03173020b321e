"""The sources as their page tells them: each with its lines that are cited, and by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.ledger import SourceRecord
from adapty_contract.reference.citations import Citation, Said, is_known_by_its_id, url_of
from adapty_contract.reference.places import NamedPlace, ShapedPlace


@dataclass(frozen=True, slots=True)
class CitedLine:
    """A line of a source: what is quoted of it, by whom, and where it can be read."""

    line: int
    quotes: tuple[str, ...]
    clauses: tuple[str, ...]
    entries: tuple[str, ...]
    places: tuple[ShapedPlace, ...]
    url: str | None


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source with everything that is cited of it: lines, and who cites it as a whole."""

    source: SourceRecord
    url: str | None
    lines: tuple[CitedLine, ...]
    clauses: tuple[str, ...]
    entries: tuple[str, ...]
    places: tuple[ShapedPlace, ...]

    @property
    def introduced(self) -> bool:
        """Whether pages introduce it once and then name it by its id."""
        return is_known_by_its_id(self.source)


def all_cited(contract: Contract, places: Collection[NamedPlace]) -> tuple[CitedSource, ...]:
    """Every source, with what clauses, ledger entries and places of the spec cite of it."""
    return tuple(_cited_source(contract, source, places) for source in contract.sources.values())


def _cited_source(contract: Contract, source: SourceRecord, places: Collection[NamedPlace]) -> CitedSource:
    by_places = [(cited, each.place) for each in places for cited in each.sources if cited.source.id == source.id]
    by_clauses = _citing(source, [(each, clause.id) for clause in contract.clauses.values() for each in clause.sources])
    by_entries = _citing(source, [(each, entry.id) for entry in contract.ledger.values() for each in entry.statements])
    said = {each.line for each, _ in (*by_clauses, *by_entries) if each.line is not None}
    lines = sorted(said.union(*(cited.lines for cited, _ in by_places)))
    return CitedSource(
        source,
        url_of(source),
        tuple(_cited_line(source, line, by_clauses, by_entries, by_places) for line in lines),
        _names(by_clauses, None),
        _names(by_entries, None),
        tuple(dict.fromkeys(place for cited, place in by_places if not cited.lines)),
    )


def _citing(source: SourceRecord, cites: Iterable[tuple[Said, str]]) -> list[tuple[Said, str]]:
    return [(each, name) for each, name in cites if each.source == source.id]


def _cited_line(
    source: SourceRecord,
    line: int,
    by_clauses: list[tuple[Said, str]],
    by_entries: list[tuple[Said, str]],
    by_places: list[tuple[Citation, ShapedPlace]],
) -> CitedLine:
    quotes = [each.quote for each, _ in [*by_entries, *by_clauses] if each.line == line and each.quote]
    return CitedLine(
        line,
        tuple(dict.fromkeys(quotes)),
        _names(by_clauses, line),
        _names(by_entries, line),
        tuple(dict.fromkeys(place for cited, place in by_places if line in cited.lines)),
        url_of(source, line),
    )


def _names(cites: Iterable[tuple[Said, str]], line: int | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each, name in cites if each.line == line))
