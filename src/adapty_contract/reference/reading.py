"""Reading the spec: references followed, ledger ids collected, types put into words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from adapty_contract.contract import Contract
from adapty_contract.model import Source

JSON = "application/json"
_NULL = "null"
_LINE = 150


def reference_name(node: Mapping[str, Any]) -> str | None:
    """The name of the component that a reference points to; `None` where the node is no reference."""
    return str(node["$ref"]).rpartition("/")[2] if "$ref" in node else None


def resolved(contract: Contract, node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node, or the component that it refers to."""
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = contract.spec["components"][kind][name]
    return node


def ledger_ids(*nodes: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of the ledger entries that shaped these places of the spec, each once."""
    return tuple(dict.fromkeys(name for node in nodes for name in node.get("x-ledger", ())))


def named_sources(node: Mapping[str, Any], of: str | None = None) -> tuple[Source, ...]:
    """The sources that a part of the spec names: for itself, or for `of`, one of the extensions beside it."""
    return tuple(
        Source(each["source"], each.get("line")) for each in node.get("x-sources", ()) if each.get("for") == of
    )


def type_in_words(contract: Contract, schema: Mapping[str, Any]) -> str:
    """What a schema permits, in words: `string or null`, `array of ErrorItem`, `string (uuid)`."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return _either(type_in_words(contract, choice) for choice in choices)
    name = reference_name(schema)
    if name is not None:
        target = resolved(contract, schema)
        simple = "properties" not in target and "anyOf" not in target
        return type_in_words(contract, target) if simple else name
    types = schema.get("type", "anything")
    words = _either([types] if isinstance(types, str) else types)
    if "items" in schema:
        words = words.replace("array", f"array of {type_in_words(contract, schema['items'])}", 1)
    return f"{words} ({schema['format']})" if "format" in schema else words


def _either(words: Iterable[str]) -> str:
    each = list(dict.fromkeys(words))
    if _NULL in each:  # the exception is told last
        each = [*(word for word in each if word != _NULL), _NULL]
    return " or ".join(each)


def json_text(value: Any) -> str:
    """JSON for people: on one line where it fits, otherwise indented."""
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= _LINE else json.dumps(value, indent=2, ensure_ascii=False)


def example_names(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the examples that a media type refers to."""
    named = (reference_name(each) for each in content.get("examples", {}).values())
    return tuple(name for name in named if name)


def referred(contract: Contract, node: Any) -> frozenset[str]:
    """The references that a part of the spec makes, and all that those make in turn."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            reference = each.get("$ref")
            if isinstance(reference, str) and reference not in found:
                found.add(reference)
                waiting.append(resolved(contract, {"$ref": reference}))
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return frozenset(found)
