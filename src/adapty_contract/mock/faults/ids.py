"""Faults in finding the profile that a request names."""

from __future__ import annotations

import fnmatch
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import unquote

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER, id_values, is_profile_id
from adapty_contract.mock.problems import Problem
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Operation, Response

_UNKNOWN = "unknown-profile-is-404"
_ON_WRITE = "unknown-profile-on-write-is-refused"
_NOT_CREATED = "unknown-profile-is-not-created"
_CUSTOMER = "customer-user-id-is-matched-exactly"
_PROFILE = "profile-id-is-matched-exactly"
_MALFORMED = "malformed-profile-id-is-refused"
_NEITHER = "no-profile-header-is-4xx"
_STRANGE = "strange-ids-are-survived"
_DOCUMENTED = "status-is-documented"

Matches = Callable[[str, str], bool]
"""Whether an id that was asked for is taken for an id that exists."""


def _customers(name: str, description: str, matches: Matches, *more: str) -> None:
    """Registers the fault that finds customer user ids in another way."""

    class Loose(Steps):
        def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
            found = super().by_customer_user_id(customer_user_id)
            near = (each for each in self.store.every() if matches(customer_user_id, each.customer_user_id or "\0"))
            return found or next(near, None)

    fault(name, description, violates=(_CUSTOMER, *more))(Loose)


def _profile_ids(name: str, description: str, matches: Matches, *more: str) -> None:
    """Registers the fault that finds profile ids in another way, whatever form they have."""

    class Loose(Steps):
        def by_profile_id(self, profile_id: str) -> StoredProfile | None:
            found = super().by_profile_id(profile_id)
            return found or next((each for each in self.store.every() if matches(profile_id, each.profile_id)), None)

        def identity_problem(
            self, call: Call, profile_ids: tuple[str, ...], customers: tuple[str, ...]
        ) -> Problem | None:
            problem = super().identity_problem(call, profile_ids, customers)
            return None if problem and any(map(self.by_profile_id, profile_ids)) else problem

    fault(name, description, violates=(_PROFILE, *more))(Loose)


def _like(pattern: str, text: str) -> bool:
    """SQL's LIKE."""
    return re.fullmatch(re.escape(pattern).replace("%", ".*").replace("_", "."), text) is not None


