"""How scenarios spell requests: the header fields, the ids, the bodies."""

from __future__ import annotations

import json
from typing import Any

from adapty_contract.model import Headers, Profile

CUSTOMER = "adapty-customer-user-id"
PROFILE = "adapty-profile-id"
REFUSALS = frozenset(range(400, 500))
JSON_TYPE = ("Content-Type", "application/json")


def ids_of(profile: Profile) -> Headers:
    """The header that names a profile: by customer user id if it has one."""
    if profile.customer_user_id is not None:
        return ((CUSTOMER, profile.customer_user_id),)
    return ((PROFILE, profile.profile_id or ""),)


def dump(value: Any) -> bytes:
    """JSON as compact as it gets, in UTF-8; lone surrogates stay escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()
