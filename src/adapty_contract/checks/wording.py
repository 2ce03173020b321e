"""How values, statuses and answers are told to people, by checks and by scenarios. No check stands here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from adapty_contract.checks.situations import describe, weather
from adapty_contract.model import Exchange
from adapty_contract.visible import shortened, well_formed

_NO_ANSWER = "no answer"


def told_value(value: Any, limit: int = 80, *, ascii_only: bool = False) -> str:
    """A value of a body as JSON spells it, `null` or `"text"`; what is longer than `limit` characters is cut.

    What a server sent stays as it came, but for what JSON escapes: to make it harmless is the work of reporters.
    """
    if isinstance(value, str) and len(value) > limit:
        return f"{told_value(value[:limit], limit, ascii_only=ascii_only)}... ({len(value)} characters)"
    text = well_formed(json.dumps(value, ensure_ascii=ascii_only))
    return text if isinstance(value, str) else shortened(text, limit)


def told_status(exchange: Exchange) -> str:
    """The status of an answer, or that there is none."""
    return _NO_ANSWER if exchange.status is None else f"{exchange.status:d}"


def told_answer(exchange: Exchange) -> str:
    """An answer in few words, or why there is none."""
    return weather(exchange) or _NO_ANSWER if exchange.response is None else describe(exchange.response)


def told_reply(exchange: Exchange) -> str:
    """That a request answers a status, or gets no answer, as the end of a sentence about it."""
    return f"gets {_NO_ANSWER}" if exchange.status is None else f"answers {exchange.status:d}"


def told_choice(exchange: Exchange, taken: str) -> str:
    """What a server made of something: `taken` if it answered 200, `refused` if a 4xx, and else how it answered."""
    if exchange.status == 200:
        return taken
    refused = exchange.status is not None and 400 <= exchange.status < 500
    return weather(exchange) or ("refused" if refused else told_reply(exchange))


def either(choices: Iterable[object]) -> str:
    """What may be one thing or another: `400`, `400 or 404`, `400, 404 or 422`."""
    *others, last = (f"{choice}" for choice in choices)
    return f"{', '.join(others)} or {last}" if others else last
