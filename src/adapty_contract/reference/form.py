"""What the console's form is made from: everything in it that the contract or the mock says."""

from __future__ import annotations

from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.mock.asgi import OWN_PREFIX
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER
from adapty_contract.model import Operation
from adapty_contract.reference import anchors
from adapty_contract.reference.reading import JSON, example_names, json_text, resolved

_MEMBERS = {CUSTOMER_HEADER: "customer_user_id", PROFILE_HEADER: "profile_id"}
"""What the mock calls the id that each header names, where it tells of its profiles."""


@dataclass(frozen=True, slots=True)
class Form:
    """The path that requests go to and the mock's own, the headers that can be chosen, and values for the presets.

    `ids` maps each header that names a profile to what the mock calls it; `choices` each other one to its values.
    """

    path: str
    own: str
    key_header: str
    key_prefix: str
    methods: tuple[str, ...]
    ids: dict[str, str]
    choices: dict[str, tuple[str, ...]]
    media_type: str
    identifier: str
    written: str
    clause: str


def form(contract: Contract) -> Form:
    """The form for the operations of a contract."""
    item = contract.spec["paths"][contract.path]
    scheme = next(iter(contract.spec["components"]["securitySchemes"].values()))
    parameters = [resolved(contract, each) for each in item[Operation.GET.method.lower()]["parameters"]]
    body = item[Operation.SET.method.lower()]["requestBody"]["content"][JSON]
    example = contract.spec["components"]["examples"][example_names(body)[0]]
    either = item[Operation.GET.method.lower()]["x-exactly-one-of"]
    return Form(
        path=contract.path,
        own=OWN_PREFIX,
        key_header=scheme["name"],
        key_prefix=scheme["x-value-prefix"],
        methods=tuple(operation.method for operation in Operation),
        ids={name: _MEMBERS[name] for name in either},
        choices={each["name"]: tuple(each["schema"]["enum"]) for each in parameters if each["name"] not in either},
        media_type=JSON,
        identifier=contract.identifiers[0],
        written=json_text(example["value"]),
        clause=anchors.of_clause(""),
    )
