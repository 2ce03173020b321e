"""Schemathesis as a second oracle: what it says of an answer, and what that is worth beside our own checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapty_contract.checks import judge, violated
from adapty_contract.contract import Contract
from adapty_contract.model import Exchange, Operation, Response, Result, Verdict

if TYPE_CHECKING:
    from schemathesis import APIOperation

_LABEL_CODES = frozenset({"ST104", "ST105", "ST106"})  # the Content-Type is missing, another or malformed
_REFUSALS = frozenset({400, 401, 404})


@dataclass(frozen=True, slots=True)
class Complaint:
    """What schemathesis has against an answer: its code for it, and the first lines of its words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What becomes of complaints: violations that our checks overlooked, and what is only worth recording."""

    results: tuple[Result, ...] = ()
    remark: str = ""


class SecondOracle:
    """Asks schemathesis about answers. Our checks stay the judges of what the sources leave open."""

    def __init__(self, contract: Contract, operations: Mapping[Operation, APIOperation[Any, Any, Any, Any]]) -> None:
        import requests

        self._contract = contract
        self._operations = operations
        # schemathesis wants to know the request but does not look at it here
        self._request = requests.Request("GET", "http://localhost/").prepare()

    def opinion(self, exchange: Exchange) -> Opinion:
        """What schemathesis says of an answer and our checks do not."""
        response = exchange.response
        if response is None or exchange.operation is None or exchange.facts.probe:
            return Opinion()
        complaints = self._complaints(exchange.operation, response)
        judged = {result.clause: result.verdict for result in judge(exchange, self._contract)} if complaints else {}
        if not complaints or Verdict.VIOLATED in judged.values():
            return Opinion()  # agreed
        results = tuple(
            violated(clause, exchange, "an answer as the spec describes it", complaint.text)
            for complaint in complaints
            for clause in self._overlooked(exchange, response, complaint)
            if judged.get(clause) is Verdict.HELD
        )
        words = "; ".join(complaint.text for complaint in complaints)
        return Opinion(results, "" if results else f"{exchange.operation.method} {response.status}: {words}")

    def _complaints(self, operation: Operation, response: Response) -> tuple[Complaint, ...]:
        import schemathesis

        headers: dict[str, list[str]] = {}
        for name, value in response.headers:
            headers.setdefault(name.lower(), []).append(value)
        seen = schemathesis.Response(response.status, headers, response.body, self._request, 0.0, verify=True)
        found: list[Complaint] = []
        try:
            self._operations[operation].validate_response(seen)
        except* AssertionError as group:  # one failure comes alone, several in a group that is no Exception
            found = [_complaint(failure) for failure in _leaves(group)]
        return tuple(found)

    def _overlooked(self, exchange: Exchange, response: Response, complaint: Complaint) -> Iterator[str]:
        """The clause that a complaint comes to, if what is complained of is no permitted choice but wrong by our schemas."""
        read = exchange.operation is Operation.GET and response.status == 200
        if not read and response.status not in _REFUSALS:
            return
        if complaint.code in _LABEL_CODES:
            if response.media_type != "application/json":
                yield "read-is-json" if read else "refusal-is-json"
        elif read:
            if not self._is_readable(response.document.value):
                yield "read-values-are-strings-or-null"
        elif not self._contract.is_valid("ErrorResponse", response.document.value):
            yield "refusal-is-an-envelope"

    def _is_readable(self, value: Any) -> bool:
        """Whether it is a read object, unset identifiers left out or not."""
        if not isinstance(value, dict):
            return False
        return self._contract.is_valid("IntegrationIdentifiers", {**dict.fromkeys(self._contract.identifiers), **value})


def _leaves(group: BaseExceptionGroup[AssertionError]) -> Iterator[AssertionError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _complaint(failure: AssertionError) -> Complaint:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    return Complaint(str(getattr(failure, "code", "")), ": ".join(lines[:2])[:200])
