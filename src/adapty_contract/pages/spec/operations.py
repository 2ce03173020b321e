"""The two operations in a document: path and method, parameters, request, responses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from adapty_contract.pages.spec.document import Document, Place
from adapty_contract.pages.spec.examples import claim_examples, claim_parameter_examples, claim_schema_examples
from adapty_contract.pages.spec.fields import claim_details, claim_fields
from adapty_contract.pages.spec.security import claim_security
from adapty_contract.pages.spec.types import parts_of, read_type

SUFFIX = "integration-identifiers"
"""The last part of the path of the two operations, in every description of them."""

METHODS = ("get", "post")
_OTHER_METHODS = frozenset({"put", "patch", "delete", "head", "options", "trace", "query"})
_MAX_SERVERS = 8


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, its path item, and its path as it is written."""

    method: str
    path: str
    item: Place
    path_at: Place
    place: Place


def find_operations(document: Document) -> Iterator[Operation]:
    """The operations whose path ends as theirs does; others on such a path are noted as not read."""
    for path, at in document.members(document.root, "paths"):
        if path.rstrip("/").rsplit("/", 1)[-1] != SUFFIX:
            continue
        item = document.follow(at)
        for method, place in item.members() if item is not None else ():
            if method in METHODS and place.node.kind != "mapping":
                document.unread(place, "an operation that is not an object")
            elif method in METHODS and item is not None:
                yield Operation(method, path, item, at, place)
            elif method in _OTHER_METHODS:
                document.unread(place, f"the operation {method.upper()}, which is none of the two")


def claim_operation(document: Document, operation: Operation) -> None:
    """Notes all that is said of an operation; its claims follow that of its method."""
    place, method = operation.place, operation.method
    document.claim(place, "operation.method", method.upper())
    _claim_urls(document, operation)
    for name, subject in (("summary", "title"), ("description", "purpose")):
        text, at = place.text(name), place.get(name)
        if text is not None and at is not None:
            document.claim(at, f"page.{method}.{subject}", " ".join(text.split()))
    claim_security(document, place)
    for parameter in _parameters(document, operation):
        _claim_parameter(document, parameter)
    _claim_request(document, place)
    for status, response in document.members(place, "responses"):
        if not status.startswith("x-"):
            _claim_response(document, status.lower(), method, response)


def _claim_urls(document: Document, operation: Operation) -> None:
    """Notes the URL on each server; without a server, the path as it is."""
    holders = (operation.place, operation.item, document.root)
    holder = next((holder for holder in holders if holder.get("servers") is not None), document.root)
    listed = list(document.items(holder, "servers"))[:_MAX_SERVERS]
    told: set[tuple[str, str]] = set()
    for server in listed or [document.root]:
        url = _expanded(server, server.text("url") or "")
        try:
            parts = urlsplit(url)
        except ValueError:
            document.unread(server, "a URL that cannot be taken apart")
            continue
        path = f"{parts.path.rstrip('/')}{operation.path}"
        at = server.get("url") or server
        claims = [("operation.path", path, operation.path_at)]
        if parts.netloc:
            url = f"{parts.scheme}://{parts.netloc}{path}"
            claims = [("operation.url", url, operation.path_at), ("operation.host", parts.netloc, at), *claims]
        for subject, value, place in claims:
            if (subject, value) not in told:
                told.add((subject, value))
                document.claim(place, subject, value)


def _expanded(server: Place, url: str) -> str:
    """A server's URL with the default values of its variables."""
    variables = server.get("variables")
    for name, variable in islice(variables.members(), 20) if variables is not None else ():
        url = url.replace(f"{{{name}}}", (variable.text("default") or "")[:200])
    return url[:1000]


