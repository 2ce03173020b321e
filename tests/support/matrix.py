"""What `verify` says of the mock with a fault or in a dialect, and whether that is right."""

from __future__ import annotations

import os
import random
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from unittest.mock import patch

from adapty_contract.contract import Contract, load_contract
from adapty_contract.interrupts import Interrupt
from adapty_contract.mock import steps
from adapty_contract.mock.dialects import random_combination
from adapty_contract.mock.faults import Fault
from adapty_contract.mock.seeds import CUSTOMER_1, CUSTOMER_2
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MockSettings
from adapty_contract.model import Profile, Verdict
from adapty_contract.options import VerifyOptions
from adapty_contract.plan import Plan
from adapty_contract.record import RunRecord
from adapty_contract.reporters.progress import SilentProgress
from adapty_contract.runner import run
from adapty_contract.target import parse_target

LAG_S = 0.5
"""So long a write may stay unseen: longer than any dialect's, and short, since every lost write costs as much."""
SHORT_LAG_S = 0.01


@dataclass(frozen=True)
class Outcome:
    """What a run said: its exit status, what stopped it, the clauses violated, the open ones departed from."""

    exit_code: int
    stopped: str | None
    violated: frozenset[str]
    departed: frozenset[str]


CLEAN = (0, None, frozenset[str]())


def verify(
    *, faults: tuple[str, ...] = (), dialects: tuple[str, ...] = (), seed: int = 1, strict: bool = False
) -> RunRecord:
    """A run of the directed scenarios against a mock, over HTTP, as `verify` without a URL does it.

    Of several dialects together one that delays and one that throttles do so for a shorter time than alone.
    """
    contract = load_contract()
    options = VerifyOptions(faults=faults, dialects=dialects, seed=seed, strict=strict, budget=0, lag=LAG_S)
    together = len(dialects) > 1
    lag_s = SHORT_LAG_S if together and {"delayed-visibility", "copies-by-turns"}.intersection(dialects) else None
    settings = MockSettings(dialects=dialects, faults=faults, seed=seed, journal_size=0, lag_s=lag_s)
    pauses = ("0",) if together else steps._RETRY_AFTER
    with patch.object(steps, "_RETRY_AFTER", pauses), MockServer(contract, settings) as server:
        target = parse_target(server.url, contract.path, embedded=True)
        main, other = (Profile(each.customer_user_id, each.profile_id) for each in (CUSTOMER_2, CUSTOMER_1))
        return run(Plan(options, contract, target, settings.key, main, other, SilentProgress(), Interrupt()))


def outcome(record: RunRecord) -> Outcome:
    """What it says, in short."""
    violated = {report.clause.id for report in record.clauses if report.verdict is Verdict.VIOLATED}
    departed = {
        report.clause.id for report in record.clauses if report.clause.open and report.verdict is Verdict.INCONCLUSIVE
    }
    return Outcome(record.exit_code, record.stopped, frozenset(violated), frozenset(departed))


def complaints(each: Fault, seen: Outcome, contract: Contract) -> list[str]:
    """What is wrong with the verdict on a server that has this fault; nothing if it is right.

    Every clause that the fault names must be found, of a random fault at least one; whatever else is found must be a
    consequence of one that is named.
    """
    named, told = frozenset(each.violates), seen.violated | seen.departed
    missed = named - told if not each.random or not named & told else frozenset()
    wrong = [f"not found: {name}" for name in sorted(missed)]
    wrong += [f"left whole, and yet told: {name}" for name in sorted(told - with_consequences(contract, named))]
    if seen.exit_code != 1 and not all(contract.clauses[name].open for name in named):
        wrong.append(f"exit status {seen.exit_code}, {seen.stopped}")
    return wrong


def with_consequences(contract: Contract, named: frozenset[str]) -> frozenset[str]:
    """The clauses in `named`, and those that are taken for their consequences, however far down."""
    found: frozenset[str] = frozenset()
    more = named
    while more != found:
        found = more
        more = found | {clause.id for clause in contract.clauses.values() if found.intersection(clause.after)}
    return found


def share(names: Iterable[str], *, one_in: int) -> list[str]:
    """All names if the environment asks for them (`tox -e matrix`), which takes minutes; else the same few in every run."""
    every = bool(os.environ.get("MATRIX_EVERY_FAULT") or os.environ.get("MATRIX_EVERY_SEED"))
    return [name for name in names if every or zlib.crc32(name.encode()) % one_in == 0]


def combinations(count: int) -> list[tuple[str, ...]]:
    """So many sets of dialects that make sense together; the same every time."""
    rng = random.Random(20250314)  # noqa: S311  (reproducible, not secret)
    return [random_combination(rng) for _ in range(count)]
