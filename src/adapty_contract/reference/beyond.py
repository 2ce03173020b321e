"""The clauses that an exchange is about although it cannot show alone whether they hold: a run judges them.

What the exchange leaves behind, and what another one would answer, only more requests can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from adapty_contract.contract import Contract
from adapty_contract.jsontext import read_document
from adapty_contract.model import Exchange, KeyFact, Operation, ProfileFact

_KINDS: Final = {
    "number": ("scalar-is-refused", "scalar-is-refused-or-told-as-string"),
    "null": ("null-is-refused", "null-is-refused-ignored-or-clears"),
    "blank": ("blank-is-refused-kept-or-clears",),
    "text": (),
    "container": (),
}


def beyond(exchange: Exchange, contract: Contract) -> tuple[str, ...]:
    """The ids of those clauses, each once, the narrowest first."""
    return tuple(dict.fromkeys(_beyond(exchange, contract)))


def _beyond(exchange: Exchange, contract: Contract) -> Iterator[str]:
    writes = exchange.request.method == Operation.SET.method
    if exchange.request.path == contract.path.rstrip("/"):
        yield "missing-slash-loses-no-write" if writes else "missing-slash-reads-the-same"
    elif exchange.operation is None:
        return
    elif exchange.facts.key is KeyFact.REFUSED:
        yield "refused-key-learns-nothing"
        yield from ("refused-key-writes-nothing",) if writes else ()
    elif exchange.facts.profile is ProfileFact.UNKNOWN:
        yield "unknown-profile-is-not-created"
    elif writes:
        yield from _of_body(read_document(exchange.request.body).value, contract)
        kept = ("values-round-trip", "write-merges", "write-is-visible")
        yield from kept if exchange.status == 200 else ("refused-write-changes-nothing",)
    else:
        yield "read-has-no-effect"


def _of_body(body: Any, contract: Contract) -> Iterator[str]:
    """What the members of a write's body are about."""
    if not isinstance(body, dict):
        return
    known = [value for name, value in body.items() if name in contract.identifier_set]
    for value in known:
        yield from _KINDS[_kind(value)]
    if len(known) < len(body):
        yield "unknown-field-disturbs-nothing"
    if not known:
        yield from ("empty-object-is-refused", "empty-write-changes-nothing")


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text" if value.strip() else "blank"
    if isinstance(value, dict | list):
        return "container"
    return "null" if value is None else "number"
