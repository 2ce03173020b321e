"""An OpenAPI document: its places, its references, and where what is read in it is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from adapty_contract.pages.model import PageError, Value
from adapty_contract.pages.notes import Notes
from adapty_contract.pages.spec.node import Node, escape
from adapty_contract.visible import one_line

VERSIONS = ("3.0", "3.1", "3.2")
"""The versions that are read: in 3.0 schemas have a dialect of their own, later they are JSON Schema 2020-12."""

MAX_STEPS = 100_000
"""So many places may be read, each reference counted as often as it is followed."""

_MAX_REFERENCES = 32  # in a row
_LONG_LINE = 160


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the document: where it stands, and the line of its name, or its own where it has none."""

    node: Node
    pointer: str
    line: int

    def get(self, name: str) -> Place | None:
        """The member of that name."""
        found = self.node.members.get(name)
        return None if found is None else Place(found[1], f"{self.pointer}/{escape(name)}", found[0])

    def members(self) -> Iterator[tuple[str, Place]]:
        """Every member, with its name."""
        for name, (line, node) in self.node.members.items():
            yield name, Place(node, f"{self.pointer}/{escape(name)}", line)

    def items(self) -> Iterator[Place]:
        """Every item."""
        for number, node in enumerate(self.node.items):
            yield Place(node, f"{self.pointer}/{number}", node.line)

    def text(self, name: str) -> str | None:
        """The text of a scalar member."""
        found = self.get(name)
        return None if found is None or found.node.kind != "scalar" or found.node.value is None else found.node.text


@dataclass(slots=True)
class Document:
    """A document while it is read; `version` is one of VERSIONS."""

    root: Place
    version: str
    notes: Notes
    steps: int = 0
    _told: set[object] = field(default_factory=set)

    @property
    def is_json_schema(self) -> bool:
        """Whether schemas are JSON Schema 2020-12, where `nullable` means nothing."""
        return self.version != "3.0"

    def claim(self, place: Place, subject: str, value: Value) -> None:
        """Notes a claim at a place."""
        self.spend()
        long = len(self.notes.lines[place.line - 1]) > _LONG_LINE
        self.notes.claim(place.line, subject, value, place.pointer.rsplit("/", 1)[-1] if long else "")

    def claim_once(self, place: Place, subject: str, value: Value) -> None:
        """Notes what a place says by itself, however often it is come by."""
        if self._is_new((place.line, subject, place.pointer)):
            self.claim(place, subject, value)

    def unread(self, place: Place, what: str) -> None:
        """Notes once what was not understood."""
        if self._is_new((place.line, what)):
            self.notes.unread(place.line, what)

    def _is_new(self, key: object) -> bool:
        before = len(self._told)
        self._told.add(key)
        return len(self._told) > before

    def spend(self) -> None:
        """Counts a step; raises PageError for a document whose references multiply."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise PageError(
                f"{self.notes.page}: over {MAX_STEPS} statements, its references followed",
                hint="no description of two operations is so large",
            )

    def members(self, place: Place, name: str) -> Iterator[tuple[str, Place]]:
        """What a member holds by name; a note if it is no object."""
        found = self._part(place, name, "mapping", "an object")
        return iter(()) if found is None else found.members()

    def items(self, place: Place, name: str) -> Iterator[Place]:
        """What a member lists; a note if it is no list."""
        found = self._part(place, name, "sequence", "a list")
        return iter(()) if found is None else found.items()

    def _part(self, place: Place, name: str, kind: str, shape: str) -> Place | None:
        found = place.get(name)
        if found is None or found.node.kind == kind:
            return found
        self.unread(found, f"`{name}` that is not {shape}")
        return None

    def target(self, place: Place) -> Place | None:
        """The place that the reference at `place` names; None, and a note, if there is no such place."""
        self.spend()
        reference = place.text("$ref") or ""
        target = self.find(reference)
        if target is None:
            why = "that leads nowhere" if reference.startswith("#") else "to another file, which is not read"
            self.unread(place, f"the reference {one_line(reference, 60)!r} {why}")
        return target

    def follow(self, place: Place) -> Place | None:
        """The place that references lead to, or `place` itself; None, and a note, if they lead nowhere."""
        at: Place | None = place
        for _ in range(_MAX_REFERENCES):
            if at is None or at.text("$ref") is None:
                return at
            at = self.target(at)
        self.unread(place, "a reference that leads in a circle")
        return None

    def find(self, reference: str) -> Place | None:
        """The place that a reference names in this document."""
        if reference in ("#", "#/"):
            return self.root
        if not reference.startswith("#/"):
            return None
        at: Place | None = self.root
        for part in unquote(reference[2:]).split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            at = None if at is None else _below(at, name)
        return at


def _below(place: Place, name: str) -> Place | None:
    if place.node.kind == "sequence":
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 8 else -1
        found = place.node.items[number] if 0 <= number < len(place.node.items) else None
        return None if found is None else Place(found, f"{place.pointer}/{number}", found.line)
    return place.get(name)
