"""Which server the contract is held against, and the one run of `verify` that the clauses' tests look at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

from adapty_contract.contract import Contract, load_contract
from adapty_contract.errors import ContractSuiteError
from adapty_contract.interrupts import Interrupt
from adapty_contract.mock.embedded import embedded_mock
from adapty_contract.model import ClauseReport, Profile
from adapty_contract.options import VerifyOptions
from adapty_contract.plan import Plan
from adapty_contract.record import RunRecord
from adapty_contract.reporters.progress import SilentProgress
from adapty_contract.runner import run
from adapty_contract.target import parse_target, read_key
from support.guarded import Door, guarded_session

IDS = ("customer-user-id", "profile-id", "other-customer-user-id", "other-profile-id")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract", "the server that the contract is held against")
    group.addoption("--target", metavar="URL", help="a server; without it, the embedded mock")
    group.addoption(
        "--allow-writes", action="store_true", help="write to the server's test profiles; they are put back"
    )
    for name in IDS:
        group.addoption(f"--{name}", metavar="ID", help=f"as `adapty-contract verify --{name}`")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("schemathesis"):
        raise pytest.UsageError("tests/contract is a pytest run of its own: python -m pytest tests/contract")


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract()


@pytest.fixture(scope="session")
def plan(pytestconfig: pytest.Config, contract: Contract) -> Iterator[Plan]:
    """What is tested, as `verify` would plan it; the key comes from ADAPTY_API_KEY."""
    given = {name.replace("-", "_"): pytestconfig.getoption(name.replace("-", "_")) for name in IDS}
    allow_writes = pytestconfig.getoption("allow_writes")
    try:
        options = VerifyOptions(url=pytestconfig.getoption("target"), allow_writes=allow_writes, budget=0, **given)
        with ExitStack() as stack:
            yield _plan(options, contract, stack)
    except ContractSuiteError as error:
        pytest.exit(f"{error.what}. {error.hint}", returncode=error.exit_code)


def _plan(options: VerifyOptions, contract: Contract, stack: ExitStack) -> Plan:
    silent = (SilentProgress(), Interrupt())
    if options.url is None:
        mock = stack.enter_context(embedded_mock(contract, (), (), options.seed))
        target = parse_target(mock.url, contract.path, embedded=True)
        return Plan(options, contract, target, mock.key, mock.profile, mock.other, *silent)
    target = parse_target(options.url, contract.path)
    key = read_key(None, os.environ, None)
    return Plan(options, contract, target, key, options.profile or Profile(), options.other, *silent)


@pytest.fixture(scope="session")
def record(plan: Plan) -> RunRecord:
    """One run of every scenario. A target that cannot be tested, or no further, ends the pytest run as it ends `verify`."""
    made = run(plan)
    if not made.complete:
        pytest.exit(str(made.stopped), returncode=made.exit_code)
    return made


@pytest.fixture(scope="session")
def report_of(record: RunRecord) -> Callable[[str], ClauseReport]:
    """The report of a clause, by its id."""
    reports = {report.clause.id: report for report in record.clauses}
    return reports.__getitem__


@pytest.fixture(scope="session")
def guarded(plan: Plan, record: RunRecord) -> Iterator[tuple[requests.Session, Door]]:
    """A session for generated cases, opened once the run has told that the target can be tested."""
    assert record.complete
    with guarded_session(plan) as opened:
        yield opened
