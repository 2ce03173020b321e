"""How the mock finds the profile that a request is about."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from adapty_contract.mock import identity, problems
from adapty_contract.mock.answers import Answers, Call
from adapty_contract.model import Operation

if TYPE_CHECKING:
    from adapty_contract.mock.problems import Problem
    from adapty_contract.mock.store import StoredProfile
    from adapty_contract.model import Response


class Lookup(Answers):
    """The correct way to find a profile, in the given behaviour."""

    def find_profile(self, call: Call) -> Response | None:
        """Finds the one profile that the id headers name."""
        profile_ids = identity.id_values(call.request.headers, identity.PROFILE_HEADER)
        customers = identity.id_values(call.request.headers, identity.CUSTOMER_HEADER)
        if profile_ids and self.behaviour.both_headers == "profile-id-wins":
            customers = ()
        problem = self.identity_problem(call, profile_ids, customers)
        if problem is not None:
            return self.refuse(call, problem)
        found = [*map(self.by_profile_id, profile_ids), *map(self.by_customer_user_id, customers)]
        if None in found:
            return self.refuse(call, self.unknown_profile(call))
        call.profile = found[0]
        if len({profile.profile_id for profile in found if profile}) > 1:
            return self.refuse(call, problems.invalid([(problems.WHOLE, "The id headers name different profiles.")]))
        return None

    def identity_problem(self, call: Call, profile_ids: tuple[str, ...], customers: tuple[str, ...]) -> Problem | None:
        """What is wrong with the id headers by themselves: none, too many, or values that can be no id."""
        if not profile_ids and not customers:
            return problems.neither_header(self.behaviour)
        if len(profile_ids) > 1 or len(customers) > 1:
            return problems.invalid([(problems.WHOLE, "An id header may be given once.")])
        if profile_ids and customers and self.behaviour.both_headers == "refused":
            return problems.invalid([(problems.WHOLE, "Only one of the id headers may be given.")])
        if any(not identity.is_addressable(value) for value in customers):
            return problems.invalid([(identity.CUSTOMER_HEADER, "value is not valid visible ASCII text")])
        if any(not identity.is_profile_id(value) for value in profile_ids):
            return self.malformed_profile_id(call)
        return None

    def malformed_profile_id(self, call: Call) -> Problem:
        """That a profile id is no UUID."""
        if self.behaviour.malformed_profile_id is HTTPStatus.NOT_FOUND:
            return self.unknown_profile(call)
        return problems.invalid([(identity.PROFILE_HEADER, "value is not a valid uuid")])

    def unknown_profile(self, call: Call) -> Problem:
        """That there is no such profile."""
        return problems.unknown_profile(self.behaviour, writing=call.operation is Operation.SET)

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """The profile with this id, or `None`."""
        return self.store.by_profile_id(profile_id.lower() if self.behaviour.profile_id_case == "any" else profile_id)

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """The profile of this customer, or `None`."""
        return self.store.by_customer_user_id(customer_user_id)
