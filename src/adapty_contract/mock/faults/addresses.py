"""Faults in what the two id headers mean, and in keeping one profile from another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import Apart, failure, memory
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER, id_values
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Response

_ONE = "both-headers-see-one-profile"
_BY_PROFILE = "found-by-profile-id"
_ISOLATED = "profiles-are-isolated"
_ALONE = "headers-alone-choose-the-profile"
_MIXED = "both-headers-are-not-mixed"


def _profile_id(call: Call) -> str | None:
    return next(iter(id_values(call.request.headers, PROFILE_HEADER)), None)


def _customer(call: Call) -> str | None:
    return next(iter(id_values(call.request.headers, CUSTOMER_HEADER)), None)


@fault("profile-id-unheard-of", "The profile id header is ignored.", violates=(_BY_PROFILE, "unknown-profile-is-404"))
class ProfileIdUnheardOf(Steps):
    """The endpoint was made when there was one header."""

    def find_profile(self, call: Call) -> Response | None:
        """See Lookup."""
        heard = tuple(header for header in call.request.headers if header[0].lower() != PROFILE_HEADER)
        call.request = replace(call.request, headers=heard)
        return super().find_profile(call)


@fault("profile-id-finds-nobody", "Every profile id is unknown.", violates=(_BY_PROFILE,))
class ProfileIdFindsNobody(Steps):
    """The lookup compares another column."""

    def by_profile_id(self, profile_id: str) -> StoredProfile | None:
        """See Lookup."""
        return None if _is_of(self, profile_id) else super().by_profile_id(profile_id)


def _is_of(steps: Steps, profile_id: str) -> bool:
    return any(each.profile_id == profile_id for each in steps.store.every())


@fault("customer-finds-nobody", "Every customer user id is unknown.",
       violates=("found-by-customer-user-id", "known-profile-is-read-with-200", "valid-write-is-200"))  # fmt: skip
class CustomerFindsNobody(Steps):
    """The index over customer user ids is empty."""

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:  # noqa: ARG002
        """See Lookup."""
        return None


@fault("profile-id-fails", "A read by profile id crashes.", violates=("never-500", _BY_PROFILE))
class ProfileIdFails(Steps):
    """A variable that only the other branch sets."""

    def find_profile(self, call: Call) -> Response | None:
        """See Lookup."""
        lookup = call.operation is Operation.GET and _profile_id(call) and not _customer(call)
        return failure(self, call) if lookup else super().find_profile(call)


@fault("headers-have-own-data", "What is written by profile id is read by profile id alone.", violates=(_ONE,))
class HeadersHaveOwnData(Apart):
    """Two tables, one for each kind of id."""

    def drawer(self, call: Call) -> str | None:
        """By the header."""
        return "by profile id" if _profile_id(call) and not _customer(call) else None


@fault(
    "profile-id-reads-late",
    "A read by profile id shows what the first such read showed.",
    violates=(_ONE,),
)
class ProfileIdReadsLate(Steps):
    """A cache that writes by the other header do not empty."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        kept: dict[str, Identifiers] = memory(self, ProfileIdReadsLate)
        if _customer(call):
            return super().read(call, profile)
        return kept.setdefault(profile.profile_id, super().read(call, profile))


@fault("write-by-profile-id-lost", "A write by profile id is answered 200 and lost.", violates=(_ONE,))
class WriteByProfileIdLost(Steps):
    """The identifier is saved to an object that nobody keeps."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, profile) if _customer(call) else profile


class _Named(Steps):
    """Looks for the profile where it is not named first of all."""

    def elsewhere(self, call: Call) -> Mapping[str, Any]:
        """What the request says elsewhere than in its header fields."""
        raise NotImplementedError

    def find_profile(self, call: Call) -> Response | None:
        found = super().find_profile(call)
        names = self.elsewhere(call) if found is None else {}
        named = self.by_customer_user_id(str(names.get("customer_user_id"))) or self.by_profile_id(
            str(names.get("profile_id"))
        )
        call.profile = named or call.profile
        return found


@fault("body-names-the-profile", "A customer user id in the body counts for more than the header.", violates=(_ALONE,))
class BodyNamesTheProfile(_Named):
    """As the older endpoint had it."""

    def elsewhere(self, call: Call) -> Mapping[str, Any]:
        """The body's members."""
        try:
            document = json.loads(call.request.body or b"{}")
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}


