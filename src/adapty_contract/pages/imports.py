"""Imports of a page, and the files that its components stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from adapty_contract.pages.samples.grammars import error_line, parse, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Imported:
    """A name that a page imports; `line` counts from 0 in the block."""

    name: str
    source: str
    line: int


def read_imports(code: str) -> tuple[list[Imported], list[tuple[int, str]]]:
    """The names that a block of imports brings in, and what else stands in it."""
    root = parse("javascript", code).root_node
    broken = error_line(root)
    if broken is not None:
        return [], [(broken, "an import that is no JavaScript")]
    found: list[Imported] = []
    unread: list[tuple[int, str]] = []
    for statement in root.named_children:
        if statement.type == "import_statement":
            found += _names(statement)
        elif statement.type not in ("comment", "empty_statement"):
            unread.append((statement.start_point[0], f"an {statement.type.replace('_', ' ')} of the page"))
    return found, unread


def _names(statement: Node) -> Iterator[Imported]:
    source = text_of(statement.child_by_field_name("source"))[1:-1]
    line = statement.start_point[0]
    for node in walk(statement):
        if node.type == "import_clause":
            for child in node.named_children:
                if child.type == "identifier":
                    yield Imported(text_of(child), source, line)
        elif node.type == "import_specifier":
            named = node.child_by_field_name("alias") or node.child_by_field_name("name")
            yield Imported(text_of(named), source, line)


def find_component(folder: Path, source: str) -> Path | None:
    """The file below `folder` that an import names: by as much of its path as there is, and never outside."""
    parts = [part for part in PurePosixPath(source).parts if part not in ("..", ".", "/", "@site", "~")]
    for at in range(len(parts)):
        stem = folder.joinpath(*parts[at:])
        for path in (stem, stem.with_name(stem.name + ".md"), stem.with_name(stem.name + ".mdx")):
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                return path
    return None
