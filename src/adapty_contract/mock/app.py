"""The mock as a pure function from request to response; state lives in its store, time comes from its clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from adapty_contract.mock.answers import Call
from adapty_contract.mock.behaviour import STRICT, Behaviour
from adapty_contract.mock.faults import steps_with
from adapty_contract.mock.lagging_store import COPY_LAG_S, LaggingStore
from adapty_contract.mock.seeds import stored
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.mock.steps import Steps
from adapty_contract.mock.store import MemoryStore, Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapty_contract.contract import Contract
    from adapty_contract.mock.rendering import Transmission
    from adapty_contract.model import Request, Response


class MockApi:
    """The two operations of the contract, served from a store; may be called from several threads."""

    def __init__(
        self,
        contract: Contract,
        store: Store,
        behaviour: Behaviour = STRICT,
        key: str = MOCK_KEY,
        clock: Callable[[], float] = time.monotonic,
        *,
        steps: type[Steps] = Steps,
        seed: int = 0,
    ) -> None:
        """`clock` gives seconds that never run backwards; `steps` may be faulty on purpose."""
        self.contract = contract
        by_turns = behaviour.copies == "two"
        lag_s = behaviour.lag_s or (COPY_LAG_S if by_turns else 0.0)
        self.store: Store = LaggingStore(store, lag_s, clock, every_other=by_turns) if lag_s else store
        self._steps = steps(contract, self.store, behaviour, key, seed)

    def handle(self, request: Request) -> Response:
        """Answers a request, whatever it is; never a 5xx unless a fault makes one."""
        return self._steps.answer(Call(request))

    def transmission(self, request: Request, response: Response) -> Transmission:
        """How the response to `request` goes over the wire."""
        return self._steps.transmit(request, response)


def create_store(contract: Contract, settings: MockSettings) -> Store:
    """The store that the settings ask for, with their profiles. Raises UsageError for a file that is no state file."""
    profiles = [stored(seed, contract) for seed in settings.profiles]
    if settings.state_file is None:
        return MemoryStore(profiles)
    from adapty_contract.mock.sqlite_store import SqliteStore

    return SqliteStore(settings.state_file, profiles)


def create_api(contract: Contract, settings: MockSettings, clock: Callable[[], float] = time.monotonic) -> MockApi:
    """The mock that the settings ask for. Raises UsageError for unknown names and an unusable state file."""
    behaviour, steps = settings.behaviour(), steps_with(settings.faults)
    store = create_store(contract, settings)
    return MockApi(contract, store, behaviour, settings.key, clock, steps=steps, seed=settings.seed)
