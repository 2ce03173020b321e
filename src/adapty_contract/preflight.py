"""Before anything is judged: does somebody answer, does the key open, are the test profiles there?"""

from __future__ import annotations

from adapty_contract.errors import TargetError
from adapty_contract.model import Exchange, Headers, KeyFact, Profile
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE

_PROFILE_CODES = frozenset({"profile_does_not_exist", "profile_not_found"})


def require_testable(session: Session, url: str) -> None:
    """Read each test profile once. Raises TargetError with what to do if the target cannot be tested at all.

    An answer that is merely wrong is no such case: it is for the checks to tell.
    """
    exchanges = [_read(session, session.main, ids) for ids in _addresses(session.main)]
    if not any(_says_something_else(exchange) for exchange in exchanges):
        raise _error(exchanges[0], session.main, url)
    if session.setting.other is not None:
        other = [_read(session, session.setting.other, ids) for ids in _addresses(session.setting.other)]
        if not any(_says_something_else(exchange) for exchange in other):
            raise _error(other[0], session.setting.other, url)


def _read(session: Session, profile: Profile, ids: Headers) -> Exchange:
    """One read; what the first one shows is what later reads are compared with."""
    facts = session.facts(key=KeyFact.OPEN)  # whether the key is right is what this read finds out
    exchange, shown = session.read(label="is the profile there?", ids=ids, facts=facts)
    if shown is not None and not session.holding(profile).known:
        session.holding(profile).settle(shown)
    return exchange


def _addresses(profile: Profile) -> tuple[Headers, ...]:
    pairs = ((CUSTOMER, profile.customer_user_id), (PROFILE, profile.profile_id))
    return tuple(((header, value),) for header, value in pairs if value)


def _says_something_else(exchange: Exchange) -> bool:
    """Whether an answer is more than 'not here', 'not with this key' or 'not now'."""
    return exchange.status is not None and exchange.status not in {401, 403, 404, 429, 502, 503, 504}


def _error(exchange: Exchange, profile: Profile, url: str) -> TargetError:
    who = (
        f"customer user id {profile.customer_user_id}"
        if profile.customer_user_id
        else f"profile id {profile.profile_id}"
    )
    if exchange.fault is not None:
        return TargetError(
            f"no answer from {url}: {exchange.fault.kind}, {exchange.fault.detail}",
            hint="check the URL and that the server runs; `adapty-contract verify` without a URL needs none",
        )
    if exchange.status in {401, 403}:
        return TargetError(
            f"{url} refuses the API key (status {exchange.status})",
            hint="give the app's secret key in ADAPTY_API_KEY or with --key-file, without the prefix Api-Key",
        )
    if exchange.status == 404:
        return _not_found(exchange, who, url)
    return TargetError(f"{url} does not answer for now (status {exchange.status})", hint="try again later")


def _not_found(exchange: Exchange, who: str, url: str) -> TargetError:
    value = exchange.response.document.value if exchange.response else None
    code = value.get("error_code") if isinstance(value, dict) else None
    if code in _PROFILE_CODES:
        return TargetError(
            f"{url} knows no profile with {who}",
            hint="give --customer-user-id or --profile-id of a profile that exists in this key's app",
        )
    return TargetError(
        f"{url} answers 404, and not in the way of an unknown profile",
        hint=f"check the URL (its path too), and that {who} exists",
    )
