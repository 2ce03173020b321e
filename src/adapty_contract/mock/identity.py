"""Who calls, and about whom: the key and the profile ids in the headers of a request."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Final, Literal

from adapty_contract.model import header_values

if TYPE_CHECKING:
    from adapty_contract.model import Headers

SCHEME: Final = "Api-Key"
"""What stands before the key, as the spec has it (`x-value-prefix`)."""

CUSTOMER_HEADER: Final = "adapty-customer-user-id"
PROFILE_HEADER: Final = "adapty-profile-id"

MAX_ID_LENGTH: Final = 1024
_BLANK: Final = " \t"  # the white space that HTTP allows around a value
_ADDRESSABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_CREDENTIALS = {
    "exact": re.compile(rf"{SCHEME} (\S+)"),
    "any": re.compile(rf"{SCHEME} (\S+)", re.IGNORECASE | re.ASCII),
}


def presented_key(headers: Headers, scheme_case: Literal["exact", "any"]) -> str | None:
    """The key of the one `Authorization: Api-Key KEY` header; `None` if there is none, several, or another form."""
    values = header_values(headers, "authorization")
    if len(values) != 1:
        return None
    found = _CREDENTIALS[scheme_case].fullmatch(values[0].strip(_BLANK))
    return found.group(1) if found else None


def is_key(presented: str, key: str) -> bool:
    """Whether the presented key is the key, in a time that does not depend on where they differ."""
    return hmac.compare_digest(presented.encode("latin-1", "replace"), key.encode("latin-1", "replace"))


def id_values(headers: Headers, name: str) -> tuple[str, ...]:
    """The values that a request gives for the id header `name`; an empty value is none."""
    stripped = (value.strip(_BLANK) for value in header_values(headers, name))
    return tuple(value for value in stripped if value)


def is_addressable(customer_user_id: str) -> bool:
    """Whether any client can send this customer user id in a header: visible ASCII, spaces only inside."""
    return len(customer_user_id) <= MAX_ID_LENGTH and _ADDRESSABLE.fullmatch(customer_user_id) is not None


def is_profile_id(text: str) -> bool:
    """Whether the text is a UUID in its usual form."""
    return _UUID.fullmatch(text) is not None
