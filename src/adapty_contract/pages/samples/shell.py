"""Shell samples: the commands in them, each as the words that its program would be given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapty_contract.pages.samples.grammars import error_line, parse, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_ANSI = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "0": "\0"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command line, without its quotes; `line` counts from 0."""

    text: str
    line: int


Command = tuple[Word, ...]


def read_commands(code: str) -> tuple[list[Command], int | None]:
    """The commands, and the line of a syntax error."""
    root = parse("bash", code).root_node
    commands = [tuple(_words(node)) for node in walk(root) if node.type == "command"]
    return [command for command in commands if command], error_line(root)


def _words(command: Node) -> Iterator[Word]:
    for child in command.named_children:
        if child.type == "command_name":
            child = child.named_children[0] if child.named_children else child  # noqa: PLW2901
        elif child.type in ("variable_assignment", "file_redirect", "heredoc_redirect", "herestring_redirect"):
            continue
        yield Word(_value(child), child.start_point[0])


def _value(node: Node) -> str:
    """A word as the shell reads it; what only the shell knows (a variable, a command) stays as it is written."""
    text = text_of(node)
    match node.type:
        case "raw_string":
            return text[1:-1]
        case "ansi_c_string":
            return _ansi(text[2:-1])
        case "string":
            return _unescaped(text[1:-1], '$`"\\')
        case "concatenation":
            return "".join(_value(part) for part in node.children)
        case "word":
            return _unescaped(text, None)
    return text


def _unescaped(text: str, special: str | None) -> str:
    """Backslashes before any of `special` (None: before anything) taken away, and line breaks that they escape."""
    parts: list[str] = []
    at = 0
    while at < len(text):
        following = text[at + 1 : at + 2]
        if text[at] == "\\" and following and (special is None or following in special or following == "\n"):
            parts.append("" if following == "\n" else following)
            at += 2
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts)


def _ansi(text: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in _ANSI:
            parts.append(_ANSI[text[at + 1]])
            at += 2
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts)
