"""Faults in what the two id headers mean, and in keeping one profile from another."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER, id_values
from adapty_contract.mock.problems import Problem
from adapty_contract.mock.rendering import Transmission
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Request, Response

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

    def identity_problem(self, call: Call, profile_ids: tuple[str, ...], customers: tuple[str, ...]) -> Problem | None:
        """See Lookup."""
        return super().identity_problem(call, (), customers)


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


class Apart(Steps):
    """Keeps what is written beside the store, by what `drawer` says of a call."""

    def drawer(self, call: Call) -> str | None:
        """The name of the drawer that this call looks into; `None` for the store itself."""
        raise NotImplementedError

    @property
    def drawers(self) -> dict[tuple[str, str], dict[str, str | None]]:
        """By drawer and profile id."""
        found: dict[tuple[str, str], dict[str, str | None]] = self.__dict__.setdefault("_drawers", {})
        return found

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        name = self.drawer(call)
        return super().read(call, profile) if name is None else self.drawers.get((name, profile.profile_id), {})

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        name = self.drawer(call)
        if name is None:
            return super().write(call, profile)
        self.drawers.setdefault((name, profile.profile_id), {}).update(call.changes)
        return profile


@fault("headers-have-own-data", "What is written by profile id is read by profile id alone.", violates=(_ONE,))
class HeadersHaveOwnData(Apart):
    """Two tables, one for each kind of id."""

    def drawer(self, call: Call) -> str | None:
        """By the header."""
        return "by profile id" if _profile_id(call) and not _customer(call) else None


@fault("profile-id-reads-late", "A read by profile id shows what the first such read showed.", violates=(_ONE,))
class ProfileIdReadsLate(Steps):
    """A cache that writes by the other header do not empty."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        kept: dict[str, Identifiers] = self.__dict__.setdefault("_kept", {})
        if _customer(call):
            return super().read(call, profile)
        return kept.setdefault(profile.profile_id, super().read(call, profile))


@fault("write-by-profile-id-lost", "A write by profile id is answered 200 and lost.", violates=(_ONE,))
class WriteByProfileIdLost(Steps):
    """The identifier is saved to an object that nobody keeps."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, profile) if _customer(call) else profile


@fault("write-reaches-everybody", "A write changes every profile.", violates=(_ISOLATED,))
class WriteReachesEverybody(Steps):
    """An UPDATE without its WHERE."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        for each in self.store.every():
            self.store.merge(each.profile_id, call.changes)
        return super().write(call, profile)


@fault("one-identifier-is-everybodys", "One identifier is the same for every profile.", violates=(_ISOLATED,))
class OneIdentifierIsEverybodys(Steps):
    """It is kept with the app."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        shared = {name: value for name, value in call.changes.items() if name == "branch_id"}
        for each in self.store.every():
            self.store.merge(each.profile_id, shared)
        return super().write(call, profile)


@fault(
    "read-shows-the-last-read",
    "A read shows the profile that was read before.",
    violates=(_ISOLATED, "write-is-visible"),
)
class ReadShowsTheLastRead(Steps):
    """One buffer for all requests."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        last: Identifiers = self.__dict__.get("_last", {})
        self.__dict__["_last"] = seen = super().read(call, profile)
        return last or seen


@fault("read-shows-the-first", "Every read shows the first profile.", violates=(_ISOLATED, "write-is-visible"))
class ReadShowsTheFirst(Steps):
    """The query has no WHERE and a LIMIT."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:  # noqa: ARG002
        """See Steps."""
        return self.store.every()[0].identifiers


@fault(
    "write-goes-to-the-last-read",
    "A write goes to the profile that was read last.",
    violates=(_ISOLATED, "write-is-visible"),
)
class WriteGoesToTheLastRead(Steps):
    """The profile stays in a variable of the module."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        self.__dict__["_last"] = profile
        return super().read(call, profile)

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, self.__dict__.get("_last", profile))


@fault(
    "value-moves-to-its-writer",
    "A value that is written to one profile vanishes from every other.",
    violates=(_ISOLATED,),
)
class ValueMovesToItsWriter(Steps):
    """Two profiles with one device are merged, somebody thought."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        for each in self.store.every():
            same = {name: None for name, value in call.changes.items() if each.identifiers.get(name) == value}
            if same and each.profile_id != profile.profile_id:
                self.store.merge(each.profile_id, same)
        return super().write(call, profile)


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
        call.profile, self.__dict__["_pair"] = pair[0], pair
        return None

    def pair(self, call: Call) -> list[StoredProfile]:
        """Both profiles, where the call names two."""
        both = _profile_id(call) and _customer(call)
        return list(self.__dict__["_pair"]) if both else []


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


@fault("body-takes-an-id-over", "A customer user id in the body becomes the profile's.", violates=(_ALONE,))
class BodyTakesAnIdOver(Steps):
    """Every member of the body is assigned."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        named = call.body.value.get("customer_user_id") if call.body and isinstance(call.body.value, dict) else None
        if named:
            self.__dict__.setdefault("_taken", {})[named] = profile.profile_id
        return super().write(call, profile)

    def by_customer_user_id(self, customer_user_id: str) -> StoredProfile | None:
        """See Lookup."""
        taken = self.__dict__.get("_taken", {}).get(customer_user_id)
        return super().by_profile_id(taken) if taken else super().by_customer_user_id(customer_user_id)


class _Meeting(Steps):
    """Remembers for a moment which profile a request at work is about."""

    WORK_S = 0.005

    def transmit(self, request: Request, response: Response) -> Transmission:
        return replace(super().transmit(request, response), delay_s=self.WORK_S)

    def met(self, profile: StoredProfile) -> StoredProfile:
        """The profile of the request that is at work, or this one if none is."""
        now = time.monotonic()
        until, known = self.__dict__.get("_met", (0.0, profile))
        if now >= until:
            known = profile
            self.__dict__["_met"] = now + self.WORK_S * 0.8, profile
        return self.store.by_profile_id(known.profile_id) or profile


@fault("meeting-writes-cross", "Of two writes at the same time the later one goes to the profile of the first.",
       violates=(_ISOLATED,), random=True)  # fmt: skip
class MeetingWritesCross(_Meeting):
    """The profile is kept in a variable of the process."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return super().write(call, self.met(profile))


@fault("meeting-reads-cross", "Of two reads at the same time the later one shows the profile of the first.",
       violates=(_ISOLATED,), random=True)  # fmt: skip
class MeetingReadsCross(_Meeting):
    """The profile is kept in a variable of the process."""

    def read(self, call: Call, profile: StoredProfile) -> Identifiers:
        """See Steps."""
        return super().read(call, self.met(profile))
