"""Read our own YAML files and check them against our own JSON Schemas, with errors that name file and place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from adapty_contract.errors import ContractDataError

_ITEM_WITH_ID = re.compile(r"\s*- id: ([\w-]+)\s*$")
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]  # in C where there is one
    """A safe loader that takes dates for text, as JSON does, and refuses a key that stands twice."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _BASE.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """As the base does; raises a YAML error for the second of two equal keys."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. Raises ContractDataError that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractDataError(f"{path} cannot be read: {error}") from error
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise ContractDataError(f"{place}: no valid YAML: {getattr(error, 'problem', error)}") from error


def lines_of_ids(path: Path) -> dict[str, int]:
    """The line, from 1, on which each list item of a readable YAML file says its `id` first of all."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return {found[1]: number for number, line in lines if (found := _ITEM_WITH_ID.match(line))}


def require_valid(data: Any, schema_path: Path, path: Path) -> None:
    """Raise ContractDataError with file, place and reason unless `data` (read from `path`) fits the schema."""
    import jsonschema_rs

    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    validator = jsonschema_rs.validator_for(schema)
    try:
        valid = validator.is_valid(data)
    except ValueError as error:  # a key that is no string, say
        raise ContractDataError(f"{path}: holds what JSON cannot: {error}") from error
    if valid:
        return
    raise ContractDataError(f"{path}: {_explain(data, schema)}", hint=f"the rules stand in {schema_path.name}")


def _explain(data: Any, schema: dict[str, Any]) -> str:
    """What is wrong and where, in the words of `jsonschema`."""
    import jsonschema

    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(data))
    if error is None:  # the two validators disagree; say so instead of guessing
        return "does not fit its schema"
    return f"at {error.json_path}: {error.message[:300]}"
