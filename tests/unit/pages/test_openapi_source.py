"""Somebody else's OpenAPI document, read as one more page of claims."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from adapty_contract.pages import Claim, Page, PageError, read_openapi, read_openapi_text
from adapty_contract.pages.notes import Findings, Notes
from adapty_contract.pages.spec.document import Document, Place
from adapty_contract.pages.spec.tree import read_tree
from adapty_contract.pages.spec.validation import first_error

OWN = Path(__file__).parents[3] / "openapi" / "integration-identifiers.yaml"
PATH = "/api/v2/server-side-api/integration/profile/set/integration-identifiers/"

LIKE_THE_VENDOR = f"""\
openapi: 3.1.0
info: {{title: Server-side}}
servers:
  - url: https://api.example.test
paths:
  /other/:
    get: {{responses: {{'200': {{description: unrelated}}}}}}
  {PATH}:
    get:
      summary: Read
      security: [{{key: []}}]
      parameters:
        - name: Adapty-Profile-Id
          in: header
          required: false
          schema: {{type: string, format: uuid}}
      responses:
        '200':
          description: All ids
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Ids'
              example:
                branch_id: null
        '404':
          $ref: '#/components/responses/NotFound'
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Ids'
      responses:
        '200':
          description: No body.
components:
  responses:
    NotFound:
      description: No such profile
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/Problem'
          example:
            errors: ["gone"]
            error_code: not_found
  schemas:
    Ids:
      type: object
      properties:
        branch_id:
          type: string
          nullable: true
          description: The branch
    Problem:
      type: object
      required:
        - error_code
      properties:
        errors:
          type: array
          items:
            type: object
            properties:
              source:
                type: [string, 'null']
        error_code:
          type: string
  securitySchemes:
    key:
      type: apiKey
      in: header
      name: Authorization
      description: The public one
      default: Api-Key (secret)
"""

LIKE_A_THIRD_PARTY = """\
openapi: 3.0.3
info: {title: Integrations}
servers:
- url: https://api.example.test/{version}/server-side-api/
  variables: {version: {default: api/v2}}
paths:
  /profile/integration-identifiers/:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                integration_identifiers:
                  type: object
                  nullable: true
                  additionalProperties: {type: string}
                  example:
                    appsflyer_id: 1234567890-1234567
      responses:
        '200': {description: OK}
