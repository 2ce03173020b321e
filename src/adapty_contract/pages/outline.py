"""Where on a page one is: the headings above, and the tabs and details around."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from adapty_contract.pages.scopes import Scope, classify, slug
from adapty_contract.pages.tags import Tag

BOLD_LEVEL = 7
"""The level of a paragraph in bold, which stands in for a heading: below all of them."""

COLON_LEVEL = 8
"""The level of a line that ends with a colon and names what follows."""

_DEEPEST = 60


@dataclass(slots=True)
class _Frame:
    """A tag that is open, and the scopes of the headings inside it."""

    tag: str
    line: int
    label: str | None = None
    scopes: list[Scope] = field(default_factory=list)


class Outline:
    """The scopes that are open; `success` is the last status of success that was told."""

    def __init__(self, start: Scope) -> None:
        self._frames = [_Frame("", 0, scopes=[start])]
        self._filled: set[int] = set()
        self._all: list[Scope] = []
        self.success: str | None = start.status if (start.status or "").startswith("2") else None
        self.heading_level: int | None = None

    @property
    def scope(self) -> Scope:
        """What this part of the page is about."""
        return next(frame.scopes[-1] for frame in reversed(self._frames) if frame.scopes)

    @property
    def label(self) -> str | None:
        """The label of the innermost tab."""
        return next((frame.label for frame in reversed(self._frames) if frame.label is not None), None)

    def open_heading(self, text: str, level: int, line: int) -> Scope:
        """A heading ends the scopes of its own and of lower levels in the same tag."""
        scopes = self._frames[-1].scopes
        while scopes and scopes[-1].level >= level and scopes[-1] is not self._frames[0].scopes[0]:
            scopes.pop()
        scope = replace(classify(text, self.scope, self.success), level=level, line=line)
        if scope.kind != "other":
            self.fill()
        scopes.append(scope)
        self._all.append(scope)
        if scope.status is not None and scope.status.startswith("2"):
            self.success = scope.status
        return scope

    def fill(self) -> None:
        """Something stands below all headings that are open, unless it is about another page."""
        if self.scope.kind == "other":
            return
        self._filled.update(scope.line for frame in self._frames for scope in frame.scopes)

    def empty(self) -> list[Scope]:
        """The headings, of those read so far, with nothing below them."""
        return [scope for scope in self._all if scope.line not in self._filled]

    def open_tag(self, tag: Tag, line: int) -> bool:
        """A tag that has its content on the page: a tab tells apart the responses in it. False if it is too deep."""
        if len(self._frames) > _DEEPEST:
            return False
        label = tag.attributes.get("label", tag.attributes.get("value")) if tag.name == "TabItem" else None
        frame = _Frame(tag.name, line, label if isinstance(label, str) else None)
        parent = self.scope
        if frame.label is not None and parent.kind == "response":
            named = classify(frame.label, parent, self.success)
            if named.kind != "response" or named.status == parent.status:
                named = replace(parent, variant=slug(frame.label))
            frame.scopes.append(replace(named, level=0, line=parent.line))
        self._frames.append(frame)
        return True

    def close_tag(self, name: str) -> list[tuple[str, int]] | None:
        """Closes a tag; the tags inside it that were left open, or None if it was not open itself."""
        names = [frame.tag for frame in self._frames]
        if name not in names[1:]:
            return None
        at = len(names) - 1 - names[::-1].index(name)
        left = [(frame.tag, frame.line) for frame in self._frames[at + 1 :]]
        del self._frames[at:]
        return left

    def open_tags(self) -> list[tuple[str, int]]:
        """The tags that are still open, with their lines."""
        return [(frame.tag, frame.line) for frame in self._frames[1:]]
