"""`adapty-contract snippets`: the vendor's samples, and small pages that say one thing and do another."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adapty_contract.cli.snippets import command as snippets
from adapty_contract.contract import load_contract
from support.command import CommandLine
from support.snippets import curl, javascript, needs_curl, needs_node, page, python
from support.vendor_pages import GET, POST, needs_pages

THIRTEEN = 13

needs_tools = pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "node"))), reason="no curl or node here")


@pytest.fixture(scope="module")
def vendor() -> tuple[int, dict[str, Any]]:
    """The exit status on the vendor's two pages, and the report."""
    done = CliRunner().invoke(snippets, [str(POST), str(GET), "--format", "json"], standalone_mode=False)
    assert done.exception is None
    return done.return_value, json.loads(done.stdout)


def of(report: dict[str, Any], sample: str) -> dict[str, Any]:
    (found,) = [each for each in report["samples"] if each["id"] == sample]
    return dict(found)


def header(request: dict[str, Any], name: str) -> str | None:
    return next((value for key, value in request["headers"] if key.lower() == name), None)


@needs_pages
@needs_tools
def test_all_six_samples_of_the_vendor_run_and_two_are_broken(vendor: tuple[int, dict[str, Any]]) -> None:
    code, report = vendor
    assert code == 0, "the ledger explains both"
    assert report["summary"] == {
        "as stated": 4, "differs": 1, "sends nothing": 1, "not run": 0, "ran": 6, "unexplained": 0,
    }  # fmt: skip


@needs_pages
@needs_tools
def test_curl_of_the_read_page_sends_an_empty_write(vendor: tuple[int, dict[str, Any]]) -> None:
    sample = of(vendor[1], "sample.get.curl")
    (request,) = sample["requests"]
    assert (request["method"], request["body"], request["answered"]) == ("POST", {"text": ""}, 400)
    assert header(request, "content-length") == "0"
    assert sample["process"]["exit_status"] == 0
    assert sample["outcome"] == "differs"
    assert [(each["sentence"], each["explained_by"]) for each in sample["differences"]] == [
        ("says GET, sends POST", ["get-curl-sends-post"])
    ]


@needs_pages
@needs_tools
def test_fetch_of_the_read_page_sends_nothing_and_ends_well(vendor: tuple[int, dict[str, Any]]) -> None:
    sample = of(vendor[1], "sample.get.javascript")
    assert (sample["outcome"], sample["requests"]) == ("sends nothing", [])
    assert "TypeError: Request with GET/HEAD method cannot have body" in sample["process"]["stderr"]
    assert (sample["process"]["exit_status"], sample["process"]["stdout"]) == (0, "")
    (difference,) = sample["differences"]
    assert "TypeError" in difference["sentence"]
    assert difference["explained_by"] == ["get-fetch-throws"]


@needs_pages
@needs_tools
def test_python_of_the_read_page_reads_with_a_content_type(vendor: tuple[int, dict[str, Any]]) -> None:
    sample = of(vendor[1], "sample.get.python")
    (request,) = sample["requests"]
    assert (request["method"], request["body"], request["answered"]) == ("GET", {"text": ""}, 200)
    assert header(request, "content-type") == "application/json"
    assert header(request, "content-length") is None
    assert json.loads(sample["process"]["stdout"]).keys() == load_contract().identifier_set


@needs_pages
@needs_tools
@pytest.mark.parametrize(("language", "size"), [("curl", 705), ("python", 676), ("javascript", 651)])
def test_every_sample_of_the_write_page_writes_thirteen_identifiers(
    vendor: tuple[int, dict[str, Any]], language: str, size: int
) -> None:
    sample = of(vendor[1], f"sample.post.{language}")
    (request,) = sample["requests"]
    assert (sample["outcome"], request["method"], request["answered"]) == ("as stated", "POST", 200)
    assert header(request, "adapty-platform") == "iOS"
    assert len(request["body"]["text"]) == size
    body = json.loads(request["body"]["text"])
    assert len(body) == THIRTEEN
    assert body == {name: f"example_{name}" for name in body}
    process = sample["process"]
    assert (process["exit_status"], process["stdout"].strip()) == (0, "")
    assert language == "curl" or process["stderr"] == ""


