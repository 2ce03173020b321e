"""How a sample in each language is run on this machine, or why it cannot be."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import site
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from adapty_contract.snippets.sandbox import Ended, Program

Runner = Callable[[str], Program | str]
"""Makes a program of a sample's code, or says why it cannot be run."""

RUNNERS: dict[str, Runner] = {}
"""By language, as pages name it."""

_LACKING = (
    ("ERR_MODULE_NOT_FOUND", "needs a package of Node that is not installed"),
    ("MODULE_NOT_FOUND", "needs a package of Node that is not installed"),
    ("ReferenceError: fetch is not defined", "needs a Node that has fetch: version 18 or later"),
)


def _runner(language: str) -> Callable[[Runner], Runner]:
    def register(runner: Runner) -> Runner:
        RUNNERS[language] = runner
        return runner

    return register


def program(language: str, code: str) -> Program | str:
    """The program of a sample, or why it cannot be run here."""
    if sys.platform == "win32":
        return "samples are run on Linux and macOS only"
    runner = RUNNERS.get(language)
    if runner is None:
        known = ", ".join(RUNNERS)
        return f"no runner for {language}; there are {known}" if language else "its language is not told"
    return runner(code)


def missing_package(language: str, ended: Ended) -> str:
    """Why a sample that failed could not work on this machine, whatever it says; "" where nothing tells."""
    if language != "javascript" or not ended.status:
        return ""
    return next((reason for mark, reason in _LACKING if mark in ended.err), "")


@_runner("curl")
def _shell(code: str) -> Program | str:
    bash, curl = shutil.which("bash"), shutil.which("curl")
    if bash is None or curl is None:
        return f"no {'bash' if bash is None else 'curl'} on this machine's PATH"
    return Program((bash, "--noprofile", "--norc"), "sample.sh", code, needs=(_prefix(bash), _prefix(curl)))


@_runner("python")
def _python(code: str) -> Program | str:
    for name in sorted(set(_imported(code))):
        if importlib.util.find_spec(name) is None:
            return f"needs the Python module {name}, which is not installed"
    variables = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}
    needs = [Path(sys.prefix), Path(sys.base_prefix), _prefix(sys.executable)]
    if site.ENABLE_USER_SITE:
        variables["PYTHONUSERBASE"] = site.getuserbase()  # its folder is found by HOME, which is another one there
        needs.append(Path(site.getuserbase()))
    return Program((sys.executable,), "sample.py", code, tuple(variables.items()), tuple(needs))


def _imported(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return  # the interpreter says so itself
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@_runner("javascript")
def _javascript(code: str) -> Program | str:
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None:
        return "no node on this machine's PATH"
    name = "sample.mjs" if _is_module(code) else "sample.cjs"
    return Program((node,), name, code, (("NODE_NO_WARNINGS", "1"),), (_prefix(node),))


def _is_module(code: str) -> bool:
    """Whether it is written as a module: it imports, exports, or waits outside of functions."""
    from adapty_contract.pages.samples.grammars import parse

    inner = {"function_declaration", "function_expression", "arrow_function", "method_definition", "class_declaration"}
    pending = [parse("javascript", code).root_node]
    while pending:
        node = pending.pop()
        if node.type in ("import_statement", "export_statement", "await_expression"):
            return True
        pending += [child for child in node.named_children if child.type not in inner]
    return False


def _prefix(command: str) -> Path:
    """The folder that an interpreter is installed in, with its libraries."""
    folder = Path(command).resolve().parent
    return folder.parent if folder.name in ("bin", "sbin") else folder
