"""The spec as OpenAPI 3.0 and as text."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

from adapty_contract.cli.spec import command
from adapty_contract.errors import ContractDataError
from adapty_contract.spec_export import dump, to_openapi30
from adapty_contract.yamldata import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = Path(__file__).resolve().parents[2] / "openapi/integration-identifiers.yaml"
Node = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Node:
    loaded: Node = read_yaml(SPEC)
    return loaded


@pytest.fixture(scope="module")
def exported(document: Node) -> Node:
    return to_openapi30(document)


def converted(schema: Any, **others: Any) -> Any:
    """`schema` as 3.0, from a small document that has `others` as further component schemas."""
    info = {"title": "t", "version": "1"}
    document = {"openapi": "3.1.0", "info": info, "components": {"schemas": {"It": schema, **others}}}
    return to_openapi30(document)["components"]["schemas"]["It"]


def read_text(text: str, fmt: str) -> Any:
    return json.loads(text) if fmt == "json" else yaml.safe_load(text)


def objects(node: Any) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(value)


def is_valid(document: Node, schema: Node, value: Any) -> bool:
    whole = {"components": {"schemas": document["components"]["schemas"]}, "allOf": [schema]}
    return bool(OAS30Validator(whole).is_valid(value))


def test_export_is_valid_openapi_3_0(exported: Node) -> None:
    assert exported["openapi"] == "3.0.3"
    assert [error.message for error in OpenAPIV30SpecValidator(exported).iter_errors()] == []


def test_export_leaves_the_document_alone(document: Node) -> None:
    before = copy.deepcopy(document)
    exported = to_openapi30(document)
    for node in objects(exported):
        node.clear()
    assert document == before


def test_every_example_is_valid_in_the_export_too(exported: Node) -> None:
    seen = 0
    for node in objects(exported):
        if "schema" not in node or "examples" not in node:
            continue
        for example in node["examples"].values():
            name = example.get("$ref", "").rpartition("/")[2]
            value = (exported["components"]["examples"][name] if name else example)["value"]
            assert is_valid(exported, node["schema"], value), value
            seen += 1
    assert seen > 30


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param("IntegrationIdentifiersUpdate", {}, id="empty-write"),
        pytest.param("IntegrationIdentifiersUpdate", {"appsflyer_id": None}, id="null-write"),
        pytest.param("IntegrationIdentifiersUpdate", {"mixpanel_user_i": "x"}, id="misspelt-write"),
        pytest.param("IntegrationIdentifiers", {}, id="read-without-identifiers"),
        pytest.param("ErrorResponse", {"errors": [1], "error_code": "x", "status_code": 400}, id="number-among-errors"),
    ],
)
def test_export_refuses_what_the_document_refuses(exported: Node, schema: str, value: Any) -> None:
    assert not is_valid(exported, {"$ref": f"#/components/schemas/{schema}"}, value)


def test_names_and_extensions_survive(document: Node, exported: Node) -> None:
    assert exported["paths"].keys() == document["paths"].keys()
    for kind, components in document["components"].items():
        assert exported["components"][kind].keys() == components.keys()
    identifier = exported["components"]["schemas"]["one_signal_player_id"]
    assert (identifier["deprecated"], identifier["x-vendor"]) == (True, "OneSignal")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        pytest.param({"type": ["string", "null"]}, {"type": "string", "nullable": True}, id="string-or-null"),
        pytest.param({"type": ["string", "number"]}, {"anyOf": [{"type": "string"}, {"type": "number"}]}, id="union"),
        pytest.param(
            {"type": ["array", "null"]}, {"type": "array", "nullable": True, "items": {}}, id="array-without-items"
        ),
        pytest.param({"type": "null"}, {"type": "string", "nullable": True, "enum": [None]}, id="only-null"),
        pytest.param({"const": 1}, {"enum": [1]}, id="const"),
        pytest.param({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}, id="examples"),
        pytest.param(
            {"type": "integer", "exclusiveMinimum": 0},
            {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            id="exclusive-minimum",
        ),
        pytest.param({"not": True}, {"not": {}}, id="boolean-schema"),
        pytest.param({"type": "object", "properties": {"p": False}}, {"type": "object", "properties": {"p": {"not": {}}}}, id="never"),
        pytest.param({"$ref": "#/components/schemas/Name"}, {"$ref": "#/components/schemas/Name"}, id="reference"),
        pytest.param(
            {"$ref": "#/components/schemas/Name", "description": "d"},
            {"allOf": [{"$ref": "#/components/schemas/Name"}], "description": "d"},
            id="reference-with-sibling",
        ),
        pytest.param(
            {"anyOf": [{"$ref": "#/components/schemas/Name"}, {"type": "null"}]},
            {"type": "string", "title": "Name", "nullable": True},
            id="reference-or-null",
        ),
        pytest.param(
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            {"type": "string", "enum": ["a", None], "nullable": True},
            id="enumeration-or-null",
        ),
        pytest.param(
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {
                "anyOf": [
                    {"type": "string"},
                    {"type": "integer"},
                    {"type": "string", "nullable": True, "enum": [None]},
                ]
            },
            id="choice-or-null",
        ),
        pytest.param(
            {"anyOf": [{"$ref": "#/components/schemas/It"}, {"type": "null"}]},
            {"anyOf": [{"$ref": "#/components/schemas/It"}, {"type": "string", "nullable": True, "enum": [None]}]},
            id="recursive-or-null",
        ),
    ],
)  # fmt: skip
def test_schema_is_said_in_the_words_of_3_0(schema: Node, expected: Node) -> None:
    assert converted(schema, Name={"type": "string", "title": "Name"}) == expected


def test_keyword_without_words_in_3_0_is_refused() -> None:
    with pytest.raises(ContractDataError, match="prefixItems"):
        converted({"type": "array", "prefixItems": [{}]})


def test_reference_to_nowhere_is_refused() -> None:
    with pytest.raises(ContractDataError, match="points nowhere"):
        converted({"anyOf": [{"$ref": "#/components/schemas/Gone"}, {"type": "null"}]})


def test_licence_identifier_becomes_a_url() -> None:
    info = {"title": "t", "version": "1", "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"}}
    licence = to_openapi30({"openapi": "3.1.0", "info": info, "paths": {}})["info"]["license"]
    assert licence == {"name": "Apache 2.0", "url": "https://spdx.org/licenses/Apache-2.0.html"}


@pytest.mark.parametrize("fmt", ["json", "yaml"])
def test_dumped_text_reads_back_as_the_same_document(exported: Node, fmt: str) -> None:
    text = dump(exported, fmt)
    assert read_text(text, fmt) == exported
    assert text.endswith("\n")
    assert "&id" not in text


def test_dumped_yaml_keeps_paragraphs_readable(document: Node) -> None:
    assert "description: |\n" in dump(document, "yaml")


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no such format: toml"):
        dump({}, "toml")


def test_command_prints_the_file_itself_by_default() -> None:
    printed = CliRunner().invoke(command, [], catch_exceptions=False)
    assert printed.exit_code == 0
    assert printed.stdout_bytes == SPEC.read_bytes()


@pytest.mark.parametrize("fmt", ["yaml", "json"])
def test_command_prints_openapi_3_0(exported: Node, fmt: str) -> None:
    printed = CliRunner().invoke(command, ["--openapi", "3.0", "--format", fmt], catch_exceptions=False)
    assert read_text(printed.stdout, fmt) == exported


def test_command_prints_json_of_the_document(document: Node) -> None:
    printed = CliRunner().invoke(command, ["--format", "json"], catch_exceptions=False)
    assert json.loads(printed.stdout) == document


def test_help_of_the_command_has_examples_on_lines_of_their_own() -> None:
    printed = CliRunner().invoke(command, ["--help"], catch_exceptions=False)
    assert "adapty-contract spec > integration-identifiers.yaml" in printed.stdout


def test_unknown_version_is_wrong_usage() -> None:
    assert CliRunner().invoke(command, ["--openapi", "2.0"]).exit_code == 2
