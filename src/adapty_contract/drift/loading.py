"""Loads the contract for this comparison, where a reference to a missing ledger entry is a finding, not an error."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from adapty_contract.contract import SPEC_FILE, Contract, load_clauses, read_spec
from adapty_contract.ledger import load_ledger, load_sources
from adapty_contract.resources import data_root


def load_for_drift(root: Path | None = None) -> Contract:
    """The contract in `root`, or the one that ships with the package; raises ContractDataError if it is invalid."""
    folder = data_root(root)
    sources = load_sources(folder / "contracts/sources.yaml")
    ledger = load_ledger(folder / "contracts/ledger", sources)
    clauses = load_clauses(folder / "contracts/clauses", folder / "contracts/schemas/clauses.schema.json")
    return Contract(folder, read_spec(folder / SPEC_FILE), MappingProxyType(clauses), ledger, sources)
