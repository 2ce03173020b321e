"""Reads YAML, and JSON with it, into a tree that cannot grow without bound."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from adapty_contract.pages.model import PageError
from adapty_contract.pages.spec.node import Kind, Node, Scalar
from adapty_contract.visible import one_line

MAX_DEPTH = 100
"""So deep may values nest, where documents nest about twenty deep."""

MAX_NODES = 400_000
"""So many values may a document have, each alias counted as all that it stands for."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]{1,400}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,400}|[0-9]{1,400}(?:\.[0-9]{0,400})?)(?:[eE][-+]?[0-9]{1,2})?")
_NO_BREAKS = dict.fromkeys(map(ord, "\x85\u2028\u2029"), " ")  # YAML 1.1 ended lines there, 1.2 and editors do not
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?")


@dataclass(slots=True)
class _Open:
    """A value that is not complete yet: `key` is the name of the member to come."""

    node: Node
    anchor: str | None
    key: tuple[str, int] | None = None
    skips: bool = False  # the member to come has a name that is no scalar
    merged: list[Node] = field(default_factory=list)


def read_tree(page: str, text: str) -> tuple[Node, list[tuple[int, str]]]:
    """The document in `text`, and what of it was left alone, with lines; raises PageError."""
    if text.lstrip().startswith("{"):
        text = _PAIR.sub(_join, text)  # JSON writes what is beyond 16 bits as two escapes, which YAML does not know
    builder = _Builder(page)
    try:
        for event in yaml.parse(text.translate(_NO_BREAKS), Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = page if mark is None else f"{page}:{mark.line + 1}"
        problem = one_line(str(getattr(error, "problem", None) or error), 200)
        raise PageError(f"{place}: neither YAML nor JSON: {problem}", hint="give an OpenAPI document") from None
    if builder.root is None:
        raise PageError(f"{page}: empty", hint="give an OpenAPI document")
    return builder.root, builder.unread


class _Builder:
    """Makes the tree out of a parser's events, without recursion."""

    def __init__(self, page: str) -> None:
        self.root: Node | None = None
        self.unread: list[tuple[int, str]] = []
        self._page = page
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Takes the next event."""
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self.unread.append((_line(event), "a second document in the same file"))
        if self._documents > 1:
            return
        if isinstance(event, yaml.ScalarEvent):
            line = _line(event)
            value = _resolve(event.value) if event.implicit[0] else event.value
            self._attach(self._anchored(Node("scalar", line, event.value, value), event.anchor), event)
        elif isinstance(event, yaml.AliasEvent):
            self._attach(self._aliased(event), event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self._stack.pop()
            _merge(done)
            self._attach(self._anchored(done.node, done.anchor), event)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        line = _line(event)
        if len(self._stack) >= MAX_DEPTH:
            raise PageError(f"{self._page}:{line}: nests deeper than {MAX_DEPTH} values", hint="no document does")
        kind: Kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
        self._stack.append(_Open(Node(kind, line), event.anchor))

    def _anchored(self, node: Node, anchor: str | None) -> Node:
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        if any(entry.anchor == event.anchor for entry in self._stack):
            raise PageError(f"{self._page}:{_line(event)}: an alias within what it stands for", hint="write it out")
        found = self._anchors.get(event.anchor or "")
        if found is None:
            raise PageError(f"{self._page}:{_line(event)}: an alias of nothing", hint="write it out")
        return found

    def _attach(self, node: Node, event: yaml.Event) -> None:
        """Puts a complete value where it belongs."""
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        parent.node.size += node.size
        if parent.node.size > MAX_NODES:
            raise PageError(
                f"{self._page}:{_line(event)}: over {MAX_NODES} values, each alias counted as all it stands for",
                hint="give a smaller document",
            )
        if parent.node.kind == "sequence":
            parent.node.items.append(node)
        elif parent.skips:
            parent.skips = False
        elif parent.key is None:
            self._name(parent, node, event)
        else:
            self._put(parent, parent.key, node)

    def _name(self, parent: _Open, node: Node, event: yaml.Event) -> None:
        line = _line(event)
        if node.kind == "scalar":
            parent.key = (node.text, line)
            return
        parent.skips = True
        self.unread.append((line, "a member whose name is no text"))

    def _put(self, parent: _Open, key: tuple[str, int], node: Node) -> None:
        parent.key = None
        name, line = key
        if name == "<<" and (node.kind == "mapping" or node.items):
            parent.merged.extend(node.items or [node])
            return
        if name in parent.node.members:
            self.unread.append((line, f"the name {name[:40]!r}, which stands twice: the last counts"))
        parent.node.members[name] = (line, node)


def _merge(done: _Open) -> None:
    """Adds the members of what is merged into a mapping, unless it has them itself."""
    for other in done.merged:
        for name, member in other.members.items():
            done.node.members.setdefault(name, member)


def _resolve(text: str) -> Scalar:
    """What an unquoted scalar is under YAML 1.2: neither dates nor `yes` are more than text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


def _join(match: re.Match[str]) -> str:
    before, high, low = match.groups()
    if low is None:
        return f"{before}\\ufffd"
    code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)
    return f"{before}\\U{code:08x}"


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else event.start_mark.line + 1
