"""The mock as `verify` embeds it: on a free loopback port, with its own key and test profiles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from adapty_contract.contract import Contract
from adapty_contract.mock.seeds import CUSTOMER_1, CUSTOMER_2, Seed
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import Profile


@dataclass(frozen=True)
class EmbeddedMock:
    """A running mock: its URL, its key, two test profiles."""

    url: str
    key: str = field(repr=False)
    profile: Profile
    other: Profile


@contextmanager
def embedded_mock(
    contract: Contract, dialects: tuple[str, ...], faults: tuple[str, ...], seed: int
) -> Iterator[EmbeddedMock]:
    """A mock for the length of the body. Raises UsageError for dialects and faults that do not exist or go together."""
    settings = MockSettings(dialects=dialects, faults=faults, seed=seed, journal_size=0)
    with MockServer(contract, settings) as server:
        yield EmbeddedMock(server.url, settings.key, _profile(CUSTOMER_2), _profile(CUSTOMER_1))


def _profile(seed: Seed) -> Profile:
    return Profile(seed.customer_user_id, seed.profile_id)
