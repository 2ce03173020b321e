"""JavaScript samples: the request that `fetch` is told to make, and whether it would make it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from adapty_contract.pages.model import Located, SampleRequest, Value
from adapty_contract.pages.samples.bodies import read_body
from adapty_contract.pages.samples.grammars import error_line, parse, text_of, walk
from adapty_contract.pages.samples.reading import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

_NORMALIZED = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"})
_OPTIONS = frozenset({"method", "headers", "body", "redirect", "cache", "mode", "signal", "keepalive", "credentials"})
_LITERALS: dict[str, Value] = {"true": True, "false": False, "null": None, "undefined": None}
_REFUSAL = "fetch refuses a GET or HEAD request that has a body"
_DEEPEST = 200


def read_javascript(code: str) -> Reading:
    """The first request of a JavaScript sample."""
    root = parse("javascript", code).root_node
    broken = error_line(root)
    if broken is not None:
        return Reading(unread=((broken, "JavaScript code with a syntax error"),))
    return _Script().read(root)


class _Script:
    """A script as far as it can be followed without being run."""

    def __init__(self) -> None:
        self._names: dict[str, Located] = {}
        self._request: SampleRequest | None = None
        self._unread: list[tuple[int, str]] = []
        self._composed: dict[str, Callable[[Node, int], Located]] = {
            "object": self._object,
            "array": self._array,
            "binary_expression": self._sum,
            "parenthesized_expression": self._inside,
            "await_expression": self._inside,
            "new_expression": self._made_of,
            "call_expression": self._made_of,
        }

    def read(self, root: Node) -> Reading:
        """Follows every declaration and call in the order of the source."""
        for node in walk(root):
            if node.type == "variable_declarator":
                self._assign(node.child_by_field_name("name"), node.child_by_field_name("value"))
            elif node.type == "assignment_expression":
                self._assign(node.child_by_field_name("left"), node.child_by_field_name("right"))
            elif node.type == "call_expression":
                self._call(node)
        if self._request is None and not self._unread:
            self._unread.append((0, "JavaScript code in which no request was found"))
        return Reading(self._request, tuple(self._unread))

    def _assign(self, target: Node | None, value: Node | None) -> None:
        if target is None or value is None:
            return
        if target.type == "identifier":
            self._names[text_of(target)] = self._value(value)
        elif target.type == "member_expression":
            holder = text_of(target.child_by_field_name("object"))
            self._add(holder, text_of(target.child_by_field_name("property")), self._value(value), target)
        elif target.type == "subscript_expression":
            key = self._value(target.child_by_field_name("index"))
            self._add(text_of(target.child_by_field_name("object")), str(key.value), self._value(value), target)

    def _add(self, holder: str, key: str, value: Located, node: Node) -> None:
        held = self._names.get(holder)
        if held is not None and isinstance(held.value, dict):
            member = (key, Located(value.value, node.start_point[0], value.members, value.items))
            self._names[holder] = Located({**held.value, key: value.value}, held.line, (*held.members, member))

    def _value(self, node: Node | None, depth: int = 0) -> Located:
        if node is None:
            return Located(None, 0)
        line, text = node.start_point[0], text_of(node)
        if node.type in ("string", "template_string"):
            return Located("".join(map(_fragment, node.named_children)), line)
        if node.type == "number" or node.type in _LITERALS:
            return Located(_LITERALS[text] if node.type in _LITERALS else _number(text), line)
        if node.type == "identifier" and text in self._names:
            return self._names[text]
        read = self._composed.get(node.type) if depth < _DEEPEST else None
        return Located("{" + text + "}", line) if read is None else read(node, depth)

    def _array(self, node: Node, depth: int) -> Located:
        items = tuple(self._value(part, depth + 1) for part in node.named_children if part.type != "comment")
        return Located([item.value for item in items], node.start_point[0], items=items)

    def _inside(self, node: Node, depth: int) -> Located:
        return self._value(node.named_children[0] if node.named_children else None, depth + 1)

    def _object(self, node: Node, depth: int) -> Located:
        members: list[tuple[str, Located]] = []
        for part in node.named_children:
            if part.type == "pair":
                key = part.child_by_field_name("key")
                located = self._value(part.child_by_field_name("value"), depth + 1)
                name = self._key(key)
                members.append((name, Located(located.value, part.start_point[0], located.members, located.items)))
            elif part.type == "shorthand_property_identifier":
                members.append((text_of(part), self._names.get(text_of(part), Located("{" + text_of(part) + "}", 0))))
            elif part.type == "spread_element" and part.named_children:
                members += self._value(part.named_children[0], depth + 1).members
        return Located({name: part.value for name, part in members}, node.start_point[0], tuple(members))

    def _key(self, key: Node | None) -> str:
        if key is not None and key.type in ("string", "number"):
            return str(self._value(key).value)
        return text_of(key)

    def _sum(self, node: Node, depth: int) -> Located:
        line = node.start_point[0]
        if text_of(node.child_by_field_name("operator")) == "+":
            left = self._value(node.child_by_field_name("left"), depth + 1).value
            right = self._value(node.child_by_field_name("right"), depth + 1).value
            if isinstance(left, str) and isinstance(right, str):
                return Located(left + right, line)
        return Located("{" + text_of(node) + "}", line)

    def _made_of(self, node: Node, depth: int) -> Located:
        """`new Headers(...)` and `JSON.stringify(...)` are what they are given."""
        line = node.start_point[0]
        name = text_of(node.child_by_field_name("constructor") or node.child_by_field_name("function"))
        arguments = _arguments(node)
        if name == "Headers" and not arguments:
            return Located({}, line)
        if name in ("Headers", "JSON.stringify") and arguments:
            return self._value(arguments[0], depth + 1)
        return Located("{" + text_of(node) + "}", line)

    def _call(self, node: Node) -> None:
        function, arguments = node.child_by_field_name("function"), _arguments(node)
        if function is None:
            return
        if function.type == "member_expression" and len(arguments) == 2:
            if text_of(function.child_by_field_name("property")) in ("append", "set"):
                holder = text_of(function.child_by_field_name("object"))
                self._add(holder, str(self._value(arguments[0]).value), self._value(arguments[1]), node)
        elif text_of(function) == "fetch" and arguments:
            if self._request is not None:
                self._unread.append((node.start_point[0], "a second request in one sample"))
                return
            options = self._value(arguments[1]) if len(arguments) > 1 else Located({}, node.start_point[0])
            self._request = self._fetched(self._value(arguments[0]), options, node.start_point[0])

    def _fetched(self, url: Located, options: Located, line: int) -> SampleRequest:
        for name, part in options.members:
            if name not in _OPTIONS:
                self._unread.append((part.line, f"fetch's option {name}"))
        given = options.member("method") or Located("GET", line)
        spelt = str(given.value)
        method = Located(spelt.upper() if spelt.upper() in _NORMALIZED else spelt, given.line)
        headers, body = options.member("headers"), options.member("body")
        refused = body is not None and body.value is not None and method.value in ("GET", "HEAD")
        if body is not None and isinstance(body.value, str):
            body = read_body(body.value, body.line)
        return SampleRequest(
            method, url, headers.members if headers is not None else (), body, not refused, _REFUSAL if refused else ""
        )


def _arguments(node: Node) -> list[Node]:
    holder = node.child_by_field_name("arguments")
    return [] if holder is None else [part for part in holder.named_children if part.type != "comment"]


def _fragment(node: Node) -> str:
    text = text_of(node)
    if node.type != "escape_sequence":
        return text  # of a template, with its placeholders
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text[1:]


def _number(text: str) -> Value:
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except ValueError:
        return "{" + text + "}"
