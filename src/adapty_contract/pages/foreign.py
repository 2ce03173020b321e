"""Files that are no pages, told by what they are called and by how they begin."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from adapty_contract.pages.model import PageError

_LANGUAGES = {
    ".yaml": "YAML", ".yml": "YAML", ".json": "JSON", ".json5": "JSON", ".toml": "TOML", ".js": "JavaScript",
    ".mjs": "JavaScript", ".cjs": "JavaScript", ".jsx": "JavaScript", ".ts": "TypeScript", ".tsx": "TypeScript",
    ".py": "Python",
}  # fmt: skip
_VERSIONED = ("openapi", "swagger")
_BEGINNING = 100  # lines, of which one names the version of an OpenAPI document


def refuse_special(path: Path, expected: str) -> None:
    """Raises PageError, which says what it is, for all but a regular file."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise PageError(f"{path}: no such file", hint=expected) from None
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise PageError(f"{path}: a folder, not a file", hint=f"name the files in it; {expected}")
    kinds = (
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
        (stat.S_ISSOCK, "a socket"),
    )
    what = next((name for applies, name in kinds if applies(mode)), "something else")
    raise PageError(f"{path}: {what}, not a file", hint=f"save what it gives to a file first; {expected}")


def refuse_foreign(path: Path, text: str, expected: str) -> None:
    """Raises PageError for a file in a language that no page is written in, whatever could be made of its words."""
    text = text.removeprefix("\ufeff")
    is_openapi = _is_openapi(text)
    language = _LANGUAGES.get(path.suffix.lower()) or ("JSON" if _is_json(text) else None)
    if language is None and not (is_openapi and _is_versioned(_first_line(text))):
        return
    if is_openapi:
        raise PageError(f"{path}: an OpenAPI document, not a page", hint="give it as a document: drift --openapi FILE")
    raise PageError(f"{path}: {language}, not a page", hint=expected)


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_openapi(text: str) -> bool:
    lines = text.replace("{", "{\n", 1).split("\n", _BEGINNING)[:_BEGINNING]
    is_json = text.lstrip().startswith("{")
    return any(_is_versioned(line.strip() if is_json else line) for line in lines)


def _first_line(text: str) -> str:
    """The first line that says something in YAML."""
    return next((line for line in text.split("\n") if line.strip() and not line.startswith(("#", "---", "%"))), "")


def _is_versioned(line: str) -> bool:
    """Whether a line gives the version of an OpenAPI document; front matter may name an operation there instead."""
    name, _, value = line.partition(":")
    return name.strip().strip("\"'") in _VERSIONED and value.strip().strip("\"'")[:1].isdigit() and name[:1] != " "
