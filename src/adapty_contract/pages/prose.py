"""Running text: only where a heading, or its own form, says what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from adapty_contract.pages.blocks import Block
from adapty_contract.pages.cells import Entry, read_field
from adapty_contract.pages.inline import Piece, links, plain
from adapty_contract.pages.notes import Notes, first_words
from adapty_contract.pages.scopes import Scope
from adapty_contract.pages.subjects import base_of

_BLANK = ("blank", "empty", "no content", "no body")
_NOTHING = ("no ", "none", "this request has no", "not required", "n/a")


def read_paragraph(
    block: Block, pieces: Sequence[Piece], scope: Scope, method: str, notes: Notes, *, secured: bool
) -> bool:
    """Notes what a paragraph says in its scope; whether the page has now said how it is authenticated.

    A row of a table that is none, because the line below its headings is missing or malformed, is told as not read.
    """
    text = plain(pieces)
    first = first_words(pieces)
    wanted, line = (text, block.line) if first is None else (first.text.strip(), first.line)
    for number in range(block.line, block.end + 1):
        if notes.lines[number - 1].lstrip(" \t>").startswith("|"):
            notes.unread(number, "a line with a pipe in front that belongs to no table")
    if scope.kind == "security" and not secured and not text.endswith(":"):
        notes.claim(line, "security.key", text, wanted)
        return True
    if scope.kind == "request" and not scope.headers and len(text) < 60 and text.lower().startswith(_NOTHING):
        notes.claim(line, "request.parameters", text, wanted)
    elif scope.kind == "response":
        _read_response(text, pieces, base_of(scope, method, ""), line, notes)
    return secured


def _read_response(text: str, pieces: Sequence[Piece], base: str, line: int, notes: Notes) -> None:
    lowered = text.lower()
    if "body" in lowered and any(word in lowered for word in _BLANK):
        start = next((piece for piece in pieces if "body" in piece.text.lower()), None)
        at = line if start is None else start.line
        notes.claim(at, f"{base}.body", "blank", "blank")
        return
    linked = [words for _, words, _ in links(pieces)]
    if linked == [text]:
        notes.claim(line, f"{base}.body", text, text)
    else:
        subject = notes.findings.unique(f"{base}.description")
        notes.claim(line, subject, text, next((p.text.strip() for p in pieces if p.text.strip()), ""))


def read_item(block: Block, pieces: Sequence[Piece], scope: Scope, method: str, notes: Notes) -> None:
    """Notes what an item of a list says: of a placeholder anywhere, of a field or header in a scope of such."""
    entry = Entry("item", [*pieces])
    first = first_words(pieces)
    if first is None:
        return
    named = first.text.strip()
    if first.kind == "code" and named.startswith("<") and named.endswith(">"):
        rest = plain(pieces[pieces.index(first) + 1 :]).lstrip(": ")
        notes.claim(block.line, f"page.{method}.placeholder.{named[1:-1]}", rest or None, named)
        return
    if scope.kind not in ("request", "response"):
        return
    if scope.headers and (first.kind == "code" or first.strong):
        name = named.rstrip(":").lower()
        base = "request" if scope.kind == "request" else base_of(scope, method, "")
        notes.claim(block.line, f"{base}.header.{name}", value=True, wanted=named)
        return
    found = read_field(entry)
    if found is not None:
        subject = f"{base_of(scope, method, '')}.field.{found.name}"
        notes.claim(found.line, f"{subject}.presence", value=True, wanted=found.name)
        for aspect, value in (("type", found.type), ("required", found.required), ("description", found.description)):
            if value is not None:
                notes.claim(found.line, f"{subject}.{aspect}", value, found.name)


def claim_links(pieces: Sequence[Piece], last: int, notes: Notes) -> None:
    """Notes every link; its line is told by its piece, or lies below it where code in between hides a line's end."""
    for target, text, line in links(pieces):
        notes.claim_within(line, last, f"link.{target}", text, f"]({target}")
