"""What the page says, for programs: the spec in its four dresses, the clauses, the ledger and its sources as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from adapty_contract.record_json import encode
from adapty_contract.spec_export import dump, to_openapi30

if TYPE_CHECKING:
    from adapty_contract.contract import Contract


def twins(contract: Contract) -> dict[str, bytes]:
    """The files by name, in UTF-8 and with a line end at their end.

    `openapi.yaml` is the hand-written file with its comments; the other three are made from it. `clauses.json` and
    `ledger.json` are arrays of what `adapty-contract clauses --format json` and `--ledger --format json` list, in that
    order; the `source` that a clause or a statement cites is the `id` of a member of `sources.json`.
    """
    older = to_openapi30(contract.spec)
    return {
        "openapi.yaml": contract.spec_path.read_bytes(),
        "openapi.json": dump(contract.spec, "json").encode(),
        "openapi-3.0.yaml": dump(older, "yaml").encode(),
        "openapi-3.0.json": dump(older, "json").encode(),
        "clauses.json": _array(contract.clauses.values()),
        "ledger.json": _array(contract.ledger.values()),
        "sources.json": _array(contract.sources.values()),
    }


def _array(values: Iterable[Any]) -> bytes:
    return (json.dumps([encode(value) for value in values], indent=2, ensure_ascii=False) + "\n").encode()
