"""Senders in the same process: the mock without sockets, on a clock that only moves when somebody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapty_contract.contract import Contract, load_contract
from adapty_contract.mock.app import MockApi, create_api
from adapty_contract.mock.seeds import CUSTOMER_1, CUSTOMER_2
from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import (
    Exchange,
    Facts,
    Operation,
    Profile,
    Request,
    Response,
    TransportFault,
    Verdict,
)
from adapty_contract.redact import Redactor
from adapty_contract.scenarios.session import Session, Setting
from adapty_contract.tally import Tally

Answer = Response | TransportFault
Change = Callable[[Request, Answer], Answer]


class FakeClock:
    """Seconds that pass only by waiting."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.waits.append(seconds)
        self.now += seconds


class ApiSender:
    """A sender over `MockApi.handle`; keeps every exchange.

    `refuse` names requests that are answered 503 instead of being done; `change` may bend the answer to what was done.
    """

    def __init__(self, api: MockApi, key: str, change: Change | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self._api = api
        self._redactor = Redactor([key])
        self.change = change
        self.refuse: Callable[[Request], bool] = lambda _: False
        self._lock = threading.Lock()

    def send(self, request: Request, *, facts: Facts, operation: Operation | None, label: str, retry: bool) -> Exchange:
        """See `scenarios.session.Sender`."""
        assert retry == (request.method in {"GET", "HEAD", "OPTIONS"})
        with self._lock:
            answer: Answer = Response(503) if self.refuse(request) else self._api.handle(request)
            if self.change is not None:
                answer = self.change(request, answer)
            response, fault = (answer, None) if isinstance(answer, Response) else (None, answer)
            if response is not None:  # as it comes off a wire
                echoed = {"secret-echoed"} if self._redactor.found_in(response.body) else set()
                response = replace(response, status=int(response.status), remarks=response.remarks | echoed)
            number = len(self.exchanges) + 1
            exchange = Exchange(number, request, response, fault, facts, operation, label)
            self.exchanges.append(exchange)
        return exchange


class Bench:
    """A session over an in-process mock, with everything a test wants to look at. `setting` is as of `Setting`."""

    def __init__(
        self,
        *,
        change: Change | None = None,
        mock: MockSettings | None = None,
        only: frozenset[str] | None = None,
        strict: bool = False,
        contract: Contract | None = None,
        **setting: Any,
    ) -> None:
        contract = contract or load_contract()
        mock = mock or MockSettings()
        self.contract = contract
        self.clock = FakeClock()
        self.api = create_api(contract, mock, self.clock.monotonic)
        self.sender = ApiSender(self.api, mock.key, change)
        self.tally = Tally(contract.clauses, strict=strict, only=only)
        known: dict[str, Any] = {
            "profile": Profile(CUSTOMER_2.customer_user_id, CUSTOMER_2.profile_id),
            "other": Profile(CUSTOMER_1.customer_user_id, CUSTOMER_1.profile_id),
            "allow_writes": True,
            "loopback": True,
            "authority": "127.0.0.1:8080",
            "seed": 1,
        }
        self.session = Session(
            Setting(contract=contract, key=mock.key, **(known | setting)),
            self.sender,
            self.tally,
            self.clock.wait,
            self.clock.monotonic,
        )

    @property
    def exchanges(self) -> list[Exchange]:
        """Everything that was sent so far."""
        return self.sender.exchanges

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of each clause that was exercised."""
        return {
            report.clause.id: report.verdict
            for report in self.tally.reports({})
            if report.verdict is not Verdict.NOT_EXERCISED
        }

    def violated(self) -> dict[str, str]:
        """The violated clauses, each with why."""
        reports = self.tally.reports({})
        return {report.clause.id: report.why for report in reports if report.verdict is Verdict.VIOLATED}
