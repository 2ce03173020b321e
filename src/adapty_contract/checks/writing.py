"""What a successful write answers: `POST` 200."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapty_contract.checks import check, leaves_open, says
from adapty_contract.checks.situations import describe
from adapty_contract.checks.wording import told_value
from adapty_contract.contract import Contract
from adapty_contract.model import Exchange, Operation, Response, Result


def is_written(exchange: Exchange, response: Response) -> bool:
    """Whether the exchange is a write that was answered 200."""
    return exchange.operation is Operation.SET and exchange.request.method == "POST" and response.status == 200


def is_blank(response: Response) -> bool:
    """Whether an answer has no body, or white space alone."""
    return not response.body.strip()


@check("write-answer-is-blank-or-profile", "write-answer-is-blank")
def write_answer_is_blank_or_profile(exchange: Exchange, response: Response, contract: Contract) -> Iterator[Result]:
    """One page promises the profile, the later sources a blank body; anything else is neither."""
    if not is_written(exchange, response):
        return
    blank = is_blank(response)
    wrong = "" if blank else _no_profile(exchange, response, contract)
    expected = "a blank body, or the named profile in its `data` envelope, as JSON"
    yield says("write-answer-is-blank-or-profile", exchange, expected, wrong, holds=not wrong)
    if not wrong:
        yield leaves_open("write-answer-is-blank", exchange, "a blank body", "the profile", holds=blank)


def _no_profile(exchange: Exchange, response: Response, contract: Contract) -> str:
    """Why an answer with a body is not the profile that the request names; empty if it is."""
    if response.media_type != "application/json":
        return f"a body under {response.media_type or 'no media type'}: {describe(response)}"
    document = response.document
    if not document.ok:
        return f"{describe(response)} ({document.detail})"
    if not contract.is_valid("ProfileResponse", document.value):
        return f"{describe(response)} ({contract.explain('ProfileResponse', document.value)})"
    return _another_profile(exchange, document.value["data"])


def _another_profile(exchange: Exchange, data: Mapping[str, Any]) -> str:
    """How the profile differs from the one that the request's only id header names; of two headers nobody knows."""
    sent = {
        "customer_user_id": exchange.request.header("adapty-customer-user-id"),
        "profile_id": exchange.request.header("adapty-profile-id"),
    }
    named = [(name, value) for name, value in sent.items() if value]
    if len(named) != 1:
        return ""
    name, wanted = named[0]
    came = data.get(name)
    same = isinstance(came, str) and (came.lower() == wanted.lower() if name == "profile_id" else came == wanted)
    return "" if same else f"the profile with {name}: {told_value(came)}, instead of {told_value(wanted)}"
