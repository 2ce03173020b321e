"""What is imported is declared, what is declared is used, and the lock fits what is declared."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from support.distributions import ROOT

UNIMPORTED = {
    "click": "rich-click hands its names on; the bound is about click's own behaviour",
    "httptools": "uvicorn parses HTTP with it if it is there",
    "uvloop": "uvicorn runs on it if it is there",
}
"""Dependencies of the package that no module of it imports by name, and why they are declared."""

UNIMPORTED_BY_TESTS = {
    "hatchling": "builds the distributions, as a module of its own",
    "httpx": "a sample of the reference imports it",
    "mypy": "a command",
    "pytest-xdist": "a plugin of pytest",
    "ruff": "a command",
    "tox": "a command",
    "types-jsonschema": "for mypy",
    "types-pyyaml": "for mypy",
    "types-waitress": "for mypy",
}
"""Development dependencies that no test imports by name."""


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def declared(project: dict[str, Any]) -> dict[str, Requirement]:
    return _by_name(project["project"]["dependencies"])


@pytest.fixture(scope="module")
def development(project: dict[str, Any]) -> dict[str, Requirement]:
    return _by_name(project["dependency-groups"]["dev"])


def _by_name(lines: Iterable[str]) -> dict[str, Requirement]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def _imported(folder: Path) -> set[str]:
    """The distributions that the modules of a folder import."""
    names = {name for path in folder.rglob("*.py") for name in _top_levels(ast.parse(path.read_bytes()))}
    own = {"adapty_contract", "support", *(path.stem for path in (ROOT / "bench").glob("*.py"))}
    known = packages_distributions()
    foreign = names - set(sys.stdlib_module_names) - own
    return {canonicalize_name(known[name][0]) if name in known else name for name in foreign}


def _top_levels(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _pins(name: str) -> dict[str, Version]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {canonicalize_name(found[1]): Version(found[2]) for found in re.finditer(r"(?m)^([\w.-]+)==([^\s;]+)", text)}


def test_what_the_package_imports_is_declared(declared: dict[str, Requirement]) -> None:
    assert _imported(ROOT / "src") - set(declared) == set()


def test_what_is_declared_is_imported_or_has_a_reason(declared: dict[str, Requirement]) -> None:
    assert set(declared) - _imported(ROOT / "src") == set(UNIMPORTED)


def test_what_tests_and_benches_import_is_declared(
    declared: dict[str, Requirement], development: dict[str, Requirement]
) -> None:
    imported = _imported(ROOT / "tests") | _imported(ROOT / "bench")
    assert imported - set(declared) - set(development) == set()


def test_what_is_declared_for_development_is_used(development: dict[str, Requirement]) -> None:
    used = _imported(ROOT / "tests") | _imported(ROOT / "bench")
    assert set(development) - used == set(UNIMPORTED_BY_TESTS)


def test_nothing_is_declared_twice(declared: dict[str, Requirement], development: dict[str, Requirement]) -> None:
    assert set(declared) & set(development) == set()


def test_the_wheel_requires_ranges(declared: dict[str, Requirement]) -> None:
    for requirement in declared.values():
        operators = {each.operator for each in requirement.specifier}
        assert ">=" in operators, requirement
        assert operators <= {">=", "<"}, requirement


@pytest.mark.parametrize("name", ["locked.txt", "minimum.txt"])
def test_pins_fit_what_is_declared(
    name: str, declared: dict[str, Requirement], development: dict[str, Requirement]
) -> None:
    pins = _pins(name)
    for wanted, requirement in {**declared, **development}.items():
        assert wanted in pins, f"{wanted} is missing from {name}: run tox -e lock"
        assert requirement.specifier.contains(pins[wanted], prereleases=True), f"{requirement}: run tox -e lock"


def test_the_minimum_is_the_lower_bound(declared: dict[str, Requirement]) -> None:
    pins = _pins("minimum.txt")
    for name, requirement in declared.items():
        (bound,) = (Version(each.version) for each in requirement.specifier if each.operator == ">=")
        assert pins[name] == bound, f"{name}: no version {bound} was ever released, or a dependency asks for more"


@pytest.mark.parametrize("name", ["locked.txt", "minimum.txt"])
def test_pins_name_no_place_to_get_them_from(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--index|--extra-index|--find-links|@", text)
