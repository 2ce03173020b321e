"""What of the contract the run has touched, as tables whose cells point to an exchange."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapty_contract.background import PlaceKind
from adapty_contract.coverage import Covered, concerns_operation, coverage, described_status
from adapty_contract.model import Operation
from adapty_contract.record import RunRecord


@dataclass(frozen=True, slots=True)
class Cell:
    """How often something was touched and by which exchange first; of a field also with what values."""

    count: int = 0
    first: int | None = None
    texts: int = 0
    nulls: int = 0


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A status of an operation, with the headers and fields that its answers are described to have."""

    operation: Operation
    status: str
    described: bool
    cell: Cell
    parts: tuple[tuple[str, Cell], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """Where fields stand: in the request of an operation, or in an answer of it."""

    operation: Operation
    status: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Names down, places across."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class CoverageView:
    """The tables; `totals` are touched and described places by kind, `firsts` the exchanges that cells point to."""

    statuses: tuple[StatusRow, ...]
    parameters: Matrix
    fields: Matrix
    totals: tuple[tuple[PlaceKind, int, int], ...]
    firsts: tuple[int, ...]


def coverage_view(record: RunRecord) -> CoverageView | None:
    """The coverage of a run; `None` if its record does not say what there was to cover."""
    if not record.contract.surface:
        return None
    covered = coverage(record)
    stray = tuple(_undescribed(record))
    rows = (*_statuses(covered), *stray)
    firsts = {each.exchanges[0] for each in covered if each.exchanges} | {row.cell.first for row in stray}
    return CoverageView(
        tuple(sorted(rows, key=lambda row: list(Operation).index(row.operation))),
        _matrix(each for each in covered if each.place.kind is PlaceKind.PARAMETER),
        _matrix(each for each in covered if _is_main_field(each)),
        tuple(_totals(covered)),
        tuple(sorted(number for number in firsts if number is not None)),
    )


def _cell(each: Covered) -> Cell:
    return Cell(len(each.exchanges), next(iter(each.exchanges), None), each.texts, each.nulls)


def _is_main_field(each: Covered) -> bool:
    """Whether it is a field of a request or of a success; those of refusals stand beside their status."""
    kind = each.place.kind
    return kind is PlaceKind.REQUEST_FIELD or (kind is PlaceKind.RESPONSE_FIELD and each.place.status.startswith("2"))


def _statuses(covered: tuple[Covered, ...]) -> Iterator[StatusRow]:
    parts: dict[tuple[Operation, str], list[tuple[str, Cell]]] = defaultdict(list)
    for each in covered:
        place = each.place
        if place.status and place.kind is not PlaceKind.STATUS and not _is_main_field(each):
            parts[place.operation, place.status].append((place.name, _cell(each)))
    for each in covered:
        if each.place.kind is PlaceKind.STATUS:
            key = (each.place.operation, each.place.status)
            yield StatusRow(*key, described=True, cell=_cell(each), parts=tuple(parts[key]))


def _undescribed(record: RunRecord) -> Iterator[StatusRow]:
    """Statuses that came and that the contract describes in no way."""
    described = {
        operation: {place.status for place in record.contract.surface if place.operation is operation}
        for operation in Operation
    }
    seen: dict[tuple[Operation, str], list[int]] = defaultdict(list)
    for exchange in record.exchanges:
        if exchange.operation is None or exchange.status is None or not concerns_operation(exchange):
            continue
        known = described[exchange.operation]
        if described_status(exchange.status, known) not in known:
            seen[exchange.operation, str(exchange.status)].append(exchange.number)
    for (operation, status), numbers in sorted(seen.items()):
        yield StatusRow(operation, status, described=False, cell=Cell(len(numbers), numbers[0]))


def _matrix(covered: Iterable[Covered]) -> Matrix:
    cells: dict[str, dict[Column, Cell]] = defaultdict(dict)
    columns: dict[Column, None] = {}
    for each in covered:
        column = Column(each.place.operation, each.place.status)
        columns[column] = None
        cells[each.place.name][column] = _cell(each)
    rows = tuple((name, tuple(row.get(column) for column in columns)) for name, row in cells.items())
    return Matrix(tuple(columns), rows)


def _totals(covered: tuple[Covered, ...]) -> Iterator[tuple[PlaceKind, int, int]]:
    for kind in PlaceKind:
        of_kind = [each for each in covered if each.place.kind is kind]
        if of_kind:
            yield kind, sum(bool(each.exchanges) for each in of_kind), len(of_kind)
