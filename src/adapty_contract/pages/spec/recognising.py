"""Operations known by what they carry, where none is known by its path."""

from __future__ import annotations

from collections.abc import Iterator

from adapty_contract.pages.spec.document import Document
from adapty_contract.pages.spec.node import Node
from adapty_contract.pages.spec.operations import METHODS, Operation

_MOST_STEPS = 2_000_000  # over all operations of a document


def recognise_operations(document: Document, identifiers: frozenset[str]) -> Iterator[Operation]:
    """The operations whose request or response has most of `identifiers` as fields, whatever their path."""
    search = _Search(document, identifiers)
    if not search.holds(document.root.node):
        return
    for path, at in document.members(document.root, "paths"):
        item = document.follow(at)
        for method, place in item.members() if item is not None else ():
            if method not in METHODS or item is None:
                continue
            bodies = [body for body in map(place.get, ("requestBody", "responses")) if body is not None]
            if any(search.holds(body.node) for body in bodies):
                yield Operation(method, path, item, at, place)


class _Search:
    """Looks for fields below values of a document, through its references."""

    def __init__(self, document: Document, identifiers: frozenset[str]) -> None:
        self._document = document
        self._identifiers = identifiers
        self._steps = 0

    def holds(self, start: Node) -> bool:
        """Whether more than half of the identifiers are fields of schemas below `start`."""
        found: set[str] = set()
        seen: set[int] = set()
        waiting = [start]
        while waiting and self._steps < _MOST_STEPS:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            self._steps += 1
            fields = node.members.get("properties")
            found |= self._identifiers & fields[1].members.keys() if fields is not None else set()
            if 2 * len(found) > len(self._identifiers):
                return True
            waiting += [member for _, member in node.members.values()]
            waiting += node.items
            waiting += self._referred(node)
        return False

    def _referred(self, node: Node) -> list[Node]:
        reference = node.members.get("$ref")
        target = None if reference is None else self._document.find(reference[1].text)
        return [] if target is None else [target.node]
