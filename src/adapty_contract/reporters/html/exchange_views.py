"""The exchanges on the page: those that a verdict, an observation or a covered place points to, each once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from adapty_contract.model import Exchange, Headers, Operation
from adapty_contract.record import RunRecord
from adapty_contract.reporters.evidence import numbered
from adapty_contract.reporters.html.bodies import body_text, few_lines
from adapty_contract.reporters.html.clause_views import evidence as of_clause
from adapty_contract.reporters.html.finding_views import FindingView, exchanges_of, unfolded
from adapty_contract.reporters.html.question_views import evidence as of_question
from adapty_contract.reporters.phrases import never_sent
from adapty_contract.reporters.reproduction import request_line, without_line
from adapty_contract.visible import shortened

_MENTIONS = 4
_VALUE = 300  # characters of a word of the first line, and of a header's name and value
_HEADERS = 60


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """An exchange as text. `clauses` are some that point to it, `clause_count` is how many do."""

    number: int
    method: str
    outcome: str
    label: str
    elapsed: float
    operation: Operation | None
    attempts: int
    request: str
    response: str
    remarks: tuple[str, ...]
    curl: str | None
    no_curl: str
    clauses: tuple[str, ...]
    clause_count: int
    unfolded: bool


def exchange_views(
    record: RunRecord, found: tuple[FindingView, ...], others: Iterable[int]
) -> tuple[ExchangeView, ...]:
    """The exchanges that something on the page points to, in the order they were sent; `others` for whatever reason."""
    exchanges = numbered(record)
    pointing = _pointing(record)
    wanted = {
        *exchanges_of(found),
        *pointing,
        *chain.from_iterable(of_question(each) for each in record.observations),
        *others,
    }
    wide_open = unfolded(found)
    return tuple(
        _view(record, exchanges[number], pointing.get(number, []), unfolded=number in wide_open)
        for number in sorted(wanted)
        if number in exchanges
    )


def outcome_of(exchange: Exchange) -> str:
    """What came of a request, in a word or two."""
    if exchange.response is not None:
        return f"{exchange.response.status} {shortened(exchange.response.reason, 60)}".strip()
    if never_sent(exchange):
        return "never sent"
    return f"no answer: {exchange.fault.kind}" if exchange.fault else "no answer"


def _pointing(record: RunRecord) -> dict[int, list[str]]:
    """The clauses whose verdict each exchange shows."""
    found: dict[int, list[str]] = {}
    for report in record.clauses:
        for number in of_clause(report):
            found.setdefault(number, []).append(report.clause.id)
    return found


def _view(record: RunRecord, exchange: Exchange, clauses: list[str], *, unfolded: bool) -> ExchangeView:
    response = exchange.response
    return ExchangeView(
        number=exchange.number,
        method=exchange.request.method,
        outcome=outcome_of(exchange),
        label=exchange.label,
        elapsed=exchange.elapsed,
        operation=exchange.operation,
        attempts=exchange.attempts,
        request=_request(exchange),
        response=_response(exchange),
        remarks=tuple(sorted(response.remarks)) if response else (),
        curl=request_line(record, exchange),
        no_curl=without_line(record, exchange),
        clauses=tuple(clauses[:_MENTIONS]),
        clause_count=len(clauses),
        unfolded=unfolded,
    )


def _request(exchange: Exchange) -> str:
    request = exchange.request
    return _message((request.method, request.target), request.headers, request.body)


def _response(exchange: Exchange) -> str:
    response = exchange.response
    if response is None:
        return few_lines(shortened(exchange.fault.detail, 4 * _VALUE)) if exchange.fault else ""
    return _message((response.http_version, str(response.status), response.reason), response.headers, response.body)


def _message(first: tuple[str, ...], headers: Headers, body: bytes) -> str:
    lines = [" ".join(shortened(word, _VALUE) for word in first).rstrip()]
    lines += [f"{shortened(name, _VALUE)}: {shortened(value, _VALUE)}" for name, value in headers[:_HEADERS]]
    if len(headers) > _HEADERS:
        lines.append(f"[... {len(headers)} headers in all ...]")
    return "\n".join(lines) + (f"\n\n{body_text(body)}" if body else "")
