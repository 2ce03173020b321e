"""`verify URL` against a server that was written apart from this suite: clean if it is right, found out if it is not.

The mock's faults and the suite grew up together, and may share a blind spot. The server under `tests/second_server`
has its own idea of the API, its own way to break, and a process of its own.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from adapty_contract.contract import load_contract
from adapty_contract.model import Level
from support.command import KEY_VARIABLE, Outcome
from support.matrix import share

FOLDER = Path(__file__).parents[1] / "second_server"
SERVER = str(FOLDER / "server.py")
PATIENCE_S = 180
JSON = ("Content-Type", "application/json")

FINDS = {
    "key-known-by-its-prefix": {"key-mangled-is-401", "key-wrong-is-401"},
    "write-done-before-the-key-is-checked": {"refused-key-writes-nothing"},
    "profile-looked-up-before-the-key": {"key-missing-is-401", "key-wrong-is-401", "refused-key-learns-nothing"},
    "connection-stays-signed-in": {"key-missing-is-401", "key-wrong-is-401"},
    "customers-compared-without-case": {"customer-user-id-is-matched-exactly"},
    "unknown-customer-left-behind": {"unknown-profile-is-not-created"},
    "body-chooses-the-profile": {"headers-alone-choose-the-profile"},
    "two-ids-mean-two-profiles": {"both-headers-are-not-mixed"},
    "refused-values-come-with-the-next-write": {"refused-write-changes-nothing"},
    "numbers-pass-through-floats": {"scalar-is-refused-or-told-as-string"},
    "lists-kept-as-text": {"container-value-is-400"},
    "parameter-of-the-media-type-refused": {"json-media-type-is-taken"},
    "long-values-cut": {"values-round-trip"},
    "rare-characters-lost": {"values-round-trip"},
    "first-appsflyer-id-stays": {"write-overwrites", "every-identifier-is-writable"},
    "one-signal-ids-share-a-column": {"identifiers-are-independent", "write-merges"},
    "repeated-body-taken-for-a-retry": {"write-overwrites", "write-is-idempotent"},
    "wide-write-replaces": {"write-merges"},
    "head-needs-no-key": {"head-is-get-without-a-body"},
    "delete-refused-but-done": {"other-methods-are-refused"},
    "write-without-slash-is-lost": {"missing-slash-loses-no-write", "write-answer-is-blank-or-profile"},
    "headers-taken-for-utf-8": {"never-500", "key-wrong-is-401"},
    "simultaneous-writes-undo-each-other": {"concurrent-writes-merge"},
    "reads-remembered-per-header": {"both-headers-see-one-profile"},
    "values-kept-per-platform": {"state-is-the-profiles-alone"},
    "connection-keeps-its-copy": {"state-is-the-profiles-alone", "concurrent-writes-merge"},
    "old-writes-are-forgotten": {"writes-last", "write-merges"},
    "reads-may-be-cached-by-all": {"private-data-is-not-cached"},
}
"""Each defect, and the clauses that a reader of both would expect to be violated, be it one of them or several."""


@dataclass(frozen=True)
class About:
    """What the server says of itself."""

    key: str
    profiles: tuple[tuple[str, str], ...]
    """Profile id and customer user id of each."""
    defects: dict[str, str]
    """What is wrong, by the name of the defect."""


@pytest.fixture(scope="module")
def about() -> About:
    told = json.loads(subprocess.run([sys.executable, SERVER, "--about"], capture_output=True, check=True).stdout)
    return About(told["key"], tuple((each[0], each[1]) for each in told["profiles"]), told["defects"])


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """The URL of the server, in a process of its own that ends with the block."""
    command = [sys.executable, SERVER, "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, "the server ended before it began"
            yield url
        finally:
            process.kill()


def verify(url: str, about: About, folder: Path, *arguments: str) -> Outcome:
    """What `adapty-contract verify URL` comes to, by all that the server can be verified by."""
    (profile, customer), (other_profile, other_customer) = about.profiles
    command = [
        *(sys.executable, "-m", "adapty_contract", "verify", url, "--allow-writes", "--quiet", "--lag", "1s"),
        *("--customer-user-id", customer, "--profile-id", profile),
        *("--other-customer-user-id", other_customer, "--other-profile-id", other_profile),
        *arguments,
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "COLUMNS": "160", KEY_VARIABLE: about.key}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    return Outcome(ended.returncode, ended.stdout, ended.stderr, folder / "reports")


def roots(outcome: Outcome) -> set[str]:
    """The violated clauses that rest on no other violated one."""
    after = {each["clause"]["id"]: set(each["clause"]["after"]) for each in outcome.report["clauses"]}
    violated = {clause for clause, verdict in outcome.verdicts.items() if verdict == "violated"}

    def beneath(clause: str) -> set[str]:
        return after[clause].union(*(beneath(each) for each in after[clause]))

    return {clause for clause in violated if not beneath(clause) & violated}


def is_clean(outcome: Outcome) -> bool:
    """Whether each MUST clause was exercised and held."""
    must = {each["clause"]["id"] for each in outcome.report["clauses"] if each["clause"]["level"] == Level.MUST.value}
    return outcome.code == 0 and {outcome.verdicts[clause] for clause in must} == {"held"}


# --- independence


def test_the_server_imports_nothing_of_this_repository_but_itself() -> None:
    imported = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level <= 1, path
                imported |= {(node.module or "").partition(".")[0]} if not node.level else set()
    assert imported - sys.stdlib_module_names == {"bottle", "waitress"}


def test_the_server_starts_where_the_package_cannot_be_imported() -> None:
    code = (
        "import runpy, sys; sys.modules.update(adapty_contract=None, support=None);"
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    subprocess.run([sys.executable, "-c", code, SERVER, "--about"], check=True, stdout=subprocess.DEVNULL)


def test_every_defect_is_described_and_expected_to_violate_a_must(about: About) -> None:
    assert set(about.defects) == set(FINDS)
    assert all(about.defects.values())
    clauses = load_contract().clauses
    assert {clauses[each].level for expected in FINDS.values() for each in expected} == {Level.MUST}


# --- a real client


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The correct server's operations, for tests that leave no trace in one another."""
    with running() as base:
        yield base + "/api/v2/server-side-api/integration/profile/set/integration-identifiers/"


