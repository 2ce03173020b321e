"""report.json: the record itself, which every other report can be rendered from again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from adapty_contract.errors import ContractDataError, UsageError
from adapty_contract.record import from_json, to_json
from adapty_contract.reporters import reporter

if TYPE_CHECKING:
    from pathlib import Path

    from adapty_contract.record import RunRecord


@reporter("json", filename="report.json")
def render(record: RunRecord) -> bytes:
    """The record as JSON by its published schema, complete; the other formats can be made from it.

    Pure ASCII, so that printing the file on a terminal does no harm; one line per clause and exchange, so that grep,
    diff and a person find their way in it.
    """
    members = ",\n".join(f"{_dump(key)}: {_laid_out(value)}" for key, value in to_json(record).items())
    return f"{{\n{members}\n}}\n".encode("ascii")


def read_report(path: Path) -> RunRecord:
    """The record in a report.json. Raises UsageError if the file cannot be read, ContractDataError if it holds none."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}",
            hint="name a report.json that `adapty-contract verify` wrote; a run that was killed leaves an events.ndjson",
        ) from error
    try:
        data = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # ValueError is also what text in no Unicode encoding raises
        raise ContractDataError(
            f"{path} is no JSON: {error}", hint="a run that was killed leaves an events.ndjson instead"
        ) from error
    try:
        return from_json(data)
    except ContractDataError as error:
        raise ContractDataError(f"{path}: {error.what}", hint=error.hint) from error


def _laid_out(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f" {_dump(item)}" for item in value) + "\n]"
    return _dump(value)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")
