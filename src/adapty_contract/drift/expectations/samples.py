"""What a code sample sends."""

from __future__ import annotations

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, Verdict, differs, expects, holds
from adapty_contract.drift.model import Stated
from adapty_contract.drift.places import headers_of, key_prefix, url_of, values_of


@expects("sample.*.*.method")
def method(_: Evidence, stated: Stated, said: str, language: str) -> Verdict:  # noqa: ARG001
    """A sample makes the request of its page."""
    return holds(stated, f"the page's operation is {said.upper()}", when=str(stated.claim.value).lower() == said)


@expects("sample.*.*.url")
def url(evidence: Evidence, stated: Stated, *_: str) -> Verdict:
    """It calls the address of the contract."""
    want = url_of(evidence.contract)
    return holds(stated, f"the contract's address is {want}", when=stated.claim.value == want)


@expects("sample.*.*.header.*")
def header(evidence: Evidence, stated: Stated, method: str, _: str, name: str) -> Verdict:
    """It sends headers that the contract knows, with values that it permits."""
    text = str(stated.claim.value)
    if name not in headers_of(evidence.contract):
        return differs(stated, "the contract knows no such header")
    if name == "authorization":
        prefix = key_prefix(evidence.contract)
        return holds(stated, f"the contract has {prefix!r} before the key", when=text.startswith(prefix))
    if name == "content-type":
        # On a read it announces nothing; the contract calls it harmless there.
        return holds(stated, f"{method} sends application/json", when=text.partition(";")[0] == "application/json")
    only = values_of(evidence.contract, name)
    return holds(stated, f"the contract permits {', '.join(only)}", when=not only or text in only)


@expects("sample.*.*.key")
def key(_: Evidence, stated: Stated, *__: str) -> Verdict:
    """It uses the secret key."""
    return holds(stated, "the contract takes the secret key", when="public" not in str(stated.claim.value).lower())


@expects("sample.*.*.sends")
def sends(_: Evidence, stated: Stated, method: str, language: str) -> Verdict:
    """It sends something at all."""
    if stated.claim.value is True:
        return AGREES
    return differs(stated, "the client refuses to send this request", f"sample.{method}.{language}.body")


@expects("sample.*.*.body")
def body(evidence: Evidence, stated: Stated, method: str, _: str) -> Verdict:
    """The body of a write fits the contract; a read has none, or an empty one."""
    value = stated.claim.value
    if method == "get":
        return holds(stated, "a read has no body", when=value in ("", None))
    if evidence.contract.is_valid("IntegrationIdentifiersUpdate", value):
        return AGREES
    if isinstance(value, dict) and value:
        return AGREES  # its members are claims of their own, so that one wrong name is told once
    return differs(stated, "the contract wants an object with an identifier, not this")


@expects("sample.*.*.body.field.**")
def member(evidence: Evidence, stated: Stated, *parts: str) -> Verdict:
    """Each member of a body is an identifier with a string."""
    if parts[-1] not in evidence.contract.identifier_set:
        return differs(stated, "the contract knows no such identifier")
    return holds(stated, "the contract has a string here", when=isinstance(stated.claim.value, str))