def _parameters(document: Document, operation: Operation) -> Iterator[Place]:
    """The parameters of an operation and of its path, unless it has one of the same name itself."""
    seen: set[tuple[str | None, str | None]] = set()
    for holder in (operation.place, operation.item):
        for entry in document.items(holder, "parameters"):
            parameter = document.follow(entry)
            if parameter is None:
                continue
            name, where = parameter.text("name"), parameter.text("in")
            key = (name.lower() if name is not None and where == "header" else name, where)
            if key not in seen:
                seen.add(key)
                yield parameter


def _claim_parameter(document: Document, parameter: Place) -> None:
    name, where = parameter.text("name"), parameter.text("in")
    at = parameter.get("name")
    if name is None or at is None:
        document.unread(parameter, "a parameter without a name")
        return
    is_header = where == "header"
    subject = f"request.header.{name.lower()}" if is_header else f"request.{where}.field.{name}"
    document.claim(at, subject if is_header else f"{subject}.presence", value=True)
    required = parameter.get("required")
    document.claim(required or at, f"{subject}.required", required is not None and required.node.value is True)
    _claim_value(document, parameter, subject)
    claim_parameter_examples(document, parameter, subject)


def _claim_value(document: Document, holder: Place, subject: str) -> None:
    """Notes type, description and the like of a parameter or a header."""
    schema = holder.get("schema")
    text, at = holder.text("description"), holder.get("description")
    if text is not None and at is not None:
        document.claim(at, f"{subject}.description", " ".join(text.split()))
    if schema is not None:
        says = read_type(document, schema)
        document.claim(says.named_at or schema, f"{subject}.type", says.type)
        claim_details(document, schema, subject)


def _claim_request(document: Document, operation: Place) -> None:
    told = operation.get("requestBody")
    body = None if told is None else document.follow(told)
    if body is None:
        return
    required = body.get("required")
    document.claim(required or body, "request.body.required", required is not None and required.node.value is True)
    _claim_content(document, body, "request")


def _claim_response(document: Document, status: str, method: str, told: Place) -> None:
    base = f"response.{status}.{method}"
    response = document.follow(told)
    if response is None:
        return
    document.claim(told, base, value=True)
    text, at = response.text("description"), response.get("description")
    if text is not None and at is not None:
        document.claim(at, f"{base}.description", " ".join(text.split()))
    for name, entry in document.members(response, "headers"):
        document.claim(entry, f"{base}.header.{name.lower()}", value=True)
        header = document.follow(entry)
        if header is not None:
            _claim_value(document, header, f"{base}.header.{name.lower()}")
    if not _claim_content(document, response, base) and status.startswith("2"):  # what errors hold may stay untold
        document.claim(told, f"{base}.body", "blank")


def _claim_content(document: Document, holder: Place, base: str) -> bool:
    """Notes the bodies that a request or response may have; whether there is one."""
    media_types = list(document.members(holder, "content"))
    for name, entry in media_types:
        document.claim(entry, f"{base}.header.content-type", name)
        media = document.follow(entry)
        schema = None if media is None else media.get("schema")
        if media is None:
            continue
        if schema is not None:
            reference = schema.text("$ref")
            if reference is not None and base != "request":
                at = schema.get("$ref") or schema
                document.claim(at, f"{base}.body", reference.rsplit("/", 1)[-1])
            if base == "request":
                _claim_least(document, schema)
            claim_fields(document, schema, base)
            _claim_field_examples(document, schema, base)
        claim_examples(document, media, base)
    return bool(media_types)


def _claim_least(document: Document, schema: Place) -> None:
    """Notes how many fields a request must have at least, if that is said."""
    for part in parts_of(document, schema):
        least = part.get("minProperties")
        if least is not None:
            document.claim(least, "request.body.min-properties", least.node.value)


def _claim_field_examples(document: Document, schema: Place, base: str) -> None:
    """Notes the examples of the outermost fields, which are all that a free-form object may tell of its own."""
    for part in list(parts_of(document, schema)):
        for name, place in document.members(part, "properties"):
            claim_schema_examples(document, place, f"{base}.field.{name}.example")
