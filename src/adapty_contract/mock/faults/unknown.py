"""Faults in what a profile that is not there, or that holds nothing, is answered, and in what becomes of it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from http import HTTPStatus

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER, id_values
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Response

_UNKNOWN = "unknown-profile-is-404"
_ON_WRITE = "unknown-profile-on-write-is-refused"
_NOT_CREATED = "unknown-profile-is-not-created"
_DOCUMENTED = "status-is-documented"


class _Unknown(Steps):
    """Lets a subclass answer for profiles that are not there."""

    header: str | None = None
    operation: Operation | None = None

    def find_profile(self, call: Call) -> Response | None:
        refused = super().find_profile(call)
        one_id = len([name for name in (CUSTOMER_HEADER, PROFILE_HEADER) if call.request.header(name) is not None]) == 1
        unknown = one_id and refused is not None and refused.status == HTTPStatus.NOT_FOUND
        of_header = self.header is None or call.request.header(self.header) is not None
        of_operation = self.operation is None or self.operation is call.operation
        if not (unknown and of_header and of_operation):
            return refused
        return self.miss(call, refused)

    def miss(self, call: Call, refused: Response | None) -> Response | None:
        """What happens instead of the refusal; `None` goes on with `call.profile`."""
        raise NotImplementedError

    def named(self, call: Call) -> StoredProfile:
        """A profile as the request names it, empty and not in the store."""
        customer = next(iter(id_values(call.request.headers, CUSTOMER_HEADER)), None)
        profile_id = next(iter(id_values(call.request.headers, PROFILE_HEADER)), None)
        return StoredProfile(profile_id or str(uuid.uuid5(uuid.NAMESPACE_URL, customer or "")), customer)

    def create(self, profile: StoredProfile) -> None:
        """Puts it into the store, unless it is there and another fault hides it."""
        if self.store.by_profile_id(profile.profile_id) or self.store.by_customer_user_id(
            profile.customer_user_id or ""
        ):
            return
        self.store.put(profile)


def _served(
    name: str, description: str, *violates: str, header: str | None, operation: Operation, created: bool
) -> None:
    class Served(_Unknown):
        def miss(self, call: Call, refused: Response | None) -> Response | None:  # noqa: ARG002
            call.profile = self.named(call)
            if created:
                self.create(call.profile)
            return None

        def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
            return super().write(call, profile) or profile

    Served.header, Served.operation = header, operation
    fault(name, description, violates=violates)(Served)


_served("unknown-customer-read", "A read of an unknown customer shows an empty profile.", _UNKNOWN, "head-is-get-without-a-body",
        header=CUSTOMER_HEADER, operation=Operation.GET, created=False)  # fmt: skip
_served("unknown-profile-id-read", "A read of an unknown profile id shows an empty profile.", _UNKNOWN,
        header=PROFILE_HEADER, operation=Operation.GET, created=False)  # fmt: skip
_served("unknown-customer-created", "A write to an unknown customer creates the profile.", _ON_WRITE,
        header=CUSTOMER_HEADER, operation=Operation.SET, created=True)  # fmt: skip
_served("unknown-profile-id-created", "A write to an unknown profile id creates the profile.", _ON_WRITE,
        header=PROFILE_HEADER, operation=Operation.SET, created=True)  # fmt: skip
_served("write-to-unknown-dropped", "A write to an unknown profile is answered 200.", _ON_WRITE,
        header=None, operation=Operation.SET, created=False)  # fmt: skip


@fault(
    "unknown-created-by-reading", "A read of an unknown profile is answered 404 and creates it.", violates=(_UNKNOWN,)
)
class UnknownCreatedByReading(_Unknown):
    """Get or create, with the answer of get."""

    operation = Operation.GET

    def miss(self, call: Call, refused: Response | None) -> Response | None:
        """See _Unknown."""
        self.create(self.named(call))
        return refused


@fault(
    "unknown-created-though-refused",
    "A write to an unknown profile is answered 404 and creates it.",
    violates=(_NOT_CREATED,),
)
class UnknownCreatedThoughRefused(UnknownCreatedByReading):
    """The transaction is not rolled back."""

    header = CUSTOMER_HEADER
    operation = Operation.SET


def _missed_with(name: str, description: str, status: int, *violates: str, operation: Operation) -> None:
    class Missed(_Unknown):
        def miss(self, call: Call, refused: Response | None) -> Response | None:
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                return failure(self, call)
            return refused and replace(refused, status=status, body=b"" if status < 300 else refused.body)

    Missed.operation = operation
    fault(name, description, violates=violates)(Missed)


_missed_with("unknown-read-fails", "A read of an unknown profile crashes.", 500, "never-500", operation=Operation.GET)
_missed_with("unknown-write-fails", "A write to an unknown profile crashes.", 500, "never-500", operation=Operation.SET)
_missed_with(
    "unknown-read-204",
    "A read of an unknown profile is answered 204.",
    204,
    _UNKNOWN,
    _DOCUMENTED,
    operation=Operation.GET,
)
_missed_with(
    "unknown-read-403",
    "A read of an unknown profile is answered 403.",
    403,
    _UNKNOWN,
    _DOCUMENTED,
    operation=Operation.GET,
)
_missed_with(
    "unknown-read-410",
    "A read of an unknown profile is answered 410.",
    410,
    _UNKNOWN,
    _DOCUMENTED,
    operation=Operation.GET,
)
_missed_with(
    "unknown-write-201",
    "A write to an unknown profile is answered 201.",
    201,
    _ON_WRITE,
    _DOCUMENTED,
    operation=Operation.SET,
)


def _empty(name: str, description: str, status: int, *violates: str) -> None:
    """Registers the fault that answers a read of a profile without identifiers with this status."""

    class Empty(Steps):
        def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
            if any(identifiers.values()):
                return super().tell_identifiers(call, identifiers)
            return failure(self, call) if status >= 500 else Response(status)

    fault(name, description, violates=violates)(Empty)


_empty("empty-profile-fails", "A read of a profile without identifiers crashes.", 500, "never-500")
_empty(
    "empty-profile-204",
    "A read of a profile without identifiers is answered 204.",
    204,
    "known-profile-is-read-with-200",
    _DOCUMENTED,
)
