"""Compares what profiles show with what they should hold, and knows what happened to each since the last time."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapty_contract.fuzz.expectation import ROUND_TRIP
from adapty_contract.fuzz.ground import Ground
from adapty_contract.fuzz.steps import EXTRA_CLAUSES, By
from adapty_contract.fuzz.trial import Trial
from adapty_contract.model import Exchange, Headers, Profile
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE

FOUND_BY = {By.CUSTOMER: "found-by-customer-user-id", By.PROFILE: "found-by-profile-id"}
"""The clause that each header finds the profile."""


def ids_by(profile: Profile, by: By) -> Headers:
    """The header that names `profile`, of the wanted kind if it has that id."""
    ids = {By.CUSTOMER: (CUSTOMER, profile.customer_user_id), By.PROFILE: (PROFILE, profile.profile_id)}
    name, value = ids[by] if ids[by][1] is not None else next(pair for pair in ids.values() if pair[1] is not None)
    return ((name, value or ""),)


@dataclass
class _Since:
    """What happened to a profile since it was last compared."""

    written_by: set[By] = field(default_factory=set)
    refused: str | None = None  # the clause under which a refused write must have left no trace
    other_written: bool = False
    other_read: bool = False

    @property
    def anything(self) -> bool:
        return bool(self.written_by) or self.refused is not None or self.other_written

    def kept(self, extra: tuple[str, str] | None, *, other_header: bool) -> str:
        """The clause that a change of an identifier that nobody wrote violates."""
        if other_header:
            return "both-headers-see-one-profile"
        if self.written_by:
            return "write-merges"
        if self.refused:
            return self.refused
        if self.other_written or self.other_read:
            return "profiles-are-isolated"
        return "state-is-the-profiles-alone" if extra else "read-has-no-effect"


class Comparison:
    """The test profiles during one case after the other."""

    def __init__(self, trial: Trial, ground: Ground) -> None:
        self._trial = trial
        self._ground = ground
        self.begin()

    def begin(self) -> None:
        """A case begins: nothing has happened yet."""
        self._since = {profile: _Since() for profile in self._ground.profiles}
        self.differs = False
        """Whether a read of this case was not as it should be."""

    def wrote(self, profile: Profile, by: By, exchange: Exchange) -> None:
        """A write to `profile` was sent, named by that header."""
        self._ground.exact[profile] = False
        self._since[profile].written_by.add(by)
        for other, since in self._since.items():
            since.other_written |= other != profile
        self._calm(profile, exchange)

    def refused(self, profile: Profile, clause: str, exchange: Exchange) -> None:
        """A write that must be refused was sent; a trace of it in any profile violates `clause`."""
        for since in self._since.values():
            since.refused = clause
        self._calm(profile, exchange)

    def _calm(self, profile: Profile, exchange: Exchange) -> None:
        """Read after a failure of the server, so that failures provoked one after another do not look like its end."""
        if (exchange.status or 0) >= 500:
            self.confirm(profile, label="a read after a failure")

    def happened(self, profile: Profile) -> bool:
        """Whether anything happened that may concern the profile since it was last compared."""
        return self._since[profile].anything

    def confirm_all(self) -> None:
        """Compare the profiles to which something happened, up to the first that differs; those not written to first."""
        for profile in sorted(self._since, key=lambda profile: bool(self._since[profile].written_by)):
            if self.happened(profile) and not self.differs:
                self.confirm(profile, label="a read after a walk")

    def usable(self, by: By) -> By:
        """The header to use in place of `by`: another one once this one finds nobody, or once they see different data."""
        broken = self._trial.scratch.is_violated
        if broken("both-headers-see-one-profile"):
            by = By.CUSTOMER
        return next((other for other in (by, *By) if not broken(FOUND_BY[other])), by)

    def turn_to(self, profile: Profile, by: By) -> bool:
        """Read by this header first, unless that is how the profile was last seen; whether all is as it should be."""
        if by is self._seen_by(profile):
            return True
        return self.confirm(profile, by, label="a read by the other header")

    def is_exact(self, profile: Profile) -> bool:
        """Whether the model knows exactly what the profile holds, as it must before a write that leaves a choice."""
        if self._trial.lags:
            return False
        if not self._ground.exact[profile]:
            self.confirm(profile, label="a read before a write that leaves a choice")
        return self._ground.exact[profile]

    def _seen_by(self, profile: Profile) -> By:
        usual = By.CUSTOMER if profile.customer_user_id is not None else By.PROFILE
        return self._ground.seen_by.get(profile, usual)

    def confirm(
        self,
        profile: Profile,
        by: By | None = None,
        extra: tuple[str, str] | None = None,
        *,
        label: str,
        kept: str | None = None,
        settle: bool = False,
    ) -> bool:
        """Read `profile`, named by that header and with an `extra` one, and compare; whether it is as it should be.

        `kept` is the clause that a change of an identifier that nobody wrote violates, by default what happened says.
        """
        since, seen_by = self._since[profile], self._seen_by(profile)
        by = by or next(iter(sorted(since.written_by)), seen_by)
        other_header = by is not seen_by and by not in since.written_by
        clause = EXTRA_CLAUSES[extra[0]] if extra else FOUND_BY[by] if by is not seen_by else None
        exact = confirm(
            self._trial,
            label=label,
            kept=kept or since.kept(extra, other_header=other_header),
            profile=profile,
            settle=settle or since.refused is not None,
            stale=self._stale(extra, other_header=other_header),
            ids=ids_by(profile, by),
            headers=(extra,) if extra else (),
            facts=self._trial.facts(clause=clause),
        )
        self._ground.exact[profile], self._ground.seen_by[profile] = exact, by
        self._since[profile] = _Since()
        for other, others in self._since.items():
            others.other_read |= other != profile
        self.differs = self.differs or not exact
        return exact

    def _stale(self, extra: tuple[str, str] | None, *, other_header: bool) -> str | None:
        """The clause that a write which is not seen violates, if more can be said than that of the write."""
        if self._trial.scratch.is_violated(ROUND_TRIP):
            return None  # a value that was changed before and is changed again looks like one that is lost
        if other_header:
            return "both-headers-see-one-profile"
        return "state-is-the-profiles-alone" if extra else None
