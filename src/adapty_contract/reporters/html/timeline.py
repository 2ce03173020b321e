"""When things happened: the layers of a run one after the other, and where violations, 429, repeats and faults fell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, takewhile

from adapty_contract.model import Exchange, Verdict
from adapty_contract.record import LayerRecord, RunRecord
from adapty_contract.reporters.phrases import kept_violations, never_sent, violations
from adapty_contract.reporters.terminal_parts import seconds

LEFT, WIDTH = 120, 860
"""Where the drawing's time axis begins, and how long it is; the drawing is 1000 wide."""

_BINS = 86  # slices of time in which exchanges are counted
_TICKS = 6  # at most
_STEPS = (*(scale * 10.0**power for power in range(-3, 2) for scale in (1, 2, 5)), 60, 120, 300, 600, 1200, 1800)
"""Seconds between two ticks, as clocks have them; beyond that, hours."""

_TALLEST = 60
_SLOWEST = 3
_EVIDENCE = 4
_LONGEST = 1e9  # seconds
_AROUND = "whether the target can be tested, and putting profiles back"
_PUT_BACK = "to restore"
"""How the labels of the exchanges end that put a test profile back."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A layer in time: seconds from the start of the run, what it did, what fell into it; `x` and `width` draw it."""

    name: str
    start: float | None
    duration: float | None
    exchanges: int
    cases: int | None
    note: str
    events: tuple[int, ...]
    """How many of each kind of event, in the order of the lanes."""
    x: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Events of one kind within one slice of time."""

    x: int
    count: int


@dataclass(frozen=True, slots=True)
class Lane:
    """Events of one kind; `shape` tells them apart without colour."""

    name: str
    shape: str
    count: int
    marks: tuple[Mark, ...]
    numbers: tuple[int, ...]
    note: str = ""
    """What is not in it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many exchanges began within one slice of time."""

    x: int
    height: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing and its table. Without `bars` the record's times cannot be read, and there is only the table."""

    stretches: tuple[Stretch, ...]
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    busiest: int
    slice: str
    """How long the slices of time are in which exchanges are counted."""
    ticks: tuple[tuple[int, float], ...]
    slowest: tuple[Exchange, ...]

    @property
    def evidence(self) -> tuple[int, ...]:
        """The exchanges that stand on the page for the timeline's sake: some of each lane, and the slowest."""
        some = chain.from_iterable(lane.numbers[:_EVIDENCE] for lane in self.lanes)
        return (*some, *(exchange.number for exchange in self.slowest))


