"""Put a test profile back as it was found, as far as the API can unset a value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from adapty_contract.checks.reading import read_object
from adapty_contract.model import (
    BodyFact,
    Exchange,
    Facts,
    Identifiers,
    KeyFact,
    Operation,
    Profile,
    ProfileFact,
    Request,
)
from adapty_contract.record import Restoration, RestorationRecord
from adapty_contract.scenarios.session import Sender
from adapty_contract.scenarios.spelling import JSON_TYPE, dump, ids_of

PLACEHOLDER = "adapty-contract-test"
"""What is left in an identifier that was unset before the run and that the API cannot unset: better than a fuzzed text."""

_PAUSES = (0.0, 0.1, 0.4, 1.5, 3.0)


class Restorer:
    """Restores profiles of one target. `path` is the API's whole path there; `wait` pauses for some seconds."""

    def __init__(self, sender: Sender, path: str, key: str, wait: Callable[[float], None]) -> None:
        """`sender` must be allowed to write."""
        self._sender = sender
        self._path = path
        self._key = key
        self._wait = wait

    def restore(self, profile: Profile, found: Identifiers, left: Collection[str] = ()) -> RestorationRecord:
        """Write back what `found` says; what was unset is unset with null where the API allows it.

        `left` are the identifiers for which the API did not when the same profile was restored by another id.
        """
        now = self._read(profile)
        if now is None:
            return RestorationRecord(profile, Restoration.FAILED, tuple(found))
        changed = [name for name, value in found.items() if now.get(name) != value]
        if all(name in left and found[name] is None and now.get(name) == PLACEHOLDER for name in changed):
            return RestorationRecord(profile, Restoration.NOT_NEEDED)
        self._put(profile, {name: value for name in changed if (value := found[name]) is not None})
        unset = [name for name in changed if found[name] is None]
        if unset:
            self._post(profile, dict.fromkeys(unset))
        return self._outcome(profile, found)

    def _outcome(self, profile: Profile, found: Identifiers) -> RestorationRecord:
        left = self._differences(profile, found)
        lost = [name for name in left if found[name] is not None]
        if lost:
            return RestorationRecord(profile, Restoration.FAILED, tuple(lost))
        if not left:
            return RestorationRecord(profile, Restoration.RESTORED)
        replaced = self._put(profile, dict.fromkeys(left, PLACEHOLDER))
        return RestorationRecord(profile, Restoration.NOT_UNSET if replaced else Restoration.FAILED, tuple(left))

    def _put(self, profile: Profile, values: Mapping[str, str]) -> bool:
        """Write all at once, or one by one where a server refuses one of them; whether all were taken."""
        if not values or self._post(profile, values).status == 200:
            return True
        taken = [self._post(profile, {name: value}).status == 200 for name, value in values.items()]
        return all(taken)

    def _differences(self, profile: Profile, found: Identifiers) -> list[str]:
        """The identifiers that are not as found, after some patience for writes that are seen late."""
        left = list(found)
        for pause in _PAUSES:
            if pause:
                self._wait(pause)
            now = self._read(profile)
            left = list(found) if now is None else [name for name, value in found.items() if now.get(name) != value]
            if not left or (now is not None and all(found[name] is None for name in left)):
                break
        return left

    def _read(self, profile: Profile) -> Mapping[str, object] | None:
        exchange = self._send("GET", Operation.GET, profile, (), b"", "a read to restore")
        return read_object(exchange, exchange.response) if exchange.response else None

    def _post(self, profile: Profile, values: Mapping[str, str | None]) -> Exchange:
        return self._send("POST", Operation.SET, profile, (JSON_TYPE,), dump(values), "a write to restore")

    def _send(
        self,
        method: str,
        operation: Operation,
        profile: Profile,
        headers: tuple[tuple[str, str], ...],
        body: bytes,
        label: str,
    ) -> Exchange:
        fields = (("Authorization", f"Api-Key {self._key}"), *ids_of(profile), *headers)
        facts = Facts(KeyFact.VALID, ProfileFact.KNOWN, BodyFact.OPEN)
        request = Request(method, self._path, fields, body)
        return self._sender.send(request, facts=facts, operation=operation, label=label, retry=method == "GET")
