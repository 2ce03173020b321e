"""Examples of the spec that the mock answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapty_contract.contract import Contract


def read_example(contract: Contract) -> Mapping[str, str | None]:
    """The first example of what a read tells."""
    return _first(contract, contract.spec["paths"][contract.path]["get"]["responses"]["200"]["content"])


def written_example(contract: Contract) -> Mapping[str, Any]:
    """The first example of what a write tells where it is not blank."""
    return _first(contract, contract.spec["paths"][contract.path]["post"]["responses"]["200"]["x-alternative-content"])


def _first(contract: Contract, content: Mapping[str, Any]) -> Mapping[str, Any]:
    example = next(iter(content["application/json"]["examples"].values()))
    value: Mapping[str, Any] = _resolved(contract, example)["value"]
    return value


def _resolved(contract: Contract, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """`node`, or what its `$ref` points at within the spec."""
    while "$ref" in node:
        found: Any = contract.spec
        for key in node["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        node = found
    return node
