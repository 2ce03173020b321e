"""A page as a flat sequence of blocks, each with its lines in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from adapty_contract.pages.inline import Piece, read_inline
from adapty_contract.pages.tags import Tag

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal[
    "front-matter", "heading", "paragraph", "item", "fence", "table", "import", "tag", "expression", "admonition",
    "comment", "rule", "rest", "reference", "unreached",
]  # fmt: skip

_BLOCKS: dict[str, Kind] = {
    "front_matter": "front-matter",
    "mdx_import": "import",
    "mdx_tag": "tag",
    "mdx_expression": "expression",
    "mdx_admonition": "admonition",
    "mdx_comment": "comment",
    "mdx_rest": "rest",
    "hr": "rule",
}
_MARKERS = frozenset(">-*+.)0123456789 \t")  # what a line holds that opens a list or quotation and says nothing


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, or its place where the row has none."""

    pieces: tuple[Piece, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `written` is how many cells stand in the file, which may be more or fewer than its columns."""

    line: int
    cells: tuple[Cell, ...]
    written: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block, from `line` to `end`, both counted from 1. Which of the other parts it has depends on its kind."""

    kind: Kind
    line: int
    end: int
    text: str = ""
    level: int = 0
    info: str = ""
    pieces: tuple[Piece, ...] = ()
    rows: tuple[Row, ...] = field(default=(), repr=False)
    tag: Tag | None = None


def read_blocks(text: str) -> list[Block]:
    """The blocks of a page, in its order, and last what no block holds although something stands there."""
    from adapty_contract.pages.mdx import parser

    lines = text.split("\n")
    environment: dict[str, dict[str, object]] = {}
    blocks = list(_blocks(parser().parse(text, environment), lines))
    blocks += _references(environment)
    return blocks + _unreached(blocks, lines)


def _blocks(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Block]:
    from adapty_contract.pages.tables import beside_cells, markdown_table, markup_table

    at, in_item = 0, False
    while at < len(tokens):
        token = tokens[at]
        if token.type == "table_open":
            end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
            yield markdown_table(tokens[at:end], lines)
            at = end
        elif token.type == "list_item_open":
            in_item = True
        elif token.type in ("heading_open", "paragraph_open"):
            yield _running(token, tokens[at + 1], in_item=in_item)
            at, in_item = at + 1, False
        elif token.type == "mdx_table":
            yield markup_table(token)
            yield from beside_cells(token)
        elif token.map is not None:
            yield from _single(token)
        at += 1


def _running(opening: Token, inline: Token, *, in_item: bool) -> Block:
    first, end = opening.map or (0, 1)
    pieces = read_inline(inline.children or (), first + 1)
    if opening.type == "heading_open":
        return Block("heading", first + 1, end, inline.content, level=int(opening.tag[1:]), pieces=pieces)
    return Block("item" if in_item else "paragraph", first + 1, end, inline.content, pieces=pieces)


def _single(token: Token) -> Iterator[Block]:
    first, end = token.map or (0, 1)
    if token.type == "fence":
        yield Block("fence", first + 1, end, token.content, info=token.info)
    elif token.type in _BLOCKS:
        yield Block(_BLOCKS[token.type], first + 1, end, token.content, tag=token.meta.get("tag"))


def _references(environment: dict[str, dict[str, object]]) -> Iterator[Block]:
    definitions: list[object] = [*environment.get("references", {}).values(), *environment.get("duplicate_refs", ())]
    for definition in definitions:
        if isinstance(definition, dict):
            first, end = definition["map"]
            yield Block("reference", first + 1, end, definition["href"])


def _unreached(blocks: Iterable[Block], lines: Sequence[str]) -> list[Block]:
    reached: set[int] = set()
    for block in blocks:
        reached.update(range(block.line, block.end + 1))
    return [
        Block("unreached", number, number, line)
        for number, line in enumerate(lines, start=1)
        if number not in reached and not _MARKERS.issuperset(line.strip())
    ]