def timeline(record: RunRecord) -> Timeline:
    """The timeline of a run."""
    clock = _Clock(record)
    kinds = tuple(_kinds(record))
    sent = [exchange for exchange in record.exchanges if not never_sent(exchange)]
    bins = Counter(clock.bin(exchange) for exchange in sent) if clock.works else Counter[int]()
    busiest = max(bins.values(), default=0)
    lanes = tuple(_lane(name, shape, found, clock) for name, shape, found in kinds)
    if note := _not_kept(record):
        lanes = (replace(lanes[0], name="kept violations", note=note), *lanes[1:])
    return Timeline(
        tuple(_stretches(record, clock, tuple(found for _, _, found in kinds))),
        lanes,
        tuple(Bar(clock.at(number), -(-_TALLEST * count // busiest)) for number, count in sorted(bins.items())),
        busiest,
        _short(clock.span / _BINS),
        tuple((clock.x(moment), moment) for moment in _round_moments(clock.span)),
        tuple(sorted(record.exchanges, key=lambda exchange: -exchange.elapsed)[:_SLOWEST]),
    )


class _Clock:
    """Turns the times of a record into seconds from its start, and into places on the axis."""

    def __init__(self, record: RunRecord) -> None:
        self._zero = _moment(record.started)
        times = [self.seconds(exchange) for exchange in record.exchanges]
        self.works = bool(times) and None not in times
        ends = [time + exchange.elapsed for time, exchange in zip(times, record.exchanges, strict=True) if time]
        self.span = min(max(record.duration, *ends, 0.001), _LONGEST)

    def seconds(self, exchange: Exchange) -> float | None:
        """When an exchange began."""
        moment = _moment(exchange.started)
        if self._zero is None or moment is None:
            return None
        try:
            return max((moment - self._zero).total_seconds(), 0.0)
        except TypeError:  # one of the two has no time zone
            return None

    def bin(self, exchange: Exchange) -> int:
        """The slice of time in which an exchange began."""
        return min(int((self.seconds(exchange) or 0.0) / self.span * _BINS), _BINS - 1)

    def at(self, number: int) -> int:
        """Where on the axis a slice begins."""
        return LEFT + WIDTH * number // _BINS

    def x(self, time: float) -> int:
        """Where on the axis a time is."""
        return LEFT + round(WIDTH * min(time / self.span, 1.0))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _kinds(record: RunRecord) -> Iterator[tuple[str, str, tuple[Exchange, ...]]]:
    """The kinds of events, each with its shape and the exchanges at which it fell."""
    results = chain.from_iterable(report.results for report in record.clauses if report.verdict is Verdict.VIOLATED)
    violating = {number for result in results for number in result.exchanges[-1:]}  # where it showed
    exchanges = record.exchanges
    yield "violations", "diamond", tuple(each for each in exchanges if each.number in violating)
    yield "status 429", "square", tuple(each for each in exchanges if each.status == 429)
    yield "sent again", "circle", tuple(each for each in exchanges if each.attempts > 1)
    yield "no answer", "cross", tuple(each for each in exchanges if each.response is None and not never_sent(each))


def _not_kept(record: RunRecord) -> str:
    """That there were more violations than the record, and so the drawing, has."""
    count, kept = sum(map(violations, record.clauses)), sum(map(kept_violations, record.clauses))
    return f"those of {kept} results, which the record keeps of {count} that violate a clause" if kept < count else ""


def _short(time: float) -> str:
    return f"{time * 1000:.0f} ms" if time < 1 else seconds(time)


def _round_moments(span: float) -> tuple[float, ...]:
    """Moments that are easy to read, from the start to the end of `span` seconds."""
    step = next((step for step in _STEPS if span / step <= _TICKS), 0.0) or 3600.0 * -(-span // (3600 * _TICKS))
    return tuple(step * tick for tick in range(int(span / step + 1e-9) + 1))


def _lane(name: str, shape: str, found: tuple[Exchange, ...], clock: _Clock) -> Lane:
    bins = Counter(clock.bin(exchange) for exchange in found) if clock.works else Counter[int]()
    marks = tuple(Mark(clock.at(number), count) for number, count in sorted(bins.items()))
    return Lane(name, shape, len(found), marks, tuple(exchange.number for exchange in found))


def _stretches(record: RunRecord, clock: _Clock, kinds: tuple[tuple[Exchange, ...], ...]) -> Iterator[Stretch]:
    """The layers in their order; what was sent around them (is the profile there, putting it back) comes last."""
    exchanges, place = record.exchanges, _before(record)
    inside: set[int] = set()
    for layer in record.layers:
        own = exchanges[place : place + layer.exchanges]
        place += layer.exchanges
        numbers = {exchange.number for exchange in own}
        inside |= numbers
        yield _stretch(layer, own, clock, _within(numbers, kinds))
    around = {exchange.number for exchange in exchanges} - inside
    if around:
        yield Stretch("around them", None, None, len(around), None, _AROUND, _within(around, kinds))


def _before(record: RunRecord) -> int:
    """How many exchanges there were before the first layer. Those that put profiles back come after the last."""
    spare = len(record.exchanges) - sum(layer.exchanges for layer in record.layers)
    after = takewhile(lambda exchange: exchange.label.endswith(_PUT_BACK), reversed(record.exchanges))
    return max(spare - sum(1 for _ in after), 0)


def _within(numbers: set[int], kinds: tuple[tuple[Exchange, ...], ...]) -> tuple[int, ...]:
    return tuple(sum(exchange.number in numbers for exchange in found) for found in kinds)


def _stretch(layer: LayerRecord, own: tuple[Exchange, ...], clock: _Clock, events: tuple[int, ...]) -> Stretch:
    start = clock.seconds(own[0]) if own else None
    x = clock.x(start) if start is not None else 0
    width = max(clock.x(start + layer.duration) - x, 2) if start is not None else 0
    return Stretch(
        layer.name, start, layer.duration, layer.exchanges, layer.cases, layer.note, events, x=x, width=width
    )
