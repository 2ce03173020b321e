"""The code samples of the vendor's two pages, run for real against the mock: what each of them really sends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.mock.server import MockServer
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Exchange

ROOT = Path(__file__).parents[2]
PAGES = Path(os.environ.get("ADAPTY_CONTRACT_PAGES", ROOT.parent / "shared" / "pages"))
PAGE_OF = {"GET": "get-integration-identifiers.mdx", "POST": "add-integration-identifiers.mdx"}
TIMEOUT_S = 20
FENCE = re.compile(r"^``` *(\w*)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
COMMANDS = {"bash": ["bash"], "python": [sys.executable], "javascript": ["node"]}
CUSTOMER = "customer-2"
THIRTEEN = 13

pytestmark = pytest.mark.skipif(not PAGES.is_dir(), reason=f"the vendor's pages are not in {PAGES}")


@dataclass(frozen=True)
class Ran:
    """What a sample did: its exit status, what it printed, what the mock got."""

    code: int
    out: str
    err: str
    exchanges: tuple[Exchange, ...]
    identifiers: dict[str, str]
    """What the profile holds afterwards."""


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(load_contract(), MockSettings()) as running:
        yield running


def fences(text: str) -> dict[str, str]:
    """The code of a page by its language, the first of each."""
    found: dict[str, str] = {}
    for language, code in FENCE.findall(text):
        found.setdefault(language, code)
    return found


def sample(method: str, language: str, server: MockServer) -> str:
    """A page's sample with its host and its placeholders replaced, and nothing else."""
    code = fences((PAGES / PAGE_OF[method]).read_text(encoding="utf-8"))[language]
    for old, new in (
        ("https://api.adapty.io", server.url),
        ("<YOUR_CUSTOMER_USER_ID>", CUSTOMER),
        ("<YOUR_SECRET_API_KEY>", MOCK_KEY),
    ):
        assert old in code
        code = code.replace(old, new)
    return code


def run(method: str, language: str, server: MockServer, folder: Path) -> Ran:
    command = COMMANDS[language]
    if shutil.which(command[0]) is None or (language == "bash" and shutil.which("curl") is None):
        pytest.skip(f"no {command[0]} or curl here")
    script = folder / "sample"
    script.write_text(sample(method, language, server), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "127.0.0.1"}
    ended = subprocess.run(
        [*command, str(script)], env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    held = next(each for each in server.application.api.store.every() if each.customer_user_id == CUSTOMER)
    journal = server.application.journal.exchanges()
    return Ran(ended.returncode, ended.stdout, ended.stderr, journal, dict(held.identifiers))


def test_the_pages_have_three_samples_each() -> None:
    for name in PAGE_OF.values():
        assert fences((PAGES / name).read_text(encoding="utf-8")).keys() >= COMMANDS.keys()


def test_the_response_example_is_found_behind_its_odd_fence() -> None:
    text = (PAGES / PAGE_OF["GET"]).read_text(encoding="utf-8")
    assert json.loads(fences(text)["json"]).keys() == load_contract().identifier_set


def test_curl_of_the_read_page_sends_an_empty_write(server: MockServer, tmp_path: Path) -> None:
    ran = run("GET", "bash", server, tmp_path)
    (exchange,) = ran.exchanges
    assert exchange.request.method == "POST"
    assert exchange.request.body == b""
    assert exchange.request.header("content-length") == "0"
    assert exchange.status == 400
    assert ran.code == 0
    assert ran.identifiers == {}


def test_fetch_of_the_read_page_sends_nothing_and_ends_well(server: MockServer, tmp_path: Path) -> None:
    ran = run("GET", "javascript", server, tmp_path)
    assert ran.exchanges == ()
    assert "TypeError: Request with GET/HEAD method cannot have body" in ran.err
    assert (ran.code, ran.out) == (0, "")


def test_python_of_the_read_page_reads_with_a_content_type(server: MockServer, tmp_path: Path) -> None:
    ran = run("GET", "python", server, tmp_path)
    (exchange,) = ran.exchanges
    assert (exchange.request.method, exchange.request.body, exchange.status) == ("GET", b"", 200)
    assert exchange.request.header("content-type") == "application/json"
    assert exchange.request.header("content-length") is None
    assert ran.code == 0
    assert json.loads(ran.out) == dict.fromkeys(load_contract().identifiers)


@pytest.mark.parametrize(("language", "size"), [("bash", 705), ("python", 676), ("javascript", 651)])
def test_every_sample_of_the_write_page_writes_thirteen_identifiers(
    server: MockServer, tmp_path: Path, language: str, size: int
) -> None:
    ran = run("POST", language, server, tmp_path)
    (exchange,) = ran.exchanges
    assert (exchange.request.method, exchange.status) == ("POST", 200)
    assert exchange.request.header("adapty-platform") == "iOS"
    assert len(exchange.request.body) == size
    assert exchange.response is not None
    assert exchange.response.body == b""
    assert (ran.code, ran.out.strip(), ran.err if language != "bash" else "") == (0, "", "")
    assert len(ran.identifiers) == THIRTEEN
    assert ran.identifiers == {name: f"example_{name}" for name in ran.identifiers}


def test_the_write_samples_agree_byte_for_byte_apart_from_white_space(server: MockServer) -> None:
    bodies = [re.findall(r'"(\w+)": "(example_\w+)"', sample("POST", language, server)) for language in COMMANDS]
    assert bodies[0] == bodies[1] == bodies[2]
    assert len(bodies[0]) == THIRTEEN
