"""The key goes to the server and nowhere else: no report, no screen, no journal holds it in any form."""

from __future__ import annotations

import base64
import json
import secrets
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from adapty_contract.model import Request, Response
from adapty_contract.reporters import formats
from support.command import CommandLine, Outcome
from support.served import Gate, Served, served

PIECE = 12


@pytest.fixture
def canary() -> str:
    """A key that no other text of this run holds."""
    return f"secret_live_{secrets.token_urlsafe(6)}.{secrets.token_hex(16)}"


@pytest.fixture
def keeper(canary: str) -> Iterator[Served]:
    """A server that opens to the canary."""
    with served(key=canary) as running:
        yield running


def forms(key: str) -> dict[str, bytes]:
    """What would betray a key: each piece of twelve characters, and its encodings at every alignment."""
    own = key.removeprefix("secret_live_")
    found = {f"piece at {at}": own[at : at + PIECE].encode() for at in range(len(own) - PIECE + 1)}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + own.encode()).decode().rstrip("=")
        inside = coded[4:-2]
        found[f"base64 at {shift}"] = inside.encode()
        found[f"base64url at {shift}"] = inside.replace("+", "-").replace("/", "_").encode()
    found["percent-encoded"] = "".join(f"%{byte:02X}" for byte in own.encode()).encode()
    found["percent-encoded in lower case"] = "".join(f"%{byte:02x}" for byte in own.encode()).encode()
    found["JSON escapes"] = "".join(f"\\u{ord(char):04x}" for char in own).encode()
    found["HTML escapes"] = "".join(f"&#{ord(char)};" for char in own).encode()
    found["hexadecimal"] = own.encode().hex().encode()
    found["reversed"] = own[::-1].encode()
    found["UTF-16"] = own.encode("utf-16-le")
    return found


def leaks(command: CommandLine, key: str, *outcomes: Outcome) -> list[str]:
    """Where the key stands, in whatever form: every file that was written, all that was printed."""
    texts = {str(path): path.read_bytes() for path in command.home.rglob("*") if path.is_file()}
    for number, outcome in enumerate(outcomes):
        texts |= {f"stdout {number}": outcome.out.encode(), f"stderr {number}": outcome.err.encode()}
    assert any(name.endswith("report.json") for name in texts)
    return [
        f"{form} in {name}" for name, text in texts.items() for form, needle in forms(key).items() if needle in text
    ]


def arguments(server: Served, *more: str) -> tuple[str, ...]:
    named = ("--customer-user-id", "customer-1", "--profile-id", "11111111-1111-4111-8111-111111111111")
    reports = [word for name in formats() for word in ("--format", name)]
    return ("verify", server.url, *named, "--other-customer-user-id", "customer-2", *reports, *more)


def test_the_search_finds_what_it_looks_for(command: CommandLine, canary: str) -> None:
    (command.work / "report.json").write_text(f"x{canary}x", encoding="utf-8")
    assert leaks(command, canary)
    for text in (base64.b64encode(f"{canary}:".encode()).decode(), urllib.parse.quote(canary[20:]), canary[14:30]):
        (command.work / "report.json").write_text(text, encoding="utf-8")
        assert leaks(command, canary), text


def test_a_whole_run_leaves_no_trace_of_the_key(command: CommandLine, keeper: Served, canary: str) -> None:
    loud = command(*arguments(keeper, "--allow-writes", "--budget", "1s"), key=canary)
    assert loud.code == 0, loud.said
    assert any(canary in (request.header("authorization") or "") for request in keeper.requests)
    assert leaks(command, canary, loud) == []


def test_neither_does_a_run_that_prints_its_record(command: CommandLine, keeper: Served, canary: str) -> None:
    outcome = command(*arguments(keeper, "--json", "--budget", "0s"), key=canary)
    assert outcome.code == 0
    assert leaks(command, canary, outcome) == []


def test_neither_does_a_key_from_a_file(command: CommandLine, keeper: Served, canary: str) -> None:
    path = command.home.parent / f"{command.home.name}-key"
    path.write_text(f"{canary}\n", encoding="utf-8")
    outcome = command(*arguments(keeper, "--budget", "0s", "--only", "reading", "--key-file", str(path)))
    assert outcome.code == 0
    assert leaks(command, canary, outcome) == []


ECHOES: dict[str, Callable[[str], bytes]] = {
    "plain": lambda key: key.encode(),
    "base64": lambda key: base64.b64encode(key.encode()),
    "base64 of the header": lambda key: base64.b64encode(f"Api-Key {key}".encode()),
    "percent-encoded": lambda key: urllib.parse.quote(key, safe="").encode(),
    "all percent-encoded": lambda key: "".join(f"%{byte:02x}" for byte in key.encode()).encode(),
    "JSON": lambda key: json.dumps(key).encode().replace(b".", b"\\u002e"),
    "a piece": lambda key: key[-20:].encode(),
}


@pytest.mark.parametrize("form", ECHOES)
@pytest.mark.parametrize("place", ["body", "header"])
def test_a_key_that_a_server_repeats_is_a_finding_and_leaks_nowhere(
    command: CommandLine, keeper: Served, canary: str, place: str, form: str
) -> None:
    echo = ECHOES[form](canary)

    def change(request: Request, response: Response) -> Response:
        if request.header("authorization") is None:
            return response
        if place == "header":
            return replace(response, headers=(*response.headers, ("x-debug", echo.decode())))
        return replace(response, body=response.body[:-1] + b',"debug":"' + echo.strip(b'"') + b'"}')

    keeper.change = change
    outcome = command(*arguments(keeper, "--budget", "0s", "--only", "answers"), key=canary)
    assert outcome.code == 1
    assert outcome.verdicts["answer-holds-no-secret"] == "violated"
    assert "answer-holds-no-secret" in outcome.out
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
    assert not [form for form, needle in forms(canary).items() if needle in (outcome.out + outcome.err).encode()]


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
