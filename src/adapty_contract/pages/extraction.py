"""A page's blocks, read in their order and in the scope of their headings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapty_contract.pages.blocks import Block, read_blocks
from adapty_contract.pages.codes import claim_endpoint, claim_example, claim_sample, language_of, read_endpoint
from adapty_contract.pages.elements import LAYOUT, QUIET, VOID
from adapty_contract.pages.front_matter import claim_front_matter
from adapty_contract.pages.imports import Imported, read_imports
from adapty_contract.pages.inline import APART, Piece, is_bold, plain, unread_in
from adapty_contract.pages.model import Component
from adapty_contract.pages.notes import Notes
from adapty_contract.pages.operation import UNKNOWN, Operations
from adapty_contract.pages.outline import BOLD_LEVEL, COLON_LEVEL, Outline
from adapty_contract.pages.parameters import Places, read_table
from adapty_contract.pages.prose import claim_links, read_item, read_paragraph
from adapty_contract.pages.scopes import Scope, names_part
from adapty_contract.pages.subjects import base_of, base_of_headers
from adapty_contract.pages.tabs import read_tabs
from adapty_contract.pages.tags import Tag
from adapty_contract.pages.texts import Texts, claim_words, works_as_heading

Resolve = Callable[[Imported, Scope, str], str | None]
"""Reads the file of a component in a scope of an operation; its name, or None if there is none."""

_WHAT = {
    "expression": "an expression",
    "rest": "text beside the cells of a table",
    "unreached": "a line that no rule reaches",
}
_CONTENT = frozenset({"paragraph", "item", "fence", "table", "expression"})


class Extraction:
    """Reads one file: `start` and `method` are what a component's file is read as part of."""

    def __init__(self, notes: Notes, resolve: Resolve, start: Scope, method: str | None) -> None:
        self._notes = notes
        self._texts = Texts(notes)
        self._resolve = resolve
        self._outline = Outline(start)
        self._is_part = method is not None
        self._operations = Operations((), method or UNKNOWN)
        self._given = method
        self._imported: dict[str, Imported] = {}
        self._started = self._is_part  # a page says what it is for before its first heading
        self._summary: list[Piece] | None = None
        self._secured = False
        self.title: str | None = None
        self._readers: dict[str, Callable[[Block], None]] = {
            "heading": self._read_heading,
            "paragraph": self._read_running,
            "item": self._read_running,
            "fence": self._read_fence,
            "table": self._read_table,
            "tag": self._read_tags,
            "import": self._read_imports,
            "front-matter": self._read_front_matter,
            "reference": self._texts.read_reference,
            "admonition": lambda block: self._texts.read_mark(block, self._method(block.line)),
            **dict.fromkeys(_WHAT, self._read_unknown),
        }

    def read(self, text: str) -> None:
        """Reads the whole file."""
        blocks = read_blocks(text)
        self._operations = Operations(blocks, self._given)
        if not self._is_part:
            read_tabs(blocks, self._notes, self._method(1))
        for block in blocks:
            self._read(block)
        self._texts.finish()
        self._notes.unread_all(
            (at, f"the tag <{name}>, which is never closed") for name, at in self._outline.open_tags()
        )
        for scope in self._outline.empty():
            if scope.kind in ("errors", "response") and scope.line:
                base = base_of(scope, self._method(scope.line), self._notes.page)
                self._notes.claim(scope.line, f"{base}.empty", value=True)

    def _method(self, line: int) -> str:
        return self._operations.method(line)

    def _base(self, line: int) -> str:
        return base_of(self._outline.scope, self._method(line), self._notes.page)

    def _read(self, block: Block) -> None:
        if block.kind in _CONTENT and not works_as_heading(block):
            self._outline.fill()
        reader = self._readers.get(block.kind)
        if reader is not None:
            reader(block)

    def _read_unknown(self, block: Block) -> None:
        self._notes.unread(block.line, f"{_WHAT[block.kind]}: {block.text.strip()[:40]}")

    def _read_front_matter(self, block: Block) -> None:
        if not self._is_part:
            self.title = claim_front_matter(block, self._method(block.line), self._notes)

    def _read_heading(self, block: Block) -> None:
        text = plain(piece for piece in block.pieces if not piece.text.startswith("{#"))
        if block.level == 1 and self.title is None and not self._is_part:
            self.title = text
            self._notes.claim(block.line, f"page.{self._method(block.line)}.title", text, text)
            return
        above = self._outline.heading_level
        if above is not None and block.level > above + 1:
            self._notes.claim(block.line, f"page.{self._method(block.line)}.structure", [above, block.level])
        self._outline.heading_level = block.level
        self._started = True
        self._open(text, block.level, block.line)
        claim_links(block.pieces, block.end, self._notes)

    def _open(self, text: str, level: int, line: int) -> None:
        scope = self._outline.open_heading(text, level, line)
        if scope.words is not None and scope.status is not None and not scope.example:
            self._notes.claim(line, f"response.{scope.status}.{self._method(line)}", scope.words, text)

    def _read_running(self, block: Block) -> None:
        if works_as_heading(block):
            self._open(plain(block.pieces), BOLD_LEVEL if is_bold(block.pieces) else COLON_LEVEL, block.line)
            claim_links(block.pieces, block.end, self._notes)
            return
        rest = [piece for piece in block.pieces if not self._takes(piece)]
        claim_links(block.pieces, block.end, self._notes)
        if not plain(rest):
            return
        scope, method = self._outline.scope, self._method(block.line)
        before = len(self._notes.findings.claims)
        self._read_words(block, rest, scope, method)
        is_told = len(self._notes.findings.claims) > before
        self._texts.read(block, rest, scope.title, method, is_told=is_told)

    def _read_words(self, block: Block, rest: Sequence[Piece], scope: Scope, method: str) -> None:
        is_of_key = scope.kind == "security" and "key" in plain(rest).lower()
        if block.kind == "item" and not is_of_key:
            read_item(block, rest, scope, method, self._notes)
            return
        if not self._started:
            self._started = True
            claim_words(block, rest, f"page.{method}.purpose", self._notes)
        self._secured = read_paragraph(block, rest, scope, method, self._notes, secured=self._secured)

    def _takes(self, piece: Piece) -> bool:
        """Whether a piece of a paragraph is no part of its text: a tag, or the words of a summary."""
        if self._summary is not None and not (piece.tag is not None and piece.tag.name == "summary"):
            self._summary.append(piece)
            return True
        self._notes.unread_all(unread_in([piece]))
        if piece.tag is None:
            return False
        self._read_tag(piece.tag, piece.line)
        return piece.tag.name not in APART

    def _read_fence(self, block: Block) -> None:
        method = self._method(block.line)
        if block.info[:1].isspace() and block.info.strip():
            self._notes.claim(block.line, f"page.{method}.fence", "space before the language")
        endpoint = read_endpoint(block)
        if endpoint is not None and not self._is_part:
            if self._operations.is_first(endpoint):
                claim_endpoint(endpoint, self._notes)
            else:
                self._notes.unread(endpoint.line, "a second operation on one page")
            return
        language = language_of(block)
        if language == "json":
            claim_example(block, f"{self._base(block.line)}.example", self._notes)
        else:
            claim_sample(block, language, self._outline.label, self._notes, method)

    def _read_table(self, block: Block) -> None:
        method = self._method(block.line)
        scope = self._outline.scope
        places = Places(
            self._base(block.line), base_of_headers(scope, method), f"response.*.{method}", names_headers=scope.headers
        )
        read_table(block, self._notes, places)
        for row in block.rows:
            text = plain(row.cells[0].pieces) if row.written == 0 and row.cells else ""
            if text.endswith(":") and names_part(text):
                self._open(text, COLON_LEVEL, row.line)
            for cell in row.cells:
                claim_links(cell.pieces, cell.line, self._notes)
                self._notes.unread_all(unread_in(cell.pieces, " in a table"))

    def _read_tags(self, block: Block) -> None:
        if block.tag is not None:
            self._read_tag(block.tag, block.line)

    def _read_tag(self, tag: Tag, line: int) -> None:
        if tag.name == "summary":
            self._read_summary(tag, line)
        elif tag.name in QUIET or not tag.name:
            return
        elif tag.kind == "close":
            self._close(tag.name, line)
        else:
            if tag.name not in LAYOUT:
                self._outline.fill()
                if tag.kind == "alone" or tag.name not in self._imported:  # around content, it is there for the looks
                    self._use(tag, line)
            is_open = tag.kind == "open" and tag.name not in VOID
            if is_open and not self._outline.open_tag(tag, line):
                self._notes.unread(line, f"the tag <{tag.name}>, which nests too deeply")

    def _read_summary(self, tag: Tag, line: int) -> None:
        """What folded content is called works as a heading of it."""
        if tag.kind == "open":
            self._summary = []
        elif self._summary is not None:
            text, self._summary = plain(self._summary), None
            if text:
                self._open(text, BOLD_LEVEL, line)

    def _close(self, name: str, line: int) -> None:
        left = self._outline.close_tag(name)
        if left is None:
            self._notes.unread(line, f"the tag </{name}>, which closes nothing")
        for inner, opened in left or ():
            self._notes.unread(opened, f"the tag <{inner}>, which is never closed")

    def _use(self, tag: Tag, line: int) -> None:
        """A component is read in its place, or stands for what is told there."""
        imported = self._imported.get(tag.name)
        if imported is None:
            self._notes.unread(line, f"the tag <{tag.name}>")
            return
        scope, method = self._outline.scope, self._method(line)
        if self._resolve(imported, scope, method) is None:
            part = "example.component" if scope.example else "body"
            self._notes.claim(line, f"{self._base(line)}.{part}", tag.name, f"<{tag.name}")

    def _read_imports(self, block: Block) -> None:
        found, unread = read_imports(block.text)
        for at, what in unread:
            self._notes.unread(block.line + at, what)
        for imported in found:
            self._imported[imported.name] = imported
            line = block.line + imported.line
            self._notes.findings.components.append(Component(self._notes.page, line, imported.name, imported.source))
            if imported.name not in LAYOUT:
                self._notes.claim(line, f"component.{imported.name}", imported.source, imported.source)
