"""The spec in other dresses: as OpenAPI 3.0 for tools that know no 3.1, as YAML or JSON text."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from adapty_contract.errors import ContractDataError

_VERBATIM = frozenset({"example", "examples", "default", "enum", "value", "x-ledger"})
"""Members that hold data of their own; what they contain is never a schema."""

_APPLICATORS = frozenset({"allOf", "anyOf", "oneOf", "not", "items", "properties", "additionalProperties"})
_KEPT = frozenset(
    {
        "title", "description", "format", "default", "enum", "deprecated", "readOnly", "writeOnly", "required", "pattern",
        "minLength", "maxLength", "minimum", "maximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
        "minProperties", "maxProperties", "discriminator", "xml", "externalDocs",
    }
)  # fmt: skip
"""Keywords that mean the same in a 3.0 schema."""

_ONLY_NULL: Mapping[str, Any] = {"type": "string", "nullable": True, "enum": [None]}
"""3.0 has no type `null`; a nullable string of which only `null` is permitted says the same."""


def to_openapi30(document: Mapping[str, Any]) -> dict[str, Any]:
    """A 3.1 document as a new 3.0.3 document that permits the same messages; `document` is left as it is.

    Of several schema `examples` the first survives. Raises ContractDataError for a schema keyword that 3.0 cannot express,
    rather than dropping it silently.
    """
    exported: dict[str, Any] = _Downgrade(document).walk(document)
    exported["openapi"] = "3.0.3"
    for name in ("jsonSchemaDialect", "webhooks"):
        exported.pop(name, None)
    info = exported["info"]
    info.pop("summary", None)
    licence = info.get("license", {})
    if "identifier" in licence:
        licence["url"] = f"https://spdx.org/licenses/{licence.pop('identifier')}.html"
    return exported


def dump(document: Mapping[str, Any], fmt: str) -> str:
    """`document` as text that ends with a newline; `fmt` is `yaml` or `json`. Raises ValueError for another format."""
    if fmt == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if fmt == "yaml":
        return _yaml(document)
    raise ValueError(f"no such format: {fmt}")


class _Downgrade:
    """Walks one document; it needs the whole of it to look references up."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def walk(self, node: Any) -> Any:
        """A part of the document outside of schemas."""
        if isinstance(node, list):
            return [self.walk(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        if "$ref" in node:
            return {"$ref": node["$ref"]}  # 3.0 permits no other member beside it
        return {name: self._member(name, value) for name, value in node.items()}

    def _member(self, name: str, value: Any) -> Any:
        if name == "schema":
            return self.schema(value)
        if name == "schemas" and isinstance(value, Mapping):
            return {key: self.schema(schema) for key, schema in value.items()}
        return copy.deepcopy(value) if name in _VERBATIM else self.walk(value)

    def schema(self, node: Any) -> dict[str, Any]:
        """A schema in 3.0's words."""
        if isinstance(node, bool):
            return {} if node else {"not": {}}
        if "$ref" in node:
            beside = {name: value for name, value in node.items() if name != "$ref"}
            reference = {"$ref": node["$ref"]}
            return {"allOf": [reference], **self.schema(beside)} if beside else reference
        converted: dict[str, Any] = {}
        for name, value in node.items():
            converted.update(self._keyword(name, value))
        return self._with_types(converted, node.get("type"))

    def _keyword(self, name: str, value: Any) -> dict[str, Any]:
        """One keyword but `type`, as the keyword or keywords that replace it."""
        if name in _APPLICATORS:
            return self._applicator(name, value)
        if name in {"exclusiveMinimum", "exclusiveMaximum"}:
            return {name.removeprefix("exclusive").lower(): value, name: True}
        if name in {"const", "examples"}:
            values = copy.deepcopy(value)
            return {"enum": [values]} if name == "const" else {"example": values[0]}
        if name in {"type", "$comment"}:
            return {}
        if name in _KEPT or name.startswith("x-"):
            return {name: copy.deepcopy(value)}
        raise ContractDataError(f"OpenAPI 3.0 has no words for the schema keyword {name}")

    def _applicator(self, name: str, value: Any) -> dict[str, Any]:
        """A keyword that holds schemas."""
        if name == "anyOf":
            return self._any_of(value)
        if name == "properties":
            return {name: {key: self.schema(item) for key, item in value.items()}}
        if isinstance(value, list):
            return {name: [self.schema(item) for item in value]}
        if name == "additionalProperties" and isinstance(value, bool):
            return {name: value}
        return {name: self.schema(value)}

    def _any_of(self, branches: list[Any]) -> dict[str, Any]:
        others = [branch for branch in branches if branch != {"type": "null"}]
        if len(others) == len(branches):
            return {"anyOf": [self.schema(branch) for branch in branches]}
        if len(others) == 1 and (single := self._nullable_copy(others[0])) is not None:
            return single
        return {"anyOf": [*(self.schema(branch) for branch in others), dict(_ONLY_NULL)]}

    def _nullable_copy(self, node: Any) -> dict[str, Any] | None:
        """The schema, looked up if it is a reference, with `nullable`; `None` where that would not permit `null`.

        In 3.0 `nullable` beside a reference permits nothing: the schema referred to still wants a string. A copy is what
        every tool understands. Schemas that refer further are not copied, lest a recursive one has no end.
        """
        target = self._resolve(node["$ref"]) if set(node) == {"$ref"} else node
        if not isinstance(target.get("type"), str) or target["type"] == "null" or "$ref" in json.dumps(target):
            return None
        converted = self.schema(target)
        converted["nullable"] = True
        if "enum" in converted and None not in converted["enum"]:
            converted["enum"].append(None)
        return converted

    def _with_types(self, converted: dict[str, Any], types: Any) -> dict[str, Any]:
        """`converted` with its `type`: one, none, or a choice where 3.1 has a list."""
        names = [types] if isinstance(types, str) else list(types or ())
        if names == ["null"]:
            return {**converted, **_ONLY_NULL}
        nullable: dict[str, Any] = {"nullable": True} if "null" in names else {}
        names = [name for name in names if name != "null"]
        if len(names) > 1:
            choice = [{"type": name, **nullable, **({"items": {}} if name == "array" else {})} for name in names]
            return (
                {"allOf": [{"anyOf": choice}], **converted} if "anyOf" in converted else {"anyOf": choice, **converted}
            )
        if not names:
            return converted
        if names == ["array"]:
            converted.setdefault("items", {})
        return {"type": names[0], **nullable, **converted}

    def _resolve(self, reference: str) -> Mapping[str, Any]:
        """What a reference within the document points to. Raises ContractDataError if it points nowhere."""
        node: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, Mapping) or name not in node:
                raise ContractDataError(f"the reference {reference} points nowhere")
            node = node[name]
        found: Mapping[str, Any] = node
        return found


def _with_choice(converted: dict[str, Any], choice: list[dict[str, Any]]) -> dict[str, Any]:
    """`converted` with the further demand that one schema of `choice` holds."""
    if "anyOf" not in converted:
        return {"anyOf": choice, **converted}
    return {**converted, "allOf": [*converted.get("allOf", ()), {"anyOf": choice}]}


def _yaml(document: Mapping[str, Any]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes paragraphs as blocks that people can read, and equal values twice instead of as an alias."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (the signature is PyYAML's)
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Dumper.add_representer(str, text)
    return str(yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120))
