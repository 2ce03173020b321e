"""What the wheel holds, and that it works where there is nothing else of the project."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest
import yaml

from adapty_contract import __version__
from support.distributions import ROOT, Environment, build


@pytest.fixture(scope="module")
def members(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def _files(folder: Path, *suffixes: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix() for path in folder.rglob("*") if path.is_file() and path.suffix in suffixes
    }


def test_every_module_is_in_the_wheel(members: frozenset[str]) -> None:
    modules = {name.removeprefix("src/") for name in _files(ROOT / "src", ".py")}
    assert modules <= members


def test_the_contract_is_in_the_wheel_to_the_last_file(wheel: Path, members: frozenset[str]) -> None:
    data = _files(ROOT / "openapi", ".yaml") | _files(ROOT / "contracts", ".yaml", ".json")
    assert "openapi/integration-identifiers.yaml" in data
    assert {f"adapty_contract/data/{name}" for name in data} <= members
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(data):
            assert archive.read(f"adapty_contract/data/{name}") == (ROOT / name).read_bytes(), name


def test_the_wheel_is_typed_and_licensed(members: frozenset[str]) -> None:
    assert "adapty_contract/py.typed" in members
    assert f"adapty_contract-{__version__}.dist-info/licenses/LICENSE" in members


def test_the_wheel_holds_nothing_else(members: frozenset[str]) -> None:
    tops = {name.partition("/")[0] for name in members}
    assert tops == {"adapty_contract", f"adapty_contract-{__version__}.dist-info"}
    assert not {name for name in members if "test" in name.rpartition("/")[0] or name.endswith((".pyc", ".db"))}


def test_the_source_distribution_builds_the_same_wheel(unpacked_sdist: Path, wheel: Path, tmp_path: Path) -> None:
    again = build("wheel", unpacked_sdist, tmp_path / "again")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert {info.filename: info.CRC for info in first.infolist()} == {
            info.filename: info.CRC for info in second.infolist()
        }


def test_the_source_distribution_holds_what_tests_need_and_no_output(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tests = {name for name in _files(ROOT / "tests", ".py") if "/." not in name}
    assert tests | {"tox.ini", "requirements/locked.txt", "LICENSE", "README.md", "CHANGELOG.md"} <= names
    assert not {name for name in names if name.startswith("reports/") and name != "reports/README.md"}


def test_the_installed_command_tells_its_version(installed: Environment) -> None:
    done = installed.run("adapty-contract", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"adapty-contract, version {__version__}")


def test_the_installed_module_is_the_command_too(installed: Environment) -> None:
    done = installed.run("python", "-m", "adapty_contract", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"adapty-contract, version {__version__}")


def test_every_installed_command_has_help(installed: Environment) -> None:
    commands = sorted(path.stem.replace("_", "-") for path in (ROOT / "src/adapty_contract/cli").glob("[a-z]*.py"))
    assert {"mock", "spec", "verify"} <= set(commands)
    for command in commands:
        done = installed.run("adapty-contract", command, "--help")
        assert done.returncode == 0, done.stderr
        assert f"adapty-contract {command}" in done.stdout


def test_the_installed_spec_is_the_handwritten_file(installed: Environment) -> None:
    done = installed.run("adapty-contract", "spec")
    assert done.returncode == 0, done.stderr
    handwritten = (ROOT / "openapi/integration-identifiers.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(done.stdout) == yaml.safe_load(handwritten)


def test_the_installed_command_verifies_its_mock_from_an_empty_folder(verified: dict[str, object]) -> None:
    assert verified["exit_code"] == 0
    assert verified["complete"] is True


def test_the_reports_of_the_installed_command_land_in_the_folder_it_runs_in(
    installed: Environment, verified: dict[str, object]
) -> None:
    assert verified["exit_code"] == 0
    written = {path.relative_to(installed.cwd).as_posix() for path in installed.cwd.rglob("*") if path.is_file()}
    assert {"reports/report.json", "reports/junit.xml", "reports/report.har"} <= written


def test_nothing_reads_the_checkout(installed: Environment) -> None:
    """Every file that a run opens is asked for by an audit hook; none of them lies in the checkout."""
    program = (
        "import sys\n"
        "opened = set()\n"
        "sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event in ('open', 'os.listdir') else None)\n"
        "sys.argv = ['adapty-contract', 'verify', '--budget', '0s', '--quiet']\n"
        "from adapty_contract.cli import main\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    status = end.code\n"
        "sys.stderr.write(f'STATUS {status}\\n' + '\\n'.join(sorted(opened)))\n"
    )
    done = installed.run("python", "-c", program)
    status, *opened = done.stderr[done.stderr.index("STATUS") :].splitlines()
    assert status == "STATUS 0"
    assert any(name.endswith("data/openapi/integration-identifiers.yaml") for name in opened)
    dependencies = (str(ROOT / ".venv"), str(ROOT / ".tox"))
    checkout = [name for name in opened if name.startswith(str(ROOT)) and not name.startswith(dependencies)]
    assert checkout == []
