"""Benches whose server has a defect that no catalogue knows, or speaks a dialect."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapty_contract.fuzz.model import run_model
from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import Request, Response, Result
from adapty_contract.record import LayerRecord
from adapty_contract.reporters.progress import SilentProgress
from support.senders import Bench

Handle = Callable[[Request], Response]
Bend = Callable[[Request, Handle], Response]


@dataclass
class _BentApi:
    handle_well: Handle
    bend: Bend

    def handle(self, request: Request) -> Response:
        return self.bend(request, self.handle_well)


class BentBench(Bench):
    """A bench whose server may do something else with a request than the mock would."""

    def __init__(self, bend: Bend | None = None, *, dialects: tuple[str, ...] = (), **setting: Any) -> None:
        super().__init__(mock=MockSettings(dialects=dialects), **setting)
        if bend is not None:
            self.sender._api = _BentApi(self.api.handle, bend)  # type: ignore[assignment]

    def told(self, clause: str) -> tuple[Result, ...]:
        """What is told of a clause."""
        return next(report.results for report in self.tally.reports({}) if report.clause.id == clause)

    def sent(self) -> list[tuple[str, str, tuple[tuple[str, str], ...], bytes]]:
        """Every request so far, as a value."""
        requests = [each.request for each in self.exchanges]
        return [(each.method, each.target, each.headers, each.body) for each in requests]


def walked(bench: BentBench, *, seed: int = 0, walks: int = 60, budget: float = 600.0) -> LayerRecord:
    """The layer *model* on a bench."""
    return run_model(bench.session, budget=budget, seed=seed, progress=SilentProgress(), walks=walks)


def members(request: Request) -> dict[str, Any] | None:
    """The object that the body of a write is."""
    try:
        value = json.loads(request.body)
    except ValueError:
        return None
    return value if request.method == "POST" and isinstance(value, dict) else None


def with_members(request: Request, values: Mapping[str, Any]) -> Request:
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


def failing(on: Callable[[Request], bool]) -> Bend:
    """A server that answers 500 to some requests."""
    body = b'{"errors":["internal"],"error_code":"internal","status_code":500}'
    failure = Response(500, (("Content-Type", "application/json"),), body)
    return lambda request, handle: failure if on(request) else handle(request)
