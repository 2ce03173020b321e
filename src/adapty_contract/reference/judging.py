"""What the contract says of one exchange that the mock remembers, as the console shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from adapty_contract.checks import all_checks, judge
from adapty_contract.curl import curl_line
from adapty_contract.model import KeyFact, Level, Verdict
from adapty_contract.reference.beyond import beyond

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapty_contract.contract import Contract
    from adapty_contract.model import Exchange, Headers, Result

_OF_THE_WIRE: Final = frozenset({"answer-coding-is-told"})
"""Clauses about what only the receiver of an answer sees: the mock's memory holds the answer as it was meant."""

_GENERAL: Final = "answers"
"""The topic of the clauses that hold of every answer, whatever was asked: told after those of the request at hand."""

_MOST: Final = 1000
"""What a clause tells that no check lists as its own: the request was judged under it, and under nothing wider."""

_ORDER: Final = tuple(Verdict(each) for each in ("violated", "inconclusive", "held"))

_OF_BROWSERS: Final = frozenset(
    {"accept", "accept-encoding", "accept-language", "cache-control", "connection", "content-length", "dnt", "host"}
    | {"origin", "pragma", "priority", "referer", "user-agent", "x-request-id"}
)
"""What a browser adds of its own accord, and what the console adds to find its exchange; `sec-` goes too."""


@dataclass(frozen=True, slots=True)
class JudgedClause:
    """A clause that an exchange concerns, and its verdict; `expected` and `seen` are empty where it held."""

    id: str
    level: Level
    statement: str
    open: bool
    verdict: Verdict
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The clauses that an exchange concerns, what is wrong first, and the line for a shell that sends it again.

    `beyond` names those that it concerns too, but that no single exchange can hold or violate.
    """

    clauses: tuple[JudgedClause, ...]
    beyond: tuple[str, ...]
    curl: str


def judge_recorded(exchange: Exchange, contract: Contract, *, base_url: str, key: str) -> Judgement:
    """What the checks say of an exchange with the mock at `base_url`; `key` is how a shell spells the mock's key.

    The facts are those that the mock noted before it answered: nothing is guessed from what is redacted.
    """
    results = [result for result in judge(exchange, contract) if result.clause not in _OF_THE_WIRE]
    telling = _telling(result.clause for result in results)
    found = [_clause(result, contract) for result in results]
    found.sort(  # stable: otherwise the checks' order stays
        key=lambda each: (
            _ORDER.index(each.verdict),
            contract.clauses[each.id].topic == _GENERAL,
            -telling.get(each.id, _MOST),
        )
    )
    return Judgement(tuple(found), beyond(exchange, contract), curl_line(_as_typed(exchange, key), base_url))


def _telling(clauses: Iterable[str]) -> dict[str, int]:
    """How much each clause tells of the request: how many of its check's clauses another request would be under."""
    judged = list(clauses)
    return {
        name: len(each.clauses) - sum(other in each.clauses for other in judged)
        for each in all_checks()
        for name in each.clauses
        if name in judged
    }


def _clause(result: Result, contract: Contract) -> JudgedClause:
    clause = contract.clauses[result.clause]
    held = result.verdict is Verdict.HELD
    expected, seen = ("", "") if held else (result.expected, result.seen)
    return JudgedClause(clause.id, clause.level, clause.statement, clause.open, result.verdict, expected, seen)


def _as_typed(exchange: Exchange, key: str) -> Exchange:
    """The exchange as somebody at a terminal would make it."""
    facts = replace(exchange.facts, key_expression=key) if exchange.facts.key is not KeyFact.REFUSED else exchange.facts
    request = replace(exchange.request, headers=_without_the_browsers(exchange.request.headers))
    return replace(exchange, request=request, facts=facts)


def _without_the_browsers(headers: Headers) -> Headers:
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in _OF_BROWSERS and not name.lower().startswith("sec-")
    )
