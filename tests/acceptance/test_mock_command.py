"""`adapty-contract mock` as people use it: started, called as it says, stopped."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import pytest
from click.testing import CliRunner

from adapty_contract.cli.mock import _site
from adapty_contract.cli.mock import command as mock_command
from adapty_contract.contract import load_contract
from adapty_contract.errors import ContractSuiteError, UsageError
from adapty_contract.mock.dialects import dialects
from adapty_contract.mock.ports import listen
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from support.command import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = load_contract().identifiers
RUN = [sys.executable, "-u", "-m", "adapty_contract", "mock", "--port"]
OWN_KEY = "OwnKey01.abcdefghijklmnopqrstuvwxyz012345"

needs_curl = pytest.mark.skipif(shutil.which("curl") is None or shutil.which("sh") is None, reason="no curl here")


@dataclass
class Running:
    """A running command: what it printed so far, and its process."""

    process: subprocess.Popen[str]
    told: str

    @property
    def curls(self) -> list[str]:
        return re.findall(r"^  (curl .*)$", self.told, re.MULTILINE)

    def stop(self, how: signal.Signals) -> tuple[int, str]:
        """Exit status and standard error after a signal."""
        self.process.send_signal(how)
        _, error = self.process.communicate(timeout=10)
        return self.process.returncode, error


@contextmanager
def running(*options: str, key: str | None = None) -> Iterator[Running]:
    environment = {name: value for name, value in os.environ.items() if name != "ADAPTY_API_KEY"}
    if key is not None:
        environment["ADAPTY_API_KEY"] = key
    with subprocess.Popen(
        [*RUN, "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            yield Running(process, "".join(lines_until(process.stdout, "Ctrl-C stops it.")))
        finally:
            if process.poll() is None:
                process.kill()


def lines_until(stream: IO[str], last: str) -> Iterator[str]:
    for line in stream:
        yield line
        if line.strip() == last:
            return


def shell(line: str, key: str = "") -> str:
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, check=True, env={**os.environ, "ADAPTY_API_KEY": key}
    ).stdout


@needs_curl
def test_the_printed_lines_work_when_pasted() -> None:
    with running() as mock:
        read, write = mock.curls
        assert json.loads(shell(read))["appsflyer_id"] == "1741933337626-3179568"
        assert shell(write).startswith("HTTP/1.1 200 OK")
        assert json.loads(shell(read))[NAMES[0]] == "example"
        assert MOCK_KEY in mock.told
        for name in ("customer-1", "customer-2", "(anonymous)"):
            assert name in mock.told
        status, log = mock.stop(signal.SIGINT)
    assert status == 0
    assert re.search(r"^\d\d:\d\d:\d\d POST /api/\S+/ 200 [\d.]+ ms$", log, re.MULTILINE)
    assert MOCK_KEY not in log


@needs_curl
def test_a_key_of_the_environment_is_used_and_never_shown() -> None:
    with running("--dialect", "chunked", key=OWN_KEY) as mock:
        assert "with the dialects chunked" in mock.told
        read, _ = mock.curls
        assert '"Authorization: Api-Key $ADAPTY_API_KEY"' in read
        assert set(json.loads(shell(read, OWN_KEY))) == set(NAMES)
        assert json.loads(shell(read, MOCK_KEY))["error_code"] == "not_authenticated"
        _, log = mock.stop(signal.SIGTERM)
        assert OWN_KEY not in mock.told + log


@needs_curl
def test_profiles_of_the_command_line_come_first_and_are_kept(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state.db"), "--profile", "customer_user_id=o'hara $x")
    for expected in (None, "example"):
        with running(*options) as mock:
            read, write = mock.curls
            assert "o'hara $x" in mock.told
            assert json.loads(shell(read))[NAMES[0]] == expected
            assert shell(write).startswith("HTTP/1.1 200 OK")
            mock.process.kill()


@needs_curl
def test_a_fault_of_the_command_line_is_there() -> None:
    with running("--fault", "unset-told-as-empty") as mock:
        assert "with the faults unset-told-as-empty" in mock.told
        assert "" in json.loads(shell(mock.curls[0])).values()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopped_on_purpose_it_exits_with_0(how: signal.Signals) -> None:
    with running() as mock:
        status, log = mock.stop(how)
    assert status == 0
    assert log == "The mock has stopped.\n"


def failure(*options: str, environment: dict[str, str | None] | None = None) -> ContractSuiteError:
    result = CliRunner().invoke(mock_command, [*options], env=environment)
    assert isinstance(result.exception, ContractSuiteError), result.output
    assert result.exception.hint
    return result.exception


def test_a_port_in_use_is_exit_3_and_tells_by_whom() -> None:
    with closing(listen("127.0.0.1", 0, allow_public=False)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run([*RUN, str(port)], capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert f"port {port} is in use" in ended.stderr
    assert "choose another port" in ended.stderr
    if sys.platform == "linux":
        assert f"by process {os.getpid()} (" in ended.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), "may be reachable for others"),  # noqa: S104  (refused is the point)
        (("--dialect", "gzap"), "unknown dialect: gzap"),
        (("--dialect", "slash-404", "--dialect", "slash-served"), "contradict each other"),
        (("--fault", "unset-told-as-null"), "unknown fault: unset-told-as-null"),
        (("--profile", "jane"), "cannot read the profile 'jane'"),
        (("--profile", "customer_user_id=customer-1"), "share the customer user id customer-1"),
        (("--lag", "-1"), "a lag of -1.0 s"),
        (("--state", "/dev/null/state.db"), "cannot use the state file"),
    ],
)
def test_options_that_make_no_sense_are_exit_2(options: tuple[str, ...], message: str) -> None:
    error = failure("--port", "0", *options)
    assert isinstance(error, UsageError)
    assert error.exit_code == 2
    assert message in error.what


def test_a_key_that_no_header_can_carry_is_refused_without_showing_it() -> None:
    error = failure("--port", "0", environment={"ADAPTY_API_KEY": "Öwn key"})
    assert isinstance(error, UsageError)
    assert "wn key" not in error.what + error.hint


def test_a_recorded_run_is_told_by_the_reference(command: CommandLine) -> None:
    assert command("verify", "--budget", "0s", "--quiet", "--format", "json").code == 0
    report = command.work / "reports/report.json"
    for options, told in (((), "made without a report"), (("--report", str(report)), "Last report:")):
        with running(*options) as mock:
            (url,) = re.findall(r"^  (http://\S+/)$", mock.told, re.MULTILINE)
            with urllib.request.urlopen(url) as answer:  # noqa: S310  (the mock's own)
                assert told in answer.read().decode()


@pytest.mark.parametrize(("content", "told"), [(None, "cannot be read"), ("{}", "report.json")])
def test_a_report_that_is_none_is_exit_2_before_anything_is_served(
    tmp_path: Path, content: str | None, told: str
) -> None:
    report = tmp_path / "report.json"
    if content is not None:
        report.write_text(content, encoding="utf-8")
    error = failure("--port", "0", "--report", str(report))
    assert error.exit_code == 2
    assert told in error.what


def test_every_file_of_the_reference_can_be_asked_for() -> None:
    site = _site(load_contract(), MockSettings(), lambda: "")
    assert [name for name in site.files() if not site.may_have(name)] == []


def test_dialects_are_listed() -> None:
    result = CliRunner().invoke(mock_command, ["--list-dialects"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(dialects())


def test_help_has_examples() -> None:
    result = CliRunner().invoke(mock_command, ["--help"])
    assert result.exit_code == 0
    assert "adapty-contract mock --port 0 --state mock.db" in result.stdout