@pytest.fixture
def session(about: About) -> Iterator[requests.Session]:
    """A client with the key, that asks for the first profile."""
    with requests.Session() as client:
        client.trust_env = False
        client.headers["Authorization"] = f"Api-Key {about.key}"
        client.headers["adapty-customer-user-id"] = about.profiles[0][1]
        yield client


def test_a_write_is_answered_blank_and_read_by_either_id(url: str, session: requests.Session, about: About) -> None:
    before = session.get(url, timeout=PATIENCE_S).json()
    written = session.post(url, json={"branch_id": "Zoë@Branch"}, timeout=PATIENCE_S)
    assert (written.status_code, written.content) == (200, b"")
    del session.headers["adapty-customer-user-id"]
    read = session.get(url, headers={"adapty-profile-id": about.profiles[0][0]}, timeout=PATIENCE_S)
    assert read.headers["Content-Type"] == "application/json"
    assert read.json() == {**before, "branch_id": "Zoë@Branch"}
    assert set(read.json()) == set(load_contract().identifiers)


@pytest.mark.parametrize(
    ("method", "header", "body", "refusal"),
    [
        pytest.param("GET", ("Authorization", None), b"", (401, "unauthorized"), id="no key"),
        pytest.param("GET", ("Authorization", "Api-Key x"), b"", (401, "unauthorized"), id="wrong key"),
        pytest.param("GET", ("adapty-customer-user-id", "x"), b"", (404, "profile_not_found"), id="unknown profile"),
        pytest.param("POST", ("adapty-customer-user-id", "x"), b"{}", (404, "profile_not_found"), id="write to it"),
        pytest.param("GET", ("adapty-customer-user-id", None), b"", (400, "validation_error"), id="no profile"),
        pytest.param("POST", JSON, b"{}", (400, "validation_error"), id="empty object"),
        pytest.param("POST", JSON, b'{"branch_id": []}', (400, "validation_error"), id="list as a value"),
        pytest.param("POST", JSON, b"{", (400, "parse_error"), id="broken JSON"),
        pytest.param("POST", ("Content-Type", "text/plain"), b"{}", (415, "unsupported_media_type"), id="other type"),
        pytest.param("PUT", JSON, b"{}", (405, "method_not_allowed"), id="other method"),
    ],
)
def test_a_refusal_is_answered_in_an_envelope(
    url: str,
    session: requests.Session,
    method: str,
    header: tuple[str, str | None],
    body: bytes,
    refusal: tuple[int, str],
) -> None:
    name, value = header
    session.headers.pop(name, None)
    refused = session.request(method, url, headers={name: value} if value else {}, data=body, timeout=PATIENCE_S)
    told = refused.json()
    assert (refused.status_code, told["error_code"]) == refusal
    assert told["status_code"] == refused.status_code
    assert all(isinstance(text, str) for text in told["errors"])


# --- what the suite says


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_correct_server_is_clean(about: About, tmp_path: Path, seed: int) -> None:
    with running() as url:
        outcome = verify(url, about, tmp_path, "--budget", "0s", "--seed", str(seed))
    assert is_clean(outcome), outcome.out


@pytest.mark.slow
def test_the_correct_server_is_clean_when_cases_are_generated_too(about: About, tmp_path: Path) -> None:
    with running() as url:
        outcome = verify(url, about, tmp_path)
    assert is_clean(outcome), outcome.out


@pytest.mark.slow
@pytest.mark.parametrize("defect", share(FINDS, one_in=4))
def test_a_defect_is_found_for_what_it_is(about: About, tmp_path: Path, defect: str) -> None:
    with running("--defect", defect) as url:
        outcome = verify(url, about, tmp_path, "--budget", "0s")
    assert outcome.code == 1, f"not found: {about.defects[defect]}"
    assert roots(outcome) <= FINDS[defect], outcome.out
