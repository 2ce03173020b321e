"""Make the files of the reference from the contract and, if there is one, the record of the last run."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapty_contract.contract import Contract
from adapty_contract.model import Operation
from adapty_contract.record import RunRecord
from adapty_contract.reference import anchors
from adapty_contract.reference.components import EXAMPLES_PAGE
from adapty_contract.reference.form import form
from adapty_contract.reference.squeezing import squeezed
from adapty_contract.reference.twins import twins
from adapty_contract.reference.view import View, view
from adapty_contract.web import assets, environment

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

PACKAGE = "adapty_contract.reference"

_GAP = re.compile(r"\n{4,}")
_STYLE = ("reference.css",)
_FRONT = (*_STYLE, "reference.js")
_CONSOLE = ("console.css", "console.js")


def build(contract: Contract, record: RunRecord | None = None, *, console: bool = False) -> dict[str, bytes]:
    """Every file of the reference by its path: `index.html`, the other pages, and their twins for machines.

    `record` is the run that the pages call the last one. `console` is for the copy that the mock serves: it has a page
    more, which can send requests to where it came from. Raises ContractDataError for a contract that cannot be told.
    """
    templates = environment(PACKAGE)
    templates.filters["code"] = _code
    templates.globals |= {"anchors": anchors, "Operation": Operation}
    pages = dict(_pages(templates, view(contract, record), console=console))
    small = {name: squeezed(text) if name.endswith(".html") else text for name, text in pages.items()}
    return {name: text.encode("utf-8") for name, text in small.items()} | twins(contract)


def _pages(templates: Environment, shown: View, *, console: bool) -> Iterator[tuple[str, str]]:
    front = assets(PACKAGE, _FRONT)
    others = assets(PACKAGE, (*_STYLE, "ledger.css"))
    pages = _pages_of_components(shown)
    yield (
        "index.html",
        templates.get_template("index.html").render(
            view=shown,
            assets=front,
            root="",
            console=console,
            pages=pages,
        ),
    )
    if console:
        yield (
            "console.html",
            templates.get_template("console.html").render(
                view=shown,
                assets=assets(PACKAGE, (*_STYLE, *_CONSOLE), connect="'self'"),
                root="",
                form=form(shown.contract),
                clauses_page="index.html",
            ),
        )
    for name in ("profile.html", "examples.html", "clauses.html", "changelog.html", "sources.html"):
        yield name, templates.get_template(name).render(view=shown, assets=others, root="")
    yield "ledger/index.html", templates.get_template("ledger_index.html").render(view=shown, assets=others, root="../")
    entry = templates.get_template("ledger_entry.html")
    for each in shown.entries:
        yield each.file, entry.render(view=shown, assets=others, root="../", each=each)
    yield (
        "reference.md",
        _GAP.sub("\n\n", templates.overlay(autoescape=False).get_template("reference.md").render(view=shown)),
    )


def _pages_of_components(shown: View) -> dict[str, str]:
    """The page that shows a schema or an example, as the front page links to it: nothing for itself."""
    schemas = {"": shown.components.schemas, shown.profile.page: shown.profile.schemas}
    examples = {EXAMPLES_PAGE: shown.components.examples, shown.profile.page: shown.profile.examples}
    return {each.name: page for page, those in schemas.items() for each in those} | {
        each.name: page for page, those in examples.items() for each in those
    }


def _code(text: str) -> Markup:
    """Text for the inside of an element, where quotes need no escape: code is full of them."""
    from markupsafe import Markup

    return Markup(html.escape(text, quote=False))  # noqa: S704  (escaped on the spot)
