"""What of the contract a run has touched: statuses, parameters, fields and headers, each with its exchanges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from adapty_contract.background import Place, PlaceKind
from adapty_contract.jsontext import read_document
from adapty_contract.model import Exchange, Operation
from adapty_contract.record import RunRecord


@dataclass(frozen=True, slots=True)
class Covered:
    """A place of the contract and the numbers of the exchanges that touched it, in their order.

    Of a field, `texts` and `nulls` say how often it was a string and how often null; other values are neither.
    """

    place: Place
    exchanges: tuple[int, ...] = ()
    texts: int = 0
    nulls: int = 0


def coverage(record: RunRecord) -> tuple[Covered, ...]:
    """For each place that the record's contract describes, what touched it; untouched ones are there too."""
    statuses = _statuses(record.contract.surface)
    touched: dict[Place, list[tuple[int, Any]]] = defaultdict(list)
    for exchange in record.exchanges:
        for place, value in dict(_touched(exchange, statuses)).items():
            touched[place].append((exchange.number, value))
    return tuple(_covered(place, touched.get(_as_touched(place), [])) for place in record.contract.surface)


def _covered(place: Place, found: list[tuple[int, Any]]) -> Covered:
    return Covered(
        place,
        tuple(number for number, _ in found),
        texts=sum(isinstance(value, str) for _, value in found),
        nulls=sum(value is None for _, value in found) if place.kind in _FIELDS else 0,
    )


def _as_touched(place: Place) -> Place:
    """The place as exchanges touch it: names of header fields mean the same in any case."""
    return replace(place, name=place.name.lower()) if place.kind in _HEADERS else place


_FIELDS = frozenset({PlaceKind.REQUEST_FIELD, PlaceKind.RESPONSE_FIELD})
_HEADERS = frozenset({PlaceKind.PARAMETER, PlaceKind.RESPONSE_HEADER})


def _statuses(surface: tuple[Place, ...]) -> dict[Operation, frozenset[str]]:
    return {
        operation: frozenset(
            place.name for place in surface if place.operation is operation and place.kind is PlaceKind.STATUS
        )
        for operation in Operation
    }


def _touched(exchange: Exchange, statuses: dict[Operation, frozenset[str]]) -> Iterator[tuple[Place, object]]:
    """Every place that an exchange touches, described or not, with the value of a field."""
    operation = exchange.operation
    if operation is None or not concerns_operation(exchange):
        return
    if exchange.request.method == operation.method:
        for name, _ in exchange.request.headers:
            yield Place(operation, PlaceKind.PARAMETER, name.lower()), None
        for name, value in _members(exchange.request.body):
            yield Place(operation, PlaceKind.REQUEST_FIELD, name), value
    if exchange.response is None:
        return
    status = described_status(exchange.response.status, statuses[operation])
    yield Place(operation, PlaceKind.STATUS, status, status), None
    for name, _ in exchange.response.headers:
        yield Place(operation, PlaceKind.RESPONSE_HEADER, name.lower(), status), None
    for name, value in _members(exchange.response.body):
        yield Place(operation, PlaceKind.RESPONSE_FIELD, name, status), value


def concerns_operation(exchange: Exchange) -> bool:
    """Whether an exchange says something of its operation: of other methods only a 405 does, which is described there."""
    operation = exchange.operation
    if operation is None:
        return False
    return exchange.request.method == operation.method or exchange.status == HTTPStatus.METHOD_NOT_ALLOWED


def described_status(status: int, described: Collection[str]) -> str:
    """Under which key of the spec's responses a status falls: itself, or its class (`4XX`)."""
    return str(status) if str(status) in described else f"{status // 100}XX"


def _members(body: bytes) -> Iterator[tuple[str, object]]:
    if body[:1] != b"{":
        return
    value = read_document(body).value
    if isinstance(value, dict):
        yield from value.items()
