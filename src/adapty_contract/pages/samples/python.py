"""Python samples: the request that `requests` or `httpx` is told to make."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapty_contract.pages.model import Located, SampleRequest
from adapty_contract.pages.samples.bodies import read_body
from adapty_contract.pages.samples.reading import Reading

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_NAMES = {"data", "json", "content", "headers", "params", "auth", "files", "cookies", "url", "method", "timeout"}
_UNREAD = {"params": "query parameters", "auth": "an auth argument", "files": "files", "cookies": "cookies"}


def read_python(code: str) -> Reading:
    """The first request of a Python sample."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
        return _Script().read(tree)
    except SyntaxError as error:
        return Reading(unread=((max(0, (error.lineno or 1) - 1), f"Python code with a syntax error: {error.msg}"),))
    except (ValueError, RecursionError, MemoryError):
        return Reading(unread=((0, "Python code that the parser refuses"),))


class _Script:
    """A script as far as it can be followed without being run."""

    def __init__(self) -> None:
        self._names: dict[str, Located] = {}
        self._encoded: list[Located] = []  # what json.dumps made a text of
        self._request: SampleRequest | None = None
        self._unread: list[tuple[int, str]] = []

    def read(self, tree: ast.Module) -> Reading:
        """Follows every statement in its order."""
        self._follow(tree.body)
        if self._request is None and not self._unread:
            self._unread.append((0, "Python code in which no request was found"))
        return Reading(self._request, tuple(self._unread))

    def _follow(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            for call in _calls(statement):
                self._call(call)
            if isinstance(statement, ast.Assign):
                for target in statement.targets:
                    self._assign(target, statement.value)
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                self._assign(statement.target, statement.value)
            for field in ("body", "handlers", "orelse", "finalbody"):
                for inner in getattr(statement, field, ()):
                    self._follow(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        located = self._value(value)
        if isinstance(target, ast.Name):
            self._names[target.id] = located
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            holder, key = self._names.get(target.value.id), self._value(target.slice).value
            if holder is not None and isinstance(holder.value, dict) and isinstance(key, str):
                member = (key, Located(located.value, target.lineno - 1, located.members, located.items))
                merged = {**holder.value, key: located.value}
                self._names[target.value.id] = Located(merged, holder.line, (*holder.members, member))

    def _value(self, node: ast.expr) -> Located:
        line = node.lineno - 1
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None as value):
                return Located(value, line)
            case ast.Name(id=name) if name in self._names:
                return self._names[name]
        return self._composed(node, line) or Located("{" + ast.unparse(node) + "}", line)

    def _composed(self, node: ast.expr, line: int) -> Located | None:
        match node:
            case ast.Dict():
                return self._object(node)
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                items = tuple(self._value(element) for element in elements)
                return Located([item.value for item in items], line, items=items)
            case ast.JoinedStr(values=parts):
                return Located("".join(str(self._part(part)) for part in parts), line)
            case ast.BinOp(op=ast.Add()):
                return self._sum(node)
            case ast.Call(func=ast.Attribute(attr="dumps"), args=[argument, *_]):
                encoded = replace(self._value(argument))
                self._encoded.append(encoded)
                return encoded
        return None

    def _part(self, part: ast.expr) -> object:
        return self._value(part.value).value if isinstance(part, ast.FormattedValue) else self._value(part).value

    def _object(self, node: ast.Dict) -> Located:
        members: list[tuple[str, Located]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            located = self._value(value)
            if key is None:
                members += located.members
            else:
                name = self._value(key)
                members.append((str(name.value), Located(located.value, name.line, located.members, located.items)))
        return Located({name: part.value for name, part in members}, node.lineno - 1, tuple(members))

    def _sum(self, node: ast.BinOp) -> Located:
        left, right = self._value(node.left).value, self._value(node.right).value
        if isinstance(left, str) and isinstance(right, str):
            return Located(left + right, node.lineno - 1)
        return Located("{" + ast.unparse(node) + "}", node.lineno - 1)

    def _call(self, call: ast.Call) -> None:
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if verb not in _VERBS and verb != "request":
            return
        arguments = {keyword.arg: self._value(keyword.value) for keyword in call.keywords if keyword.arg}
        given = [self._value(argument) for argument in call.args]
        if verb == "request":
            method = given.pop(0) if given else arguments.get("method")
        else:
            method = Located(verb, call.lineno - 1)
        url = given[0] if given else arguments.get("url")
        if method is None or url is None or "://" not in str(url.value):
            return  # as dict.get
        if self._request is not None:
            self._unread.append((call.lineno - 1, "a second request in one sample"))
            return
        if len(given) > 1:
            arguments.setdefault("data", given[1])
        self._request = self._made(method, url, arguments, call.lineno - 1)

    def _made(self, method: Located, url: Located, arguments: dict[str, Located], line: int) -> SampleRequest:
        for name, argument in arguments.items():
            if name in _UNREAD or name not in _NAMES:
                self._unread.append((argument.line, _UNREAD.get(name, f"the argument {name}")))
        body = arguments.get("json") or arguments.get("data") or arguments.get("content")
        if body is not None and isinstance(body.value, str):
            body = read_body(body.value, body.line)
        elif body is not None and "json" not in arguments and not any(body is encoded for encoded in self._encoded):
            self._unread.append((line, "a body sent as a form"))
        headers = arguments.get("headers")
        verb = Located(str(method.value).upper(), method.line)
        return SampleRequest(verb, url, headers.members if headers is not None else (), body)


def _calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls in the expressions of a statement, but not in the statements inside it."""
    stack: list[ast.AST] = [node for node in ast.iter_child_nodes(statement) if not isinstance(node, ast.stmt)]
    while stack:
        node = stack.pop(0)
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.ExceptHandler):
            stack.extend(child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt))
