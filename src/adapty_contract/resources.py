"""Where the contract's data lies: in the wheel beside the code, in a checkout at the top of the tree."""

from __future__ import annotations

from pathlib import Path

from adapty_contract.errors import ContractDataError

_PACKAGE = Path(__file__).resolve().parent


def data_root(root: Path | None = None) -> Path:
    """The folder that holds `openapi/` and `contracts/`.

    `root` names one to use instead of the shipped one. Raises ContractDataError if it holds no contract.
    """
    candidates = [root] if root is not None else [_PACKAGE / "data", _PACKAGE.parents[1]]
    for candidate in candidates:
        if (candidate / "openapi").is_dir() and (candidate / "contracts").is_dir():
            return candidate
    looked = ", ".join(str(candidate) for candidate in candidates)
    raise ContractDataError(
        f"no contract data found (looked in {looked})",
        hint="reinstall the package, or name a folder that holds openapi/ and contracts/",
    )
