"""What a page says of itself."""

from __future__ import annotations

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, BESIDE, Verdict, differs, expects
from adapty_contract.drift.model import Stated
from adapty_contract.drift.wording import says_more

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
    return BESIDE if says_more(text) else AGREES


@expects("page.*.note.*")
def note(_: Evidence, stated: Stated, *__: str) -> Verdict:
    """What a page warns of in a box of its own is worth a decision; running text is left to readers."""
    return differs(stated, "the page has a note that the contract does not know")


@expects("page.*.tabs", "page.*.fence", "page.*.structure", "page.*.placeholder.*", "page.*.text.*", "link.**")
@expects("component.**")
def presentation(*_: object) -> Verdict:
    """How the page looks, and what it says in running text, is no business of the contract."""
    return BESIDE


@expects("**")
def columns(_: Evidence, stated: Stated, *__: str) -> Verdict | None:
    """How a table is headed is no business of the contract either; the ledger holds the headings that matter."""
    return BESIDE if stated.subject.rpartition(".")[2].partition("-")[0] == "columns" else None
