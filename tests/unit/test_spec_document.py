"""The hand-written OpenAPI document: valid, self-contained, and true to its own examples."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from adapty_contract.pages import read_page
from adapty_contract.yamldata import read_yaml
from support.vendor_pages import GET, POST, needs_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "openapi/integration-identifiers.yaml"
DATA_MEMBERS = {"examples", "example", "default", "enum", "value"}
Node = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Node:
    loaded: Node = read_yaml(SPEC)
    return loaded


def at(document: Node, pointer: str) -> Any:
    node: Any = document
    for part in pointer.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def walk(node: Any, place: str = "#") -> Iterator[tuple[str, Node]]:
    """Every object of the document with its place."""
    if isinstance(node, dict):
        yield place, node
    members: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in members:
        yield from walk(value, f"{place}/{str(name).replace('~', '~0').replace('/', '~1')}")


def schemas(node: Any, place: str = "#", *, inside: bool = False) -> Iterator[tuple[str, Node]]:
    """Every schema object of the document, nested ones too, with its place."""
    if inside and isinstance(node, dict):
        yield place, node
    members: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in members:
        below = f"{place}/{name}"
        if below == "#/components/schemas" or (inside and name == "properties"):
            for key, item in value.items():
                yield from schemas(item, f"{below}/{key}", inside=True)
        elif name not in DATA_MEMBERS:
            yield from schemas(value, below, inside=inside or name == "schema")


def examples(document: Node) -> Iterator[tuple[str, Node, Any]]:
    """Every example with the schema it belongs to: of parameters, headers, media types and schemas."""
    for place, node in walk(document):
        if "schema" in node and "examples" in node:
            for name, example in node["examples"].items():
                resolved = at(document, example["$ref"]) if "$ref" in example else example
                yield f"{place}/examples/{name}", node["schema"], resolved["value"]
    for place, schema in schemas(document):
        for index, value in enumerate(schema.get("examples", ())):
            yield f"{place}/examples/{index}", schema, value


def example_faults(document: Node) -> list[str]:
    """The examples that do not fit their schema, formats included."""
    faults = []
    for place, schema, value in examples(document):
        standalone = {"components": {"schemas": document["components"]["schemas"]}, "allOf": [schema]}
        validator = jsonschema.Draft202012Validator(
            standalone, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        faults += [f"{place}: {error.message}" for error in validator.iter_errors(value)]
    return faults


def operations(document: Node) -> dict[str, Node]:
    (path,) = document["paths"].values()
    return {path[method]["operationId"]: path[method] for method in ("get", "post")}


def responses(document: Node) -> Iterator[tuple[str, Node]]:
    for name, operation in operations(document).items():
        for status, response in operation["responses"].items():
            yield f"{name} {status}", at(document, response["$ref"]) if "$ref" in response else response


def ledger_ids(document: Node) -> set[str]:
    return {name for _, node in walk(document) for name in node.get("x-ledger", ())}


def test_openapi_spec_validator_accepts_it(document: Node) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_example_fits_its_schema(document: Node) -> None:
    assert len(list(examples(document))) > 60
    assert example_faults(document) == []


@pytest.mark.parametrize(
    ("name", "mutation"),
    [
        pytest.param("SomeIdentifiersSet", {"appsflyer_id": 5}, id="number-in-an-answer"),
        pytest.param("OneIdentifier", {"mixpanel_user_i": "x"}, id="misspelt-name-in-a-request"),
        pytest.param("OneIdentifier", {"appsflyer_id": None}, id="null-in-a-request"),
        pytest.param("InvalidKey", {"errors": [401]}, id="number-among-errors"),
        pytest.param("ProfileDoesNotExist", {"status_code": "404"}, id="status-as-text"),
        pytest.param("ProfileAfterWrite", {"data": {}}, id="empty-profile"),
    ],
)
def test_mutated_example_is_reported(document: Node, name: str, mutation: Node) -> None:
    mutated = copy.deepcopy(document)
    mutated["components"]["examples"][name]["value"].update(mutation)
    assert any("/examples/" in fault for fault in example_faults(mutated))


def test_malformed_uuid_in_the_header_example_is_reported(document: Node) -> None:
    mutated = copy.deepcopy(document)
    mutated["components"]["parameters"]["adapty-profile-id"]["examples"]["uuid"]["value"] = "4711"
    assert len(example_faults(mutated)) == 1


def test_no_schema_uses_a_keyword_that_3_1_lacks(document: Node) -> None:
    found = list(schemas(document))
    assert len(found) > 100
    assert [place for place, schema in found if {"nullable", "example"} & set(schema)] == []


def test_read_and_write_object_have_the_same_sixteen_identifiers(document: Node) -> None:
    components = document["components"]["schemas"]
    read, write = components["IntegrationIdentifiers"], components["IntegrationIdentifiersUpdate"]
    assert len(read["properties"]) == 16
    assert list(read["properties"]) == sorted(read["properties"]) == read["required"] == list(write["properties"])
    for name in read["properties"]:
        reference = {"$ref": f"#/components/schemas/{name}"}
        assert read["properties"][name] == {"anyOf": [reference, {"type": "null"}]}
        assert write["properties"][name] == reference


def test_identifiers_are_described_and_not_constrained(document: Node) -> None:
    components = document["components"]["schemas"]
    hints = {"x-vendor", "x-identifies", "x-obtained-from", "x-real-format"}
    wanted = {"type", "title", "description", "examples", *hints}
    for name in components["IntegrationIdentifiers"]["properties"]:
        members = set(components[name])
        assert components[name]["type"] == "string"
        assert wanted <= members <= wanted | {"deprecated", "x-recommended", "x-ledger", "x-sources"}, name


def test_write_object_is_closed_and_read_object_is_open(document: Node) -> None:
    components = document["components"]["schemas"]
    assert components["IntegrationIdentifiers"]["additionalProperties"] is True
    assert components["IntegrationIdentifiersUpdate"]["additionalProperties"] is False
    assert components["IntegrationIdentifiersUpdate"]["minProperties"] == 1


def test_every_reference_stays_in_the_file_and_resolves(document: Node) -> None:
    references = [node["$ref"] for _, node in walk(document) if isinstance(node.get("$ref"), str)]
    assert references
    for reference in references:
        assert reference.startswith("#/")
        assert isinstance(at(document, reference), dict)


def test_every_component_is_used(document: Node) -> None:
    used = {node["$ref"] for _, node in walk(document) if isinstance(node.get("$ref"), str)}
    schemes = {name for requirement in document["security"] for name in requirement}
    assert set(document["components"]["securitySchemes"]) == schemes
    for kind in set(document["components"]) - {"securitySchemes"}:
        for name in document["components"][kind]:
            assert f"#/components/{kind}/{name}" in used


def test_every_body_and_header_has_an_example(document: Node) -> None:
    for operation in operations(document).values():
        for media_type in operation.get("requestBody", {"content": {}})["content"].values():
            assert media_type["examples"]
    for place, response in responses(document):
        contents = [response.get("content", {}), response.get("x-alternative-content", {})]
        assert any(contents), place
        for media_type in [media_type for content in contents for media_type in content.values()]:
            assert media_type["examples"], place
    for kind in ("parameters", "headers"):
        for name, component in document["components"][kind].items():
            assert component["examples"], name


def test_only_the_write_may_answer_without_a_body(document: Node) -> None:
    blank = {place for place, response in responses(document) if response.get("x-body-optional")}
    bare = {place for place, response in responses(document) if "content" not in response}
    assert blank == bare == {"setIntegrationIdentifiers 200"}


def test_statuses_are_those_that_the_operations_can_have(document: Node) -> None:
    expected = {"200", "400", "401", "404", "405", "429", "4XX", "500", "5XX"}
    found = {name: set(operation["responses"]) for name, operation in operations(document).items()}
    assert found == {"getIntegrationIdentifiers": expected, "setIntegrationIdentifiers": expected | {"415"}}


def test_every_error_form_that_a_source_shows_has_an_example(document: Node) -> None:
    errors = [
        example["value"]
        for example in document["components"]["examples"].values()
        if isinstance(example["value"], dict) and "error_code" in example["value"]
    ]
    forms = {
        "map" if isinstance(error["errors"], dict) else type(error["errors"][0]).__name__: error for error in errors
    }
    assert set(forms) == {"map", "dict", "str"}
    codes = {error["error_code"] for error in errors}
    assert {"profile_does_not_exist", "profile_not_found", "not_authenticated", "unauthorized", "parse_error"} <= codes


def test_every_ledger_id_is_an_entry(document: Node) -> None:
    missing = {name for name in ledger_ids(document) if not (ROOT / f"contracts/ledger/{name}.yaml").is_file()}
    assert missing == set()


def test_ledger_id_without_an_entry_is_found(document: Node) -> None:
    mutated = copy.deepcopy(document)
    mutated["info"]["x-ledger"].append("no-such-entry")
    assert "no-such-entry" in ledger_ids(mutated)


def cited(document: Node) -> list[tuple[str, Node]]:
    """Each source that a place names, with the place."""
    return [(place, source) for place, node in walk(document) for source in node.get("x-sources", ())]


def test_every_source_named_is_one_and_a_page_comes_with_its_line(document: Node) -> None:
    sources = read_yaml(ROOT / "contracts/sources.yaml")
    pages = {name for name, source in sources.items() if source["kind"] == "page"}
    assert len(cited(document)) > 100
    assert [place for place, source in cited(document) if source["source"] not in sources] == []
    assert [place for place, source in cited(document) if ("line" in source) != (source["source"] in pages)] == []


def test_a_source_is_named_for_the_place_or_for_an_extension_beside_it(document: Node) -> None:
    wrong = [
        place
        for place, node in walk(document)
        for source in node.get("x-sources", ())
        if source.get("for") not in (None, *(name for name in node if name.startswith("x-")))
    ]
    assert wrong == []


def test_format_and_origin_of_every_identifier_have_a_source(document: Node) -> None:
    components = document["components"]["schemas"]
    for name in components["IntegrationIdentifiers"]["properties"]:
        supported = {source.get("for") for source in components[name]["x-sources"]}
        assert supported == {None, "x-real-format", "x-obtained-from"}, name


@needs_pages
def test_the_lines_of_an_identifier_are_those_that_claim_something_of_it(document: Node) -> None:
    """All rows of tables, and the first example of each page; a misspelt name counts where a ledger entry says so."""
    schemas = document["components"]["schemas"]
    names = set(schemas["IntegrationIdentifiers"]["properties"])
    for source, path in (("S-GET", GET), ("S-POST", POST)):
        claimed: dict[str, set[int]] = {name: set() for name in names}
        rows: dict[str, set[int]] = {name: set() for name in names}
        for claim in read_page(path).claims:
            for name in names.intersection(claim.subject.split(".")):
                claimed[name].add(claim.line)
                rows[name].update({claim.line} if claim.subject.endswith(".presence") else ())
        for name in names:
            told = {each["line"] for each in schemas[name]["x-sources"] if each["source"] == source}
            ledger = [read_yaml(ROOT / f"contracts/ledger/{entry}.yaml") for entry in schemas[name].get("x-ledger", ())]
            misspelt = {
                said["line"] for entry in ledger for said in entry["statements"] if said["source"] == source
            } - claimed[name]
            assert rows[name] <= told <= claimed[name] | misspelt, (source, name)
            assert bool(told) == bool(claimed[name]), (source, name)


def test_every_clause_that_a_place_names_is_one(document: Node) -> None:
    topics = [read_yaml(path) for path in sorted((ROOT / "contracts/clauses").glob("*.yaml"))]
    known = {topic["topic"] for topic in topics} | {clause["id"] for topic in topics for clause in topic["clauses"]}
    named = {name for _, node in walk(document) for name in node.get("x-clauses", ())}
    assert named
    assert named - known == set()


def test_every_code_of_the_vendors_examples_is_among_the_known_ones(document: Node) -> None:
    codes = {
        example["value"]["error_code"]
        for example in document["components"]["examples"].values()
        if example["x-origin"] == "vendor" and "error_code" in example["value"]
    }
    assert codes
    assert codes <= set(document["components"]["schemas"]["ErrorResponse"]["properties"]["error_code"]["examples"])


def test_exactly_one_of_names_optional_header_parameters(document: Node) -> None:
    for operation in operations(document).values():
        parameters = [at(document, parameter["$ref"]) for parameter in operation["parameters"]]
        optional = {item["name"] for item in parameters if item["in"] == "header" and not item["required"]}
        assert set(operation["x-exactly-one-of"]) == {"adapty-customer-user-id", "adapty-profile-id"} < optional


def test_links_lead_from_each_operation_to_the_other_with_the_headers_sent(document: Node) -> None:
    found = {}
    for name, operation in operations(document).items():
        (link,) = operation["responses"]["200"]["links"].values()
        found[name] = link["operationId"]
        assert link["parameters"] == {
            f"header.{header}": f"$request.header.{header}" for header in operation["x-exactly-one-of"]
        }
    assert found == {
        "getIntegrationIdentifiers": "setIntegrationIdentifiers",
        "setIntegrationIdentifiers": "getIntegrationIdentifiers",
    }


def test_path_keeps_its_trailing_slash(document: Node) -> None:
    (path,) = document["paths"]
    assert path == "/api/v2/server-side-api/integration/profile/set/integration-identifiers/"


def test_no_value_is_read_as_a_date(document: Node) -> None:
    """A bare `2022-10-12` is a date to one reader of YAML and a string to another, so such values are quoted."""
    assert json.loads(json.dumps(document)) == document


DRAW = """
import json, sys
import schemathesis
from hypothesis import HealthCheck, given, settings

schema = schemathesis.openapi.from_path(sys.argv[1])
drawn = {}
for method in ("GET", "POST"):
    cases = drawn[method] = []

    @settings(max_examples=5, database=None, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(schema[sys.argv[2]][method].as_strategy())
    def draw(case):
        cases.append(case.body if method == "POST" else None)

    draw()
print(json.dumps(drawn))
"""


@pytest.mark.slow
def test_schemathesis_draws_requests_for_both_operations(document: Node, tmp_path: Path) -> None:
    """In a process of its own: drawing changes how Hypothesis prints, for every later test of the process."""
    (path,) = document["paths"]
    arguments = [sys.executable, "-c", DRAW, str(SPEC), path]
    done = subprocess.run(arguments, cwd=tmp_path, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    drawn = json.loads(done.stdout)
    names = set(document["components"]["schemas"]["IntegrationIdentifiers"]["properties"])
    assert drawn["GET"]
    assert drawn["POST"]
    assert all(body and set(body) <= names for body in drawn["POST"])
