"""What a run's answers say by the way about questions that the sources leave open. Pure: it reads exchanges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adapty_contract.background import Question
from adapty_contract.checks.reading import is_read
from adapty_contract.checks.refusals import envelope
from adapty_contract.checks.wording import told_value
from adapty_contract.checks.writing import is_blank, is_written
from adapty_contract.ledger import LedgerEntry
from adapty_contract.model import Exchange, KeyFact, Observation, ProfileFact, Response

_CODE = re.compile(r"[A-Za-z0-9._-]{1,80}")


def settled_by(question: str, ledger: Iterable[LedgerEntry]) -> tuple[str, ...]:
    """The ids of the ledger entries that an answer to `question` would settle."""
    return tuple(entry.id for entry in ledger if entry.settles and entry.settles.observation == question)


def settlements(questions: Iterable[Question]) -> Mapping[str, tuple[str, ...]]:
    """For each observation the ids of the ledger entries that it would settle."""
    found: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        found[question.observation].append(question.id)
    return {observation: tuple(entries) for observation, entries in found.items()}


def passive_observations(exchanges: Iterable[Exchange], questions: Iterable[Question]) -> Iterator[Observation]:
    """Each answer to a question once, with the first exchange that gave it."""
    entries = settlements(questions)
    told: set[tuple[str, str]] = set()
    for exchange in exchanges:
        if exchange.response is None:
            continue
        for question, answer in _answers(exchange, exchange.response):
            if (question, answer) not in told:
                told.add((question, answer))
                yield Observation(question, answer, entries.get(question, ()), (exchange.number,))


def _answers(exchange: Exchange, response: Response) -> Iterator[tuple[str, str]]:
    if is_written(exchange, response):
        label = response.header("content-type")
        yield (
            "post-success-body",
            f"{'blank' if is_blank(response) else 'the profile'}, Content-Type {label or 'absent'}",
        )
    if is_read(exchange, response):
        yield "caching", f"Cache-Control: {response.header('cache-control') or 'absent'}"
    if response.status == 429:
        yield "rate-limited", f"429 with Retry-After: {response.header('retry-after') or 'absent'}"
    yield from _of_refusals(exchange, response)


def _of_refusals(exchange: Exchange, response: Response) -> Iterator[tuple[str, str]]:
    body = envelope(exchange, response)
    if body is None:
        return
    code, errors = _code_in(body), body.get("errors")
    if isinstance(errors, dict):
        yield "error-items", f"{response.status}: a map"
    elif isinstance(errors, list) and errors:
        yield "error-items", f"{response.status}: {'objects' if isinstance(errors[0], dict) else 'strings'}"
    yield "status-code-in-body", _status_in(body, response)
    if exchange.facts.key is KeyFact.REFUSED and response.status == 401:
        yield "unauthorized-code", code
    if exchange.facts.key is KeyFact.VALID and exchange.facts.profile is ProfileFact.UNKNOWN and response.status == 404:
        yield "not-found-code", code


def _status_in(body: Mapping[str, Any], response: Response) -> str:
    if "status_code" not in body:
        return f"absent under {response.status:d}"
    told = body["status_code"]
    same = type(told) is int and told == response.status
    return "the HTTP status" if same else f"{told_value(told, 40)} under {response.status:d}"


def _code_in(body: Mapping[str, Any]) -> str:
    """The code as it is where it looks like one."""
    code = body.get("error_code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else told_value(code)
