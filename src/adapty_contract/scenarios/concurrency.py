"""Writes at the same time: none may be lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from adapty_contract.model import Exchange
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import Session, dump

_WRITERS = 8
_ROUNDS = 3


@scenario("concurrent-writes-merge", needs=("writes",))
def writes_at_the_same_time(session: Session) -> None:
    """Each writer has identifiers of its own, so that every order of the writes leaves the same."""
    names = session.contract.identifiers
    with ThreadPoolExecutor(_WRITERS) as pool:
        for number in range(_ROUNDS):
            values = [{name: session.fresh("same-time") for name in share} for share in _disjoint(names, number)]
            barrier = threading.Barrier(_WRITERS)
            sent = list(pool.map(lambda mine, gate=barrier: _send(session, mine, gate), values))
            for exchange, mine in zip(sent, values, strict=True):
                session.take(exchange)
                session.expect(exchange, mine, "concurrent-writes-merge")
            _confirm_round(session, number)


def _disjoint(names: tuple[str, ...], number: int) -> list[tuple[str, ...]]:
    """The names dealt to the writers, differently in each round."""
    turned = names[number:] + names[:number]
    return [turned[index::_WRITERS] for index in range(_WRITERS)]


def _send(session: Session, values: dict[str, str], gate: threading.Barrier) -> Exchange:
    gate.wait()
    return session.send_write(dump(values), label="a write among others at the same time")


def _confirm_round(session: Session, number: int) -> None:
    """A write lost among others is a lost update, however long one waits for it."""
    confirm(session, label=f"a read after writes at the same time, round {number + 1}")
