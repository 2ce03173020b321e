"""How long the scenarios take, against a bare keep-alive loop of as many requests with `http.client`.

Both against the mock in a process of its own, interleaved. The loop reads one profile again and again and looks at nothing.

    python bench/scenarios.py [ROUNDS]
"""

from __future__ import annotations

import sys
import time
from statistics import median

from adapty_contract.contract import Contract, load_contract
from adapty_contract.interrupts import Interrupt
from adapty_contract.options import VerifyOptions
from adapty_contract.plan import Plan
from adapty_contract.record import LayerRecord
from adapty_contract.reporters.progress import SilentProgress
from adapty_contract.runner import run
from adapty_contract.target import parse_target
from servers import KEY, OTHER, PROFILE, Mock, machine, mock_process, spread

ROUNDS = 5


def scenarios(mock: Mock, contract: Contract) -> LayerRecord:
    """One run of every scenario; the mock counts as embedded, so that nothing is journalled or put back."""
    options = VerifyOptions(budget=0)
    target = parse_target(mock.url, contract.path, embedded=True)
    record = run(Plan(options, contract, target, KEY, PROFILE, OTHER, SilentProgress(), Interrupt()))
    if record.exit_code:
        raise SystemExit(f"the run ended with {record.exit_code}: {record.stopped}")
    return next(layer for layer in record.layers if layer.name == "scenarios")


def bare_loop(mock: Mock, path: str, count: int) -> float:
    """Seconds for `count` reads over one connection."""
    headers = {"Authorization": f"Api-Key {KEY}", "adapty-customer-user-id": str(PROFILE.customer_user_id)}
    connection = mock.connection()
    begin = time.monotonic()
    for _ in range(count):
        connection.request("GET", path, headers=headers)
        connection.getresponse().read()
    seconds = time.monotonic() - begin
    connection.close()
    return seconds


def main() -> None:
    """Print both medians and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    contract = load_contract()
    layers, loops = [], []
    with mock_process() as mock:
        scenarios(mock, contract)  # once for the imports and the compiled schemas
        for _ in range(count):
            mock.forget()
            layers.append(scenarios(mock, contract))
            loops.append(bare_loop(mock, contract.path, layers[-1].exchanges))
    taken = [layer.duration for layer in layers]
    print(f"{machine()}\n{layers[-1].exchanges} requests, median of {count} interleaved rounds:")
    print(f"  scenarios  {spread(taken)}")
    print(f"  bare loop  {spread(loops)}")
    print(f"  ratio {median(taken) / median(loops):.2f}")


if __name__ == "__main__":
    main()
