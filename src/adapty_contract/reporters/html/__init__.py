"""report.html: a run as one page that needs no network and no script, for people who want to know what broke and why."""

from __future__ import annotations

import functools
import re
import zlib
from typing import TYPE_CHECKING, Any

from adapty_contract.reporters import reporter
from adapty_contract.reporters.terminal_parts import plural, seconds
from adapty_contract.visible import visible

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

    from adapty_contract.record import RunRecord
    from adapty_contract.web import Assets

_NO_SLUG = re.compile(r"[^A-Za-z0-9_.-]+")


@reporter("html", filename="report.html")
def render(record: RunRecord) -> bytes:
    """A page for people: verdicts, findings with their exchanges, open questions, coverage, timeline; works offline.

    The exchanges that explain something are in it; all of them are in report.json and report.har.
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
    safe.filters |= {"slug": slug, "pre": pre, "seconds": seconds, "plural": plural}
    return safe.get_template("report.html"), assets(__name__, ("report.css",))


def _harmless(value: Any) -> Any:
    """`value`, if it is text from anywhere but a template, without what a reader cannot see or a parser would refuse."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def pre(text: str) -> Markup:
    """`text` as the content of an element, its quotes left alone: bodies are full of them, and there they mean nothing."""
    from markupsafe import Markup

    safe = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(safe)  # noqa: S704  (escaped just now)


def slug(text: str) -> str:
    """`text` as a part of an anchor: itself if it is an id of ours, otherwise something that differs for each text."""
    plain = _NO_SLUG.sub("-", text)
    return plain if plain == text else f"{plain[:40]}-{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"
