"""What the tags of a page are for."""

from __future__ import annotations

LAYOUT = frozenset({"Tabs", "TabItem", "Details", "details", "summary"})
"""Tags that arrange what a page says, and are understood."""

QUIET = frozenset({
    "a", "abbr", "b", "blockquote", "br", "center", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "s", "section", "small", "span", "strong", "sub", "sup", "tt",
    "u", "ul",
})  # fmt: skip
"""Tags of HTML that only say how words look."""

VOID = frozenset({"img", "input", "source"})
"""Tags of HTML that are told, and have no content."""
