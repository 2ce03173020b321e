"""Which faults prove which clause: a clause that nobody can violate is decoration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapty_contract.contract import Contract
from adapty_contract.errors import ContractDataError
from adapty_contract.mock.faults import Fault, faults
from adapty_contract.model import Clause
from adapty_contract.yamldata import read_yaml, require_valid

WAIVERS_FILE = "contracts/waivers.yaml"


@dataclass(frozen=True, slots=True)
class Proof:
    """A clause, the ids of the faults that violate it, and why there are none, if that was written down."""

    clause: Clause
    faults: tuple[str, ...]
    waiver: str | None = None

    @property
    def is_settled(self) -> bool:
        """Whether a fault proves the clause, or a reason stands in for it."""
        return bool(self.faults) or self.waiver is not None


def proofs(contract: Contract) -> tuple[Proof, ...]:
    """What proves each clause, in the contract's order. Raises ContractDataError as `load_waivers` does."""
    found = _by_clause(faults())
    waivers = load_waivers(contract)
    return tuple(Proof(clause, found.get(name, ()), waivers.get(name)) for name, clause in contract.clauses.items())


def load_waivers(contract: Contract) -> Mapping[str, str]:
    """The reasons why clauses have no fault, by clause; none without the file.

    Raises ContractDataError for an invalid file, for a clause that does not exist, and for one that is proven after all.
    """
    path = contract.root / WAIVERS_FILE
    if not path.exists():
        return {}
    waivers: Mapping[str, str] = read_yaml(path) or {}
    require_valid(waivers, contract.root / "contracts/schemas/waivers.schema.json", path)
    proven = _by_clause(faults())
    for name in waivers:
        if name not in contract.clauses:
            raise ContractDataError(f"{path}: there is no clause {name}")
        if name in proven:
            raise ContractDataError(f"{path}: {name} is proven, by {proven[name][0]}", hint="remove its waiver")
    return waivers


def _by_clause(catalogue: Mapping[str, Fault]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, each in catalogue.items():
        for clause in each.violates:
            found[clause] = (*found.get(clause, ()), name)
    return found
