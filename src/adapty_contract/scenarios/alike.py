"""Reads in another way than the usual one: the same data as ever, or a refusal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_answer
from adapty_contract.scenarios.excerpts import instead
from adapty_contract.scenarios.looking import Look, look
from adapty_contract.scenarios.session import Session


def read_alike(session: Session, clause: str, label: str, refusals: Collection[int], **parts: Any) -> Look:
    """Read in the way that `parts` say, and say under `clause` whether the data are the same, or one of the refusals."""
    seen = look(session, label, **parts)
    say_alike(session, clause, seen, refusals)
    return seen


def say_alike(session: Session, clause: str, seen: Look, refusals: Collection[int]) -> None:
    """Whether what was seen is what the profile should hold, or one of the refusals."""
    exchange, wrong = seen.exchange, seen.mismatches
    if reason := weather(exchange):
        session.unsure(clause, "the same data", reason, exchange)
    elif seen.shown is not None:
        session.say(clause, "the same data", instead(wrong), exchange, holds=not wrong)
    elif exchange.status == 200:
        session.unsure(clause, "the same data", f"no object of identifiers: {told_answer(exchange)}", exchange)
    else:
        holds = exchange.status in refusals
        session.say(clause, "the same data, or a refusal", told_answer(exchange), exchange, holds=holds)