"""


def read(text: str, name: str = "vendor.yaml") -> Page:
    return read_openapi_text(name, text)


def all_of(page: Page, subject: str) -> list[Claim]:
    return [claim for claim in page.claims if claim.subject == subject]


def only(page: Page, subject: str) -> Claim:
    (claim,) = all_of(page, subject)
    return claim


def line_of(text: str, wanted: str, nth: int = 1) -> int:
    return [number for number, line in enumerate(text.split("\n"), 1) if wanted in line][nth - 1]


def with_schema(schema: str, example: str = "{}", version: str = "3.1.0", more: str = "") -> str:
    return (
        f"openapi: {version}\npaths:\n  {PATH}:\n    post:\n      requestBody:\n        content:\n"
        f"          application/json:\n            schema: {schema}\n            example: {example}\n"
        f"components:\n  schemas:\n    None: {{}}\n{more}"
    )


def problems(page: Page) -> list[Any]:
    return [claim.value for claim in page.claims if claim.subject.startswith("spec.example.")]


@pytest.mark.parametrize(
    ("subject", "value", "line"),
    [
        ("page.get.title", "Read", "summary: Read"),
        ("request.header.adapty-profile-id", True, "Adapty-Profile-Id"),
        ("request.header.adapty-profile-id.required", False, "required: false"),
        ("request.header.adapty-profile-id.format", "uuid", "format: uuid"),
        ("request.header.authorization", True, "name: Authorization"),
        ("security.key", "The public one", "description: The public"),
        ("spec.security.default", "Api-Key (secret)", "default: Api-Key"),
        ("request.body.required", True, "required: true"),
        ("request.field.branch_id.presence", True, "        branch_id:"),
        ("request.field.branch_id.type", "string", "type: string"),
        ("request.field.branch_id.required", False, "        branch_id:"),
        ("request.field.branch_id.description", "The branch", "description: The branch"),
        ("response.200.get", True, "'200':"),
        ("response.200.get.description", "All ids", "description: All ids"),
        ("response.200.get.header.content-type", "application/json", "application/json:"),
        ("request.header.content-type", "application/json", "application/json:"),
        ("response.200.get.field.branch_id.presence", True, "        branch_id:"),
        ("response.200.get.example", {"branch_id": None}, "example:"),
        ("response.200.get.example.field.branch_id", None, "branch_id: null"),
        ("response.404.get", True, "'404':"),
        ("response.404.get.description", "No such profile", "description: No such"),
        ("response.404.get.body", "Problem", "schemas/Problem"),
        ("response.404.get.field.errors.type", "array", "type: array"),
        ("response.404.get.field.errors.source.type", "string | null", "[string, 'null']"),
        ("response.404.get.field.errors.source.nullable", True, "[string, 'null']"),
        ("response.404.get.field.error_code.required", True, "- error_code"),
        ("response.404.get.field.errors.required", False, "        errors:"),
        ("response.200.post", True, "'200':"),
        ("response.200.post.description", "No body.", "description: No body"),
        ("response.200.post.body", "blank", "'200':"),
    ],
)
def test_a_claim_has_its_value_and_stands_on_its_line(subject: str, value: object, line: str) -> None:
    claim = only(read(LIKE_THE_VENDOR), subject)
    assert claim.value == value
    assert line in LIKE_THE_VENDOR.split("\n")[claim.line - 1]


def test_the_kind_of_key_is_claimed_only_where_it_is_said() -> None:
    text = LIKE_THE_VENDOR.replace("key: []", "secret: []").replace("    key:\n", "    secret:\n")
    assert only(read(text), "security.key").value == "The public one"
    assert all_of(read(text.replace("      description: The public one\n", "")), "security.key") == []
    assert all_of(read(text.replace("The public one", "The key")), "security.key") == []


@pytest.mark.parametrize(("status", "bodies"), [("204", ["blank"]), ("404", []), ("default", []), ("3xx", [])])
def test_only_a_success_without_content_is_blank(status: str, bodies: list[str]) -> None:
    text = LIKE_THE_VENDOR.replace(
        "        '200':\n          description: No", f"        '{status}':\n          description: No"
    )
    assert [claim.value for claim in all_of(read(text), f"response.{status}.post.body")] == bodies


def with_identifiers(count: int, method: str = "get") -> str:
    """A document with another path, whose answer has so many of the identifiers."""
    own = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    names = list(own["components"]["schemas"]["IntegrationIdentifiers"]["properties"])[:count]
    fields = "".join(f"        {name}: {{type: string}}\n" for name in names)
    return (
        f"openapi: 3.1.0\npaths:\n  /other/: {{get: {{}}}}\n  /v3/ids:\n    {method}:\n      responses:\n        '200':\n"
        "          content: {application/json: {schema: {$ref: '#/components/schemas/Ids'}}}\n"
        f"components:\n  schemas:\n    Ids:\n      properties:\n{fields}"
    )


def test_an_operation_on_another_path_is_known_by_its_identifiers() -> None:
    page = read(with_identifiers(9))
    assert [claim.value for claim in all_of(page, "operation.path")] == ["/v3/ids"]
    assert len([claim for claim in page.claims if claim.subject.endswith(".presence")]) == 9


@pytest.mark.parametrize("text", [with_identifiers(8), with_identifiers(16, "put")], ids=["half", "another method"])
def test_an_operation_with_few_of_them_is_not(text: str) -> None:
    with pytest.raises(PageError, match="neither of the two operations"):
        read(text)


def test_claims_of_an_operation_follow_its_method() -> None:
    page = read(LIKE_THE_VENDOR)
    subjects = [claim.subject for claim in page.claims]
    first, second = (number for number, subject in enumerate(subjects) if subject == "operation.method")
    assert [claim.value for claim in all_of(page, "operation.method")] == ["GET", "POST"]
    assert {subject.split(".")[2] for subject in subjects[first:second] if subject.startswith("response.")} == {"get"}
    assert {subject.split(".")[2] for subject in subjects[second:] if subject.startswith("response.")} == {"post"}


def test_what_other_operations_say_is_no_claim() -> None:
    assert "unrelated" not in [claim.value for claim in read(LIKE_THE_VENDOR).claims]


def test_nullable_means_nothing_where_null_is_a_type() -> None:
    page = read(LIKE_THE_VENDOR)
    line = line_of(LIKE_THE_VENDOR, "nullable: true")
    for subject in ("request.field.branch_id.nullable", "response.200.get.field.branch_id.nullable"):
        assert (only(page, subject).value, only(page, subject).line) == (False, line)
    keyword = only(page, "spec.nullable")  # told once, though both operations come by
    assert (keyword.value, keyword.line) == ("/components/schemas/Ids/properties/branch_id/nullable", line)


def test_nullable_means_something_in_the_version_that_has_it() -> None:
    page = read(LIKE_THE_VENDOR.replace("3.1.0", "3.0.3"))
    assert only(page, "request.field.branch_id.nullable").value is True
    assert all_of(page, "spec.nullable") == []
    assert only(page, "spec.type").value == "/components/schemas/Problem/properties/errors/items/properties/source/type"


def test_an_example_that_fails_its_schema_is_told_with_its_first_error() -> None:
    page = read(LIKE_THE_VENDOR)
    (reading,) = [
        claim for claim in page.claims if claim.subject.endswith("get/responses/200/content/application~1json/example")
    ]
    assert (reading.value, reading.quote) == ("null is not of type 'string'", "branch_id: null")
    missing = only(page, "spec.example./components/responses/NotFound/content/application~1json/example")
    assert (missing.value, missing.line) == ("\"gone\" is not of type 'object'", line_of(LIKE_THE_VENDOR, '"gone"'))


def test_the_same_example_fits_where_nullable_counts() -> None:
    assert problems(read(LIKE_THE_VENDOR.replace("3.1.0", "3.0.3"))) == ["\"gone\" is not of type 'object'"]


def test_a_path_that_only_ends_alike_is_told_as_it_is() -> None:
    page = read(LIKE_A_THIRD_PARTY)
    path = "/api/v2/server-side-api/profile/integration-identifiers/"
    assert only(page, "operation.path").value == path
    assert (only(page, "operation.host").value, only(page, "operation.host").line) == ("api.example.test", 4)
    assert only(page, "operation.url").value == f"https://api.example.test{path}"
    assert only(page, "operation.path").line == line_of(LIKE_A_THIRD_PARTY, "/profile/integration")
    assert only(page, "operation.method").value == "POST"


def test_a_wrapped_body_and_its_example_are_read() -> None:
    page = read(LIKE_A_THIRD_PARTY)
    assert only(page, "request.field.integration_identifiers.type").value == "object"
    assert only(page, "request.field.integration_identifiers.nullable").value is True
    example = only(page, "request.field.integration_identifiers.example.field.appsflyer_id")
    assert (example.value, example.line) == ("1234567890-1234567", line_of(LIKE_A_THIRD_PARTY, "appsflyer_id"))
    assert problems(page) == []


@pytest.mark.parametrize("text", [LIKE_THE_VENDOR, LIKE_A_THIRD_PARTY], ids=["vendor", "third-party"])
@pytest.mark.parametrize("indent", [None, 2, "\t"], ids=["one-line", "spaces", "tabs"])
def test_json_says_the_same(text: str, indent: Any) -> None:
    as_json = json.dumps(yaml.safe_load(text), indent=indent)
    told = [[(claim.subject, claim.value) for claim in read(each).claims] for each in (text, as_json)]
    assert told[0] == told[1]
    assert_quotes_stand_on_their_lines(as_json)


def assert_quotes_stand_on_their_lines(text: str) -> None:
    lines = text.replace("\r\n", "\n").split("\n")
    for claim in read(text).claims:
        assert claim.quote in lines[claim.line - 1]
        assert len(claim.quote.split()) <= 8


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "# é \u2028 \x85 \U0001f600\n" + text,
        lambda text: "%YAML 1.2\n---\n" + text + "...\n",
        lambda text: text.replace("description: The branch", "description: |\n            The\n\n            branch"),
    ],
    ids=["as-it-is", "bom", "crlf", "other-breaks", "directive", "block-text"],
)
def test_lines_are_those_of_the_file(change: Any) -> None:
    text = change(LIKE_THE_VENDOR)
    lines = text.replace("\r\n", "\n").split("\n")
    page = read(text)
    assert len(page.claims) == len(read(LIKE_THE_VENDOR).claims)
    for claim in page.claims:
        assert claim.quote in lines[claim.line - 1]
    for subject, wanted in (("spec.nullable", "nullable: true"), ("spec.security.default", "default: Api-Key")):
        assert wanted in lines[only(page, subject).line - 1]


def test_an_edit_changes_no_other_claim() -> None:
    def told(text: str) -> set[tuple[str, str]]:
        return {(claim.subject, str(claim.value)) for claim in read(text).claims}

    edited = told(LIKE_THE_VENDOR.replace("        branch_id:", "        branch_ids:"))
    changed = {subject for subject, _ in told(LIKE_THE_VENDOR) ^ edited}
    assert changed
    assert all(
        "branch_id" in subject or subject == "spec.nullable" or subject.endswith("example") for subject in changed
    )


@pytest.mark.parametrize(
    ("schema", "version", "type_name", "nullable"),
    [
        ("{type: [string, 'null']}", "3.1.0", "string | null", True),
        ("{type: [string, integer]}", "3.1.0", "string | integer", False),
        ("{anyOf: [{type: string}, {type: 'null'}]}", "3.1.0", "string | null", True),
        ("{oneOf: [{type: string}, {type: integer}]}", "3.2.0", "string | integer", False),
        ("{allOf: [{type: [string, 'null']}, {minLength: 1}]}", "3.1.0", "string | null", True),
        ("{allOf: [{type: [string, 'null']}, {type: string}]}", "3.1.0", "string", False),
        ("{type: [string, 'null'], enum: [a]}", "3.1.0", "string | null", False),
        ("{type: string, nullable: true}", "3.1.0", "string", False),
        ("{type: string, nullable: true}", "3.0.3", "string", True),
        ("{nullable: true, allOf: [{type: string}]}", "3.0.3", "string", False),
        ("{type: string, nullable: true, enum: [a]}", "3.0.3", "string", False),
        ("{$ref: '#/components/schemas/S'}", "3.0.0", "string", False),
        ("{$ref: '#/components/schemas/S', nullable: true, type: integer}", "3.0.0", "string", False),
        ("{}", "3.1.0", None, None),
        ("{description: anything}", "3.0.0", None, None),
    ],
)
def test_types_and_null_are_read_under_the_version_declared(
    schema: str,
    version: str,
    type_name: str | None,
    nullable: object,
) -> None:
    page = read(with_schema(f"{{properties: {{x: {schema}}}}}", version=version, more="    S: {type: string}\n"))
    assert only(page, "request.field.x.type").value == type_name
    assert only(page, "request.field.x.nullable").value is nullable


def test_what_one_alternative_requires_another_may_not() -> None:
    schema = (
        "{required: [a], properties: {a: {}}, oneOf: [{required: [b], properties: {b: {}}}, {properties: {c: {}}}]}"
    )
    page = read(with_schema(schema))
    told = {name: only(page, f"request.field.{name}.required").value for name in "abc"}
    assert told == {"a": True, "b": False, "c": False}


def test_parameters_of_the_path_count_unless_the_operation_has_its_own() -> None:
    text = LIKE_THE_VENDOR.replace(
        "    get:\n      summary",
        "    parameters:\n      - {name: adapty-profile-id, in: header, required: true}\n"
        "      - {name: x-more, in: header}\n      - {name: page, in: query, schema: {type: integer}}\n"
        "    get:\n      summary",
    )
    page = read(text)
    assert len(all_of(page, "request.header.x-more")) == 2
    assert [claim.value for claim in all_of(page, "request.query.field.page.type")] == ["integer", "integer"]
    assert [claim.value for claim in all_of(page, "request.header.adapty-profile-id.required")] == [False, True]


def test_how_many_fields_a_request_needs_is_read() -> None:
    page = read(with_schema("{$ref: '#/components/schemas/S'}", more="    S: {type: object, minProperties: 1}\n"))
    assert only(page, "request.body.min-properties").value == 1


def test_values_are_those_of_yaml_1_2() -> None:
    example = "{a: yes, b: 2020-01-01, c: 010, d: .inf, e: 1e3, f: ~, g: '5', h: !!str 5, i: 1_000}"
    value = only(read(with_schema("{}", example)), "request.example").value
    assert value == {
        "a": "yes", "b": "2020-01-01", "c": 10, "d": ".inf", "e": 1000.0, "f": None, "g": "5", "h": "5", "i": "1_000"
    }  # fmt: skip


def test_merged_and_aliased_members_are_read() -> None:
    more = "    S: &s {type: string}\n    T: {properties: {x: {<<: *s, description: own}, y: *s}}\n"
    page = read(with_schema("{$ref: '#/components/schemas/T'}", more=more))
    assert only(page, "request.field.x.type").value == "string"
    assert only(page, "request.field.x.description").value == "own"
    assert only(page, "request.field.y.type").value == "string"


def test_escapes_of_json_beyond_16_bits_are_read() -> None:
    document = json.loads(json.dumps(yaml.safe_load(LIKE_A_THIRD_PARTY)))
    document["info"]["title"] = "\U0001f600 \\ud83d\\ude00 \ud800"
    assert read(json.dumps(document)).title == "\U0001f600 \\ud83d\\ude00 \ufffd"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    A: {$ref: '#/components/schemas/A'}\n", "a schema that consists of itself"),
        ("    A: {allOf: [{$ref: '#/components/schemas/A'}]}\n", "a schema that consists of itself"),
        ("    A: {properties: {a: {$ref: '#/components/schemas/A'}}}\n", "a schema that contains itself"),
        ("    A: {properties: {a: {items: {$ref: '#/components/schemas/A'}}}}\n", "a schema that contains itself"),
        ("    A: {$ref: 'https://example.test/x.yaml'}\n", "another file"),
        ("    A: {$ref: '#/nowhere'}\n", "leads nowhere"),
        ("    A: {properties: []}\n", "`properties` that is not an object"),
        ("    A: {properties: {a: {not: {type: string}}}}\n", "the keyword `not`"),
        ("    A: {}\n    A: {}\n", "which stands twice"),
        ("    A: {}\n    ? [x]\n    : y\n", "whose name is no text"),
        ("    A: {}\n---\nb: c\n", "a second document"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(more: str, said: str) -> None:
    text = with_schema("{$ref: '#/components/schemas/A'}", more=more)
    first = next(unread for unread in read(text).unread if said in unread.what)
    assert 0 < first.line <= text.count("\n")


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


def doubling(text: str) -> str:
    """Forty schemas, each of which refers twice to the next."""
    refs = [f"{{$ref: '#/components/schemas/S{n}'}}" for n in range(1, 41)]
    return "".join(f"    S{n}: {text.replace('*', ref)}\n" for n, ref in enumerate(refs))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS + LIKE_THE_VENDOR, "values"),
        ("a: &a [*a]\n" + LIKE_THE_VENDOR, "an alias within"),
        ("a: *b\n", "alias"),
        ("a: " + "[" * 50_000, "nests deeper"),
        ("a:\n" + "".join("  " * n + "- a:\n" for n in range(1, 2000)), "nests deeper"),
        (with_schema("{$ref: '#/components/schemas/S0'}", more=doubling("{allOf: [*, *]}")), "statements"),
        (with_schema("{$ref: '#/components/schemas/S0'}", more=doubling("{anyOf: [*, *]}")), "statements"),
        ("", "empty"),
        ("just words", "no OpenAPI document"),
        ("[1, 2]", "no OpenAPI document"),
        ("{", "neither YAML nor JSON"),
        ("a: \x1b[31m", "neither YAML nor JSON"),
        ("swagger: '2.0'\n", "Swagger 2.0"),
        ("openapi: 4.0.0\n", "OpenAPI '4.0.0'"),
        ("openapi: 3.1.0\npaths: {/other/: {get: {}}}\n", "neither of the two operations"),
        (f"openapi: 3.1.0\npaths: {{{PATH}: {{put: {{}}}}}}\n", "neither of the two operations"),
    ],
)
def test_a_document_that_cannot_be_read_is_an_error_that_says_why(text: str, said: str) -> None:
    started = time.monotonic()
    with pytest.raises(PageError, match=said) as raised:
        read(text)
    assert raised.value.hint
    assert "\x1b" not in raised.value.what
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"openapi: 3.1.0\n\x00", "binary"),
        (b"\xff\xfe\xfa", "not UTF-8"),
        (b"a: " + b"x" * (5 * 1024 * 1024), "over 5 MB"),
    ],
    ids=["binary", "encoding", "size"],
)
def test_a_file_that_is_no_document_is_an_error(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "vendor.yaml"
    path.write_bytes(content)
    with pytest.raises(PageError, match=said) as raised:
        read_openapi(path)
    assert "OpenAPI" in raised.value.hint
    with pytest.raises(PageError, match="a folder, not a file"):
        read_openapi(tmp_path)


def test_a_file_is_named_as_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "vendor.yaml"
    path.write_text(LIKE_THE_VENDOR, encoding="utf-8")
    page = read_openapi(path)
    assert (page.name, page.title) == ("vendor.yaml", "Server-side")
    assert {claim.page for claim in page.claims} == {"vendor.yaml"}


def test_our_own_document_has_no_faults_and_its_own_path() -> None:
    page = read_openapi(OWN)
    assert {claim.value for claim in all_of(page, "operation.path")} == {PATH}
    assert [claim.subject for claim in page.claims if claim.subject.startswith(("spec.n", "spec.e", "spec.s"))] == []
    told = {claim.subject for claim in page.claims}
    assert {f"response.{status}.get" for status in ("200", "401", "404", "4xx")} <= told
    assert (
        len([subject for subject in told if subject.startswith("request.field.") and subject.endswith(".type")]) == 16
    )


def test_a_large_document_takes_less_than_a_second() -> None:
    other = "".join(
        f"    Other{n}:\n      type: object\n      properties:\n        one:\n          type: string\n"
        f"          nullable: true\n          description: {'of no concern to the two operations ' * 2}\n"
        for n in range(5000)
    )
    text = LIKE_THE_VENDOR.replace("  schemas:\n", f"  schemas:\n{other}")
    assert len(text) > 1_000_000
    started = time.process_time()
    page = read(text)
    assert time.process_time() - started < 2  # half of one on a quiet machine
    assert len(page.claims) == len(read(LIKE_THE_VENDOR).claims)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "abc"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=5,
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
LEAF = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES,
        "enum": st.lists(JSON, min_size=1, max_size=3),
        "minLength": st.integers(0, 3),
        "maximum": st.integers(-2, 2),
        "minItems": st.integers(0, 2),
        "maxProperties": st.integers(0, 2),
        "pattern": st.sampled_from(["^a", "c$"]),
        "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
        "nullable": st.booleans(),
        "not": st.fixed_dictionaries({}, optional={"type": TYPES}),
    },
)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, min_size=1, max_size=2)
    optional = {
        "type": TYPES,
        "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
        "additionalProperties": st.booleans() | inner,
        "items": inner,
        "allOf": lists,
        "anyOf": lists,
        "oneOf": lists,
    }
    return st.fixed_dictionaries({}, optional=optional)


@given(schema=st.recursive(LEAF, nested, max_leaves=6), value=JSON)
def test_no_example_is_blamed_that_a_validator_accepts(schema: Any, value: Any) -> None:
    for version, validator in (("3.1", jsonschema.Draft202012Validator), ("3.0", jsonschema.Draft4Validator)):
        root, _ = read_tree("x", json.dumps({"schema": schema, "value": value}))
        document = Document(Place(root, "", 1), version, Notes("x", ("",), Findings()))
        schema_at, value_at = document.root.get("schema"), document.root.get("value")
        assert schema_at is not None
        assert value_at is not None
        if first_error(document, value_at, schema_at) is not None:
            assert not validator(schema).is_valid(value)


@given(st.text(max_size=300))
def test_any_text_is_a_page_or_an_error(text: str) -> None:
    for each in (text, f"openapi: 3.1.0\npaths:\n  {PATH}:\n    post: {text}", with_schema(text.replace("\n", " "))):
        with suppress(PageError):
            assert read(each).claims


@given(st.dictionaries(st.sampled_from(["parameters", "responses", "requestBody", "security", "servers"]), JSON), JSON)
def test_any_shape_is_read_without_an_exception(operation: dict[str, Any], schema: Any) -> None:
    document = {
        "openapi": "3.0.3",
        "paths": {PATH: {"get": operation, "post": {"requestBody": {"content": {"a/b": {"schema": schema}}}}}},
    }
    page = read(json.dumps(document, indent=1))
    assert [claim.value for claim in all_of(page, "operation.method")] == ["GET", "POST"]