@fault(
    "query-names-the-profile", "A customer user id in the query counts for more than the header.", violates=(_ALONE,)
)
class QueryNamesTheProfile(_Named):
    """As the older endpoint had it."""

    def elsewhere(self, call: Call) -> Mapping[str, Any]:
        """The query's parameters."""
        return dict(parse_qsl(call.request.target.partition("?")[2]))


class _Both(Steps):
    """Takes the ids of two profiles, and remembers both."""

    def find_profile(self, call: Call) -> Response | None:
        profile_id, customer = _profile_id(call), _customer(call)
        pair = [self.by_profile_id(profile_id), self.by_customer_user_id(customer)] if profile_id and customer else []
        if None in pair or not pair:
            return super().find_profile(call)
        call.profile, memory(self, _Both)["pair"] = pair[0], pair
        return None

    def pair(self, call: Call) -> list[StoredProfile]:
        """Both profiles, where the call names two."""
        both = _profile_id(call) and _customer(call)
        return list(memory(self, _Both).get("pair", ())) if both else []


@fault("both-headers-write-both", "A write with the ids of two profiles changes both.", violates=(_MIXED,))
class BothHeadersWriteBoth(_Both):
    """Each header has its own UPDATE."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        for each in self.pair(call):
            self.store.merge(each.profile_id, call.changes)
        return super().write(call, profile)


@fault("both-headers-read-both", "A read with the ids of two profiles shows a mixture.", violates=(_MIXED,))
class BothHeadersReadBoth(_Both):
    """The rows are joined."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        pair = self.pair(call)
        names = list(self.names)
        mixed = {**pair[0].identifiers, **{name: pair[1].identifiers.get(name) for name in names[::2]}} if pair else {}
        return mixed or super().read(call, profile)


@fault(
    "both-headers-refused-and-written",
    "A write with the ids of two profiles is refused, and done to one.",
    violates=(_MIXED,),
)
class BothHeadersRefusedAndWritten(_Both):
    """The ids are compared after the write."""

    def perform(self, call: Call) -> Response | None:
        """See Steps."""
        answer = super().perform(call)
        if len({each.profile_id for each in self.pair(call)}) < 2:
            return answer
        return self.refuse(call, problems.invalid([(problems.WHOLE, "The id headers name different profiles.")]))


@fault("answer-tells-another-profile", "A write answers the profile, by its id that of the next one.",
       violates=("write-answer-is-blank-or-profile", "write-answer-is-blank"))  # fmt: skip
class AnswerTellsAnotherProfile(Steps):
    """One index too far."""

    def tell_written(self, call: Call, profile: StoredProfile) -> Response:
        """See Answers."""
        if _profile_id(call):
            profile = replace(profile, profile_id="99999999-9999-4999-8999-999999999999")
        return self.json_response(call, 200, self.profile_document(call, profile))


@fault(
    "body-takes-an-id-over",
    "A customer user id in the body becomes the profile's.",
    violates=(_ALONE, "profiles-are-isolated"),
)
class BodyTakesAnIdOver(Steps):
    """Every member of the body is assigned."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        named = call.body.value.get("customer_user_id") if call.body and isinstance(call.body.value, dict) else None
        if named:
            memory(self, BodyTakesAnIdOver)[named] = profile.profile_id
        return super().write(call, profile)

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """See Lookup."""
        taken = memory(self, BodyTakesAnIdOver).get(customer_user_id)
        return super().by_profile_id(taken) if taken else super().by_customer_user_id(customer_user_id)
