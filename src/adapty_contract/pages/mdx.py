"""Markdown with MDX: the rules that teach the CommonMark parser imports, tags, expressions, comments, admonitions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from adapty_contract.pages.tags import Tag, is_comment, scan_braces, scan_tag

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

DEEPEST = 60
"""So deep may lists and quotations nest; beyond it they are not read."""

_LONGEST_EXPRESSION = 100_000
_LONGEST_INLINE = 300


@cache
def parser() -> MarkdownIt:
    """The parser: CommonMark, tables, front matter and MDX. Indentation makes no code, as in MDX."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    markdown = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable(["table", "strikethrough"])
    markdown.disable(["code", "html_block", "html_inline"])
    markdown.use(front_matter_plugin)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("table", "mdx_import", _import)
    markdown.block.ruler.before("table", "mdx_comment", _comment, interrupts)
    markdown.block.ruler.before("table", "mdx_expression", _expression)
    markdown.block.ruler.before("table", "mdx_admonition", _admonition, interrupts)
    markdown.block.ruler.before("table", "mdx_table", _html_table, interrupts)
    markdown.block.ruler.before("table", "mdx_tags", _tags, interrupts)
    markdown.core.ruler.at("inline", _inlines)
    markdown.inline.ruler.before("autolink", "mdx_inline", _inline)
    return markdown


def _inlines(state: StateCore) -> None:
    """Parses running text, each text once: the cells of long tables are mostly the same few words."""
    known: dict[str, list[Token]] = {}
    for token in state.tokens:
        if token.type != "inline":
            continue
        children = known.get(token.content)
        if children is None:
            children = known[token.content] = []
            state.md.inline.parse(token.content, state.md, state.env, children)
        token.children = children


def _start(state: StateBlock, line: int) -> int:
    return state.bMarks[line] + state.tShift[line]


def _last(state: StateBlock, line: int, end_line: int, offset: int) -> int:
    """The line on which `offset` stands."""
    while line < end_line - 1 and state.eMarks[line] < offset:
        line += 1
    return line


def _push(state: StateBlock, kind: str, first: int, last: int, content: str = "", tag: Tag | None = None) -> None:
    token = state.push(kind, "", 0)
    token.map = [first, last + 1]
    token.content = content
    if tag is not None:
        token.meta = {"tag": tag}
    state.line = max(state.line, last + 1)


def _import(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001  (the parser's form)
    start = state.bMarks[line]
    if state.level or state.tShift[line] or not state.src.startswith(("import ", "export ", "import{"), start):
        return False
    if silent:
        return True
    last = line
    while last + 1 < end_line and not state.isEmpty(last + 1):
        last += 1
    _push(state, "mdx_import", line, last, state.src[start : state.eMarks[last]])
    return True


def _comment(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    start = _start(state, line)
    if not state.src.startswith("<!--", start):
        return False
    end = state.src.find("-->", start + 4, state.eMarks[end_line - 1])
    if end < 0:
        return False
    last = _last(state, line, end_line, end)
    if state.src[end + 3 : state.eMarks[last]].strip():
        return False
    if not silent:
        _push(state, "mdx_comment", line, last)
    return True


def _expression(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    start = _start(state, line)
    if not state.src.startswith("{", start):
        return False
    end = scan_braces(state.src, start, min(_LONGEST_EXPRESSION, state.eMarks[end_line - 1] - start))
    if end is None:
        return False
    last = _last(state, line, end_line, end)
    if state.src[end : state.eMarks[last]].strip():
        return False
    if not silent:
        kind = "mdx_comment" if is_comment(state.src[start:end]) else "mdx_expression"
        _push(state, kind, line, last, state.src[start:end])
    return True


def _admonition(state: StateBlock, line: int, _end_line: int, silent: bool) -> bool:  # noqa: FBT001
    start = _start(state, line)
    if not state.src.startswith(":::", start):
        return False
    if not silent:
        _push(state, "mdx_admonition", line, line, state.src[start : state.eMarks[line]].lstrip(":").strip())
    return True


def _html_table(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    start = _start(state, line)
    tag = scan_tag(state.src, start)
    if tag is None or tag.name != "table" or tag.kind != "open":
        return False
    end = state.src.find("</table>", start, state.eMarks[end_line - 1])
    if end < 0:
        return False
    last = _last(state, line, end_line, end)
    if not silent:
        _push(state, "mdx_table", line, last, state.src[start:end])
        rest = state.src[end + len("</table>") : state.eMarks[last]].strip()
        if rest:
            _push(state, "mdx_rest", last, last, rest)
    return True


def _tags(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Tags that fill their lines alone; what has text beside it is a paragraph with tags in it."""
    at, stop = _start(state, line), state.eMarks[end_line - 1]
    found: list[tuple[int, Tag]] = []
    last = line
    while True:
        tag = scan_tag(state.src, at)
        if tag is None or tag.end > stop or (tag.name == "table" and found):
            return False
        found.append((_last(state, line, end_line, at), tag))
        last = _last(state, line, end_line, tag.end)
        at = tag.end
        while at < state.eMarks[last] and state.src[at] in " \t":
            at += 1
        if at >= state.eMarks[last]:
            break
    if not silent:
        for first, tag in found:
            _push(state, "mdx_tag", first, last, tag=tag)
    return True


def _inline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
    text, at = state.src, state.pos
    kind, end, tag = "", None, None
    if text.startswith("<!--", at):
        found = text.find("-->", at + 4, state.posMax)
        kind, end = "mdx_comment", None if found < 0 else found + 3
    elif text.startswith("<", at):
        tag = scan_tag(text, at)
        kind, end = "mdx_tag", None if tag is None else tag.end
    elif text.startswith("{", at):
        end = scan_braces(text, at, min(_LONGEST_INLINE, state.posMax - at))
        kind = "mdx_comment" if end is not None and is_comment(text[at:end]) else "mdx_expression"
    if end is None or end > state.posMax:
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = text[at:end]
        if tag is not None:
            token.meta = {"tag": tag}
    state.pos = end
    return True
