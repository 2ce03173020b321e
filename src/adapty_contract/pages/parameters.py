"""Parameter tables: each row is a field, and each cell says something of it, if only that it says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapty_contract.pages.blocks import Block, Cell, Row
from adapty_contract.pages.cells import (
    Entry,
    SubField,
    children,
    is_scalar,
    name_of,
    outline,
    read_field,
    read_mark,
    words,
)
from adapty_contract.pages.columns import Column, are_headings, read_columns
from adapty_contract.pages.inline import Piece, plain
from adapty_contract.pages.model import Value
from adapty_contract.pages.notes import Notes, first_words

_CHILD_MARKS = "\u21b3\u2514\u203a\u2023\u251c\u2500\u00a0> "
_MARKS: frozenset[Column | str] = frozenset({"required", "optional", "nullable"})
_KEYS: frozenset[Column | str] = frozenset({"name", "header", "status"})


@dataclass(frozen=True, slots=True)
class Places:
    """The subjects that a table speaks of: what has its fields, what has its headers, and `*` for a status.

    Below a heading that speaks of headers, what a table names are headers.
    """

    fields: str
    headers: str
    statuses: str
    names_headers: bool


def read_table(block: Block, notes: Notes, places: Places) -> None:
    """Notes what a table says of `places`."""
    if not block.rows:
        notes.unread(block.line, "a table without rows")
        return
    table = _Table(notes, read_columns(_texts(block.rows[0])), places)
    table.claim_columns(block.rows[0])
    for row in block.rows[1:]:
        table.read(row)


def _texts(row: Row) -> list[str]:
    return [plain(cell.pieces) for cell in row.cells]


class _Table:
    """A table while it is read; remembers which row the next may belong to."""

    def __init__(self, notes: Notes, columns: list[Column | str], places: Places) -> None:
        self._notes = notes
        self._columns = columns
        self._places = places
        self._parent = ""

    def claim_columns(self, row: Row) -> None:
        """Notes how the columns are called, in their order."""
        names_headers = self._places.names_headers or ("header" in self._columns and "name" not in self._columns)
        base = f"{self._places.headers}.headers" if names_headers else self._places.fields
        subject = self._notes.findings.unique(f"{base}.columns")
        self._notes.claim(row.line, subject, _texts(row))

    def read(self, row: Row) -> None:
        """Notes what a row says, or why it says nothing that could be noted."""
        key = next((column for column in ("name", "header", "status") if column in self._columns), None)
        if row.written == 0:
            self._notes.unread(row.line, "text right below a table, which makes it a row")
        elif _is_delimiter(written := _texts(row)):
            self._notes.unread(row.line, "a line between headings and rows, where none is due")
        elif are_headings(written):
            self._notes.unread(row.line, "headings in the midst of a table")
            self._columns = read_columns(written)
        elif key is None:
            self._notes.unread(row.line, "a row of a table that has no column of names")
        else:
            self._read_row(row, key)

    def _read_row(self, row: Row, key: str) -> None:
        if row.written != len(self._columns):
            self._notes.unread(row.line, f"a row of {row.written} cells in a table of {len(self._columns)} columns")
        cells = dict(zip(self._columns, row.cells, strict=False))
        subject = self._subject(cells, key, row) if key in cells else None
        if subject is None:
            self._notes.unread(row.line, "a row whose first cell is no name")
            return
        name = first_words(cells[key].pieces)
        is_field = subject.startswith(f"{self._places.fields}.field.")
        line, wanted = (row.line, "") if name is None else (name.line, name.text.strip())
        self._notes.claim(line, f"{subject}.presence" if is_field else subject, value=True, wanted=wanted)
        self._read_aspects(subject, cells)

    def _subject(self, cells: dict[Column | str, Cell], key: str, row: Row) -> str | None:
        pieces = outline(cells[key].pieces).pieces
        named = name_of(_unmarked(pieces))
        if named is None:
            return None
        name, required = named
        if key == "status":
            return self._places.statuses.replace("*", name) if name[:1].isdigit() else None
        place = plain(cells["place"].pieces).lower() if "place" in cells else ""
        if key == "header" or place == "header" or self._places.names_headers:
            return f"{self._places.headers}.header.{name.lower()}"
        indented = plain(pieces)[:1] in _CHILD_MARKS or pieces[0].text[:1] == "\u00a0"
        name = f"{self._parent}.{name}" if indented and self._parent else name
        self._parent = self._parent if indented and self._parent else name
        subject = f"{self._places.fields}.field.{name}"
        if required is not None:
            self._notes.claim(row.line, f"{subject}.required", required, plain(pieces))
        return subject

    def _read_aspects(self, subject: str, cells: dict[Column | str, Cell]) -> None:
        type_name = plain(cells["type"].pieces) if "type" in cells else None
        for column, cell in cells.items():
            if column in _KEYS or not column:
                continue
            entry = outline(cell.pieces)
            start = first_words(cell.pieces)
            line, wanted = (cell.line, "") if start is None else (start.line, start.text.strip())
            value = _value(column, entry, cell)
            if value is not None or start is None:  # a cell that holds fields and nothing else says nothing itself
                self._notes.claim(line, f"{subject}.{_aspect(column)}", value, wanted)
            if column == "description" and not _MARKS & cells.keys():
                self._read_note(subject, str(value or ""), line)
            self._read_list(subject, type_name, entry)

    def _read_note(self, subject: str, text: str, line: int) -> None:
        """A description may begin with what other tables have a column for."""
        note = text.lower().lstrip("(*")[:8]
        if text.startswith("(") and note in ("optional", "required"):
            self._notes.claim(line, f"{subject}.required", note == "required", text)

    def _read_list(self, subject: str, type_name: str | None, entry: Entry) -> None:
        """The fields that a list in a cell describes, or the values that a scalar may have."""
        if is_scalar(type_name):
            items = [below for below in children(entry) if below.kind == "item"]
            start = first_words(piece for item in items for piece in item.pieces)
            if start is not None:
                names = [_first_word(item) for item in items]
                self._notes.claim(start.line, f"{subject}.values", list(names), start.text.strip())
            return
        for below in children(entry):
            found = read_field(below)
            if found is not None:
                self._read_field(f"{subject}.{found.name}", found)
            else:
                self._read_list(subject, None, below)

    def _read_field(self, subject: str, found: SubField) -> None:
        self._notes.claim(found.line, f"{subject}.presence", value=True, wanted=found.name)
        for aspect, value in (("type", found.type), ("required", found.required), ("description", found.description)):
            if value is not None:
                self._notes.claim(found.line, f"{subject}.{aspect}", value, found.name)
        self._read_list(subject, found.type, found.entry)


def _is_delimiter(texts: Sequence[str]) -> bool:
    return all(text and not text.strip("-:\u2013\u2014") for text in texts)


def _aspect(column: str) -> str:
    return "required" if column == "optional" else column


def _value(column: str, entry: Entry, cell: Cell) -> Value:
    text = words(entry, without=read_field)
    if column in _MARKS:
        mark = read_mark(text)
        return not mark if column == "optional" and isinstance(mark, bool) else mark
    if column == "values" and text:
        codes: list[Value] = [piece.text for piece in cell.pieces if piece.kind == "code"]
        return codes or [part.strip() for part in text.split(",")]
    return text or None


def _first_word(item: Entry) -> str:
    start = first_words(item.pieces)
    if start is None:
        return ""
    return start.text.strip().rstrip(":") if start.kind == "code" or start.strong else plain(item.pieces)


def _unmarked(pieces: Iterable[Piece]) -> list[Piece]:
    """A name without the sign in front that makes it a part of the row above."""
    marked = list(pieces)
    if marked and marked[0].kind == "text":
        first = marked[0]
        marked[0] = Piece("text", first.line, first.text.lstrip(_CHILD_MARKS), first.strong)
    return marked
