"""The tables of identifiers: names, types, marks, descriptions."""

from __future__ import annotations

import re

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, BESIDE, Verdict, differs, expects, holds
from adapty_contract.drift.model import Stated
from adapty_contract.drift.places import identifier_of
from adapty_contract.drift.wording import says_more

_TEXT = frozenset({"string", "str", "text"})
_COLUMNS = frozenset({"presence", "type", "required", "nullable", "description"})
_NULL = frozenset({"null", "none", "nil"})

KINDS = {
    "app": re.compile(r"\bof the user's app\b", re.IGNORECASE),
    "device": re.compile(r"\bof the user's device\b", re.IGNORECASE),
    "user": re.compile(r"\bof the user\b(?!')|\buser's id\b", re.IGNORECASE),
}
"""What a description says that the identifier identifies; the first that fits."""


def kind_of(description: str) -> str | None:
    """What a description says that the identifier identifies, if it says so."""
    return next((kind for kind, pattern in KINDS.items() if pattern.search(description)), None)


def types_of(value: object) -> frozenset[str]:
    """The types in a cell or in a document of others, in lower case: `String or null` has two."""
    if isinstance(value, list):
        return frozenset(str(item).lower() for item in value)
    words = re.split(r"[^a-z]+", str(value).lower())
    return frozenset(word for word in words if word and word != "or")


def _is_row(name: str) -> bool:
    return "." not in name


@expects("request.field.**", "response.200.get.field.**")
def other_column(_: Evidence, stated: Stated, rest: str) -> Verdict | None:
    """A column of another kind is told once, by how the table is headed, and not once for every row."""
    is_other = not stated.reading.openapi and rest.rpartition(".")[2] not in _COLUMNS
    return BESIDE if is_other else None


@expects("request.field.**")
def request_field(evidence: Evidence, stated: Stated, rest: str) -> Verdict:
    """A row of the request: a string, optional, not nullable."""
    name, _, column = rest.rpartition(".")
    value = stated.claim.value
    if column == "presence":
        known = name in evidence.contract.identifier_set
        return holds(stated, "the contract knows no such identifier", when=known) if known else _unknown(stated, name)
    if value is None:
        return differs(stated, "the cell is empty", f"request.field.{name}.type")
    if column == "type":
        return holds(stated, "the contract has a string", when=bool(types_of(value)) and types_of(value) <= _TEXT)
    if column == "required":
        return holds(stated, "the contract requires no single identifier", when=value is False)
    if column == "nullable":
        return holds(stated, "the contract takes no null in a request", when=value is False)
    return _described(evidence, stated, name)


@expects("response.200.get.field.**")
def response_field(evidence: Evidence, stated: Stated, rest: str) -> Verdict:
    """A row of what is read: a string or null, always there."""
    name, _, column = rest.rpartition(".")
    value = stated.claim.value
    if column == "presence":
        known = name in evidence.contract.identifier_set
        return AGREES if known else _unknown(stated, name)
    if value is None:
        return differs(stated, "the cell is empty", f"response.200.get.field.{name}.type")
    if column == "type":
        return _read_type(stated, name)
    if column == "required":
        return holds(stated, "the contract has every identifier in the answer", when=value is True)
    if column == "nullable":
        return holds(stated, "the contract has null for what is unset", when=value is True)
    return _described(evidence, stated, name)


def _read_type(stated: Stated, name: str) -> Verdict:
    types = types_of(stated.claim.value)
    if types & _TEXT and types & _NULL and types <= _TEXT | _NULL:
        return AGREES
    base = f"response.200.get.field.{name}"
    nullable = any(claim.subject == f"{base}.nullable" and claim.value is True for claim in stated.reading.page.claims)
    if types and types <= _TEXT and nullable:
        return AGREES
    return differs(stated, "the contract has a string or null")


def _unknown(stated: Stated, name: str) -> Verdict:
    base = stated.subject.removesuffix(".presence")
    return differs(stated, f"the contract knows no identifier {name}", base)


def _described(evidence: Evidence, stated: Stated, name: str) -> Verdict:
    """A description names the service that the identifier is of; what else it says is left to readers."""
    if not stated.subject.endswith(".description"):
        return differs(stated, "the contract says nothing of this")
    facts = identifier_of(evidence.contract, name)
    said = _squashed(str(stated.claim.value))
    names = [_squashed(str(facts.get("x-vendor", ""))), name.partition("_")[0], _squashed(name)[:9]]
    if facts and not any(each and each in said for each in names):
        return differs(stated, f"it does not name {facts['x-vendor']}", f"field.{name}.meaning")
    return BESIDE if says_more(str(stated.claim.value)) else AGREES


def _squashed(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


@expects("response.200.get.example")
def example(evidence: Evidence, stated: Stated) -> Verdict:
    """The example of a read is one flat object; its members are claims of their own."""
    value = stated.claim.value
    if isinstance(value, dict) and evidence.contract.identifier_set & value.keys():
        return AGREES
    return differs(stated, "the contract has a flat object of identifiers")


@expects("response.200.get.example.field.**")
def example_member(evidence: Evidence, stated: Stated, name: str) -> Verdict:
    """Each member is an identifier with a string or null."""
    if name not in evidence.contract.identifier_set:
        return differs(stated, f"the contract knows no identifier {name}")
    value = stated.claim.value
    return holds(stated, "the contract has a string or null", when=value is None or isinstance(value, str))
