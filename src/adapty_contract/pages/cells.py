"""What a cell of a parameter table says: a mark, words, or a list of fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from adapty_contract.pages.inline import Piece, plain
from adapty_contract.pages.model import Value

_YES = frozenset({
    "yes", "y", "true", "+", "required", "mandatory", "always", "✅", "✔", "☑", "✓", "\u2795", ":heavy_check_mark:",
    ":white_check_mark:", ":heavy_plus_sign:", ":ballot_box_with_check:", ":check_mark:",
})  # fmt: skip
_NO = frozenset({
    "no", "n", "false", "-", "\u2013", "\u2014", "\u2212", "optional", "never", "❌", "✖", "✗", "✕", "✘", "\u2796",
    ":heavy_minus_sign:", ":x:", ":cross_mark:", ":negative_squared_cross_mark:", ":heavy_multiplication_x:",
})  # fmt: skip
_NAME = re.compile(r"[a-z_$][A-Za-z0-9_$]*(?:\[\])?(?:\.[A-Za-z0-9_$]+(?:\[\])?)*")
_AFTER_NAME = (":", "(", "-", "\u2013", "\u2014")
_SCALARS = ("string", "integer", "int", "number", "float", "double", "boolean", "bool", "date", "uuid", "enum", "iso")

_DEEPEST = 40

EntryKind = Literal["cell", "list", "item", "paragraph"]

_ELEMENTS: dict[str, EntryKind] = {"ul": "list", "ol": "list", "li": "item", "p": "paragraph"}


@dataclass(slots=True)
class Entry:
    """A cell, or a list, an item or a paragraph in it: its own pieces, then what stands inside."""

    kind: EntryKind
    pieces: list[Piece] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SubField:
    """A field that is told inside a cell; None where nothing is told of it."""

    name: str
    line: int
    type: str | None
    required: bool | None
    description: str | None
    entry: Entry


def read_mark(text: str) -> Value:
    """Yes or no as a truth value, nothing as None, anything else as it is written."""
    word = text.strip().replace("\ufe0f", "").lower()
    if not word:
        return None
    if word in _YES:
        return True
    return False if word in _NO else text


def outline(pieces: Iterable[Piece]) -> Entry:
    """The lists and paragraphs of HTML in a cell, as a tree."""
    stack = [Entry("cell")]
    for piece in pieces:
        kind = _ELEMENTS.get(piece.tag.name) if piece.tag is not None else None
        if kind is None:
            stack[-1].pieces.append(piece)
        elif piece.tag is not None and piece.tag.kind == "open":
            _open(stack, kind)
        elif piece.tag is not None and piece.tag.kind == "close":
            _close(stack, kind)
    return stack[0]


def _open(stack: list[Entry], kind: EntryKind) -> None:
    if kind == "paragraph" and stack[-1].kind == "paragraph":
        stack.pop()
    while kind == "item" and stack[-1].kind in ("item", "paragraph"):
        stack.pop()
    if len(stack) < _DEEPEST:  # what is deeper belongs to the entry above it
        stack[-1].entries.append(Entry(kind))
        stack.append(stack[-1].entries[-1])


def _close(stack: list[Entry], kind: EntryKind) -> None:
    """Closes the innermost entry of that kind, though no item or paragraph beyond the list it stands in."""
    at = len(stack) - 1
    while at > 0 and stack[at].kind != kind and (kind == "list" or stack[at].kind != "list"):
        at -= 1
    if at > 0 and stack[at].kind == kind:
        del stack[at:]


def children(entry: Entry) -> Iterator[Entry]:
    """The entries below one, without the lists that hold them."""
    for below in entry.entries:
        if below.kind == "list":
            yield from children(below)
        else:
            yield below


def words(entry: Entry, without: Callable[[Entry], object] = lambda _: None) -> str:
    """All that is said in an entry, its lists included, but not the entries that `without` finds something in."""
    below = (words(inner, without) for inner in entry.entries if not without(inner))
    return " ".join(part for part in (plain(entry.pieces), *below) if part)


def is_scalar(type_name: Value) -> bool:
    """Whether a type has no fields, so that a list below it tells values."""
    return isinstance(type_name, str) and type_name.lower().startswith(_SCALARS)


def read_field(entry: Entry) -> SubField | None:
    """The field that an entry describes: `name` in bold or as code, then a type in parentheses, then words."""
    pieces = [piece for piece in entry.pieces if not _is_blank(piece)]
    if not pieces or not (pieces[0].strong or pieces[0].kind == "code"):
        return None
    named = pieces[0].text.strip()
    name, rest = named.rstrip(":").rstrip(), plain(pieces[1:])
    if not _NAME.fullmatch(name) or not (named.endswith(":") or rest.startswith(_AFTER_NAME) or not rest):
        return None
    if not rest and not entry.entries and entry.kind != "item":
        return None
    type_name, required, rest = _parenthesis(rest.lstrip(":-\u2013\u2014 "))
    return SubField(name, pieces[0].line, type_name, required, rest or None, entry)


def _is_blank(piece: Piece) -> bool:
    return piece.kind in ("text", "break") and not piece.text.strip()


def _parenthesis(text: str) -> tuple[str | None, bool | None, str]:
    """The type and whether it is required, from `(string, required)` at the front, and what follows."""
    if not text.startswith("(") or ")" not in text:
        return None, None, text
    inner, rest = text[1:].split(")", 1)
    required: bool | None = None
    types: list[str] = []
    for part in inner.split(","):
        mark = read_mark(part)
        if isinstance(mark, bool) and part.strip().lower() in ("required", "optional", "mandatory"):
            required = mark
        else:
            types.append(part.strip())
    return ", ".join(types) or None, required, rest.lstrip(":-\u2013\u2014 ")


def name_of(pieces: Sequence[Piece]) -> tuple[str, bool | None] | None:
    """The field that a name cell gives, and whether it says that it is required; None if it is no single word."""
    words_of = plain(pieces).removesuffix("*").split(None, 1)
    if not words_of:
        return None
    if len(words_of) == 1:
        return words_of[0], None
    note = words_of[1].strip(" ().,*").lower()
    if note in ("required", "optional", "mandatory"):
        return words_of[0], note != "optional"
    return None
