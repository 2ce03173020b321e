"""Reads pages from files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from adapty_contract.pages.extraction import Extraction
from adapty_contract.pages.foreign import refuse_foreign, refuse_special
from adapty_contract.pages.imports import Imported, find_component
from adapty_contract.pages.model import Page, PageError
from adapty_contract.pages.notes import Findings, Notes
from adapty_contract.pages.scopes import Scope

MAX_BYTES = 5 * 1024 * 1024
"""A page has at most so many bytes; of a longer file no more is read."""

EXPECTED = "a page is Markdown or MDX, in UTF-8"

_DEEPEST = 8  # components in components
_MARKDOWN = frozenset({".md", ".mdx", ".markdown"})


def read_page(path: Path, components: Path | None = None) -> Page:
    """What the page in the file `path` claims; `components` is a folder in which imported files are looked for.

    Raises PageError for what is no file, no text in UTF-8, over 5 MB, in another language than Markdown, or a text in
    which nothing is found.
    """
    if components is not None and not components.is_dir():
        raise PageError(f"{components}: no such folder", hint="give the folder that the page's components lie in")
    text = load(path)
    refuse_foreign(path, text, EXPECTED)
    return read_text(path.name, text, components)


def read_text(name: str, text: str, components: Path | None = None) -> Page:
    """What a page called `name` claims; raises PageError if nothing is found in `text`."""
    findings = Findings()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    notes = Notes(name, tuple(text.split("\n")), findings)
    extraction = Extraction(notes, _resolver(findings, notes, components, ()), Scope(), None)
    extraction.read(text)
    if not findings.claims and not findings.unread:
        raise PageError(f"{name}: nothing is found that a page would state", hint="a page is Markdown or MDX")
    return Page(
        name,
        extraction.title,
        tuple(findings.claims),
        tuple(findings.unread),
        tuple(findings.samples),
        tuple(findings.components),
    )


def load(path: Path, expected: str = EXPECTED) -> str:
    """The text of a file; raises PageError, which says what is expected."""
    try:
        refuse_special(path, expected)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PageError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise PageError(f"{path}: over {MAX_BYTES // 1024 // 1024} MB, which no page has", hint=expected)
    if b"\0" in data:
        raise PageError(f"{path}: binary, not text", hint=expected)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageError(f"{path}: not UTF-8, at byte {error.start}", hint=expected) from None


def _resolver(
    findings: Findings, notes: Notes, folder: Path | None, above: tuple[Path, ...]
) -> Callable[[Imported, Scope, str], str | None]:
    """How the file that `notes` belong to reads its components; `above` are the files that it is read in."""

    def resolve(imported: Imported, scope: Scope, method: str) -> str | None:
        path = None if folder is None else find_component(folder, imported.source)
        if path is None or path.suffix not in _MARKDOWN or path in above or len(above) >= _DEEPEST:
            return None
        text = load(path).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        inner = Notes(path.name, tuple(text.split("\n")), findings)
        nested = _resolver(findings, inner, folder, (*above, path))
        Extraction(inner, nested, replace(scope, level=0, line=0), method).read(text)
        for at, component in enumerate(findings.components):
            if component.name == imported.name and component.page == notes.page:
                findings.components[at] = replace(component, file=path.name)
        return path.name

    return resolve