def _matching(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False


_customers(
    "customer-in-any-case",
    "Customer user ids are found in any case.",
    lambda asked, known: asked.lower() == known.lower(),
)
_customers(
    "customer-by-beginning",
    "A customer is found by the beginning of the id.",
    lambda asked, known: known.startswith(asked),
)
_customers("customer-by-end", "A customer is found by the end of the id.", lambda asked, known: known.endswith(asked))
_customers("customer-by-piece", "A customer is found by a piece of the id.", lambda asked, known: asked in known)
_customers("customer-by-pattern", "A customer is found by a pattern of SQL.", _like, _STRANGE)
_customers(
    "customer-by-wildcard",
    "A customer is found by a pattern of the shell.",
    lambda a, known: fnmatch.fnmatchcase(known, a),
    _STRANGE,
)
_customers("customer-by-expression", "A customer is found by a regular expression.", _matching)
_customers(
    "customer-before-comma",
    "Only what stands before a comma counts.",
    lambda asked, known: asked.partition(",")[0] == known,
)
_customers("customer-decoded", "Customer user ids are percent-decoded.", lambda asked, known: unquote(asked) == known)
_customers(
    "customer-without-quotes",
    "Quotes around a customer user id are dropped.",
    lambda asked, known: asked.strip("\"'") == known,
)
_customers(
    "customer-cut", "Customer user ids are cut at ten characters.", lambda asked, known: asked[:10] == known[:10]
)
_customers("customer-with-hyphens-alike", "Hyphens and underscores are the same in a customer user id.",
           lambda asked, known: asked.replace("_", "-") == known)  # fmt: skip

_profile_ids(
    "profile-id-by-beginning",
    "A profile is found by the beginning of its id.",
    lambda asked, known: known.startswith(asked),
)
_profile_ids(
    "profile-id-by-block", "Only the first block of a profile id counts.", lambda asked, known: asked[:8] == known[:8]
)
_profile_ids(
    "profile-id-but-one",
    "The last character of a profile id does not count.",
    lambda asked, known: asked[:-1] == known[:-1],
)
_profile_ids("profile-id-cut", "A profile id is cut at 36 characters.", lambda asked, known: asked[:36] == known)
_profile_ids("profile-id-by-pattern", "A profile is found by a pattern of SQL.", _like)


def _taken_for_first(
    name: str,
    description: str,
    *violates: str,
    when: Callable[[tuple[str, ...], tuple[str, ...]], bool],
    operation: Operation | None = None,
) -> None:
    """Registers the fault that takes some requests to mean the first profile."""

    class First(Steps):
        def find_profile(self, call: Call) -> Response | None:
            ids = id_values(call.request.headers, PROFILE_HEADER), id_values(call.request.headers, CUSTOMER_HEADER)
            if when(*ids) and (operation is None or call.operation is operation):
                call.profile = self.store.every()[0]
                return None
            return super().find_profile(call)

    fault(name, description, violates=violates)(First)


_taken_for_first("nobody-is-the-first", "A request without an id header means the first profile.", _NEITHER, _STRANGE,
                 when=lambda profile_ids, customers: not profile_ids and not customers)  # fmt: skip
_taken_for_first("nobody-writes-to-the-first", "A write without an id header goes to the first profile.", _NEITHER, _STRANGE,
                 when=lambda profile_ids, customers: not profile_ids and not customers, operation=Operation.SET)  # fmt: skip
_taken_for_first("injection-finds-the-first", "An id can be the end of a query.", _STRANGE,
                 when=lambda profile_ids, customers: any("' OR " in each for each in (*profile_ids, *customers)))  # fmt: skip
_taken_for_first("null-is-the-first", "The id null means the first profile.", _STRANGE,
                 when=lambda _, customers: "null" in customers)  # fmt: skip
_taken_for_first(
    "zero-is-the-first", "The id 0 means the first profile.", _STRANGE, when=lambda _, customers: "0" in customers
)


def _fails(name: str, description: str, *violates: str, when: Callable[[Call], bool]) -> None:
    """Registers the fault that crashes on some id headers."""

    class Fails(Steps):
        def find_profile(self, call: Call) -> Response | None:
            return failure(self, call) if when(call) else super().find_profile(call)

    fault(name, description, violates=("never-500", *violates))(Fails)


def _ids(call: Call) -> str:
    return "".join(
        (*id_values(call.request.headers, CUSTOMER_HEADER), *id_values(call.request.headers, PROFILE_HEADER))
    )


_fails("no-id-header-fails", "A request without an id header crashes.", when=lambda call: not _ids(call))
_fails("long-id-fails", "An id of more than 255 characters crashes.", when=lambda call: len(_ids(call)) > 255)
_fails("id-beyond-ascii-fails", "An id that is not ASCII crashes.", when=lambda call: not _ids(call).isascii())
_fails("id-with-quote-fails", "An id with a quote crashes.", when=lambda call: "'" in _ids(call))
_fails("malformed-profile-id-fails", "A profile id that is no UUID crashes.",
       when=lambda call: not re.fullmatch("[0-9a-fA-F-]{36}|", call.request.header(PROFILE_HEADER) or ""))  # fmt: skip


@fault("malformed-profile-id-422", "A profile id that is no UUID is answered 422.", violates=(_MALFORMED, _DOCUMENTED))
class MalformedProfileId422(Steps):
    """The framework's own validation answers."""

    def malformed_profile_id(self, call: Call) -> Problem:
        """See Lookup."""
        return replace(super().malformed_profile_id(call), status=HTTPStatus.UNPROCESSABLE_ENTITY)


@fault("malformed-profile-id-read", "A profile id that is no UUID shows an empty profile.", violates=(_MALFORMED,))
class MalformedProfileIdRead(Steps):
    """What cannot be an id is no reason to stop."""

    def find_profile(self, call: Call) -> Response | None:
        """See Lookup."""
        ids = id_values(call.request.headers, PROFILE_HEADER)
        if call.operation is Operation.GET and ids and not is_profile_id(ids[0]):
            call.profile = StoredProfile(str(uuid.NAMESPACE_URL))
            return None
        return super().find_profile(call)


@fault("customer-by-profile-id", "The customer header takes profile ids too.", violates=(_CUSTOMER,))
class CustomerByProfileId(Steps):
    """One lookup serves both headers."""

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """See Lookup."""
        return super().by_customer_user_id(customer_user_id) or super().by_profile_id(customer_user_id)


@fault("profile-id-by-customer", "The profile header takes customer user ids too.", violates=(_PROFILE,))
class ProfileIdByCustomer(Steps):
    """One lookup serves both headers."""

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """See Lookup."""
        return super().by_profile_id(profile_id) or super().by_customer_user_id(profile_id)

    def identity_problem(self, call: Call, profile_ids: tuple[str, ...], customers: tuple[str, ...]) -> Problem | None:
        """See Lookup."""
        problem = super().identity_problem(call, profile_ids, customers)
        return None if problem and any(map(self.by_customer_user_id, profile_ids)) else problem
