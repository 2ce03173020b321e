"""Tells what a page is about from what it says."""

from __future__ import annotations

from adapty_contract.contract import Contract
from adapty_contract.drift.model import Reading
from adapty_contract.drift.subjects import bound, matches
from adapty_contract.pages.model import Page

_NAMES = (
    *("request.field.*.presence", "response.200.*.field.*.presence"),
    *("sample.*.*.body.field.*", "response.200.*.example.field.*", "request.example.field.*"),
)
"""Where a page names the fields of a request or of an answer."""


def recognise(contract: Contract, page: Page, path: str) -> Reading:
    """The page with the operation that it is about: one of the two by its method and what else it says."""
    method = _said(page, "operation.method")
    if method is None or method.lower() not in contract.spec["paths"][contract.path] or not _is_like(contract, page):
        return Reading(page, path, None, None)
    return Reading(page, path, contract.sources.get(f"S-{method.upper()}"), method.upper())


def recognise_document(page: Page, path: str) -> Reading:
    """A document of others that describes the operations."""
    return Reading(page, path, None, None, openapi=True)


def unclear(contract: Contract, reading: Reading) -> str | None:
    """Why a page that speaks of the two operations is about neither; None for a page that has nothing of them."""
    if reading.is_ours or not _is_like(contract, reading.page):
        return None
    method = _said(reading.page, "operation.method")
    return "the page does not say what its operation is" if method is None else f"the contract has no {method} there"


def _is_like(contract: Contract, page: Page) -> bool:
    """Whether a page has something that only the two operations have, so that it is known when the rest has changed.

    One thing is enough: the end of the path, the address that most samples call, or most of the identifiers.
    """
    where = _said(page, "operation.path")
    if where is not None and _last(where) == _last(contract.path):
        return True
    called = [str(claim.value) for claim in page.claims if matches("sample.*.*.url", claim.subject)]
    ours = sum(_last(url) == _last(contract.path) for url in called)
    return 2 * ours > len(called) or 2 * len(_named(contract, page)) > len(contract.identifiers)


def _named(contract: Contract, page: Page) -> frozenset[str]:
    """The identifiers that a page has in its tables, bodies and examples."""
    parts = (bound(pattern, claim.subject) for claim in page.claims for pattern in _NAMES)
    return frozenset(name for found in parts if found for name in found) & contract.identifier_set


def _said(page: Page, pattern: str) -> str | None:
    return next((str(claim.value) for claim in page.claims if matches(pattern, claim.subject)), None)


def _last(path: str) -> str:
    return path.partition("?")[0].rstrip("/").rpartition("/")[2]
