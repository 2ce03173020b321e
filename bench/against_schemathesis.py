"""Compare `adapty-contract verify URL --budget 0s` with `st run` at its defaults: the same spec, the same server.

From process start to exit status, interleaved, so that both meet the same neighbours. `st run` is given what someone who
knows it would give it: the base URL, the key, and both profile headers pinned to one profile; the rest are its defaults.
Each run of it has an empty working folder, so that no cache of the last one changes it.

    python bench/against_schemathesis.py [ROUNDS]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from adapty_contract.contract import SPEC_FILE
from adapty_contract.resources import data_root
from servers import KEY, OTHER, PROFILE, Mock, machine, mock_process, spread

ROUNDS = 5


@dataclass(frozen=True)
class Measured:
    """One run: seconds from process start to its end, of which so many on a processor, requests the server counted."""

    seconds: float
    cpu: float
    requests: int
    status: int


def ours(mock: Mock, folder: Path) -> list[str]:
    """`verify` with all it can be given, so that no clause is left out."""
    return [
        *(sys.executable, "-m", "adapty_contract", "verify", mock.url, "--budget", "0s", "--allow-writes"),
        *("--customer-user-id", str(PROFILE.customer_user_id), "--profile-id", str(PROFILE.profile_id)),
        *("--other-customer-user-id", str(OTHER.customer_user_id), "--other-profile-id", str(OTHER.profile_id)),
        *("--report-dir", str(folder / "reports")),
    ]


def theirs(mock: Mock, _: Path) -> list[str]:
    """`st run` with the base URL, the key and the profile."""
    return [
        *(str(Path(sys.executable).with_name("st")), "run", str(data_root() / SPEC_FILE), "--url", mock.url),
        *("-H", f"Authorization: Api-Key {KEY}"),
        *("-H", f"adapty-customer-user-id: {PROFILE.customer_user_id}"),
        *("-H", f"adapty-profile-id: {PROFILE.profile_id}"),
    ]


def measure(mock: Mock, command: list[str], folder: Path) -> Measured:
    """Run a command in `folder`, and count what it asked of the mock."""
    mock.forget()
    environment = {**os.environ, "ADAPTY_API_KEY": KEY, "XDG_STATE_HOME": str(folder)}
    begin, used = time.monotonic(), _cpu()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds, cpu = time.monotonic() - begin, _cpu() - used
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Measured(seconds, cpu, mock.requests(), done.returncode)


def _cpu() -> float:
    """Seconds that ended children have spent on a processor; the mock, which still runs, is none of them."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def rounds(mock: Mock, count: int) -> dict[str, list[Measured]]:
    """So many runs of each, in turn."""
    measured: dict[str, list[Measured]] = {"adapty-contract": [], "schemathesis": []}
    for number in range(1, count + 1):
        for name, command in (("adapty-contract", ours), ("schemathesis", theirs)):
            with tempfile.TemporaryDirectory() as folder:
                measured[name].append(measure(mock, command(mock, Path(folder)), Path(folder)))
            last = measured[name][-1]
            print(
                f"round {number}: {name:16} {last.seconds:6.2f} s  {last.cpu:6.2f} s CPU  {last.requests:5} requests"
                f"  exit {last.status}"
            )
    return measured


def main() -> None:
    """Print the medians and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with mock_process() as mock:
        measured = rounds(mock, count)
    print(f"\n{machine()}\nprocess start to verdict, median of {count} interleaved rounds:")
    for name, runs in measured.items():
        told = f"{name} {version(name)}"
        print(
            f"  {told:24} {spread([run.seconds for run in runs])}  {median(run.cpu for run in runs):.2f} s CPU  "
            f"{median(run.requests for run in runs):.0f} requests, exit {runs[-1].status}"
        )
    first, second = measured.values()
    wall = median(run.seconds for run in first) / median(run.seconds for run in second)
    cpu = median(run.cpu for run in first) / median(run.cpu for run in second)
    print(f"  ratio {wall:.2f} in wall time, {cpu:.2f} in CPU time")


if __name__ == "__main__":
    main()
