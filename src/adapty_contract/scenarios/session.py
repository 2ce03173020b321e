"""What a scenario works with: it sends, has every answer judged, and knows what each profile should hold."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from adapty_contract.checks.reading import read_object
from adapty_contract.checks.situations import weather
from adapty_contract.contract import Contract
from adapty_contract.model import (
    Exchange,
    Facts,
    Headers,
    KeyFact,
    Operation,
    Profile,
    ProfileFact,
    Request,
)
from adapty_contract.scenarios.holding import Holding
from adapty_contract.scenarios.judging import Judging
from adapty_contract.scenarios.old_views import OldViews
from adapty_contract.scenarios.spelling import JSON_TYPE, dump, ids_of
from adapty_contract.tally import Tally


class Sender(Protocol):
    """Whatever sends a request and brings an exchange back, redacted: the guarded client, or an application in process."""

    def send(self, request: Request, *, facts: Facts, operation: Operation | None, label: str, retry: bool) -> Exchange:
        """Send one request. Raises SafetyStop only; what the server does is in the exchange."""


@dataclass(frozen=True)
class Setting:
    """What a session is made from. `lag` is the tolerated delay, in seconds, before a write must be seen."""

    contract: Contract
    key: str = field(repr=False)
    profile: Profile
    other: Profile | None = None
    base_path: str = ""
    authority: str = ""
    """Host and port as the Host field names them."""
    allow_writes: bool = False
    loopback: bool = False
    lag: float = 5.0
    seed: int = 0

    @property
    def capabilities(self) -> frozenset[str]:
        """The needs of clauses that this run can meet."""
        present = {
            "writes": self.allow_writes,
            "customer-user-id": self.profile.customer_user_id is not None,
            "profile-id": self.profile.profile_id is not None,
            "other-profile": self.other is not None,
            "loopback": self.loopback,
        }
        return frozenset(name for name, there in present.items() if there)


class Session(Judging):
    """One run's state as scenarios see it. Exchanges are judged by every check as they come in."""

    def __init__(
        self,
        setting: Setting,
        sender: Sender,
        tally: Tally,
        wait: Callable[[float], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`wait` pauses for some seconds, as `clock` counts them; it raises to interrupt the run."""
        super().__init__(setting.contract, tally)
        self.setting = setting
        self.wait = wait
        self.rng = random.Random(setting.seed)  # noqa: S311  (reproducible, not secret)
        self.lag_seen = 0.0  # the most seconds that a write needed to be seen
        self.lag_latest = 0.0  # those that the last late one needed
        self.old_views = OldViews(setting.lag)
        self.nobodies: set[tuple[str, str]] = set()  # id headers that were seen to name nobody
        self.tells_null = False  # whether reads named what was unset, as null
        self.lost_writes = 0
        self.seen_writes = 0
        self.changes_values = False
        self._sender = sender
        self._clock = clock
        self._holdings: dict[Profile, Holding] = {}

    @property
    def main(self) -> Profile:
        """The test profile."""
        return self.setting.profile

    def can(self, *needs: str) -> bool:
        """Whether the run has what `needs` names."""
        return self.setting.capabilities.issuperset(needs)

    @property
    def names(self) -> tuple[str, ...]:
        """The identifiers that scenarios write once plain values were tried: all but the last.

        That one keeps its value until the end of the scenarios, so that a value is seen to last through all other writes.
        """
        return self.contract.identifiers[:-1]

    @property
    def is_lagging(self) -> bool:
        """Whether writes are seen so late that scenarios should wait for several at once."""
        return self.lag_seen > 0.2

    def holding(self, profile: Profile | None = None) -> Holding:
        """The model of a profile, by default the main one."""
        return self._holdings.setdefault(profile or self.main, Holding(self.contract.identifiers, self._clock))

    def hold(self, profile: Profile | None, holding: Holding) -> None:
        """Take `holding` for the model of a profile."""
        self._holdings[profile or self.main] = holding

    def held_by_others(self, profile: Profile | None) -> Mapping[str, frozenset[str | None]]:
        """What the test profiles other than this one should hold, by identifier."""
        others = [held.now for each, held in self._holdings.items() if each != (profile or self.main)]
        return {name: frozenset(held.get(name) for held in others) for name in self.contract.identifiers}

    def fresh(self, name: str) -> str:
        """A value that no earlier request of the run carried and every server must take."""
        return f"ac-{name}-{self.rng.getrandbits(40):010x}"

    # --- sending

    def call(  # noqa: PLR0913  (every part of a request can be bent)
        self,
        operation: Operation,
        *,
        label: str,
        ids: Headers | None = None,
        authorization: str | None = "",
        headers: Headers = (),
        body: bytes = b"",
        suffix: str = "",
        path: str | None = None,
        method: str | None = None,
        facts: Facts | None = None,
    ) -> Exchange:
        """Send one request and judge its answer.

        `ids` are the id headers (default: the main profile's); `authorization` is the header's value ("" for the real
        key, `None` for none); `suffix` follows the path (a query, say); `facts` default to all valid.
        """
        credentials: Headers = ()
        if authorization is not None:
            credentials = (("Authorization", authorization or f"Api-Key {self.setting.key}"),)
        fields = (*credentials, *(ids_of(self.main) if ids is None else ids), *headers)
        target = self.setting.base_path + (self.contract.path if path is None else path) + suffix
        request = Request(method or operation.method, target, fields, body)
        return self.take(self._send(request, operation, label, facts or self.facts()))

    def send_plain(self, body: bytes | None, *, label: str, profile: Profile | None = None) -> Exchange:
        """Send a valid write, or without a body a read, and judge nothing: safe to call from several threads."""
        operation = Operation.GET if body is None else Operation.SET
        fields = (("Authorization", f"Api-Key {self.setting.key}"), *ids_of(profile or self.main))
        target = self.setting.base_path + self.contract.path
        headers = fields if body is None else (*fields, JSON_TYPE)
        by_other_header = (
            profile is not None and profile.customer_user_id is None and self.main.customer_user_id is not None
        )
        facts = self.facts(clause="both-headers-see-one-profile") if by_other_header else self.facts()
        return self._send(Request(operation.method, target, headers, body or b""), operation, label, facts)

    def _send(self, request: Request, operation: Operation, label: str, facts: Facts) -> Exchange:
        safe = request.method in {"GET", "HEAD", "OPTIONS"}
        return self._sender.send(request, facts=facts, operation=operation, label=label, retry=safe)

    def facts(self, **known: Any) -> Facts:
        """Facts of a request with the valid key and a known profile, except for what is given."""
        return Facts(**{"key": KeyFact.VALID, "profile": ProfileFact.KNOWN, **known})

    def key_still_opens(self) -> bool:
        """Whether a plain read of the main profile is answered otherwise than 401."""
        exchange = self.send_plain(None, label="does the key still open?")
        return exchange.status != 401

    def get(self, profile: Profile | None = None, *, label: str, **parts: Any) -> Exchange:
        """Read a profile."""
        if profile is not None:
            parts.setdefault("ids", ids_of(profile))
        return self.call(Operation.GET, label=label, **parts)

    def post(
        self, body: bytes | Mapping[str, Any], *, label: str, headers: Headers = (JSON_TYPE,), **parts: Any
    ) -> Exchange:
        """Send a write; a mapping is sent as JSON."""
        raw = body if isinstance(body, bytes) else dump(body)
        return self.call(Operation.SET, label=label, headers=headers, body=raw, **parts)

    # --- meaning

    def write(
        self,
        values: Mapping[str, str],
        *,
        clause: str,
        label: str,
        profile: Profile | None = None,
        accepts: Mapping[str, frozenset[str | None]] | None = None,
        body: bytes | None = None,
        **parts: Any,
    ) -> Exchange:
        """Write `values` and, if the server takes them, expect to read them; a changed value violates `clause`."""
        if profile is not None:
            parts.setdefault("ids", ids_of(profile))
        exchange = self.post(dump(values) if body is None else body, label=label, **parts)
        self.expect(exchange, values, clause, profile, accepts)
        return exchange

    def expect(
        self,
        exchange: Exchange,
        values: Mapping[str, str],
        clause: str,
        profile: Profile | None = None,
        accepts: Mapping[str, frozenset[str | None]] | None = None,
    ) -> None:
        """Take a write into the model, as its answer tells whether it was done."""
        holding = self.holding(profile)
        if exchange.status is not None and 200 <= exchange.status < 300:
            holding.written(values, accepts or {}, clause, exchange.number)
        elif weather(exchange) or ((exchange.status or 0) >= 300 and not 400 <= (exchange.status or 0) < 500):
            holding.perhaps_written(values, accepts or {})

    def forbid(self, values: Iterable[str], clause: str, exchange: Exchange | None, *profiles: Profile | None) -> None:
        """These values must never be read from these profiles (default: the main one)."""
        number = exchange.number if exchange else None
        for profile in profiles or (None,):
            for value in values:
                self.holding(profile).forbid(value, clause, number)

    def refused(self, exchange: Exchange, values: Iterable[str], clause: str, names: Iterable[str]) -> None:
        """A write of `values` to `names` that had to be refused: if it was, no read may ever show them.

        If it was taken after all, its status has told that, and what it did to the identifiers is no second defect. If
        no answer of the application came, nobody knows what became of it.
        """
        if weather(exchange) or (exchange.status is not None and exchange.status < 300):
            self.holding().forget(names)
        else:
            self.forbid(values, clause, exchange)

    def settle(self) -> None:
        """Wait as long as a write has been seen to need, so that what is absent is not merely late."""
        if self.lag_seen:
            self.wait(self.lag_seen * 1.25)

    def read(
        self, profile: Profile | None = None, *, label: str, **parts: Any
    ) -> tuple[Exchange, Mapping[str, Any] | None]:
        """Read a profile: the exchange, and the object it shows if it shows one."""
        exchange = self.get(profile, label=label, **parts)
        shown = read_object(exchange, exchange.response) if exchange.response else None
        return exchange, shown