@needs_pages
@needs_tools
def test_a_broken_sample_is_unexplained_once_it_is_broken_otherwise(command: CommandLine, tmp_path: Path) -> None:
    text = GET.read_text(encoding="utf-8")
    edited = tmp_path / "edited.mdx"
    edited.write_text(
        text.replace("--data ''", "--request PUT").replace("body: raw,", "bodi: raw, boom: undefinedName,")
    )
    outcome = command("snippets", str(edited))
    assert outcome.code == 1
    assert "says GET, sends PUT" in outcome.said
    assert "ReferenceError: undefinedName is not defined" in outcome.said
    assert "get-curl-sends-post" not in outcome.said
    assert "get-fetch-throws" not in outcome.said


def run(command: CommandLine, *arguments: str) -> tuple[int, dict[str, Any]]:
    outcome = command("snippets", *arguments, "--format", "json")
    return outcome.code, json.loads(outcome.out)


def test_a_sample_that_does_what_its_page_says_is_as_stated(command: CommandLine, tmp_path: Path) -> None:
    code, report = run(command, str(page(tmp_path, ("python", python()))))
    assert (code, of(report, "sample.get.python")["outcome"]) == (0, "as stated")


@needs_curl
@pytest.mark.parametrize(
    ("sample", "sentence"),
    [
        pytest.param(curl("--request DELETE"), "says GET, sends DELETE", id="method"),
        pytest.param(curl(url="https://api.adapty.com/api/v1/x/"), "says host api.adapty.io, calls api.adapty.com", id="host"),
        pytest.param(curl(url="https://api.adapty.io/api/v1/x/"), "calls /api/v1/x/", id="path"),
        pytest.param(curl() + "\n" + curl(), "says one request, sends 2", id="two-requests"),
        pytest.param(curl() + "\nexit 3", "ends with 3", id="exit-status"),
        pytest.param(curl("--header 'x-empty:'"), "says x-empty: '', sends no x-empty", id="header"),
        pytest.param(curl("--header 'adapty-profile-id: x'"), "is answered 400", id="answer"),
    ],
)  # fmt: skip
def test_what_a_sample_does_otherwise_is_told(command: CommandLine, tmp_path: Path, sample: str, sentence: str) -> None:
    outcome = command("snippets", str(page(tmp_path, ("curl", sample))))
    assert sentence in outcome.said
    assert "DIFFERS" in outcome.out
    assert outcome.code == 1


@needs_node
def test_an_error_that_a_sample_prints_is_told(command: CommandLine, tmp_path: Path) -> None:
    sample = javascript(end=".then((response) => { throw new Error('no') }).catch((error) => console.error(error))")
    outcome = command("snippets", str(page(tmp_path, ("javascript", sample))))
    assert outcome.code == 1
    assert "Error: no" in outcome.said


@needs_node
def test_javascript_that_imports_runs_as_a_module(command: CommandLine, tmp_path: Path) -> None:
    sample = "import path from 'node:path';\n" + javascript()
    assert command("snippets", str(page(tmp_path, ("javascript", sample)))).code == 0


@needs_node
def test_a_package_that_is_not_there_makes_a_sample_not_run(command: CommandLine, tmp_path: Path) -> None:
    sample = "const axios = require('axios');\n" + javascript()
    outcome = command("snippets", str(page(tmp_path, ("javascript", sample))))
    assert outcome.code == 5
    assert "needs a package of Node" in outcome.said


def test_missing_interpreters_and_unread_languages_are_not_run_and_never_passed(
    command: CommandLine, tmp_path: Path
) -> None:
    samples = (("curl", curl()), ("javascript", javascript()), ("kotlin", "val x = 1"), ("python", "import nosuch_x"))
    outcome = command("snippets", str(page(tmp_path, *samples)), env={"PATH": str(tmp_path)})
    assert outcome.code == 5
    assert outcome.out.count("NOT RUN") == 4
    for reason in ("no bash", "no node", "no runner for kotlin", "needs the Python module nosuch_x"):
        assert reason in outcome.said
    closing = outcome.out.strip().split("\n")[-1]
    assert closing == "0 of 4 samples ran: 4 not run. Nothing was exercised: none of them passed."


