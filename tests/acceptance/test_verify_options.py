"""How `verify` is told what to do: usage, configuration file, environment, and who beats whom."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from adapty_contract.resources import data_root
from support.command import CommandLine, Outcome
from support.served import Served

URL = "http://127.0.0.1:9"
NAMED = ("--customer-user-id", "a")
QUICK = ("verify", "--only", "never-500", "--format", "json", "--quiet")


def settings_of(outcome: Outcome) -> dict[str, object]:
    assert outcome.code == 0, outcome.said
    return {**outcome.report["settings"], "seed": outcome.report["seed"]}


# --- usage errors, one by one


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["verify", URL], "a server at a URL needs a test profile", "--customer-user-id or --profile-id"),
        (["verify", *NAMED], "the embedded mock has profiles of its own", "or give a URL"),
        (["verify", URL, *NAMED, "--fault", "x"], "--fault and --dialect change the embedded mock", "leave one out"),
        (["verify", URL, *NAMED, "--dialect", "x"], "--fault and --dialect change the embedded mock", "leave one out"),
        (["verify", URL, *NAMED, "--other-customer-user-id", "a"], "the same as the first", "another one"),
        (["verify", "--fault", "unset-told-as-emty"], "unknown fault", "did you mean unset-told-as-empty?"),
        (["verify", "--dialect", "throtled"], "unknown dialect", "did you mean throttled?"),
        (["verify", "--only", "read-is-jsn"], "unknown clause or topic: read-is-jsn", "did you mean read-is-json?"),
        (["verify", "--format", "pdf"], "unknown report format: pdf", "junit"),
        (["verify", "--budget", "soon"], "'soon' is no duration", "write 30s"),
        (["verify", "--timeout", "0s"], "--timeout must be more than nothing", ""),
        (["verify", "--rate", "0/s"], "'0/s' is no rate", "write 5/s"),
        (["verify", "--rate", "fast"], "'fast' is no rate", "write 5/s"),
        (["verify", "--max-requests", "0"], "--max-requests must be at least 1", ""),
        (["verify", "--max-requests", "many"], "is not a valid integer", ""),
        (["verify", "--seed", "x"], "is not a valid integer", ""),
        (["verify", "--contract", "/nowhere"], "no contract data found", "openapi/ and contracts/"),
        (["verify", "127.0.0.1:9", *NAMED], "has no scheme", "https://host"),
        (["verify", "ftp://127.0.0.1", *NAMED], "'ftp', not http or https", ""),
        (["verify", "http://key@127.0.0.1", *NAMED], "holds credentials", "ADAPTY_API_KEY"),
        (["verify", f"{URL}/?x=1", *NAMED], "has a query or a fragment", ""),
        (["verify", "http://127.0.0.1:99999", *NAMED], "no usable port", "1 to 65535"),
        (["verify", URL, *NAMED], "no API key", "ADAPTY_API_KEY, or give --key-file"),
        (["verify", URL, *NAMED, "--key-file", "/nowhere/key"], "cannot be read", ""),
        (["verify", URL, "extra", *NAMED], "unexpected extra argument", ""),
        (["verify", "--bugdet", "1s"], "No such option", "--budget"),
        (["verfiy"], "No such command", "--help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_usage_is_told_with_a_hint_and_leaves_no_report(
    command: CommandLine, arguments: list[str], said: str, hint: str
) -> None:
    outcome = command(*arguments)
    assert outcome.code == 2
    assert said in outcome.said
    assert hint in outcome.said
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert not (command.work / "reports").exists()


def test_an_option_that_would_carry_the_key_does_not_exist(command: CommandLine) -> None:
    outcome = command("verify", URL, *NAMED, "--key", "secret")
    assert outcome.code == 2
    assert "No such option" in outcome.said


@pytest.mark.parametrize("text", ["", "\n", "two keys", "Api-Key abc", "kéy"])
def test_a_key_that_can_be_none_is_refused(command: CommandLine, text: str) -> None:
    path = command.work / "key"
    path.write_text(text, encoding="utf-8")
    for outcome in (command("verify", URL, *NAMED, "--key-file", "key"), command("verify", URL, *NAMED, key=text)):
        assert outcome.code == 2
        assert "the API key from" in outcome.said
        assert text.strip() not in outcome.err or not text.strip()


def test_help_names_every_option_and_the_exit_statuses(command: CommandLine) -> None:
    outcome = command("verify", "--help")
    assert outcome.code == 0
    for option in ("--allow-writes", "--budget", "--only", "--seed", "--report-dir", "--strict", "--max-requests"):
        assert option in outcome.out
    group = command("--help")
    assert "Exit status" in group.out
    for name in ("verify", "mock", "report", "restore", "spec"):
        assert name in group.out
    assert command("--version").out.startswith("adapty-contract, version ")


# --- configuration


def test_the_file_is_beaten_by_the_environment_and_that_by_the_command_line(command: CommandLine) -> None:
    (command.work / "adapty-contract.toml").write_text("seed = 11\nbudget = '0s'\n", encoding="utf-8")
    environment = {"ADAPTY_CONTRACT_VERIFY_SEED": "12"}
    assert settings_of(command(*QUICK))["seed"] == 11
    assert settings_of(command(*QUICK, env=environment))["seed"] == 12
    assert settings_of(command(*QUICK, "--seed", "13", env=environment))["seed"] == 13
    assert settings_of(command(*QUICK))["budget_s"] == 0


def test_every_kind_of_option_can_stand_in_the_file(command: CommandLine) -> None:
    text = """
        strict = true
        budget = "2m"
        timeout = 7
        lag = 0.5
        max-retry-after = "90s"
        rate = "600/m"
        max-requests = 900
        only = ["read-is-json", "answers"]
        format = ["json", "junit"]
        dialect = ["charset-parameter"]
        report-dir = "elsewhere"
        quiet = true
    """
    (command.work / "adapty-contract.toml").write_text(text, encoding="utf-8")
    outcome = command("verify", "--report-dir", "elsewhere", "--rate", "500/s")
    found = settings_of(outcome)
    expected = {
        "strict": True, "budget_s": 120.0, "timeout_s": 7.0, "lag_tolerated_s": 0.5, "rate_per_s": 500.0,
        "retry_after_tolerated_s": 90.0,
        "max_requests": 900, "only": ["read-is-json", "answers"], "formats": ["json", "junit"],
        "dialects": ["charset-parameter"],
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    assert outcome.err == ""
    assert sorted(path.name for path in outcome.folder.iterdir()) == ["events.ndjson", "junit.xml", "report.json"]


def test_a_table_of_the_command_beats_the_top_of_the_file(command: CommandLine) -> None:
    text = "seed = 11\n[verify]\nseed = 12\n[mock]\nport = 8099\n"
    (command.work / "adapty-contract.toml").write_text(text, encoding="utf-8")
    assert settings_of(command(*QUICK))["seed"] == 12


def test_the_project_file_is_read_in_a_folder_above_too(command: CommandLine) -> None:
    (command.home / "pyproject.toml").write_text("[tool.adapty-contract]\nseed = 21\n", encoding="utf-8")
    assert settings_of(command(*QUICK))["seed"] == 21
    (command.work / "adapty-contract.toml").write_text("seed = 22\n", encoding="utf-8")
    assert settings_of(command(*QUICK))["seed"] == 22


def test_a_file_can_be_named(command: CommandLine) -> None:
    (command.work / "adapty-contract.toml").write_text("seed = 31\n", encoding="utf-8")
    (command.work / "other.toml").write_text("seed = 32\n", encoding="utf-8")
    assert settings_of(command("--config", "other.toml", *QUICK))["seed"] == 32


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed = ", "adapty-contract.toml cannot be read"),
        ("seed = 1\nseed = 2", "adapty-contract.toml cannot be read"),
        ("seed = 'many'", "many"),
        ("budget = 'soon'", "no duration"),
        ("timeout = 0", "--timeout must be more than nothing"),
        ("timeout = nan", ""),
        ("rate = 0", "rate"),
        ("rate = -1", "rate"),
        ("only = ['nothing-known']", "unknown clause or topic"),
        ("bugdet = '1s'", "bugdet"),
        ("[verfiy]\nseed = 1", "verfiy"),
        ("[verify]\nbugdet = '1s'", "bugdet"),
        ("key = 'secret_live_x'", "key"),
    ],
)
def test_a_mistake_in_the_file_is_told(command: CommandLine, text: str, said: str) -> None:
    (command.work / "adapty-contract.toml").write_text(text, encoding="utf-8")
    outcome = command("verify", "--format", "json", "--quiet")
    assert outcome.code == 2
    assert said in outcome.said
    assert "Traceback" not in outcome.err


def test_options_are_called_in_file_and_environment_as_on_the_command_line(command: CommandLine) -> None:
    environment = {"ADAPTY_CONTRACT_VERIFY_DIALECT": "charset-parameter", "ADAPTY_CONTRACT_VERIFY_ONLY": "never-500"}
    (command.work / "adapty-contract.toml").write_text("json = true\n", encoding="utf-8")
    outcome = command("verify", env=environment)
    assert settings_of(outcome)["dialects"] == ["charset-parameter"]
    assert json.loads(outcome.out) == outcome.report


def test_a_file_that_is_not_there_is_told(command: CommandLine) -> None:
    outcome = command("--config", "nowhere.toml", *QUICK)
    assert outcome.code == 2
    assert "nowhere.toml" in outcome.said


def test_permission_to_write_can_stand_in_the_file_and_be_seen_in_the_report(
    command: CommandLine, server: Served, key: str
) -> None:
    text = f'url = "{server.url}"\ncustomer-user-id = "customer-1"\nallow-writes = true\n'
    (command.work / "adapty-contract.toml").write_text(text, encoding="utf-8")
    outcome = command("verify", "--only", "write-overwrites", "--quiet", key=key)
    assert settings_of(outcome)["writes"] is True
    assert outcome.verdicts == {"write-overwrites": "held"}


def test_another_contract_can_be_judged_by(command: CommandLine, tmp_path: Path) -> None:
    for folder in ("openapi", "contracts"):
        shutil.copytree(data_root() / folder, tmp_path / "mine" / folder)
    clauses = tmp_path / "mine/contracts/clauses/reading.yaml"
    text = clauses.read_text(encoding="utf-8").replace(
        "title: What a read answers", "title: What a read of ours answers"
    )
    clauses.write_text(text, encoding="utf-8")
    own, shipped = (command(*QUICK, *more).report["contract"] for more in (("--contract", str(tmp_path / "mine")), ()))
    assert own["digest"] != shipped["digest"]
    assert own["version"] == shipped["version"]


def test_the_record_on_standard_output_shows_the_settings_too(command: CommandLine) -> None:
    outcome = command("verify", "--only", "never-500", "--json", "--seed", "9", "--budget", "3s")
    shown = json.loads(outcome.out)
    assert (shown["seed"], shown["settings"]["budget_s"]) == (9, 3.0)
