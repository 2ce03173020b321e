"""Tables, of Markdown and of HTML, as rows of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from adapty_contract.pages.blocks import Block, Cell, Row
from adapty_contract.pages.inline import read_inline, read_source
from adapty_contract.pages.tags import Tag, scan_tag

if TYPE_CHECKING:
    from markdown_it.token import Token


def markdown_table(tokens: Sequence[Token], lines: Sequence[str]) -> Block:
    """The table that `tokens` describe; its first row is that of the headings."""
    first, end = tokens[0].map or (0, 1)
    rows = []
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            line = (token.map or (first, end))[0]
            rows.append(Row(line + 1, tuple(_cells(tokens, at, line + 1)), _written(lines[line])))
    return Block("table", first + 1, end, rows=tuple(rows))


def _cells(tokens: Sequence[Token], at: int, line: int) -> Iterator[Cell]:
    while tokens[at].type != "tr_close":
        if tokens[at].type == "inline":
            yield Cell(read_inline(tokens[at].children or (), line), line)
        at += 1


def _written(line: str) -> int:
    """How many cells a line of a Markdown table has; a line without a pipe has none."""
    bare = line.strip().replace("\\\\", "").replace("\\|", "")
    pipes = bare.count("|")
    return pipes and pipes + 1 - bare.startswith("|") - bare.endswith("|")


def markup_table(token: Token) -> Block:
    """A table of HTML; its first row is that of the headings, whichever tags it has."""
    first, end = token.map or (0, 1)
    rows: list[Row] = []
    cells: list[Cell] | None = None
    row_line = first
    for tag, start in _table_tags(token.content):
        line = first + 1 + token.content.count("\n", 0, start)
        if tag.name == "tr" or cells is None:
            if cells:
                rows.append(Row(row_line, tuple(cells), len(cells)))
            cells, row_line = [], line
        if tag.name in ("td", "th") and tag.kind == "open":
            source = token.content[tag.end : _cell_end(token.content, tag.end)]
            blank = source[: len(source) - len(source.lstrip())].count("\n")
            cells.append(Cell(read_source(source.strip(), line + blank), line))
    if cells:
        rows.append(Row(row_line, tuple(cells), len(cells)))
    return Block("table", first + 1, end, rows=tuple(rows))


def beside_cells(token: Token) -> Iterator[Block]:
    """What a table of HTML says outside of its cells, such as its caption."""
    text, at = token.content, 0
    while at < len(text):
        end = text.find("<", at)
        end = len(text) if end < 0 else end
        words = text[at:end].strip()
        if words:
            line = (token.map or (0, 1))[0] + 1 + text.count("\n", 0, text.index(words, at))
            yield Block("rest", line, line, words)
        tag = scan_tag(text, end)
        if text.startswith("<!--", end):
            at = (text.find("-->", end) + 3) if "-->" in text[end:] else len(text)
        elif tag is None:
            at = end + 1
        else:
            at = _cell_end(text, tag.end) if tag.name in ("td", "th") and tag.kind == "open" else tag.end


def _table_tags(text: str) -> Iterator[tuple[Tag, int]]:
    at = text.find("<")
    while at >= 0:
        tag = scan_tag(text, at)
        if tag is not None and tag.name in ("tr", "td", "th"):
            yield tag, at
        at = text.find("<", at + 1 if tag is None else tag.end)


def _cell_end(text: str, at: int) -> int:
    """A cell ends at its closing tag, or where the next cell or row begins."""
    at = text.find("<", at)
    while at >= 0:
        tag = scan_tag(text, at)
        if tag is not None and tag.name in ("tr", "td", "th", "tbody", "thead"):
            return at
        at = text.find("<", at + 1 if tag is None else tag.end)
    return len(text)
