"""What is read from a vendor's page: claims, and what was not understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from adapty_contract.errors import ContractSuiteError

Value: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any] | None
"""What a claim says, as JSON; None where a page has a place for it and leaves it empty."""


class PageError(ContractSuiteError):
    """A file that cannot be read as a page."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One fact that a page states.

    `page` is the name of the file, `line` counts from 1 in the file as it is, `subject` is a dotted path, and `quote`
    has at most eight words that stand literally on that line.
    """

    page: str
    line: int
    subject: str
    value: Value
    quote: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A construct that was not understood: where it stands and why it was left alone."""

    page: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Located:
    """A value in a piece of code, and the line, from 0, on which it begins; `members` and `items` are its parts.

    What only a run could tell (a variable, a call) is a text that shows its source in braces.
    """

    value: Value
    line: int
    members: tuple[tuple[str, Located], ...] = ()
    items: tuple[Located, ...] = ()

    def member(self, name: str) -> Located | None:
        """The member of that name; the last one counts, as it does for parsers."""
        return next((part for key, part in reversed(self.members) if key == name), None)

    def fields(self) -> Iterator[tuple[str, Located]]:
        """Every field by its dotted name, outer ones first; the elements of an array share their names."""
        seen: set[str] = set()
        for name, part in self._fields(""):
            if name not in seen:
                seen.add(name)
                yield name, part

    def _fields(self, prefix: str) -> Iterator[tuple[str, Located]]:
        for key, part in self.members:
            yield f"{prefix}{key}", part
            yield from part._fields(f"{prefix}{key}.")
        for part in self.items:
            yield from part._fields(prefix)


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """The request that a sample makes, as its client would make it; lines count from 0 in the sample.

    `sends` is false where the client refuses, for the reason in `refusal`. `body` is parsed where it is JSON.
    """

    method: Located
    url: Located
    headers: tuple[tuple[str, Located], ...] = ()
    body: Located | None = None
    sends: bool = True
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A code sample as it stands: `line` is that of its first line of code, `label` that of its tab.

    `language` is `curl`, `python`, `javascript`, or what the page calls it; `id` tells samples of one page apart.
    """

    page: str
    line: int
    id: str
    language: str
    label: str | None
    code: str
    request: SampleRequest | None


@dataclass(frozen=True, slots=True)
class Component:
    """An imported component: where from, and the file that was read for it, if one was found."""

    page: str
    line: int
    name: str
    source: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was read."""

    name: str
    title: str | None
    claims: tuple[Claim, ...]
    unread: tuple[Unread, ...]
    samples: tuple[Sample, ...]
    components: tuple[Component, ...]
