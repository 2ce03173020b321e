"""What a write asks for: the changes that a body makes, or everything that is wrong with it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from adapty_contract.mock.bodies import Number

if TYPE_CHECKING:
    from adapty_contract.mock.behaviour import Behaviour

KEEP: Final = object()
"""Instead of a value: the identifier stays as it is."""


class InvalidValueError(ValueError):
    """A value that the mock refuses; its text goes into the error envelope."""


def accepted_value(value: Any, behaviour: Behaviour) -> Any:
    """What a sent value becomes: a string to keep, `None` to unset the identifier, or `KEEP`.

    Raises InvalidValueError if this behaviour refuses it.
    """
    if value is None:
        return _null(behaviour)
    if isinstance(value, str):
        return _string(value, behaviour)
    if behaviour.scalars == "coerced" and isinstance(value, (bool, Number)):
        return _string(value.text if isinstance(value, Number) else str(value), behaviour)
    raise InvalidValueError("str type expected")


def _null(behaviour: Behaviour) -> Any:
    if behaviour.null_values == "refused":
        raise InvalidValueError("none is not an allowed value")
    return None if behaviour.null_values == "clears" else KEEP


def _string(value: str, behaviour: Behaviour) -> str | None:
    if behaviour.trim_values:
        value = value.strip()
    if behaviour.blank_values != "accepted" and not value.strip():
        if behaviour.blank_values == "refused":
            raise InvalidValueError("this field may not be blank")
        return None
    if behaviour.max_value_length is not None and len(value) > behaviour.max_value_length:
        raise InvalidValueError(f"ensure this value has at most {behaviour.max_value_length} characters")
    if behaviour.control_characters == "refused" and any(unicodedata.category(each) == "Cc" for each in value):
        raise InvalidValueError("control characters are not allowed")
    return value
