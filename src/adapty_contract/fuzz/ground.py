"""What cases stand on: profiles whose content is known exactly, or set to values that no case has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from adapty_contract.fuzz.expectation import ROUND_TRIP
from adapty_contract.fuzz.steps import By
from adapty_contract.fuzz.trial import Trial
from adapty_contract.model import Profile
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.spelling import ids_of


class Ground:
    """The test profiles of a trial, which has learnt what they hold."""

    def __init__(self, trial: Trial) -> None:
        """Everything is known at first."""
        self._trial = trial
        self.exact = dict.fromkeys(trial.profiles(), True)
        """Whether the model of a profile is what the latest read showed, and nothing was written since."""
        self.seen_by: dict[Profile, By] = {}
        """By which header a profile was last seen, if not by the one that it is usually named by."""

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles to work with."""
        return self._trial.profiles()

    def is_known(self) -> bool:
        """Whether every profile is known, after another look at those that are not."""
        return all(self.exact[profile] or self._look_again(profile) for profile in self.profiles)

    def _look_again(self, profile: Profile) -> bool:
        """Read what could not be read or was not as it should be; patiently, since a write may be seen late."""
        # the first look takes what it sees for right, the second one tells whether it saw anything
        looks = (confirm(self._trial, label="what the profile holds now", profile=profile) for _ in range(2))
        self.exact[profile] = any(looks)
        self.seen_by.pop(profile, None)
        self._trial.discard()
        return self.exact[profile]

    def prepare(self, named: Collection[str]) -> Mapping[str, str]:
        """Set every identifier of every profile to a value that no case has, so that none is there by coincidence.

        Returned is what was set for the identifiers that a case names, and for a bystander. How well the server did it
        is not judged here.
        """
        names = self._trial.contract.identifiers
        values = {name: self._trial.fresh("start") for name in names}
        with self._trial.hurried():
            for profile in reversed(self.profiles):
                self._set(profile, values)
                held = self._trial.holding(profile).now
                self._set(profile, {name: text for name, text in values.items() if held.get(name) != text})
        self._trial.scratch.take()
        self.seen_by.clear()
        bystander = next((name for name in names if name not in named), "")
        return {name: values[name] for name in names if name in named or name == bystander}

    def _set(self, profile: Profile, values: Mapping[str, str]) -> None:
        if values:
            exchange = self._trial.post(values, label="values to start from", ids=ids_of(profile))
            self._trial.expect(exchange, values, ROUND_TRIP, profile)
            confirm(self._trial, label="what the profile holds before a case", profile=profile)
