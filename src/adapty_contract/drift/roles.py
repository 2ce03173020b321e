"""Tells what a page is about from what it says."""

from __future__ import annotations

from adapty_contract.contract import Contract
from adapty_contract.drift.model import Reading
from adapty_contract.drift.subjects import matches
from adapty_contract.pages.model import Page


def recognise(contract: Contract, page: Page, path: str) -> Reading:
    """The page with the operation that it is about: one of the two if its path ends as theirs does, and no other."""
    method = _said(page, "operation.method")
    where = _said(page, "operation.path")
    if method is None or where is None or _last(where) != _last(contract.path):
        return Reading(page, path, None, None)
    if method.lower() not in contract.spec["paths"][contract.path]:
        return Reading(page, path, None, None)
    return Reading(page, path, contract.sources.get(f"S-{method.upper()}"), method.upper())


def recognise_document(page: Page, path: str) -> Reading:
    """A document of others that describes the operations."""
    return Reading(page, path, None, None, openapi=True)


def unclear(contract: Contract, reading: Reading) -> str | None:
    """Why a page that calls the path of the two operations is about neither; None for a page that has nothing of them."""
    where = _said(reading.page, "operation.path") or _said(reading.page, "sample.*.*.url")
    if reading.is_ours or where is None or _last(where) != _last(contract.path):
        return None
    method = _said(reading.page, "operation.method")
    return "the page does not say what its operation is" if method is None else f"the contract has no {method} there"


def _said(page: Page, pattern: str) -> str | None:
    return next((str(claim.value) for claim in page.claims if matches(pattern, claim.subject)), None)


def _last(path: str) -> str:
    return path.partition("?")[0].rstrip("/").rpartition("/")[2]
