"""Code samples of both operations: what a careful engineer would write, in four ways, each run by a test."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.model import Operation
from adapty_contract.target import KEY_VARIABLE

if TYPE_CHECKING:
    from jinja2 import Environment

    from adapty_contract.contract import Contract

_WAYS: Final = (
    ("curl", "sh", "curl"),
    ("httpx", "python", "Python, httpx"),
    ("requests", "python", "Python, requests"),
    ("fetch", "javascript", "JavaScript, fetch"),
)
"""What each way to call is known by, the language it is written in, and what readers know it as."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A program that makes one call: with the key from the environment, and an exit status that says whether it worked."""

    id: str
    language: str
    title: str
    code: str


def samples(contract: Contract, operation: Operation) -> tuple[Sample, ...]:
    """The samples of one operation; address, header and values come from the spec."""
    templates, values = _environment(), _values(contract)
    method = operation.method.lower()
    return tuple(
        Sample(
            f"{method}-{way}",
            language,
            title,
            templates.get_template(f"samples/{method}-{way}.jinja").render(values).strip() + "\n",
        )
        for way, language, title in _WAYS
    )


def _environment() -> Environment:
    """The reference's templates for text that is no HTML: the page that shows a sample escapes it."""
    from adapty_contract.web import environment

    made = environment("adapty_contract.reference").overlay(autoescape=False)
    made.filters |= {"json": _json, "shell": shlex.quote}
    return made


def _json(value: Any) -> str:
    """JSON; a string is also a literal that Python and JavaScript read alike."""
    return json.dumps(value, ensure_ascii=False)


def _values(contract: Contract) -> dict[str, Any]:
    spec = contract.spec
    header = spec["paths"][contract.path]["get"]["x-exactly-one-of"][0]
    (customer, *_) = spec["components"]["parameters"][header]["examples"].values()
    scheme = next(iter(spec["components"]["securitySchemes"].values()))
    return {
        "key_header": scheme["name"],
        "key_prefix": scheme["x-value-prefix"],
        "url": spec["servers"][0]["url"] + contract.path,
        "key": KEY_VARIABLE,
        "header": header,
        "customer": customer["value"],
        "identifiers": _identifiers(contract),
    }


def _identifiers(contract: Contract) -> dict[str, str]:
    """What is written: the first example of the spec, and an id that is all digits, as those tempt to send a number."""
    examples = contract.spec["paths"][contract.path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    first, *others = (_value_of(contract, example) for example in examples.values())
    digits = {name: value for other in others for name, value in other.items() if value.isdecimal() and len(value) > 15}
    return {**first, **dict(list(digits.items())[:1])}


def _value_of(contract: Contract, example: Mapping[str, Any]) -> Mapping[str, str]:
    name = example["$ref"].rpartition("/")[2]
    value: Mapping[str, str] = contract.spec["components"]["examples"][name]["value"]
    return value
