"""What a successful read says: `GET` 200."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from adapty_contract.checks import check, held, leaves_open, says, violated
from adapty_contract.checks.situations import describe
from adapty_contract.checks.wording import told_value
from adapty_contract.contract import Contract
from adapty_contract.model import Exchange, Operation, Response, Result, header_values

_SECRET_NAME = re.compile(
    r"secret|passw|credential|api_?key|private_?key|(?:access|auth|refresh|bearer)_?token|^token$|^e?mail$|phone|^ip$|ip_addr",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"^(?:secret|public)_(?:live|test|sandbox)_|^eyJ[\w-]+\.[\w-]+\.|-----BEGIN ")
_FALSE_NULL = re.compile(r"|null|none|nil|undefined|n/a|false|[0-]+|unset|unknown", re.IGNORECASE)


def is_read(exchange: Exchange, response: Response) -> bool:
    """Whether the exchange is a `GET` that was answered 200."""
    return exchange.operation is Operation.GET and exchange.request.method == "GET" and response.status == 200


def read_object(exchange: Exchange, response: Response) -> Mapping[str, Any] | None:
    """The JSON object of a successful read; `None` if it is none, which another check tells."""
    if not is_read(exchange, response):
        return None
    value = response.document.value
    return value if response.document.ok and isinstance(value, dict) else None


@check("read-is-json")
def read_is_json(exchange: Exchange, response: Response, _: Contract) -> Iterator[Result]:
    """A successful read is labelled `application/json` and is JSON."""
    if is_read(exchange, response):
        labels = header_values(response.headers, "content-type")
        alike = {label.partition(";")[0].strip().lower() for label in labels} == {"application/json"}
        told = ", ".join(labels) or "no Content-Type"
        holds, detail = alike and response.document.ok, f"{told}; {response.document.detail or describe(response)}"
        yield says("read-is-json", exchange, "a JSON text under application/json", detail, holds=holds)


@check("read-is-flat")
def read_is_flat(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """The identifiers stand at the top of one object: no list, no envelope, nothing nested."""
    if not is_read(exchange, response) or not response.document.ok:
        return
    value = response.document.value
    # Every identifier may be unset and left out, and what else is there may be an identifier that came later.
    holds = isinstance(value, dict) and not _is_envelope(value, contract) and _may_hold_identifiers(value, contract)
    expected = "one object with the identifiers at its top"
    yield says("read-is-flat", exchange, expected, describe(response), holds=holds)


def _is_envelope(value: Mapping[str, Any], contract: Contract) -> bool:
    """Whether a member that is no identifier holds identifiers; any other member may be new, and of any type."""
    members = [item for name, item in value.items() if name not in contract.identifier_set]
    inner = [part for item in members for part in (item if isinstance(item, list) else [item])]
    return any(isinstance(part, dict) and not contract.identifier_set.isdisjoint(part) for part in inner)


def _may_hold_identifiers(value: Mapping[str, Any], contract: Contract) -> bool:
    named = any(name in contract.identifier_set for name in value)
    strings = all(item is None or isinstance(item, str) for item in value.values())
    return named or (strings and len(value) < len(contract.identifiers) // 2)


@check("read-values-are-strings-or-null")
def read_values_are_strings_or_null(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """Each identifier is a string or null, whatever the string looks like."""
    value = read_object(exchange, response)
    if value is None:
        return
    wrong = [
        f"{name}: {told_value(item, 60)}"
        for name, item in value.items()
        if name in contract.identifier_set and not (item is None or isinstance(item, str))
    ]
    expected = "each identifier a string or null"
    yield says("read-values-are-strings-or-null", exchange, expected, "; ".join(wrong[:4]), holds=not wrong)


@check("read-names-every-identifier", "unset-identifier-is-named")
def read_names_every_identifier(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """All names are there. A server may leave out unset ones, but then all of them: one told as null and another left
    out is a field forgotten.
    """
    value = read_object(exchange, response)
    if value is None or not read_is_flat_enough(value, contract):
        return
    missing = [name for name in contract.identifiers if name not in value]
    nulls = [name for name in contract.identifiers if name in value and value[name] is None]
    if missing and nulls:
        seen = f"left out: {', '.join(missing)}; told as null: {', '.join(nulls[:3])}"
        yield violated("read-names-every-identifier", exchange, "every identifier named", seen)
        return
    yield held("read-names-every-identifier", exchange)
    yield leaves_open(
        "unset-identifier-is-named",
        exchange,
        "unset identifiers told as null",
        f"left out: {', '.join(missing)}",
        holds=not missing,
    )


def read_is_flat_enough(value: Mapping[str, Any], contract: Contract) -> bool:
    """Whether the object names an identifier at all, so that a missing one is worth telling; `{}` is one too."""
    return not value or any(name in contract.identifier_set for name in value)


@check("read-holds-nothing-private")
def read_holds_nothing_private(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """Members beyond the identifiers are permitted, secrets and personal data among them are not."""
    value = read_object(exchange, response)
    if value is None:
        return
    wrong = [
        name
        for name, item in value.items()
        if name not in contract.identifier_set
        and item is not None
        and (_SECRET_NAME.search(name) or (isinstance(item, str) and _SECRET_VALUE.search(item)))
    ]
    expected = "no secret and no personal data beside the identifiers"
    yield says("read-holds-nothing-private", exchange, expected, f"members {', '.join(wrong)}", holds=not wrong)


def false_nulls(value: Mapping[str, Any], contract: Contract) -> tuple[str, ...]:
    """The identifiers that are told as something that stands for null: an empty string, the text "null" and the like."""
    return tuple(
        name
        for name in contract.identifiers
        if isinstance(value.get(name), str) and _FALSE_NULL.fullmatch(value[name].strip())
    )
