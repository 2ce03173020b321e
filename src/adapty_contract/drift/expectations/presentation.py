"""What a page says of itself."""

from __future__ import annotations

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, BESIDE, Verdict, differs, expects
from adapty_contract.drift.model import Stated

_VERBS = {
    "get": frozenset(
        {"get", "gets", "read", "reads", "retrieve", "retrieves", "return", "returns", "fetch", "fetches"}
    ),
    "post": frozenset({"set", "sets", "write", "writes", "update", "updates"}),
}
"""The words for what each operation does, in the contract and others of the same meaning."""

_SUBJECT = "integration identifiers"


@expects("page.*.title", "page.*.purpose")
def title(_: Evidence, stated: Stated, method: str) -> Verdict:
    """The title names what the operation does and to what."""
    text = str(stated.claim.value).lower()
    verb = text.split()[0] if text.split() else ""
    if _SUBJECT not in text:
        return differs(stated, f"it does not speak of {_SUBJECT}")
    if verb not in _VERBS.get(method, ()):
        return differs(stated, f"the contract does not call it “{verb}”", "request.post.effect")
    return AGREES


@expects("page.*.tabs", "page.*.fence", "page.*.structure", "page.*.placeholder.*", "link.**", "component.**")
def presentation(*_: object) -> Verdict:
    """How the page looks is no business of the contract."""
    return BESIDE
