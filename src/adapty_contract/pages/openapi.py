"""Reads somebody else's OpenAPI document as one more page: the same subjects, each with its line in the file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from adapty_contract.pages.model import Page, PageError
from adapty_contract.pages.notes import Findings, Notes
from adapty_contract.pages.reading import load
from adapty_contract.pages.spec.document import VERSIONS, Document, Place
from adapty_contract.pages.spec.node import Node
from adapty_contract.pages.spec.operations import SUFFIX, claim_operation, find_operations
from adapty_contract.pages.spec.recognising import recognise_operations
from adapty_contract.resources import data_root
from adapty_contract.visible import one_line

_HINT = "give an OpenAPI document, of version " + ", ".join(VERSIONS)
_LONGEST_LINE = 2000  # what stands beyond is not quoted


def read_openapi(path: Path) -> Page:
    """What the document in the file `path` claims of the two operations; raises PageError if it is none, or has none.

    They are known by the end of their path or, where no path ends so, by having most of the identifiers as fields.
    The claims of an operation follow that of its method. Beside the subjects of pages there are `request.body.required`,
    `request.body.min-properties`, `spec.nullable` and `spec.type` (keywords that mean nothing in the version declared; the value is where they stand),
    `spec.example.<pointer>` (an example that fails its schema, and how) and `spec.security.<member>`.
    """
    return read_openapi_text(path.name, load(path, "an OpenAPI document is YAML or JSON"))


def read_openapi_text(name: str, text: str) -> Page:
    """What a document called `name` claims; raises PageError as `read_openapi` does."""
    from adapty_contract.pages.spec.tree import read_tree

    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    root, unread = read_tree(name, text)
    version = _version(name, root)
    notes = Notes(name, tuple(line[:_LONGEST_LINE] for line in text.split("\n")), Findings())
    document = Document(Place(root, "", root.line), version, notes)
    for line, what in unread:
        notes.unread(line, what)
    operations = list(find_operations(document)) or list(recognise_operations(document, _identifiers()))
    if not operations:
        raise PageError(
            f"{name}: describes neither of the two operations: no path ends in {SUFFIX!r} with a GET or POST, "
            "and no other GET or POST has most of the identifiers as fields",
            hint="give a document that describes them",
        )
    for operation in operations:
        claim_operation(document, operation)
    info = document.root.get("info")
    title = None if info is None else info.text("title")
    return Page(name, title, tuple(notes.findings.claims), tuple(notes.findings.unread), (), ())


@cache
def _identifiers() -> frozenset[str]:
    """The names that the contract's own document gives the identifiers."""
    page = read_openapi(data_root() / "openapi" / "integration-identifiers.yaml")
    told = [claim.subject.split(".") for claim in page.claims]
    return frozenset(parts[2] for parts in told if parts[:2] == ["request", "field"] and parts[3:] == ["presence"])


def _version(name: str, root: Node) -> str:
    """The version that a document declares, without its last part."""
    declared = root.members.get("openapi")
    if declared is None:
        older = root.members.get("swagger")
        what = "no OpenAPI document" if older is None else f"Swagger {one_line(older[1].text, 20)}, which is not read"
        raise PageError(f"{name}: {what}", hint=_HINT)
    text = declared[1].text
    version = ".".join(text.split(".")[:2])
    if version not in VERSIONS:
        raise PageError(f"{name}: declares OpenAPI {one_line(text, 20)!r}, which is not read", hint=_HINT)
    return version
