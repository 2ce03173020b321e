"""`tests/contract`, run as its readers run it: a pytest run of its own, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.seeds import CUSTOMER_1
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def contract_tests(state: Path, *arguments: str, key: str = MOCK_KEY) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ADAPTY_API_KEY": key,
        "XDG_STATE_HOME": str(state),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(state),
    }
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/contract", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    """The URL of a mock that labels what it tells as HTML."""
    settings = MockSettings(faults=("read-as-html",))
    with MockServer(load_contract(), settings) as server:
        yield server.url


def test_every_clause_holds_on_the_embedded_mock(tmp_path: Path) -> None:
    done = contract_tests(tmp_path)
    assert done.returncode == 0, done.stdout
    assert f"{len(load_contract().clauses) + 3} passed" in done.stdout


def test_a_faulty_server_fails_its_clause_and_the_schema(faulty: str, tmp_path: Path) -> None:
    done = contract_tests(tmp_path, "--target", faulty, "--customer-user-id", str(CUSTOMER_1.customer_user_id))
    assert done.returncode == 1, done.stdout
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert any("test_clause_holds[read-is-json]" in line for line in failed)
    assert any("test_generated_cases" in line for line in failed)
    assert "needs --allow-writes" in done.stdout


def test_a_wrong_key_ends_the_run_as_it_ends_verify(faulty: str, tmp_path: Path) -> None:
    done = contract_tests(tmp_path, "--target", faulty, "--customer-user-id", "customer-1", key="wrong")
    assert done.returncode == 3, done.stdout
    assert "refuses the API key" in done.stdout + done.stderr
