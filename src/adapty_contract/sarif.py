"""SARIF 2.1.0 as far as every log of ours has it: the frame, the tool, messages and places."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from adapty_contract.visible import one_line

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_TEXT = 1000
_LINK = re.compile(r"\](?=\()")
_PLACEHOLDER = re.compile(r"\{(?=\d+\})")


def log(version: str, rules: Sequence[Mapping[str, Any]], results: Sequence[Mapping[str, Any]], **run: Any) -> str:
    """A log with one run of this tool in that `version`; `run` are further members of the run."""
    content = {
        "tool": {"driver": {"name": "adapty-contract", "version": version, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        **run,
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [content]}, indent=2, ensure_ascii=True) + "\n"


def message(text: str, limit: int = _TEXT) -> dict[str, str]:
    """`text` as a message on one line, in which a viewer finds neither a link nor a placeholder to fill."""
    line = one_line(text, limit)
    return {"text": _PLACEHOLDER.sub("{ ", _LINK.sub("] ", line))}


def place(uri: str, line: int | None = None, *, base: str | None = None) -> dict[str, Any]:
    """A place in a file: the path or URI `uri`, below the folder that `base` stands for; without a line, all of it."""
    artifact = {"uri": quote(uri.replace("\\", "/"), errors="replace")} | ({} if base is None else {"uriBaseId": base})
    physical: dict[str, Any] = {"artifactLocation": artifact}
    if line is not None:
        physical["region"] = {"startLine": max(line, 1)}
    return {"physicalLocation": physical}
