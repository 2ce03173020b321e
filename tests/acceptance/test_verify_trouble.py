"""Targets that cannot be tested, servers that misbehave, reports that cannot be written: one sentence and the right exit."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapty_contract.model import Request, Response
from support.command import CommandLine, Outcome
from support.served import Served, heads, raw_server

NAMED = ("--customer-user-id", "customer-1", "--budget", "0s", "--quiet")


def is_one_sentence(outcome: Outcome) -> bool:
    """Whether standard error tells what is wrong without a stack trace, and names where the report is."""
    return outcome.err.startswith("Error: ") and "Traceback" not in outcome.err and outcome.err.count("\n") < 4


def says_why(outcome: Outcome, text: str) -> bool:
    """Whether sentence and report both say it, and the report holds no verdict."""
    unjudged = set(outcome.verdicts.values()) == {"not exercised"}
    report = outcome.report
    return unjudged and text in outcome.err and text in report["stopped"] and report["complete"] is False


# --- exit 3: the target cannot be tested


def test_a_port_where_nobody_listens(command: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = command("verify", f"http://127.0.0.1:{port}", *NAMED, key="key")
    assert outcome.code == 3
    assert is_one_sentence(outcome)
    assert says_why(outcome, "refused")
    assert f"127.0.0.1:{port}" in outcome.err
    assert "check the URL" in outcome.said
    assert outcome.report["exit_code"] == 3


def test_a_host_that_does_not_exist(command: CommandLine) -> None:
    outcome = command("verify", "http://nowhere.invalid", *NAMED, key="key")
    assert outcome.code == 3
    assert says_why(outcome, "unknown-host")
    assert "nowhere.invalid" in outcome.err


def test_a_wrong_key(command: CommandLine, server: Served) -> None:
    outcome = command("verify", server.url, *NAMED, key="WrongKey.ThatOpensNothing")
    assert outcome.code == 3
    assert is_one_sentence(outcome)
    assert says_why(outcome, "refuses the API key (status 401)")
    assert "ADAPTY_API_KEY" in outcome.said


@pytest.mark.parametrize(
    "named",
    [("--customer-user-id", "nobody"), ("--profile-id", "99999999-9999-4999-8999-999999999999"),
     ("--customer-user-id", "customer-1", "--other-customer-user-id", "nobody")],
    ids=["customer user id", "profile id", "the other one"],
)  # fmt: skip
def test_an_unknown_profile(command: CommandLine, server: Served, key: str, named: tuple[str, ...]) -> None:
    outcome = command("verify", server.url, *named, "--quiet", key=key)
    assert outcome.code == 3
    assert says_why(outcome, "knows no profile with")
    assert named[-1] in outcome.err
    assert "--customer-user-id" in outcome.said


def test_a_wrong_path(command: CommandLine, server: Served, key: str) -> None:
    outcome = command("verify", f"{server.url}/prefix", *NAMED, key=key)
    assert outcome.code == 3
    assert says_why(outcome, "answers 404, and not in the way of an unknown profile")
    assert "its path too" in outcome.said


def test_a_server_without_our_api(command: CommandLine, server: Served, key: str) -> None:
    server.instead = lambda _: Response(404, (("content-type", "text/html"), ("content-length", "6")), b"<html>")
    outcome = command("verify", server.url, *NAMED, key=key)
    assert outcome.code == 3
    assert says_why(outcome, "not in the way of an unknown profile")


@pytest.mark.parametrize(("status", "said"), [(503, "503"), (502, "502"), (429, "429")])
def test_a_server_that_does_not_answer_for_now(
    command: CommandLine, server: Served, key: str, status: int, said: str
) -> None:
    headers = (("content-type", "application/json"), ("content-length", "2"), ("retry-after", "0"))
    server.instead = lambda _: Response(status, headers, b"{}")
    outcome = command("verify", server.url, *NAMED, key=key)
    assert outcome.code == 3
    assert says_why(outcome, said)


def test_a_wait_that_is_asked_for_and_too_long(command: CommandLine, server: Served, key: str) -> None:
    headers = (("content-length", "0"), ("retry-after", "864000"))
    server.instead = lambda _: Response(429, headers)
    outcome = command("verify", server.url, *NAMED, key=key)
    assert outcome.code == 4
    assert "864000 s" in outcome.said
    assert outcome.report["complete"] is False


def silent(sock: socket.socket) -> None:
    while sock.recv(65536):
        pass


def banner(sock: socket.socket) -> None:
    sock.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    silent(sock)


def closing(sock: socket.socket) -> None:
    sock.recv(65536)


def cut_short(sock: socket.socket) -> None:
    for _ in heads(sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}")
        return


@pytest.mark.parametrize(
    ("handle", "kind"),
    [(silent, "deadline"), (banner, "not-http"), (closing, "closed"), (cut_short, "truncated")],
    ids=["silence", "another protocol", "closes", "cut short"],
)
def test_a_server_that_speaks_no_http(command: CommandLine, handle: Callable[[socket.socket], None], kind: str) -> None:
    with raw_server(handle) as url:
        outcome = command("verify", url, *NAMED, "--timeout", "300ms", key="key")
    assert outcome.code == 3
    assert is_one_sentence(outcome)
    assert says_why(outcome, kind)


def test_a_trouble_in_the_middle_ends_the_run_with_what_was_seen(
    command: CommandLine, server: Served, key: str
) -> None:
    server.mute_after = 40
    outcome = command("verify", server.url, *NAMED, "--timeout", "200ms", key=key)
    assert outcome.code == 4
    assert "5 times in a row" in outcome.said
    assert "held" in outcome.verdicts.values()
    assert "violated" not in outcome.verdicts.values()
    assert outcome.report["complete"] is False


@pytest.mark.parametrize("after", [5, 60])
def test_a_key_that_is_revoked_in_the_middle_ends_the_run(
    command: CommandLine, server: Served, key: str, after: int
) -> None:
    body = json.dumps({"errors": ["x"], "error_code": "not_authenticated", "status_code": 401}).encode()
    headers = (("content-type", "application/json"), ("content-length", str(len(body))))
    server.instead = lambda _: Response(401, headers, body) if len(server.requests) > after else None
    outcome = command("verify", server.url, *NAMED, key=key)
    plain = {"authorization": f"Api-Key {key}", "adapty-customer-user-id": "customer-1"}
    refused = [each for each in server.requests[after:] if all(each.header(name) == plain[name] for name in plain)]
    assert outcome.code == 4
    assert "violated" not in outcome.verdicts.values()
    assert "401" in outcome.report["stopped"]
    assert len(refused) <= 4, "reads of which nothing but the key can be wrong"


# --- servers that misbehave, and are judged for it


def test_an_endless_body_is_read_up_to_a_cap_and_told(command: CommandLine) -> None:
    def generous(sock: socket.socket) -> None:
        for _ in heads(sock):
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n")
            for _ in range(100):
                sock.sendall(b" " * (1 << 20))

    with raw_server(generous) as url:
        outcome = command("verify", url, *NAMED, "--only", "answer-coding-is-told", key="key")
    assert outcome.code == 1
    assert outcome.verdicts == {"answer-coding-is-told": "violated"}
    assert "body-over-cap" in outcome.said
    assert (outcome.folder / "report.json").stat().st_size < 20 << 20


@pytest.mark.parametrize(
    ("body", "media_type"), [(b"<h1>hello</h1>", "text/html"), (b"{", "application/json"), (b"", "application/json")]
)
def test_a_read_that_is_no_json_is_a_violation(
    command: CommandLine, server: Served, key: str, body: bytes, media_type: str
) -> None:
    def change(request: Request, response: Response) -> Response:
        if request.method != "GET" or response.status != 200:
            return response
        return Response(200, (("content-type", media_type),), body)

    server.change = change
    outcome = command("verify", server.url, *NAMED, "--only", "reading", key=key)
    assert outcome.code == 1
    assert outcome.verdicts["read-is-json"] == "violated"
    assert "read-is-json" in outcome.out
    assert "Traceback" not in outcome.out + outcome.err


def test_hostile_text_reaches_the_terminal_and_the_reports_harmlessly(
    command: CommandLine, server: Served, key: str
) -> None:
    hostile = "\x1b[2J\x1b]0;title\x07</script>\u202e\x00"

    def change(request: Request, response: Response) -> Response:
        if request.method != "GET" or response.status != 200:
            return response
        return Response(200, (("content-type", "application/json"),), json.dumps([hostile]).encode())

    server.change = change
    outcome = command("verify", server.url, *NAMED, "--only", "read-is-flat", key=key)
    assert outcome.code == 1
    for text in (outcome.out, outcome.err, (outcome.folder / "junit.xml").read_text(encoding="utf-8")):
        assert not {"\x1b", "\x07", "\u202e", "\x00"} & set(text)


# --- exit 6: reports that cannot be written


def test_a_report_folder_that_is_a_file(command: CommandLine) -> None:
    (command.work / "reports").write_text("mine", encoding="utf-8")
    outcome = command("verify", "--budget", "0s", "--quiet", "--only", "never-500")
    assert outcome.code == 6
    assert "Error: the folder reports could not be made" in outcome.err
    assert "--report-dir" in outcome.err
    assert (command.work / "reports").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no folder here that even root cannot write to")
def test_a_folder_that_nobody_may_write_to(command: CommandLine) -> None:
    outcome = command("verify", "--budget", "0s", "--quiet", "--only", "never-500", "--report-dir", "/proc/reports")
    assert outcome.code == 6
    assert "/proc/reports" in outcome.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
def test_a_full_disk_costs_only_the_report_that_does_not_fit(command: CommandLine) -> None:
    (command.work / "reports").mkdir()
    (command.work / "reports" / "junit.xml").symlink_to("/dev/full")
    outcome = command("verify", "--budget", "0s", "--quiet", "--only", "never-500")
    assert outcome.code == 6
    assert "the disk is full" in outcome.err
    assert outcome.verdicts == {"never-500": "held"}
    assert (outcome.folder / "report.har").exists()


SUMMARY = [sys.executable, "-m", "adapty_contract", "verify", "--budget", "0s", "--quiet", "--only", "reading"]


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["summary", "record"])
def test_a_reader_that_left_is_no_violation(command: CommandLine, more: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ended = subprocess.run(
            [*SUMMARY, *more], stdout=gone, stderr=subprocess.PIPE, cwd=command.work, timeout=60, text=True, check=False
        )
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr
    assert (command.work / "reports" / "report.json").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["summary", "record"])
def test_a_full_disk_under_standard_output_is_told(command: CommandLine, more: list[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [*SUMMARY, *more], stdout=full, stderr=subprocess.PIPE, cwd=command.work, timeout=60, text=True, check=False
        )
    assert ended.returncode == 6
    assert "Traceback" not in ended.stderr
    assert "Error: " in ended.stderr
    assert (command.work / "reports" / "report.json").exists()


def test_a_violation_is_worse_than_a_report_that_could_not_be_written(command: CommandLine) -> None:
    (command.work / "reports").write_text("mine", encoding="utf-8")
    outcome = command("verify", "--budget", "0s", "--quiet", "--only", "reading", "--fault", "unset-told-as-empty")
    assert outcome.code == 1
    assert "could not be made" in outcome.err
    assert "unset-identifier-is-null" in outcome.out


def test_no_report_is_promised_that_could_not_be_written(command: CommandLine) -> None:
    (command.work / "reports").write_text("mine", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = command("verify", f"http://127.0.0.1:{port}", *NAMED, key="key")
    assert outcome.code == 3
    assert "could not be made" in outcome.err
    assert "The report says so too" not in outcome.err
