"""report.html: a run as one page that needs no network and no script, for people who want to know what broke and why."""

from __future__ import annotations

import functools
import re
import zlib
from typing import TYPE_CHECKING, Any

from adapty_contract.reporters import reporter
from adapty_contract.reporters.phrases import known_as
from adapty_contract.reporters.terminal_parts import plural, seconds
from adapty_contract.visible import one_line, shortened, visible

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from adapty_contract.record import RunRecord
    from adapty_contract.web import Assets

_NO_SLUG = re.compile(r"[^A-Za-z0-9_.-]+")
_TICKED = re.compile(r"`([^`]+)`")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/?#&=%+-]*)?")
_ON_GITHUB = re.compile(r"([A-Za-z0-9-]+/[A-Za-z0-9._-]+):([A-Za-z0-9_][A-Za-z0-9._/-]*)")


@reporter("html", filename="report.html")
def render(record: RunRecord) -> bytes:
    """A page for people: verdicts, findings with their exchanges, open questions, coverage, timeline; works offline.

    The exchanges that explain something are in it; the record has all of them.
    """
    from adapty_contract.reporters.html.page import page_of

    template, assets = _prepared()
    return template.render(page=page_of(record), assets=assets).encode()


@functools.cache
def _prepared() -> tuple[Template, Assets]:
    """The compiled template and what it carries, made once.

    Whatever a template prints is made visible first, so that no text of a server can be forgotten.
    """
    from adapty_contract.web import assets, environment

    safe = environment(__name__).overlay(finalize=_harmless)
    own = {"slug": slug, "pre": pre, "ticked": ticked, "shown": shown, "link": address, "known_as": known_as}
    safe.filters |= {**own, "seconds": seconds, "plural": plural, "moment": moment}
    return safe.get_template("report.html"), assets(__name__, ("report.css",))


def _harmless(value: Any) -> Any:
    """`value`, if it is text from anywhere but a template, without what a reader cannot see or a parser would refuse."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def pre(text: str) -> Markup:
    """`text` as the content of an element, its quotes left alone: bodies are full of them, and there they mean nothing."""
    from markupsafe import Markup

    safe = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(safe)  # noqa: S704  (escaped just now)


def ticked(text: str, limit: int | None = None) -> Markup:
    """`text` on one line, and as code what stands in it between backticks; nothing else in it means anything."""
    from markupsafe import Markup, escape

    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(one_line(text, limit)))))  # noqa: S704  (escaped just now)


def shown(text: str, limit: int) -> str:
    """`text` made visible, with its lines but not more of them than fit a screen or two."""
    from adapty_contract.reporters.html.bodies import few_lines

    return few_lines(shortened(visible(text), limit))


def address(where: str) -> str | None:
    """A link to where a source can be read: a URL, or the history of a file (`owner/repo:path`), as a file may move."""
    if _URL.fullmatch(where):
        return where
    found = _ON_GITHUB.fullmatch(where)
    return f"https://github.com/{found[1]}/commits/HEAD/{found[2]}" if found and ".." not in where else None


def moment(value: float) -> str:
    """A round moment of the time axis: `0.5 s`, `40 s`, `2 min 0 s`."""
    return f"{value:g} s" if value < 60 else seconds(value)


def slug(text: str) -> str:
    """`text` as a part of an anchor: itself if it is an id of ours, otherwise something that differs for each text."""
    plain = _NO_SLUG.sub("-", text)
    return plain if plain == text else f"{plain[:40]}-{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"
