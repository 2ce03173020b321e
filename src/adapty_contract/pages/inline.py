"""Running text as pieces: words, code, links, tags, each with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from adapty_contract.pages.tags import Tag

if TYPE_CHECKING:
    from markdown_it.token import Token

Kind = Literal["text", "code", "link", "link-end", "tag", "break", "image", "expression"]

_SPOKEN: dict[str, Kind] = {
    "text": "text",
    "text_special": "text",
    "code_inline": "code",
    "mdx_expression": "expression",
}
_TARGETS: dict[str, tuple[Kind, str]] = {
    "link_open": ("link", "href"),
    "link_close": ("link-end", ""),
    "image": ("image", "src"),
}
APART = frozenset({"br", "p", "li", "ul", "ol", "div"})
"""Tags of HTML that keep words apart."""

_STRONG = frozenset({"strong", "b"})
_STRUCK = frozenset({"del", "s", "strike"})
_CODE = frozenset({"code", "kbd", "tt"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of running text. `text` is what is read, or the target of a link or image; `line` counts from 1."""

    kind: Kind
    line: int
    text: str = ""
    strong: bool = False
    tag: Tag | None = None


def read_inline(children: Sequence[Token], line: int) -> tuple[Piece, ...]:
    """The pieces of an inline token's children, of which the first stands on `line`."""
    return tuple(_marked(_pieces(children, line)))


def read_source(source: str, line: int) -> tuple[Piece, ...]:
    """The pieces of a text that is still Markdown, such as a cell of an HTML table."""
    from adapty_contract.pages.mdx import parser

    tokens = parser().parseInline(source)
    return read_inline(tokens[0].children or (), line) if tokens else ()


def plain(pieces: Iterable[Piece]) -> str:
    """The words of `pieces`, with white space as a reader sees it."""
    return " ".join("".join(_spoken(piece) for piece in pieces).split())


def _spoken(piece: Piece) -> str:
    if piece.kind in ("text", "code"):
        return piece.text
    if piece.kind == "break":
        return " "
    if piece.kind == "expression":
        return piece.text
    if piece.tag is not None and piece.tag.name in APART:
        return " "
    return ""


def _pieces(children: Sequence[Token], line: int) -> Iterator[Piece]:
    strong = 0
    for token in children:
        if token.type in ("strong_open", "strong_close"):
            strong += token.nesting
        elif token.type in ("softbreak", "hardbreak"):
            line += 1
            yield Piece("break", line)
        else:
            piece = _piece(token, line, strong=strong > 0)
            if piece is not None:
                yield piece
            line += token.content.count("\n") if token.type.startswith("mdx_") else 0


def _piece(token: Token, line: int, *, strong: bool) -> Piece | None:
    if token.type in _SPOKEN:
        return Piece(_SPOKEN[token.type], line, token.content, strong)
    if token.type in _TARGETS:
        kind, attribute = _TARGETS[token.type]
        return Piece(kind, line, str(token.attrs.get(attribute, "")), strong)
    if token.type == "s_open":
        return Piece("tag", line, token.markup, strong, Tag("del", "open", 0))
    return Piece("tag", line, token.content, strong, token.meta["tag"]) if token.type == "mdx_tag" else None


def _marked(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Says in words of Markdown what tags of HTML say: strong, code and links."""
    strong = code = 0
    for piece in pieces:
        name = piece.tag.name if piece.tag is not None else ""
        step = 1 if piece.tag is not None and piece.tag.kind == "open" else -1
        if name in _STRONG:
            strong = max(0, strong + step)
        elif name in _CODE:
            code = max(0, code + step)
        elif name == "a" and piece.tag is not None:
            target = piece.tag.attributes.get("href", "")
            yield Piece("link", piece.line, str(target)) if step > 0 else Piece("link-end", piece.line)
        elif piece.kind == "text" and (strong or code):
            yield replace(piece, kind="code" if code else "text", strong=piece.strong or bool(strong))
        else:
            yield piece


def unread_in(pieces: Iterable[Piece], where: str = "") -> Iterator[tuple[int, str]]:
    """What is no text and what changes the meaning of text, each with its line."""
    for piece in pieces:
        if piece.kind in ("image", "expression"):
            yield piece.line, f"an {piece.kind}{where}: {piece.text[:40]}"
        elif piece.tag is not None and piece.tag.kind == "open" and piece.tag.name in _STRUCK:
            yield piece.line, f"words that are struck out{where}"


def links(pieces: Iterable[Piece]) -> Iterator[tuple[str, str, int]]:
    """The target, the words and the line of every link."""
    target: Piece | None = None
    words: list[Piece] = []
    for piece in pieces:
        if piece.kind == "link":
            target, words = piece, []
        elif piece.kind == "link-end" and target is not None:
            yield target.text, plain(words), target.line
            target = None
        elif target is not None:
            words.append(piece)


def is_bold(pieces: Sequence[Piece]) -> bool:
    """Whether a paragraph is all in bold, as headings are that a page does not call so."""
    spoken = [piece for piece in pieces if piece.kind in ("text", "code") and piece.text.strip(" :")]
    return bool(spoken) and all(p.strong for p in spoken) and all(p.kind in ("text", "code") for p in pieces)
