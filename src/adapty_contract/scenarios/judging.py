"""Have exchanges judged, and say what no single exchange shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from adapty_contract.checks import judge
from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_answer
from adapty_contract.contract import Contract
from adapty_contract.errors import SafetyStop
from adapty_contract.model import Exchange, KeyFact, Observation, ProfileFact, Result, Verdict
from adapty_contract.passive import settled_by
from adapty_contract.tally import Tally


class Judging:
    """The half of a session that speaks: every result of a scenario goes through here into the tally."""

    def __init__(self, contract: Contract, tally: Tally) -> None:
        """`layer` is the part of the run that results are told for."""
        self.contract = contract
        self.tally = tally
        self.layer = "scenarios"

    def take(self, exchange: Exchange) -> Exchange:
        """Have every check judge an exchange.

        A 401 to the run's own key is either a defect or the end of the key. Raises SafetyStop if it is the end.
        """
        if _is_doubtful(exchange) and not self.key_still_opens():
            raise SafetyStop("401 to the key that was valid: it is no longer", hint="give a key that lasts for the run")
        self.tally.add(judge(exchange, self.contract))
        return exchange

    def key_still_opens(self) -> bool:
        """Whether the run's key is still accepted; a session asks the server."""
        return True

    def say(self, clause: str, expected: str, seen: str, *exchanges: Exchange, holds: bool, case: str = "") -> None:
        """A result of a clause that no single exchange shows."""
        verdict = Verdict.HELD if holds else Verdict.VIOLATED
        self._say(clause, verdict, expected, "" if holds else seen, exchanges, case)

    def say_status(self, clause: str, exchange: Exchange, allowed: Collection[int | None], expected: str) -> None:
        """Whether the status is one of those allowed, unless the weather spoilt the exchange."""
        if reason := weather(exchange):
            self.unsure(clause, expected, reason, exchange)
        else:
            self.say(clause, expected, told_answer(exchange), exchange, holds=exchange.status in allowed)

    def unsure(self, clause: str, expected: str, why: str, *exchanges: Exchange, case: str = "") -> None:
        """The clause could not be judged, or departs from the stricter reading of an open question."""
        self._say(clause, Verdict.INCONCLUSIVE, expected, why, exchanges, case)

    def _say(
        self, clause: str, verdict: Verdict, expected: str, seen: str, exchanges: Iterable[Exchange], case: str
    ) -> None:
        exchanges = tuple(exchanges)
        label = case or (exchanges[-1].label if exchanges else "")
        numbers = tuple(exchange.number for exchange in exchanges)
        self.tally.add([Result(clause, verdict, expected, seen, numbers, self.layer, label)])

    def observe(self, question: str, answer: str, *exchanges: Exchange) -> None:
        """Record what the server does where the sources leave it open."""
        entries = settled_by(question, self.contract.ledger.values())
        numbers = tuple(exchange.number for exchange in exchanges)
        self.tally.observe(Observation(question, answer, entries, numbers))


def _is_doubtful(exchange: Exchange) -> bool:
    left_open = {ProfileFact.NEITHER, ProfileFact.OPEN}
    return exchange.status == 401 and exchange.facts.key is KeyFact.VALID and exchange.facts.profile not in left_open
