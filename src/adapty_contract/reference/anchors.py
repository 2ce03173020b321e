"""The permanent anchors of the reference: others link to them, so they are never renamed and never used again.

    get, post                           an operation
    get-header-adapty-profile-id        a header of its request, by its name in lower case
    post-request, post-request-branch_id    the body of its request, and a field of it
    get-200, get-200-branch_id          the body of its answer 200, and a field of it
    get-status-401                      a status; `get-status-4xx` is the rest of a class
    get-status-405-header-allow         a header of that answer
    get-samples                         its code samples; each sample has the id that the samples give it
    identifier-branch_id                an identifier
    schema-ErrorResponse, schema-ErrorResponse-error_code    a component schema of the spec, and a member of it
    example-NoIdentifierSent            an example of the spec
    pitfall-blank-answer, clause-write-merges, clauses-writing
    contract, url                       what the document as a whole and the one path are decided to be

All of them are on `index.html`, but what only the profile after a write needs is on `profile.html`. An example stands in
full under the same anchor on `examples.html`, and a clause on `clauses.html`, with all that is known of it. On
`sources.html`, `YAML` is a source and `S-GET-98` a line of one. A ledger entry's page is `ledger/<id>.html`.
"""

from __future__ import annotations

from adapty_contract.model import Operation

CONTRACT = "contract"
URL = "url"


def of_operation(operation: Operation) -> str:
    """An operation."""
    return operation.method.lower()


def of_header(operation: Operation, name: str) -> str:
    """A header of an operation's request."""
    return f"{of_operation(operation)}-header-{name.lower()}"


def of_request(operation: Operation, field: str = "") -> str:
    """The body of an operation's request, or a field of it."""
    return f"{of_operation(operation)}-request{field and f'-{field}'}"


def of_answer(operation: Operation, field: str = "") -> str:
    """The body of an operation's answer 200, or a field of it."""
    return f"{of_operation(operation)}-200{field and f'-{field}'}"


def of_status(operation: Operation, status: str, header: str = "") -> str:
    """A status of an operation, as the spec writes it, or a header of the answer with that status."""
    suffix = f"-header-{header.lower()}" if header else ""
    return f"{of_operation(operation)}-status-{status.lower()}{suffix}"


def of_samples(operation: Operation) -> str:
    """The code samples of an operation."""
    return f"{of_operation(operation)}-samples"


def of_identifier(name: str) -> str:
    """An identifier."""
    return f"identifier-{name}"


def of_schema(name: str, member: str = "") -> str:
    """A component schema, or a member of it."""
    return f"schema-{name}{member and f'-{member}'}"


def of_example(name: str) -> str:
    """An example."""
    return f"example-{name}"


def of_clause(name: str) -> str:
    """A clause."""
    return f"clause-{name}"


def of_topic(name: str) -> str:
    """The clauses of a topic."""
    return f"clauses-{name}"


def of_pitfall(name: str) -> str:
    """A pitfall."""
    return f"pitfall-{name}"


def of_source(name: str, line: int | None = None) -> str:
    """A source on the page of sources, or a line of it."""
    return name if line is None else f"{name}-{line}"
