"""Faults beside the front door: where another part of a server finds, lets in or writes by rules of its own."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import failure, memory
from adapty_contract.mock.identity import CUSTOMER_HEADER, PROFILE_HEADER, id_values
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Identifiers, Operation, Response, header_values

_MISSING = "key-missing-is-401"
_NOTHING = "refused-key-writes-nothing"
_EXACT = "customer-user-id-is-matched-exactly"
_BOTH = "both-headers-see-one-profile"
_ALONE = "headers-alone-choose-the-profile"


def _let_in(name: str, description: str, *violates: str, when: Callable[[Call], bool]) -> None:
    """Registers the fault that asks some requests for no key."""

    class LetIn(Steps):
        def authenticate(self, call: Call) -> Response | None:
            keyless = not header_values(call.request.headers, "authorization")
            return None if keyless and when(call) else super().authenticate(call)

    fault(name, description, violates=violates)(LetIn)


def _is_form(call: Call) -> bool:
    return call.request.header("content-type") == "text/plain"


_let_in(
    "forwarded-from-within",
    "A request that says it comes from within needs no key.",
    _MISSING,
    when=lambda call: call.request.header("x-forwarded-for") == "127.0.0.1",
)


@fault("bare-path-needs-no-key", "Without the last slash the path is served, and asks for no key.",
       violates=(_MISSING,))  # fmt: skip
class BarePathNeedsNoKey(Steps):
    """A rule for the exact path."""

    def route_elsewhere(self, call: Call) -> Response | None:
        """See Steps."""
        return None if call.request.path + "/" == self.path else super().route_elsewhere(call)

    def authenticate(self, call: Call) -> Response | None:
        """See Steps."""
        keyless = call.request.header("authorization") is None
        return None if keyless and call.request.path + "/" == self.path else super().authenticate(call)


@fault("text-needs-no-key", "A write labelled as text is read as JSON and needs no key.", violates=(_MISSING,))
class TextNeedsNoKey(Steps):
    """A filter that looks at JSON only."""

    def authenticate(self, call: Call) -> Response | None:
        """See Steps."""
        return None if _is_form(call) and call.request.header("authorization") is None else super().authenticate(call)

    def read_body(self, call: Call) -> Response | None:
        """See Steps."""
        if _is_form(call):
            headers = tuple(pair for pair in call.request.headers if pair[0].lower() != "content-type")
            call.request = type(call.request)(call.request.method, call.request.target, headers, call.request.body)
        return super().read_body(call)


@fault("writes-mind-no-case", "A write finds its customer in any case.", violates=(_EXACT,))
class WritesMindNoCase(Steps):
    """Reads and writes with queries of their own."""

    def find_profile(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().find_profile(call)
        asked = next(iter(id_values(call.request.headers, CUSTOMER_HEADER)), "").lower()
        alike = (each for each in self.store.every() if (each.customer_user_id or "").lower() == asked)
        if refused is None or call.operation is not Operation.SET or not asked:
            return refused
        call.profile = next(alike, None)
        return refused if call.profile is None else None


def _names_both(call: Call) -> bool:
    return bool(id_values(call.request.headers, CUSTOMER_HEADER) and id_values(call.request.headers, PROFILE_HEADER))


@fault("both-ids-drop-a-write", "A write with both ids of one profile is answered 200 and lost.", violates=(_BOTH,))
class BothIdsDropAWrite(Steps):
    """An update whose two conditions never meet."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        return profile if _names_both(call) else super().write(call, profile)


@fault(
    "disagreeing-ids-fail", "A known customer beside an unknown profile id is answered 500.", violates=("never-500",)
)
class DisagreeingIdsFail(Steps):
    """Two look-ups, of which one finds nothing."""

    def find_profile(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().find_profile(call)
        return failure(self, call) if refused is not None and _names_both(call) else refused


@fault("query-chooses-on-write", "A write goes to the customer that its query names.", violates=(_ALONE,))
class QueryChoosesOnWrite(Steps):
    """Parameters and header fields in one bag."""

    def find_profile(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().find_profile(call)
        named = parse_qs(call.request.target.partition("?")[2]).get("customer_user_id", [""])[0]
        found = self.by_customer_user_id(named) if named and call.operation is Operation.SET else None
        if refused is None and found is not None:
            call.profile = found
        return refused


@fault(
    "repeated-body-skipped",
    "A body that was written before is answered 200 and skipped.",
    violates=("write-overwrites",),
)
class RepeatedBodySkipped(Steps):
    """A cache of bodies, against clients that send twice."""

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        seen: set[tuple[str, bytes]] = memory(self, RepeatedBodySkipped).setdefault("seen", set())
        known = (profile.profile_id, call.request.body) in seen
        seen.add((profile.profile_id, call.request.body))
        return profile if known else super().write(call, profile)


@fault("refused-values-come-later", "What a refused write held is written by the next one.",
       violates=("refused-write-changes-nothing",))  # fmt: skip
class RefusedValuesComeLater(Steps):
    """A transaction that is left open."""

    def validate(self, call: Call) -> Response | None:
        """See Steps."""
        refused = super().validate(call)
        value = call.body.value if call.body is not None and refused is not None else None
        if isinstance(value, dict):
            left: dict[str, str] = memory(self, RefusedValuesComeLater).setdefault("left", {})
            left.update({name: text for name, text in value.items() if name in self.names and isinstance(text, str)})
        return refused

    def write(self, call: Call, profile: StoredProfile) -> StoredProfile | None:
        """See Steps."""
        left: Identifiers = memory(self, RefusedValuesComeLater).pop("left", {})
        if left:
            self.store.merge(profile.profile_id, left)
        return super().write(call, profile)
