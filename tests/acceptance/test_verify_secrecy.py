"""The key goes to the server and nowhere else: no report, no screen, no journal holds it in any form."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from adapty_contract.model import Request, Response
from adapty_contract.reporters import formats
from support.codings import CODINGS, betrayed
from support.command import CommandLine, Outcome
from support.served import Gate, Served, served


@pytest.fixture
def canary() -> str:
    """A key that no other text of this run holds."""
    return f"secret_live_{secrets.token_urlsafe(6)}.{secrets.token_hex(16)}"


@pytest.fixture
def keeper(canary: str) -> Iterator[Served]:
    """A server that opens to the canary."""
    with served(key=canary) as running:
        yield running


def leaks(command: CommandLine, key: str, *outcomes: Outcome) -> list[str]:
    """Where the key stands, in whatever form: every file that was written, all that was printed."""
    texts = {str(path): path.read_bytes() for path in command.home.rglob("*") if path.is_file()}
    for number, outcome in enumerate(outcomes):
        texts |= {f"stdout {number}": outcome.out.encode(), f"stderr {number}": outcome.err.encode()}
    assert any(name.endswith("report.json") for name in texts)
    return [f"{form} in {name}" for name, text in texts.items() for form in betrayed(text, key)]


def arguments(server: Served, *more: str) -> tuple[str, ...]:
    named = ("--customer-user-id", "customer-1", "--profile-id", "11111111-1111-4111-8111-111111111111")
    reports = [word for name in formats() for word in ("--format", name)]
    return ("verify", server.url, *named, "--other-customer-user-id", "customer-2", *reports, *more)


@pytest.mark.parametrize("form", CODINGS)
def test_the_search_finds_what_it_looks_for(command: CommandLine, canary: str, form: str) -> None:
    (command.work / "report.json").write_text(f"x{CODINGS[form].write(canary)}x", encoding="utf-8")
    assert leaks(command, canary)


@pytest.mark.slow
def test_a_whole_run_leaves_no_trace_of_the_key(command: CommandLine, keeper: Served, canary: str) -> None:
    loud = command(*arguments(keeper, "--allow-writes", "--budget", "1s"), key=canary)
    assert loud.code == 0, loud.said
    assert any(canary in (request.header("authorization") or "") for request in keeper.requests)
    assert leaks(command, canary, loud) == []


@pytest.mark.slow
def test_neither_does_a_run_that_prints_its_record(command: CommandLine, keeper: Served, canary: str) -> None:
    outcome = command(*arguments(keeper, "--json", "--budget", "0s"), key=canary)
    assert outcome.code == 0
    assert leaks(command, canary, outcome) == []


@pytest.mark.slow
def test_neither_does_a_key_from_a_file(command: CommandLine, keeper: Served, canary: str) -> None:
    path = command.home.parent / f"{command.home.name}-key"
    path.write_text(f"{canary}\n", encoding="utf-8")
    outcome = command(*arguments(keeper, "--budget", "0s", "--only", "reading", "--key-file", str(path)))
    assert outcome.code == 0
    assert leaks(command, canary, outcome) == []


ECHOES: dict[str, Callable[[str], str]] = {
    "a piece": lambda key: key[-20:],
    **{name: coding.write for name, coding in CODINGS.items()},
}
"""What a server sends back: a piece of the key, and the key in every form that is claimed to be found."""
IN_FIELDS = [name for name, write in ECHOES.items() if write("secret_live_key").isprintable()]
"""Those that fit into a header field."""


@pytest.mark.parametrize(
    ("place", "echoes", "told"),
    [("body", [*ECHOES], "the body"), ("header-x-debug", IN_FIELDS, "the header field x-debug")],
    ids=["body", "header"],
)
def test_a_key_that_a_server_repeats_in_any_form_is_a_finding_and_leaks_nowhere(
    command: CommandLine, keeper: Served, canary: str, place: str, echoes: list[str], told: str
) -> None:
    sent: list[str] = []

    def change(request: Request, response: Response) -> Response:
        if request.header("authorization") is None or request.method == "HEAD":
            return response
        sent.append(echoes[len(sent) % len(echoes)])
        echo = ECHOES[sent[-1]](canary)
        if place == "body":
            return replace(response, body=response.body[:-1] + b',"debug":' + json.dumps(echo).encode() + b"}")
        return replace(response, headers=(*response.headers, ("x-debug", echo)))

    keeper.change = change
    outcome = command(*arguments(keeper, "--budget", "0s", "--only", "answers", "--only", "reading"), key=canary)
    assert set(sent) == set(echoes)
    assert outcome.code == 1
    assert outcome.verdicts["answer-holds-no-secret"] == "violated"
    assert f"the key, in {told}" in outcome.said
    remarked = [
        f"secret-in-{place}" in (each["response"] or {"remarks": ()})["remarks"] for each in outcome.report["exchanges"]
    ]
    assert remarked.count(True) == len(sent)
    assert leaks(command, canary, outcome) == []


def test_a_key_that_was_refused_leaks_nowhere(command: CommandLine, keeper: Served) -> None:
    wrong = f"secret_live_{secrets.token_urlsafe(6)}.{secrets.token_hex(16)}"
    outcome = command(*arguments(keeper, "--budget", "0s"), key=wrong)
    assert outcome.code == 3
    assert leaks(command, wrong, outcome) == []


def test_a_key_with_its_scheme_is_refused_without_showing_it(command: CommandLine, keeper: Served, canary: str) -> None:
    outcome = command(*arguments(keeper), key=f"Api-Key {canary}")
    assert outcome.code == 2
    assert "begins with the scheme" in outcome.err
    assert betrayed((outcome.out + outcome.err).encode(), canary) == []


@pytest.mark.slow
def test_a_killed_runs_journal_and_its_restoring_hold_no_key(command: CommandLine, keeper: Served, canary: str) -> None:
    keeper.gate = Gate(at_write=30)
    process = command.start(*arguments(keeper, "--allow-writes", "--budget", "0s"), key=canary)
    assert keeper.gate.reached.wait(30)
    process.kill()
    killed = command.ended(process)
    keeper.gate.release()
    run = command.journals[0].name.removesuffix(".journal.ndjson")
    restored = command("restore", run, key=canary)
    assert restored.code == 0
    clean = command(*arguments(keeper, "--budget", "0s", "--only", "reading"), key=canary)
    assert leaks(command, canary, killed, restored, clean) == []
