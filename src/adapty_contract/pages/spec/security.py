"""What a document says of authentication."""

from __future__ import annotations

from adapty_contract.pages.spec.document import Document, Place

_ALLOWED = frozenset({
    "$ref", "summary", "type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl",
    "deprecated", "oauth2MetadataUrl",
})  # fmt: skip
_KINDS = ("secret", "public")
"""What a key may be; a description that says neither claims nothing of it."""


def claim_security(document: Document, operation: Place) -> None:
    """Notes the schemes that an operation demands."""
    told = operation.get("security") or document.root.get("security")
    if told is None:
        return
    if not told.node.items:
        document.claim(told, "security.key", None)
    for alternative in told.items():
        for name, demanded in alternative.members():
            scheme = document.find(f"#/components/securitySchemes/{name.replace('~', '~0').replace('/', '~1')}")
            found = None if scheme is None else document.follow(scheme)
            if found is None:
                document.unread(demanded, f"the security scheme {name[:40]!r}, which is nowhere described")
            else:
                _claim_scheme(document, found)


def _claim_scheme(document: Document, scheme: Place) -> None:
    description = scheme.get("description")
    if description is not None:
        text = " ".join(description.node.text.split())
        if any(kind in text.lower() for kind in _KINDS):
            document.claim(description, "security.key", text)
    header = scheme.get("name") if scheme.text("in") == "header" else None
    if scheme.text("type") == "http":
        header = scheme.get("scheme")
        document.claim(header or scheme, "request.header.authorization", value=True)
    elif header is not None:
        document.claim(header, f"request.header.{header.node.text.lower()}", value=True)
    for member, place in scheme.members():
        if member not in _ALLOWED and not member.startswith("x-"):
            document.claim_once(place, f"spec.security.{member}", place.node.plain())
