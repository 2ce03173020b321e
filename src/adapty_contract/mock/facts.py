"""What the mock knows of a request beyond its bytes: whether it carries the key, and whether there is its profile."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapty_contract.mock import identity
from adapty_contract.mock.rendering import accepts_json
from adapty_contract.model import BodyFact, Facts, KeyFact, ProfileFact, header_values

if TYPE_CHECKING:
    from adapty_contract.mock.store import Store
    from adapty_contract.model import Headers, Request

_PUBLIC: Final = "public_"
_OTHER_KEY: Final = "another-key"
"""How a curl line spells a key that is not the mock's: what was sent is in no journal, and any other does the same."""


def facts_of(request: Request, key: str, store: Store) -> Facts:
    """What is known of a request before it is answered. Of its body nothing, as anybody can read it; but where it is
    open whose profile is named, it is open too whether a wrong body or an unknown profile is told.
    """
    fact, clause = _key(request.headers, key)
    profile = _profile(request.headers, store)
    body = BodyFact.OPEN if profile is ProfileFact.OPEN else None
    known = Facts(fact, profile, body, clause=clause, probe=_is_bent(request))
    return replace(known, key_expression=_OTHER_KEY) if fact is KeyFact.REFUSED else known


def _key(headers: Headers, key: str) -> tuple[KeyFact, str | None]:
    """What the Authorization header carries, and the clause that promises its refusal, if a narrower one does."""
    values = [value.strip() for value in header_values(headers, "authorization")]
    if not any(values):
        return KeyFact.REFUSED, "key-missing-is-401"
    if len(values) > 1:
        return KeyFact.OPEN, None
    scheme, _, presented = values[0].partition(" ")
    if scheme.lower() != identity.SCHEME.lower():
        return KeyFact.REFUSED, "key-under-other-scheme-is-401"
    if identity.is_key(presented.strip(), key):
        exact = identity.presented_key(headers, "exact") is not None
        return (KeyFact.VALID if exact else KeyFact.OPEN), None
    return (KeyFact.OPEN if presented.startswith(_PUBLIC) else KeyFact.REFUSED), None


def _profile(headers: Headers, store: Store) -> ProfileFact:
    """What the id headers name; of two at once, and of spellings that a parser may take or not, nobody knows."""
    profile_ids = identity.id_values(headers, identity.PROFILE_HEADER)
    customers = identity.id_values(headers, identity.CUSTOMER_HEADER)
    if not profile_ids and not customers:
        return ProfileFact.NEITHER
    if len(profile_ids) + len(customers) > 1:
        return ProfileFact.OPEN
    if profile_ids:
        return _by_profile_id(profile_ids[0], store)
    if not identity.is_addressable(customers[0]):
        return ProfileFact.OPEN
    return ProfileFact.UNKNOWN if store.by_customer_user_id(customers[0]) is None else ProfileFact.KNOWN


def _by_profile_id(profile_id: str, store: Store) -> ProfileFact:
    if store.by_profile_id(profile_id) is not None:
        return ProfileFact.KNOWN
    if identity.is_profile_id(profile_id):
        return ProfileFact.UNKNOWN if profile_id == profile_id.lower() else ProfileFact.OPEN
    try:
        uuid.UUID(profile_id)
    except ValueError:
        return ProfileFact.MALFORMED
    return ProfileFact.OPEN


def _is_bent(request: Request) -> bool:
    """Whether the sources leave open what a request of this form is answered: its media type, its coding, its Accept."""
    if not accepts_json(request.headers):
        return True
    if request.method != "POST":
        return bool(request.body)
    declared = (request.header("content-type") or "").partition(";")[0].strip().lower()
    return declared != "application/json" or request.header("content-encoding") is not None