@pytest.mark.parametrize(("flags", "code"), [((), 0), (("--require-all",), 1)], ids=["otherwise", "required"])
def test_a_sample_that_was_not_run_beside_one_that_was_is_not_passed(
    command: CommandLine, tmp_path: Path, flags: tuple[str, ...], code: int
) -> None:
    samples = (("python", python()), ("kotlin", "val x = 1"))
    outcome = command("snippets", str(page(tmp_path, *samples)), *flags)
    assert outcome.code == code
    closing = outcome.out.strip().split("\n")[-1]
    assert closing.startswith("1 of 2 samples ran: 1 as stated, 1 not run. Nothing is known of the 1 not run")


@pytest.mark.parametrize(("code", "samples"), [(0, ["python"]), (5, []), (1, ["kotlin"])], ids=["all", "none", "one"])
def test_all_samples_can_be_required_to_run(
    command: CommandLine, tmp_path: Path, code: int, samples: list[str]
) -> None:
    path = page(tmp_path, *((language, python()) for language in samples))
    assert command("snippets", str(path), "--require-all").code == code


def test_a_page_without_samples_runs_nothing(command: CommandLine, tmp_path: Path) -> None:
    outcome = command("snippets", str(page(tmp_path)))
    assert (outcome.code, outcome.out.strip()) == (5, "There are no code samples: nothing was exercised.")


def test_a_sample_that_does_not_end_is_ended(command: CommandLine, tmp_path: Path) -> None:
    sample = python() + "while True:\n    pass\n"
    began = time.monotonic()
    outcome = command("snippets", str(page(tmp_path, ("python", sample))), "--timeout", "1s")
    assert outcome.code == 1
    assert "still running after 1 s" in outcome.said
    assert time.monotonic() - began < 10


def test_what_a_sample_prints_cannot_command_the_terminal(command: CommandLine, tmp_path: Path) -> None:
    sample = python() + "import sys\nsys.exit('Error: \\x1b[31m\\u202e')\n"
    target = str(page(tmp_path, ("python", sample)))
    text = command("snippets", target)
    assert "\x1b" not in text.out
    assert "\u202e" not in text.out
    assert "\\x1b[31m" in text.out
    assert "\x1b" not in command("snippets", target, "--format", "json").out


def test_each_sample_meets_a_fresh_mock(command: CommandLine, tmp_path: Path) -> None:
    write = python("POST", body='\'{"branch_id": "left behind"}\'')
    first = page(tmp_path, ("python", write), method="POST", name="post.mdx")
    second = page(tmp_path, ("python", python() + "print(response.text)\n"))
    _, report = run(command, str(first), str(second))
    assert of(report, "sample.post.python")["outcome"] == "as stated"
    assert "left behind" not in of(report, "sample.get.python")["process"]["stdout"]


def test_no_key_of_the_caller_reaches_a_sample(command: CommandLine, tmp_path: Path) -> None:
    sample = python() + "import os\nprint(dict(os.environ))\n"
    outcome = command("snippets", str(page(tmp_path, ("python", sample))), "--format", "json", key="secret_live_x.y")
    assert "secret_live" not in outcome.out


@pytest.mark.parametrize("timeout", ["0s", "2h", "soon"])
def test_a_timeout_that_makes_no_sense_is_wrong_usage(command: CommandLine, tmp_path: Path, timeout: str) -> None:
    assert command("snippets", str(page(tmp_path)), "--timeout", timeout).code == 2


def test_a_page_that_is_not_there_is_wrong_usage(command: CommandLine) -> None:
    outcome = command("snippets", "nowhere.mdx")
    assert outcome.code == 2
    assert "no such file" in outcome.err


def test_a_page_of_another_operation_is_explained_by_no_entry_of_these(command: CommandLine, tmp_path: Path) -> None:
    url = "https://api.adapty.io/api/v2/server-side-api/profile/"
    sample = python("PUT", url=url)
    outcome = command("snippets", str(page(tmp_path, ("python", sample), url=url)))
    assert outcome.code == 1
    assert "says GET, sends PUT" in outcome.said
