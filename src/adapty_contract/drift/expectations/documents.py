"""What a document of others says beside what pages say: facts about itself, and details that the contract leaves open."""

from __future__ import annotations

import re

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.expectations import AGREES, BESIDE, Verdict, differs, expects, holds
from adapty_contract.drift.model import Stated
from adapty_contract.drift.subjects import matches

_DETAILS = (
    *("page.**", "spec.version", "request.body.**"),
    *("request.header.*.description", "request.header.*.example", "request.header.*.format", "request.header.*.values"),
    *("response.*.*.description", "response.*.*.header.**", "response.200.get.body", "security.name"),
)
_BESIDE = re.compile(r"\.field\.[\w.-]+\.(example|format|default|description|values|pattern|title)\b")
_RANGE = re.compile(r"^response\.(\dxx|default)\.")


@expects("spec.nullable")
def nullable(_: Evidence, stated: Stated) -> Verdict:
    """A keyword that the version of the document does not have."""
    return differs(stated, "the keyword means nothing in the version of OpenAPI that the document declares")


@expects("spec.security.**")
def security(_: Evidence, stated: Stated, *__: str) -> Verdict:
    """A member that a security scheme does not have."""
    return differs(stated, "a security scheme has no such member")


@expects("spec.example.**")
def example(_: Evidence, stated: Stated, *__: str) -> Verdict:
    """An example that fails the schema beside it."""
    return differs(stated, f"an example fails its own schema: {stated.claim.value}", "spec.examples")


@expects("request.example")
def request_example(evidence: Evidence, stated: Stated) -> Verdict:
    """The example of a request is one that the contract takes."""
    fits = evidence.contract.is_valid("IntegrationIdentifiersUpdate", stated.claim.value)
    return holds(stated, "the contract does not take this request", when=fits)


@expects("request.example.field.**")
def request_example_member(evidence: Evidence, stated: Stated, name: str) -> Verdict:
    """Each member of it is an identifier with a string."""
    known = name in evidence.contract.identifier_set and isinstance(stated.claim.value, str)
    return holds(stated, "the contract has no such identifier with such a value", when=known)


@expects("**")
def document(_: Evidence, stated: Stated, *__: str) -> Verdict | None:
    """Details are left alone; everything else is judged as on a page."""
    if not stated.reading.openapi:
        return None
    subject = stated.subject
    if subject == "security.key":
        return holds(stated, "the contract takes the secret key", when="secret" in str(stated.claim.value).lower())
    if matches("request.header.*", subject) or matches("response.*.*", subject):
        return None
    if any(matches(pattern, subject) for pattern in _DETAILS) or _BESIDE.search(subject) or _RANGE.match(subject):
        return BESIDE
    if matches("response.*.*.*", subject) and ".example" in subject and not isinstance(stated.claim.value, dict):
        return BESIDE  # of another media type
    return AGREES if subject == "response.200.post.body" and stated.claim.value == "blank" else None
