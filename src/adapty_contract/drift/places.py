"""What the contract says of addresses, headers and statuses, in the words of pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from adapty_contract.contract import Contract


def url_of(contract: Contract) -> str:
    """The address of the operations."""
    return str(contract.spec["servers"][0]["url"]).rstrip("/") + contract.path


def host_of(contract: Contract) -> str:
    """The host alone."""
    return urlsplit(url_of(contract)).netloc


def operation_of(contract: Contract, method: str) -> Mapping[str, Any]:
    """The operation with this method, in lower case; an empty one if there is none."""
    found: Mapping[str, Any] = contract.spec["paths"][contract.path].get(method, {})
    return found


def headers_of(contract: Contract) -> dict[str, bool]:
    """The names of the headers of a request in lower case, and whether each must be there."""
    headers = {
        str(each["name"]).lower(): bool(each.get("required"))
        for each in contract.spec["components"]["parameters"].values()
        if each.get("in") == "header"
    }
    scheme = next(iter(contract.spec["components"]["securitySchemes"].values()))
    return {str(scheme["name"]).lower(): True, "content-type": False, **headers}


def values_of(contract: Contract, header: str) -> tuple[str, ...]:
    """The only values that a header has, or none if it is free."""
    for each in contract.spec["components"]["parameters"].values():
        if str(each["name"]).lower() == header:
            return tuple(each["schema"].get("enum", ()))
    return ()


def key_prefix(contract: Contract) -> str:
    """What stands before the key in its header."""
    scheme = next(iter(contract.spec["components"]["securitySchemes"].values()))
    return str(scheme.get("x-value-prefix", ""))


def statuses_of(contract: Contract, method: str) -> tuple[str, ...]:
    """The statuses of an operation that the contract lists one by one."""
    return tuple(name for name in operation_of(contract, method).get("responses", {}) if name.isdigit())


def documented_statuses(contract: Contract, method: str) -> tuple[str, ...]:
    """Those that sources name for the operation: one that no source has documented is not missing on any page."""
    undocumented = "undocumented-statuses"
    return tuple(
        status
        for status in statuses_of(contract, method)
        if undocumented not in _response(contract, method, status).get("x-ledger", ())
    )


def _response(contract: Contract, method: str, status: str) -> Mapping[str, Any]:
    response: Mapping[str, Any] = operation_of(contract, method)["responses"][status]
    if "$ref" in response:
        response = contract.spec["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response


def identifier_of(contract: Contract, name: str) -> Mapping[str, Any]:
    """What the contract says of an identifier; empty for a name that is none."""
    schema: Mapping[str, Any] = contract.spec["components"]["schemas"].get(name, {})
    return schema if name in contract.identifier_set else {}
