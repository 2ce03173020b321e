"""Words that say nothing more special: each paragraph is a claim of its own, or a part of the admonition around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapty_contract.pages.blocks import Block
from adapty_contract.pages.inline import Piece, is_bold, plain
from adapty_contract.pages.notes import Notes, first_words
from adapty_contract.pages.scopes import names_part, slug

_MARK = ":::"


@dataclass(slots=True)
class _Note:
    """An admonition that is open, with what was said in it so far."""

    kind: str
    line: int
    method: str
    words: list[str] = field(default_factory=list)


class Texts:
    """What a file says in words, as `notes` are told it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._open: list[_Note] = []

    def read_mark(self, block: Block, method: str) -> None:
        """A line of colons opens an admonition if something follows it, and closes one otherwise."""
        if not block.text:
            self._close(block.line)
            return
        text = block.text.removesuffix(_MARK).strip()
        kind = "".join(_leading_word(text))
        title = text[len(kind) :].strip(" []")
        self._open.append(_Note(slug(kind) or "unnamed", block.line, method, [title] if title else []))
        if block.text.endswith(_MARK):
            self._close(block.line)

    def read(self, block: Block, pieces: Sequence[Piece], title: str, method: str, *, is_told: bool) -> None:
        """Notes a paragraph or item below the heading `title`; `is_told` where it gave another claim already."""
        self._notes.unread_all(_unmodelled(block, pieces))
        if self._open:
            self._open[-1].words.append(plain(pieces))
        elif not is_told and _says_more_than_links(pieces):
            subject = self._notes.findings.unique(f"page.{method}.text.{slug(title) or 'top'}")
            claim_words(block, pieces, subject, self._notes)

    def read_reference(self, block: Block) -> None:
        """A definition is that of a link, or of a footnote, which looks like one."""
        if self._notes.lines[block.line - 1].lstrip(" >").startswith("[^"):
            self._notes.unread(block.line, f"a footnote: {block.text[:40]}")
        else:
            self._notes.claim(block.line, f"link.{block.text}", None)

    def finish(self) -> None:
        """Tells of admonitions that are never closed; what was said in them counts all the same."""
        while self._open:
            line = self._open[-1].line
            self._notes.unread(line, "an admonition that is never closed")
            self._close(line)

    def _close(self, line: int) -> None:
        if not self._open:
            self._notes.unread(line, "the end of an admonition, which closes nothing")
            return
        note = self._open.pop()
        subject = self._notes.findings.unique(f"page.{note.method}.note.{note.kind}")
        self._notes.claim(note.line, subject, " ".join(note.words))


def claim_words(block: Block, pieces: Sequence[Piece], subject: str, notes: Notes) -> None:
    """Notes all that `pieces` say, on the line on which they begin to say it."""
    first, text = first_words(pieces), plain(pieces)
    wanted = text if first is None else first.text.strip()
    notes.claim_within(block.line if first is None else first.line, block.end, subject, text, wanted)


def works_as_heading(block: Block) -> bool:
    """Whether a paragraph is one in all but form: in bold but no sentence, or the name of a part and a colon."""
    if block.kind != "paragraph":
        return False
    text = plain(block.pieces)
    if is_bold(block.pieces):
        return not text.endswith((".", "!"))
    return text.endswith(":") and len(text.split()) < 6 and names_part(text)


def _leading_word(text: str) -> Iterator[str]:
    for letter in text:
        if not letter.isalnum() and letter not in "-_":
            return
        yield letter


def _says_more_than_links(pieces: Sequence[Piece]) -> bool:
    """Whether there are words outside of links, which are claims of their own."""
    linked, spoken = False, []
    for piece in pieces:
        if piece.kind in ("link", "link-end"):
            linked = piece.kind == "link"
        elif not linked:
            spoken.append(piece)
    return any(letter.isalnum() for letter in plain(spoken))


def _unmodelled(block: Block, pieces: Sequence[Piece]) -> Iterator[tuple[int, str]]:
    """Constructs of other Markdowns, which this one takes for words, each with its line."""
    at_start = True
    for piece in pieces:
        text = piece.text if piece.kind == "text" else ""
        if "$$" in text:
            yield piece.line, f"maths: {text.strip()[:40]}"
        if "[^" in text:
            yield piece.line, f"a footnote: {text.strip()[:40]}"
        if at_start and text.lstrip().startswith(": ") and piece.line > block.line:
            yield piece.line, f"a list of definitions: {text.strip()[:40]}"
        if at_start and text.startswith("::"):
            yield piece.line, f"a directive: {text.strip()[:40]}"
        at_start = piece.kind == "break" or (at_start and not text)
