"""The code keeps to what ARCHITECTURE.md says of it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/adapty_contract"
NAME = PACKAGE.name

HEAVY = frozenset({"schemathesis", "hypothesis", "jsonschema", "jsonschema_rs", "starlette", "uvicorn", "httpcore2"})
WITH_EFFECTS = frozenset(
    {"asyncio", "http.client", "http.server", "httpcore2", "io", "os", "pathlib", "random", "requests", "secrets"}
    | {
        "select",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "threading",
        "urllib.request",
    }
    | {"uvicorn"}
)


@dataclass(frozen=True)
class Layer:
    """A row of the table: its modules, and every layer whose modules they may import."""

    modules: frozenset[str]
    may_import: frozenset[str]


def _layers() -> dict[str, Layer]:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| ((?:`\w+` ?)+)\| ?([\w ]*)\|$", text, re.MULTILINE)
    return {
        name: Layer(frozenset(re.findall(r"`(\w+)`", modules)), frozenset({name, *others.split()}))
        for name, modules, others in rows
    }


LAYERS = _layers()
LAYER_OF = {module: name for name, layer in LAYERS.items() for module in layer.modules}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def _top(path: Path) -> str:
    """The module of the package, or its folder, that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module that is imported anywhere in a file, for types too, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            module = node.module or ""
            yield from ((f"{module}.{alias.name}" if module == NAME else module, node.lineno) for alias in node.names)


def test_the_table_is_found() -> None:
    assert {"ground", "contract", "checks", "mock", "runner", "cli"} <= set(LAYERS)
    assert sum(len(layer.modules) for layer in LAYERS.values()) == len(LAYER_OF), "a module stands in two rows"


def test_every_module_has_its_layer() -> None:
    assert {_top(path) for path in FILES} == set(LAYER_OF)


def test_layers_form_no_circle() -> None:
    above: set[str] = set()
    for name, layer in LAYERS.items():
        assert layer.may_import - {name} <= above, f"{name} imports from a row below it"
        above.add(name)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.relative_to(PACKAGE).as_posix()) for path in FILES])
def test_imports_go_one_way(path: Path) -> None:
    assert _top(path) in LAYER_OF, f"{_top(path)} stands in no row of ARCHITECTURE.md"
    layer = LAYERS[LAYER_OF[_top(path)]]
    own = [
        (name.split(".")[1], line)
        for name, line in _imports(ast.parse(path.read_bytes()))
        if name.startswith(f"{NAME}.")
    ]
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {_top(path)} imports {module}"
        for module, line in own
        if module != "__version__" and LAYER_OF.get(module) not in layer.may_import
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=path.relative_to(PACKAGE).as_posix())
        for path in (*sorted((PACKAGE / "checks").glob("*.py")), PACKAGE / "mock/app.py", PACKAGE / "mock/steps.py")
    ],
)
def test_the_core_does_no_input_or_output(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    assert not {name for name, _ in _imports(tree)} & WITH_EFFECTS
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"open", "print", "input"}


@pytest.mark.parametrize("statement", ["import adapty_contract.cli", "import adapty_contract.cli.verify"])
def test_the_command_line_starts_without_the_heavy_libraries(statement: str) -> None:
    program = f"{statement}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert set(done.stdout.split()) & HEAVY == set()
