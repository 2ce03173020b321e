"""Read our own YAML files and check them against our own JSON Schemas, with errors that name file and place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from adapty_contract.errors import ContractDataError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises ContractDataError that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractDataError(f"{path} cannot be read: {error}") from error
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  (a safe loader, in C where there is one)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise ContractDataError(f"{place}: no valid YAML: {getattr(error, 'problem', error)}") from error


def require_valid(data: Any, schema_path: Path, path: Path) -> None:
    """Raise ContractDataError with file, place and reason unless `data` (read from `path`) fits the schema."""
    import jsonschema_rs

    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    if validator.is_valid(data):
        return
    raise ContractDataError(f"{path}: {_explain(data, schema)}", hint=f"the rules stand in {schema_path.name}")


def _explain(data: Any, schema: dict[str, Any]) -> str:
    """What is wrong and where, in the words of `jsonschema`."""
    import jsonschema

    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(data))
    if error is None:  # the two validators disagree; say so instead of guessing
        return "does not fit its schema"
    return f"at {error.json_path}: {error.message[:300]}"
