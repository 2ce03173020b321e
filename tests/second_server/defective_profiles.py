"""Defects in whose identifiers are read and written."""

from __future__ import annotations

import uuid

from .defects import defect
from .service import Answer, Asked, Profile, RefusalError, Service


@defect("customers-compared-without-case")
class CustomersComparedWithoutCase(Service):
    """Customer user ids are compared as the default collation of a database does it, without case."""

    def by_customer_user_id(self, text: str) -> Profile | None:
        return next((each for each in self.profiles if each.customer_user_id.lower() == text.lower()), None)


@defect("unknown-customer-left-behind")
class UnknownCustomerLeftBehind(Service):
    """A write to an unknown customer is answered 404, but the look-up has made a profile that is found next time."""

    def find(self, asked: Asked) -> Profile:
        try:
            return super().find(asked)
        except RefusalError as refusal:
            profile_id, customer_user_id = asked.ids
            if asked.method == "POST" and refusal.status == 404 and not profile_id:
                self.profiles.append(Profile(str(uuid.uuid4()), customer_user_id))
            raise


@defect("body-chooses-the-profile")
class BodyChoosesTheProfile(Service):
    """A write whose body has a customer_user_id goes to that customer, whoever the header names."""

    def write(self, asked: Asked, profile: Profile) -> Answer:
        document = self.parsed(asked)
        named = document.get("customer_user_id") if isinstance(document, dict) else None
        return super().write(asked, self.by_customer_user_id(str(named)) or profile)


@defect("two-ids-mean-two-profiles")
class TwoIdsMeanTwoProfiles(Service):
    """A write updates each profile that has the one id or the other, which are two if the headers disagree."""

    def write(self, asked: Asked, profile: Profile) -> Answer:
        _, customer_user_id = asked.ids
        super().write(asked, self.by_customer_user_id(customer_user_id) or profile)
        return super().write(asked, profile)
