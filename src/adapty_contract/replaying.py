"""Make the record of a run from its event log, also of a run that never came to its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapty_contract.errors import ContractDataError, UsageError
from adapty_contract.framed import Closing, Opening, record_of
from adapty_contract.model import Exchange, Observation, Operation, Result, Verdict
from adapty_contract.passive import passive_observations
from adapty_contract.record import (
    UNFINISHED,
    LayerRecord,
    RestorationRecord,
    RunRecord,
    TargetKind,
    Tolerated,
    from_json,
    to_json,
)
from adapty_contract.record_json import decode
from adapty_contract.reporters.json_report import read_report
from adapty_contract.tally import Tally

_BEGINS = b'{"event":'
_UNFINISHED = "the run did not end: this is what its event log holds"
_NOT_REACHED = "the run did not come to it"


def read_run(path: Path) -> RunRecord:
    """The record in a report.json, or what an events.ndjson makes of one.

    Raises UsageError if the file cannot be read, ContractDataError if it holds neither.
    """
    try:
        with path.open("rb") as file:
            is_log = file.read(len(_BEGINS)) == _BEGINS
    except OSError:
        is_log = False  # the reader of reports says why
    return read_events(path) if is_log else read_report(path)


def read_events(path: Path) -> RunRecord:
    """The record that an event log makes; without its last event one that is marked incomplete.

    Raises UsageError if the file cannot be read, ContractDataError, with the line, if it is no event log.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", hint="name an events.ndjson") from error
    try:
        return from_json(to_json(_replayed(content).record()))  # so that a log of other hands keeps to the schema too
    except ContractDataError as error:
        raise ContractDataError(f"{path} is no event log: {error.what}", hint=error.hint) from error


def _replayed(content: bytes) -> Replay:
    """Take every whole line. What a file system leaves of a crash, NUL bytes at the end, is no line."""
    replay: Replay | None = None
    for number, line in enumerate(
        content.rstrip(b"\0").split(b"\n")[:-1], 1
    ):  # the last one was cut short, or is empty
        try:
            event = json.loads(line)
            if replay is None:
                replay = Replay(_opening(event))
            else:
                replay.take(event["event"], event["data"])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ContractDataError(f"line {number}: {type(error).__name__}: {error}") from error
    if replay is None:
        raise ContractDataError("it has no whole line")
    return replay


def _opening(event: Any) -> Opening:
    if event["event"] != "run":
        raise ValueError("it does not begin with the event `run`")
    opening: Opening = decode(Opening, event["data"])
    return opening


class Replay:
    """A run that happens again from its events, one `take` each."""

    def __init__(self, opening: Opening) -> None:
        """`opening` is the first event."""
        self._opening = opening
        self._clauses = {clause.id: clause for clause in opening.clauses}
        self._exchanges: list[Exchange] = []
        self._layers: list[LayerRecord] = []
        self._layer = ("", 0)  # the one that is running, and how many exchanges there were before it
        self._warnings: list[str] = []
        self._restoration: tuple[RestorationRecord, ...] | None = None
        self._closing: Closing | None = None
        self._forget(None)

    def take(self, kind: str, data: Any) -> None:
        """The next event. Raises ValueError for one of an unknown kind, and whatever data that does not fit leads to."""
        takers: dict[str, Callable[[Any], None]] = {
            "exchange": self._exchange,
            "results": self._results,
            "observation": lambda told: self._tally.observe(decode(Observation, told)),
            "skip": lambda told: self._tally.skip(told["clauses"], told["why"]),
            "forget": self._forget,
            "warning": self._warnings.append,
            "restoration": self._put_back,
            "layer-start": self._begin,
            "layer": self._layer_ended,
            "end": self._end,
        }
        if kind not in takers:
            raise ValueError(f"an event of the unknown kind {kind}")
        takers[kind](data)

    def record(self) -> RunRecord:
        """What the events come to."""
        closing = self._closing or self._unfinished()
        return record_of(
            self._opening, closing, self._tally.reports(closing.missing), self._tally.observations, self._exchanges
        )

    def _forget(self, _: Any) -> None:
        self._tally = Tally(self._clauses, strict=self._opening.settings.get("strict") is True)

    def _exchange(self, data: Any) -> None:
        self._exchanges.append(decode(Exchange, data))

    def _results(self, data: Any) -> None:
        self._tally.add(Result(told, Verdict.HELD) if isinstance(told, str) else decode(Result, told) for told in data)

    def _put_back(self, data: Any) -> None:
        self._restoration = tuple(decode(RestorationRecord, each) for each in data)

    def _begin(self, name: Any) -> None:
        self._layer = (name, len(self._exchanges))

    def _layer_ended(self, data: Any) -> None:
        self._layers.append(decode(LayerRecord, data))
        self._layer = ("", 0)

    def _end(self, data: Any) -> None:
        self._closing = decode(Closing, data)

    def _unfinished(self) -> Closing:
        """The end of a run that has none: up to its last exchange."""
        for observation in passive_observations(self._exchanges, self._opening.contract.questions):
            self._tally.observe(observation)
        self._tally.skip(self._clauses, _NOT_REACHED)
        name, before = self._layer
        if name:
            self._layers.append(LayerRecord(name, len(self._exchanges) - before, 0.0, 0, "stopped"))
        ended, duration = self._last()
        return Closing(
            ended=ended,
            duration=duration,
            complete=False,
            stopped=_UNFINISHED,
            exit_code=UNFINISHED,
            layers=tuple(self._layers),
            tolerated=Tolerated(
                throttled=sum(exchange.status == 429 for exchange in self._exchanges),
                retries=sum(exchange.attempts - 1 for exchange in self._exchanges),
            ),
            restoration=self._restoration or (),
            warnings=(*dict.fromkeys(self._warnings), *self._left_behind()),
            missing={},
        )

    def _left_behind(self) -> Iterator[str]:
        """That the test profiles of a server are as the run left them, if it wrote and did not come to put them back."""
        opening = self._opening
        wrote = any(exchange.request.method == Operation.SET.method for exchange in self._exchanges)
        if opening.target.kind is TargetKind.URL and wrote and self._restoration is None:
            back = f"`adapty-contract restore {opening.run_id}` puts them back"
            yield f"the test profiles are as the run left them: {back}; do that before another run"

    def _last(self) -> tuple[str, float]:
        """When the last exchange ended, and how many seconds that was after the beginning."""
        began = datetime.fromisoformat(self._opening.started)
        ends = [
            datetime.fromisoformat(exchange.started) + timedelta(seconds=exchange.elapsed)
            for exchange in self._exchanges
            if exchange.started
        ]
        last = max([began, *ends])
        return last.isoformat(timespec="milliseconds"), (last - began).total_seconds()
