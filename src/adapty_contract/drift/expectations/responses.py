"""Statuses, bodies and errors."""

from __future__ import annotations

from http import HTTPStatus

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, BESIDE, Verdict, differs, expects, holds
from adapty_contract.drift.expectations.fields import types_of
from adapty_contract.drift.model import Stated
from adapty_contract.drift.places import statuses_of

_ERROR_TYPES = {"errors": {"array", "list"}, "error_code": {"string"}, "status_code": {"integer", "number", "int"}}
_BLANK = frozenset({"blank", "empty", "none", "no body"})


@expects("response.*.*")
def status(evidence: Evidence, stated: Stated, code: str, method: str) -> Verdict:
    """A status that the contract has, by its usual words."""
    ranges = evidence.contract.spec["paths"][evidence.contract.path].get(method, {}).get("responses", {})
    if code not in statuses_of(evidence.contract, method) and code.upper() not in ranges:
        return differs(stated, f"the contract has no status {code} for {method.upper()}")
    words = stated.claim.value
    phrase = HTTPStatus(int(code)).phrase if code.isdigit() else ""
    if isinstance(words, str) and words and words.lower() != phrase.lower():
        return differs(stated, f"{code} is “{phrase}”", f"page.{method}.structure")
    return AGREES


@expects("response.*.*.body")
def body(evidence: Evidence, stated: Stated, code: str, method: str) -> Verdict:
    """What stands for the body: errors and a read have one, a write has none."""
    blank = str(stated.claim.value).lower() in _BLANK
    if (code, method) == ("200", "post"):
        return holds(stated, "the contract has a blank body", when=blank)
    if code not in statuses_of(evidence.contract, method):
        return differs(stated, f"the contract has no status {code} for {method.upper()}")
    return holds(stated, "the contract has a body", when=not blank)


@expects("response.errors.*.empty")
def no_errors(_: Evidence, stated: Stated, method: str) -> Verdict:
    """A heading of errors with nothing below it."""
    return differs(stated, "the contract has errors", f"error.{method}")


@expects("response.200.post.**")
def profile(_: Evidence, stated: Stated, *__: str) -> Verdict:
    """A profile in the answer to a write is more than the contract has; its details are not looked at."""
    return differs(stated, "the contract has a blank body", "response.200.post.body")


@expects("response.*.*.field.**")
def error_field(evidence: Evidence, stated: Stated, code: str, method: str, rest: str) -> Verdict:
    """A row of an error's body: one of the members of the envelope, with its type."""
    name, _, column = rest.rpartition(".")
    if code not in statuses_of(evidence.contract, method):
        return differs(stated, f"the contract has no status {code} for {method.upper()}")
    if column == "presence":
        return holds(stated, "the contract's error has no such member", when=name.partition(".")[0] in _ERROR_TYPES)
    if column == "type" and name in _ERROR_TYPES:
        known = bool(types_of(stated.claim.value) & _ERROR_TYPES[name])
        subject = "error.items.type" if name == "errors" else None
        wanted = " or ".join(sorted(_ERROR_TYPES[name]))
        return AGREES if known else differs(stated, f"the contract has {wanted}", subject)
    return AGREES


@expects("response.*.*.example")
def error_example(evidence: Evidence, stated: Stated, code: str, method: str) -> Verdict:
    """An example of an error fits the contract's envelope, and repeats its status."""
    value = stated.claim.value
    if code not in statuses_of(evidence.contract, method):
        return differs(stated, f"the contract has no status {code} for {method.upper()}")
    if not evidence.contract.is_valid("ErrorResponse", value):
        return differs(stated, f"it is no error of the contract: {evidence.contract.explain('ErrorResponse', value)}")
    told = value.get("status_code") if isinstance(value, dict) else None
    return holds(stated, f"status_code is {told}", when=str(told) == code)


@expects("response.*.*.*")
def text(_: Evidence, stated: Stated, code: str, method: str, what: str) -> Verdict:  # noqa: ARG001
    """What is told of an answer in words is left to readers."""
    return BESIDE if what.partition("-")[0] == "description" else differs(stated, "the contract says nothing of this")


@expects("response.*.*.example.**", "response.*.*.header.**")
def detail(*_: object) -> Verdict:
    """Members of an example are judged with the example."""
    return AGREES
