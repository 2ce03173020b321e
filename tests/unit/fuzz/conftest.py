"""Benches whose server has a defect that no catalogue knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import Request, Response, Result
from adapty_contract.reporters.progress import SilentProgress
from support.senders import Bench

Handle = Callable[[Request], Response]
Bend = Callable[[Request, Handle], Response]
Members = Mapping[str, Any]


@dataclass
class _BentApi:
    handle_well: Handle
    bend: Bend

    def handle(self, request: Request) -> Response:
        return self.bend(request, self.handle_well)


class BentBench(Bench):
    """A bench whose server may do something else with a request than the mock would."""

    def __init__(self, bend: Bend | None = None, **setting: Any) -> None:
        super().__init__(**setting)
        if bend is not None:
            self.sender._api = _BentApi(self.api.handle, bend)  # type: ignore[assignment]

    def results(self, clause: str) -> tuple[Result, ...]:
        """What is told of a violated clause."""
        return next(report.results for report in self.tally.reports({}) if report.clause.id == clause)

    def sent(self) -> list[tuple[str, str, tuple[tuple[str, str], ...], bytes]]:
        """Every request so far, as a value."""
        return [
            (each.request.method, each.request.target, each.request.headers, each.request.body)
            for each in self.exchanges
        ]


@pytest.fixture
def quiet() -> SilentProgress:
    return SilentProgress()


def in_dialects(*names: str, **setting: Any) -> BentBench:
    """A bench whose correct mock speaks these dialects."""
    return BentBench(mock=MockSettings(dialects=names), **setting)


def members(request: Request) -> dict[str, Any] | None:
    """The object that a write's body is."""
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    return value if request.method == "POST" and isinstance(value, dict) else None


def with_members(request: Request, values: Members) -> Request:
    """The same write with other members."""
    return replace(request, body=json.dumps(values).encode())


def changing_values(change: Callable[[str], str]) -> Bend:
    """A server that changes each value on its way in."""

    def bend(request: Request, handle: Handle) -> Response:
        values = members(request)
        if values is None:
            return handle(request)
        changed = {name: change(value) if isinstance(value, str) else value for name, value in values.items()}
        return handle(with_members(request, changed))

    return bend


def crashing(on: Callable[[Request], bool]) -> Bend:
    """A server that fails on some requests."""
    body = b'{"errors":["internal"],"error_code":"internal","status_code":500}'
    failure = Response(500, (("Content-Type", "application/json"),), body)
    return lambda request, handle: failure if on(request) else handle(request)
