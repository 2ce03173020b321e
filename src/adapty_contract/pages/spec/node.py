"""A tree of values, each of which knows its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
Kind: TypeAlias = Literal["scalar", "mapping", "sequence"]


@dataclass(slots=True)
class Node:
    """A value: a scalar with its `text` as written, or its `members` with the lines of their names, or its `items`."""

    kind: Kind
    line: int
    text: str = ""
    value: Scalar = None
    members: dict[str, tuple[int, Node]] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    size: int = 1

    def plain(self) -> Any:
        """The value as JSON has it."""
        if self.kind == "mapping":
            return {name: node.plain() for name, (_, node) in self.members.items()}
        return [node.plain() for node in self.items] if self.kind == "sequence" else self.value


def escape(name: str) -> str:
    """A name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")
