"""Parsers of the languages that samples are written in, loaded when the first sample needs one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

Grammar = Literal["bash", "javascript"]


def parse(grammar: Grammar, code: str) -> Tree:
    """The syntax tree of `code`."""
    return _parser(grammar).parse(code.encode("utf-8", "replace"))


@cache
def _parser(grammar: Grammar) -> Parser:
    from tree_sitter import Language, Parser

    if grammar == "bash":
        import tree_sitter_bash

        return Parser(Language(tree_sitter_bash.language()))
    import tree_sitter_javascript

    return Parser(Language(tree_sitter_javascript.language()))


def text_of(node: Node | None) -> str:
    """The source of a node."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def walk(node: Node) -> Iterator[Node]:
    """Every named node below and including `node`, in the order of the source."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.named_children))


def error_line(node: Node) -> int | None:
    """The line, from 0, of the first syntax error, if there is one."""
    if not node.has_error:
        return None
    stack = [node]
    while stack:
        current = stack.pop()
        if current.is_error or current.is_missing:
            return current.start_point[0]
        stack.extend(reversed([child for child in current.children if child.has_error or child.is_missing]))
    return node.start_point[0]
