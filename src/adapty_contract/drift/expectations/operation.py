"""The operation itself: method, address, authentication, parameters."""

from __future__ import annotations

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, Verdict, differs, expects, holds
from adapty_contract.drift.model import Stated
from adapty_contract.drift.places import headers_of, host_of, url_of


@expects("operation.method")
def method(evidence: Evidence, stated: Stated) -> Verdict:
    """One of the two methods."""
    known = evidence.contract.spec["paths"][evidence.contract.path]
    return holds(stated, "the contract has no such method", when=str(stated.claim.value).lower() in known)


@expects("operation.url")
def url(evidence: Evidence, stated: Stated) -> Verdict:
    """The whole address."""
    want = url_of(evidence.contract)
    return holds(stated, f"the contract's address is {want}", when=stated.claim.value == want)


@expects("operation.host")
def host(evidence: Evidence, stated: Stated) -> Verdict:
    """The host alone."""
    want = host_of(evidence.contract)
    return holds(stated, f"the contract's host is {want}", when=stated.claim.value == want)


@expects("operation.path")
def path(evidence: Evidence, stated: Stated) -> Verdict:
    """The path, with its slash."""
    want = evidence.contract.path
    return holds(stated, f"the contract's path is {want}", when=stated.claim.value == want)


@expects("security.key")
def key(_: Evidence, stated: Stated) -> Verdict:
    """The kind of key."""
    text = str(stated.claim.value).lower()
    return holds(stated, "the contract takes the secret key", when="secret" in text and "public" not in text)


@expects("request.parameters")
def parameters(evidence: Evidence, stated: Stated) -> Verdict:
    """A page that denies parameters contradicts the contract, which has headers."""
    names = ", ".join(headers_of(evidence.contract))
    method_name = (stated.reading.method or "get").lower()
    return differs(stated, f"the contract has parameters: {names}", f"request.{method_name}.parameters")


@expects("request.header.*", "request.header.*.*")
def header(evidence: Evidence, stated: Stated, name: str, column: str = "presence") -> Verdict:
    """A header that the contract knows; which of the two for the profile is sent is free, so neither is required."""
    known = headers_of(evidence.contract)
    if name not in known:
        return differs(stated, "the contract knows no such header")
    if column == "required" and stated.claim.value is True and not known[name]:
        return differs(stated, "the contract does not require this header")
    if column == "type" and str(stated.claim.value).lower() not in ("string", "str", "uuid", "none"):
        return differs(stated, "the contract has text here")
    return AGREES
