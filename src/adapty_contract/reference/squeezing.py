"""HTML in fewer bytes: what a parser supplies by itself is left out. The page has to stay small with all it says."""

from __future__ import annotations

import re

_KEPT = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_TAG = re.compile(r"(<[^<>]*>)")
_QUOTED = re.compile(r"""(\s[a-z-]+)="([\w#.:/-]*[\w#.:-])"(?=[\s>])""")
_QUOTES = re.compile("&quot;|&#34;|&#39;")
_MARKS = {"&quot;": '"', "&#34;": '"', "&#39;": "'"}
_BLOCK = "button|d[dlt]|details|div|fieldset|form|h[1-6]|header|label|legend|li|main|nav|ol|output|p|section|summary|ul"
_SPACE = re.compile(r"\s*\n\s*")
_AROUND_BLOCKS = re.compile(rf"\n(?=</?(?:{_BLOCK})\b)|(?<=>)\n(?=<(?:input|pre)\b)")
_OPENING = "d[dlt]|details|div|fieldset|figure|h[1-6]|li|main|nav|ol|p|pre|section|table|ul"
_CLOSING = "dd|details|div|dl|fieldset|figure|li|main|nav|ol|section|ul"
_OPTIONAL = re.compile(
    rf"</p>(?=<(?:{_OPENING})\b|</(?:{_CLOSING})>)|</dt>(?=<dd\b)|</dd>(?=<d[dt]\b|</(?:div|dl)>)"
    r"|</li>(?=<li\b|</[uo]l>)"
)


def squeezed(page: str) -> str:
    """A page that reads the same without optional end tags, line ends around blocks, and quotes that nothing needs.

    What stands in `pre`, `script`, `style` and `textarea` is left as it is, byte for byte.
    """
    parts = _KEPT.split(page)  # text, element, its name, text, ...
    for index in range(0, len(parts), 3):
        parts[index] = _squeezed(parts[index])
    return "".join(part for index, part in enumerate(parts) if index % 3 != 2)


def _squeezed(part: str) -> str:
    pieces = _TAG.split(part)  # text, tag, text, ...
    pieces[::2] = [_QUOTES.sub(lambda mark: _MARKS[mark[0]], text) for text in pieces[::2]]
    pieces[1::2] = [_QUOTED.sub(r"\1=\2", tag) for tag in pieces[1::2]]
    return _OPTIONAL.sub("", _AROUND_BLOCKS.sub("", _SPACE.sub("\n", "".join(pieces))))
