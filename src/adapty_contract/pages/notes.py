"""Where what is read on a page is written down, with lines and quotes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from adapty_contract.pages.inline import Piece
from adapty_contract.pages.model import Claim, Component, Sample, Unread, Value
from adapty_contract.pages.quotes import find_line, find_quote


@dataclass(slots=True)
class Findings:
    """All that was found so far, on the page and in its components."""

    claims: list[Claim] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)

    def unique(self, name: str) -> str:
        """`name`, or with a number behind it if something else has that name."""
        self.taken[name] = count = self.taken.get(name, 0) + 1
        return name if count == 1 else f"{name}-{count}"


@dataclass(frozen=True, slots=True)
class Notes:
    """Writes down what stands in one file, whose lines are `lines`."""

    page: str
    lines: tuple[str, ...]
    findings: Findings

    def claim(self, line: int, subject: str, value: Value, wanted: str = "") -> None:
        """Notes a claim; `wanted` is what to quote if it stands on that line."""
        quote = find_quote(self.lines, line, wanted)
        self.findings.claims.append(Claim(self.page, line, subject, value, quote))

    def claim_within(self, first: int, last: int, subject: str, value: Value, wanted: str) -> None:
        """Notes a claim on the line, of those given, that holds `wanted`."""
        self.claim(find_line(self.lines, first, last, wanted), subject, value, wanted)

    def unread(self, line: int, what: str) -> None:
        """Notes what was not understood."""
        inside = min(line, len(self.lines))  # code that is empty at the end of a file has no line of its own
        self.findings.unread.append(Unread(self.page, inside, what))

    def unread_all(self, found: Iterable[tuple[int, str]]) -> None:
        """Notes several such, each with its line."""
        for line, what in found:
            self.unread(line, what)


def first_words(pieces: Iterable[Piece]) -> Piece | None:
    """The first piece that says something: what it says stands in the file as it is."""
    return next((piece for piece in pieces if piece.kind in ("text", "code") and piece.text.strip()), None)
