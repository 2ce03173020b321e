"""The code samples of the reference, run as readers run them, against a mock on a real port."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from adapty_contract.checks import judge
from adapty_contract.contract import load_contract
from adapty_contract.mock.seeds import Seed
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Exchange, Operation, Verdict
from adapty_contract.reference.samples import Sample, samples

pytestmark = pytest.mark.slow

CONTRACT = load_contract()
ORIGIN = CONTRACT.spec["servers"][0]["url"]
PROFILE = Seed("44444444-4444-4444-8444-444444444444", "user-4711", documented=True)
READS, WRITES = (samples(CONTRACT, operation) for operation in Operation)
WRITTEN = {"appsflyer_id": "1415211453000-6513894", "appmetrica_device_id": "13278911961594196248"}
NOBODYS_KEY = "Nobody01.abcdefghijklmnopqrstuvwxyz012345"
RUN = {"sh": ("sh", "sample.sh"), "python": (sys.executable, "sample.py"), "javascript": ("node", "sample.mjs")}


def with_samples(of: tuple[Sample, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("sample", [pytest.param(sample, id=sample.id) for sample in of])


def mock(*dialects: str) -> MockServer:
    return MockServer(CONTRACT, MockSettings(profiles=(PROFILE,), dialects=dialects))


def run(
    sample: Sample, url: str, folder: Path, *, key: str = MOCK_KEY, replaced: tuple[str, str] = ("", "")
) -> subprocess.CompletedProcess[str]:
    """Runs a sample whose origin is replaced by `url`, and a text by another; both must stand in it once."""
    code = sample.code
    for old, new in ((ORIGIN, url), replaced):
        assert not old or code.count(old) == 1
        code = code.replace(old, new) if old else code
    program, name = RUN[sample.language]
    (folder / name).write_text(code, encoding="utf-8")
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run(
        [program, name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**plain, "ADAPTY_API_KEY": key},
    )


def only_exchange(server: MockServer) -> Exchange:
    """The one exchange that the mock saw; it breaks no clause."""
    (exchange,) = server.application.journal.exchanges()
    assert [result for result in judge(exchange, CONTRACT) if result.verdict is Verdict.VIOLATED] == []
    return exchange


def assert_as_the_contract_says(exchange: Exchange, operation: Operation) -> None:
    """The request goes to the operation, with the key in its scheme and one id header."""
    request = exchange.request
    assert (exchange.operation, request.target) == (operation, CONTRACT.path)
    assert request.header("authorization") == "Api-Key [redacted]"
    assert request.header("adapty-customer-user-id") == "user-4711"
    assert request.header("adapty-profile-id") is None


@with_samples(READS)
def test_a_read_prints_the_identifiers(sample: Sample, tmp_path: Path) -> None:
    with mock() as server:
        done = run(sample, server.url, tmp_path)
        exchange = only_exchange(server)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1741933337626-3179568" in done.stdout
    assert [name for name in CONTRACT.identifiers if name not in done.stdout] == []
    assert_as_the_contract_says(exchange, Operation.GET)
    assert exchange.request.body == b""


@with_samples(WRITES)
@pytest.mark.parametrize("dialect", ["blank-200", "post-200-profile"])
def test_a_write_is_taken_whatever_its_answer_holds(sample: Sample, dialect: str, tmp_path: Path) -> None:
    with mock(*(() if dialect == "blank-200" else (dialect,))) as server:
        done = run(sample, server.url, tmp_path)
        exchange = only_exchange(server)
        held = server.application.api.store.every()[0].identifiers
    assert (done.returncode, done.stdout, done.stderr) == (0, "written\n", "")
    assert_as_the_contract_says(exchange, Operation.SET)
    assert exchange.request.header("content-type") == "application/json"
    body = json.loads(exchange.request.body)
    assert body == WRITTEN
    assert CONTRACT.is_valid("IntegrationIdentifiersUpdate", body)
    assert WRITTEN.items() <= held.items()


@with_samples(READS + WRITES)
def test_a_refusal_is_told_in_whatever_shape_it_comes(sample: Sample, tmp_path: Path) -> None:
    for dialect in ("errors-as-strings", "errors-as-map"):
        with mock(dialect) as server:
            unknown = run(sample, server.url, tmp_path, replaced=("user-4711", "nobody"))
            assert only_exchange(server).status == 404
            assert (unknown.returncode, unknown.stdout) == (1, "")
            assert "404" in unknown.stderr
            assert "profile_does_not_exist" in unknown.stderr
    with mock() as server:
        stranger = run(sample, server.url, tmp_path, key=NOBODYS_KEY)
        assert only_exchange(server).status == 401
    assert (stranger.returncode, stranger.stdout) == (1, "")
    assert "401" in stranger.stderr
    assert "not_authenticated" in stranger.stderr
    assert NOBODYS_KEY not in stranger.stderr


@with_samples(READS + WRITES)
def test_a_redirect_is_not_followed_and_no_success(sample: Sample, tmp_path: Path) -> None:
    with mock() as server:
        done = run(sample, server.url, tmp_path, replaced=(CONTRACT.path, CONTRACT.path.rstrip("/")))
        (exchange,) = server.application.journal.exchanges()
        held = server.application.api.store.every()[0].identifiers
    assert exchange.status == 301
    assert (done.returncode, done.stdout) == (1, "")
    assert "301" in done.stderr
    assert "appmetrica_device_id" not in held


@with_samples(READS + WRITES)
def test_that_nobody_answers_is_told(sample: Sample, tmp_path: Path) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = run(sample, url, tmp_path)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "no answer" in done.stderr or "curl: (7)" in done.stderr


def test_every_language_is_run() -> None:
    assert {sample.language for sample in READS + WRITES} == set(RUN)
