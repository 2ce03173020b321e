"""What schemathesis makes of the contract's spec: its operations to ask, and a strategy for cases.

Only its public interface is used, and only to generate and to be asked: it sends nothing.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapty_contract.contract import Contract
from adapty_contract.fuzz.samples import Address, Sample, made_up
from adapty_contract.model import Operation
from adapty_contract.scenarios.spelling import JSON_TYPE, dump

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy
    from schemathesis import APIOperation, Case

_SETTINGS: Mapping[str, Any] = {
    "cache": {"enabled": False},
    "analysis": {"constants": {"enabled": False}},
    "generation": {"with-security-parameters": False, "database": "none"},
    "phases": {
        "fuzzing": {"extra-data-sources": {"responses": False}, "error-feedback": {"enabled": False}},
        "coverage": {"extra-data-sources": {"responses": False}},
    },
}
"""Nothing that learns from answers, reads the tested program's source or leaves files."""

_ADDRESSES = {
    Operation.SET: (Address.CUSTOMER, Address.CUSTOMER, Address.CUSTOMER, Address.MADE_UP),
    Operation.GET: (Address.CUSTOMER, Address.MADE_UP, Address.MADE_UP, Address.PROFILE),
}
"""Whom cases are sent to: mostly a known profile, since a 404 would hide how the rest is judged. What is written is read by
the same header; that both see one profile is what walks look at."""


def operations(contract: Contract) -> Mapping[Operation, APIOperation[Any, Any, Any, Any]]:
    """Both operations of the spec as schemathesis sees them."""
    import schemathesis

    config = schemathesis.Config.from_dict(copy.deepcopy(dict(_SETTINGS)))
    schema = schemathesis.openapi.from_dict(copy.deepcopy(dict(contract.spec)), config=config)
    return {operation: schema[contract.path][operation.method] for operation in Operation}


def samples(contract: Contract, source: APIOperation[Any, Any, Any, Any]) -> SearchStrategy[Sample]:
    """Cases of an operation, half of them valid by the spec, as requests that are safe to send."""
    from hypothesis import strategies as st
    from schemathesis import GenerationMode

    operation = Operation.GET if source.method.upper() == "GET" else Operation.SET
    cases = st.one_of(*(source.as_strategy(generation_mode=mode) for mode in GenerationMode))
    convert = functools.partial(_sample, operation, _examples(contract))
    return st.builds(convert, cases, st.sampled_from(_ADDRESSES[operation]))


def _sample(operation: Operation, examples: frozenset[str], case: Case[Any], address: Address) -> Sample:
    body = _body(case.body) if operation is Operation.SET else b""
    media_type = case.media_type if operation is Operation.SET else None
    return Sample(
        operation, address, made_up(case.headers, operation, address, examples), body, media_type or JSON_TYPE[1]
    )


def _body(value: Any) -> bytes:
    """A generated body as it is sent: bytes as they are, everything that JSON knows as JSON, nothing for none."""
    if isinstance(value, bytes):
        return value
    return dump(value) if value is None or isinstance(value, bool | int | float | str | list | dict) else b""


def _examples(contract: Contract) -> frozenset[str]:
    """The ids in the spec's examples: documented everywhere, so a server may well know them."""
    parameters = contract.spec["components"]["parameters"].values()
    return frozenset(example["value"] for parameter in parameters for example in parameter.get("examples", {}).values())
