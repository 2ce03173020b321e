"""The command line and servers for whole runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapty_contract.mock.settings import MOCK_KEY
from support.command import CommandLine
from support.served import Served, served

PROFILE = ("--customer-user-id", "customer-1", "--profile-id", "11111111-1111-4111-8111-111111111111")
OTHER = ("--other-customer-user-id", "customer-2")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """`adapty-contract` in a folder of its own; no key is in its environment."""
    return CommandLine(tmp_path, monkeypatch, capsys)


@pytest.fixture
def server() -> Iterator[Served]:
    """A mock with its usual key and profiles: customer-1 has values, customer-2 has none."""
    with served() as running:
        yield running


@pytest.fixture
def on_server(server: Served) -> tuple[str, ...]:
    """The arguments that verify that server, by all it can be verified by; only its directed scenarios."""
    return ("verify", server.url, *PROFILE, *OTHER, "--budget", "0s", "--quiet")


@pytest.fixture
def key() -> str:
    """The key of that server."""
    return MOCK_KEY
