"""Load the contract once: the spec, the clauses, the ledger; validated together and frozen afterwards."""

from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any

from adapty_contract.errors import ContractDataError, UsageError
from adapty_contract.ledger import LedgerEntry, load_ledger, load_sources
from adapty_contract.model import Clause, Level, Operation, Source
from adapty_contract.resources import data_root
from adapty_contract.yamldata import lines_of_ids, read_yaml, require_valid

_ERRORS_READ = 20
"""How many errors are compared to find the one to tell: a hostile body may have hundreds of thousands."""

_ITEMS_READ = 50

SPEC_FILE = "openapi/integration-identifiers.yaml"


@dataclass(frozen=True)
class Contract:
    """Both operations, every clause, every ledger entry. `root` is the folder they were read from."""

    root: Path
    spec: Mapping[str, Any]
    clauses: Mapping[str, Clause]
    ledger: Mapping[str, LedgerEntry]
    sources: Mapping[str, Any]

    @property
    def spec_path(self) -> Path:
        """The OpenAPI document's file."""
        return self.root / SPEC_FILE

    @cached_property
    def path(self) -> str:
        """The one path of the API."""
        return str(next(iter(self.spec["paths"])))

    @cached_property
    def identifiers(self) -> tuple[str, ...]:
        """The names of the identifiers, from the read object of the spec: their only home."""
        return tuple(self.schema("IntegrationIdentifiers")["properties"])

    @cached_property
    def identifier_set(self) -> frozenset[str]:
        """The same names, to look up."""
        return frozenset(self.identifiers)

    @cached_property
    def version(self) -> str:
        """The version of the contract: `info.version` of the spec."""
        return str(self.spec["info"]["version"])

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the files of the contract, so that two runs can tell whether they judged by the same one."""
        sha = hashlib.sha256()
        for path in _data_files(self.root):
            sha.update(path.relative_to(self.root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return sha.hexdigest()

    def schema(self, name: str) -> Mapping[str, Any]:
        """A component schema of the spec by its name. Raises ContractDataError if there is none."""
        try:
            found: Mapping[str, Any] = self.spec["components"]["schemas"][name]
        except KeyError as error:
            raise ContractDataError(f"{self.spec_path}: no component schema named {name}") from error
        return found

    def bundled(self, name: str) -> dict[str, Any]:
        """A component schema as a standalone JSON Schema (2020-12), its references bundled."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"#/components/schemas/{name}",
            "components": {"schemas": self.spec["components"]["schemas"]},
        }

    def is_valid(self, name: str, value: Any) -> bool:
        """Whether `value` fits the component schema `name`; compiled once, formats on."""
        return self._validator(name)(value)

    def explain(self, name: str, value: Any) -> str:
        """Why `value` does not fit the component schema `name`, with the place, by `jsonschema`."""
        import jsonschema

        validator = jsonschema.Draft202012Validator(
            self.bundled(name), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        first = islice(validator.iter_errors(_cut(value)), _ERRORS_READ)
        error = jsonschema.exceptions.best_match(first)
        return "does not fit" if error is None else f"{error.json_path}: {error.message[:200]}"

    def _validator(self, name: str) -> Callable[[Any], bool]:
        compiled = self._compiled
        if name not in compiled:
            import jsonschema_rs

            compiled[name] = jsonschema_rs.validator_for(self.bundled(name), validate_formats=True).is_valid
        return compiled[name]

    @cached_property
    def _compiled(self) -> dict[str, Callable[[Any], bool]]:
        return {}

    def select(self, names: Iterable[str]) -> frozenset[str]:
        """The ids of the clauses that `names` (ids or topics) select. Raises UsageError with the nearest name."""
        topics = {clause.topic for clause in self.clauses.values()}
        selected: set[str] = set()
        for name in names:
            if name in self.clauses:
                selected.add(name)
            elif name in topics:
                selected.update(clause.id for clause in self.clauses.values() if clause.topic == name)
            else:
                near = difflib.get_close_matches(name, [*self.clauses, *topics], n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise UsageError(f"unknown clause or topic: {name}", hint=f"{hint}`adapty-contract clauses` lists them")
        return frozenset(selected)


def _cut(value: Any) -> Any:
    """The value with long lists and objects cut short: a hostile body may have a million items, one is enough to tell."""
    if isinstance(value, list):
        return [_cut(item) for item in value[:_ITEMS_READ]]
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in islice(value.items(), _ITEMS_READ)}
    return value


def load_contract(root: Path | None = None) -> Contract:
    """The contract in `root` (a folder with `openapi/` and `contracts/`), or the one that ships with the package.

    Raises ContractDataError if a file cannot be read, is invalid, or refers to what does not exist.
    """
    return _load(data_root(root))


@functools.cache
def _load(root: Path) -> Contract:
    sources = load_sources(root / "contracts/sources.yaml")
    ledger = load_ledger(root / "contracts/ledger", sources)
    clauses = load_clauses(root / "contracts/clauses", root / "contracts/schemas/clauses.schema.json")
    contract = Contract(root, read_spec(root / SPEC_FILE), MappingProxyType(clauses), ledger, sources)
    _require_references(contract)
    return contract


def read_spec(path: Path) -> Mapping[str, Any]:
    """An OpenAPI document as a mapping. Raises ContractDataError if it is none with a path and components."""
    data = read_yaml(path)
    components = data.get("components") if isinstance(data, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    if not isinstance(schemas, dict) or not isinstance(data.get("paths"), dict) or not data["paths"]:
        raise ContractDataError(f"{path}: no OpenAPI document with paths and component schemas")
    spec: Mapping[str, Any] = data
    return spec


def load_clauses(folder: Path, schema_path: Path) -> dict[str, Clause]:
    """Every clause in `folder`, by id. Raises ContractDataError for invalid files and for an id used twice."""
    clauses: dict[str, Clause] = {}
    for path in sorted(folder.glob("*.yaml")):
        data = read_yaml(path)
        require_valid(data, schema_path, path)
        if data["topic"] != path.stem:
            raise ContractDataError(f"{path}: topic {data['topic']} differs from the file's name")
        lines = lines_of_ids(path)
        for item in data["clauses"]:
            clause = _clause(item, data["topic"], lines.get(item["id"]))
            if clause.id in clauses:
                raise ContractDataError(f"{path}: clause {clause.id} is defined twice")
            clauses[clause.id] = clause
    return clauses


def _clause(item: Mapping[str, Any], topic: str, line: int | None) -> Clause:
    return Clause(
        id=item["id"],
        topic=topic,
        level=Level(item["level"]),
        statement=item["statement"],
        operations=tuple(Operation(name) for name in item["operations"]),
        sources=tuple(Source(**source) for source in item["sources"]),
        needs=tuple(item.get("needs", ())),
        after=tuple(item.get("after", ())),
        ledger=tuple(item.get("ledger", ())),
        open=item.get("open", False),
        line=line,
    )


def _require_references(contract: Contract) -> None:
    """Every id that a clause names must exist."""
    for clause in contract.clauses.values():
        for kind, names, known in (
            ("ledger entry", clause.ledger, contract.ledger),
            ("source", [source.source for source in clause.sources], contract.sources),
            ("clause", clause.after, contract.clauses),
        ):
            for name in names:
                if name not in known:
                    raise ContractDataError(f"clause {clause.id} names the {kind} {name}, which does not exist")


def _data_files(root: Path) -> list[Path]:
    """The files that say what is judged: not those that tell people of it."""
    paths = (path for folder in ("openapi", "contracts") for path in (root / folder).rglob("*"))
    return sorted(path for path in paths if path.suffix in {".yaml", ".json"} and path.is_file())
