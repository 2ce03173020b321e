"""How the parts of a page name what they speak of."""

from __future__ import annotations

from adapty_contract.pages.scopes import Scope, slug


def base_of(scope: Scope, method: str, page: str) -> str:
    """The subject that fields and bodies below a heading belong to."""
    if scope.kind == "response":
        return ".".join(part for part in ("response", scope.status, method, scope.variant) if part)
    if scope.kind == "errors":
        return f"response.errors.{method}"
    if scope.kind in ("request", "sample"):
        return "request" if scope.place is None else f"request.{scope.place}"
    return f"object.{slug(scope.title) or slug(page.rsplit('.', 1)[0]) or 'unnamed'}"


def base_of_headers(scope: Scope, method: str) -> str:
    """The subject that headers below a heading belong to."""
    return base_of(scope, method, "") if scope.kind in ("response", "errors") else "request"
