"""Faults in the shape of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapty_contract.mock.faults import fault
from adapty_contract.mock.steps import Steps

if TYPE_CHECKING:
    from adapty_contract.mock.answers import Call
    from adapty_contract.model import Identifiers


@fault(
    "unset-told-as-empty", "Reads tell an unset identifier as an empty string.", violates=("unset-identifier-is-null",)
)
class UnsetToldAsEmpty(Steps):
    """An unset identifier becomes `""` instead of `null`."""

    def identifiers_document(self, call: Call, identifiers: Identifiers) -> Any:
        """See Answers."""
        document = super().identifiers_document(call, identifiers)
        return {name: "" if value is None else value for name, value in document.items()}
