"""What our HTML pages share: the template environment, the style, the scripts, and the policy that confines them."""

from __future__ import annotations

import base64
import functools
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from adapty_contract.visible import one_line, shortened, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment
    from markdown_it import MarkdownIt
    from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Assets:
    """The style and the script that a page carries within it, and the policy under which no others run."""

    css: str
    js: str
    policy: str


def environment(package: str) -> Environment:
    """Jinja2 with the templates of `package` (its folder `templates`) and those of this one, autoescaping all.

    A name that a template does not know is an error. Filters: `shown` makes text from a server harmless and keeps its
    lines, `line` does so on one line and shortens it, `prose` and `inline` render our own Markdown.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(__name__)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"shown": _shown, "line": one_line, "prose": prose, "inline": inline}
    return made


def assets(package: str, names: Sequence[str] = (), *, connect: str = "'none'") -> Assets:
    """The shared style and script, and after them those of `package` (its folder `assets`) called `names`.

    `connect` is where the page's script may send requests (a source list of Content-Security-Policy).
    """
    css = _texts((__name__, package), ("base.css", *_ending(names, ".css")))
    js = _texts((__name__, package), ("base.js", *_ending(names, ".js")))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest(css)}",
            f"script-src {_digest(js)}",
            "img-src data:",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return Assets(css, js, policy)


def prose(markdown: str) -> Markup:
    """Our own Markdown as HTML; tags in it are shown, not obeyed."""
    from markupsafe import Markup

    return Markup(_markdown().render(markdown))  # noqa: S704  (the parser escapes what it does not make itself)


def inline(markdown: str) -> Markup:
    """One paragraph of our own Markdown as HTML without a paragraph around it."""
    from markupsafe import Markup

    return Markup(_markdown().renderInline(" ".join(markdown.split())))  # noqa: S704  (as above)


@functools.cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "linkify": False})


def _shown(text: str, limit: int = 4000) -> str:
    return shortened(visible(text), limit)


def _ending(names: Sequence[str], suffix: str) -> tuple[str, ...]:
    return tuple(name for name in names if name.endswith(suffix))


def _texts(packages: tuple[str, str], names: Sequence[str]) -> str:
    """The assets of these names, each from the first package that has it."""
    found = []
    for name in names:
        places = (files(package) / "assets" / name for package in packages)
        found.append(next(place for place in places if place.is_file()).read_text(encoding="utf-8"))
    return "\n".join(line.strip() for line in "\n".join(found).splitlines() if _is_read_by_browsers(line))


def _is_read_by_browsers(line: str) -> bool:
    """Whether a line of an asset is more than a comment for those who change it."""
    return bool(line.strip()) and not line.lstrip().startswith("//")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"
