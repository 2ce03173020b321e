"""Faults that let somebody in who has no key: each way in, for reads and for writes by themselves."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Operation, Request, Response

_MISSING = "key-missing-is-401"
_WRONG = "key-wrong-is-401"
_MANGLED = "key-mangled-is-401"
_SCHEME = "key-under-other-scheme-is-401"
_ELSEWHERE = "key-elsewhere-is-401"
_SHORTEST = 4  # characters of a piece of the key that opens


@dataclass(frozen=True, slots=True)
class _Way:
    """A way in: the end of its faults' names, who comes in, the clauses broken, whether a request comes in by it."""

    name: str
    who: str
    clauses: tuple[str, ...]
    opens: Callable[[Request, str], bool]


def _credentials(request: Request) -> str:
    return (request.header("authorization") or "").strip()


def _presented(request: Request) -> str | None:
    """What stands behind the right scheme."""
    scheme, _, rest = _credentials(request).partition(" ")
    return rest.strip() if scheme == "Api-Key" else None


def _by_key(test: Callable[[str, str], bool]) -> Callable[[Request, str], bool]:
    def opens(request: Request, key: str) -> bool:
        presented = _presented(request)
        return presented is not None and test(presented, key)

    return opens


def _is_basic_user(request: Request, key: str) -> bool:
    scheme, _, rest = _credentials(request).partition(" ")
    return scheme == "Basic" and rest == base64.b64encode(f"{key}:".encode()).decode()


def _is_basic_password(request: Request, key: str) -> bool:
    scheme, _, rest = _credentials(request).partition(" ")
    return scheme == "Basic" and rest == base64.b64encode(f":{key}".encode()).decode()


def _is_in_header(*names: str) -> Callable[[Request, str], bool]:
    return lambda request, key: any((request.header(name) or "").removeprefix("Api-Key ") == key for name in names)


def _is_in_body(request: Request, key: str) -> bool:
    try:
        document = json.loads(request.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and key in document.values()


_WAYS = (
    _Way("without-a-key", "anybody without a key", (_MISSING,), lambda request, _: not _credentials(request)),
    _Way("with-a-bare-scheme", "a scheme without a key", (_MISSING,), lambda r, _: _credentials(r) == "Api-Key"),
    _Way("with-any-key", "any key", (_WRONG,), _by_key(lambda presented, _: bool(presented))),
    _Way("with-a-long-key", "any key of some length", (_WRONG,), _by_key(lambda presented, key: len(presented) >= len(key))),
    _Way("with-the-beginning", "the beginning of the key", (_MANGLED,),
         _by_key(lambda presented, key: len(presented) >= _SHORTEST and key.startswith(presented))),
    _Way("with-a-piece", "any piece of the key", (_MANGLED,),
         _by_key(lambda presented, key: len(presented) >= _SHORTEST and presented in key)),
    _Way("with-more-behind", "the key with more behind it", (_MANGLED,), _by_key(lambda presented, key: presented.startswith(key))),
    _Way("with-the-first-part", "every key with the part before the point", (_MANGLED,),
         _by_key(lambda presented, key: presented.partition(".")[0] == key.partition(".")[0])),
    _Way("with-the-second-part", "every key with the part behind the point", (_MANGLED,),
         _by_key(lambda presented, key: presented.rpartition(".")[2] == key.rpartition(".")[2])),
    _Way("with-another-ending", "a key that ends otherwise", (_MANGLED,), _by_key(lambda presented, key: presented[:-1] == key[:-1])),
    _Way("with-other-case", "the key in another case", (_MANGLED,), _by_key(lambda presented, key: presented.lower() == key.lower())),
    _Way("under-bearer", "the key under Bearer", (_SCHEME,), lambda request, key: _credentials(request) == f"Bearer {key}"),
    _Way("under-token", "the key under Token", (_SCHEME,), lambda request, key: _credentials(request) == f"Token {key}"),
    _Way("under-any-scheme", "the key under any scheme", (_SCHEME,), lambda request, key: _credentials(request).endswith(f" {key}")),
    _Way("as-a-basic-user", "the key as a user of Basic", (_SCHEME,), _is_basic_user),
    _Way("without-a-scheme", "the key without a scheme", (_SCHEME,), lambda request, key: _credentials(request) == key),
    _Way("glued-to-its-scheme", "the key glued to its scheme", (_SCHEME,), lambda request, key: _credentials(request) == f"Api-Key{key}"),
    _Way("with-a-pattern", "a pattern of SQL", (_WRONG,), _by_key(lambda presented, _: "%" in presented)),
    _Way("with-a-wildcard", "a wildcard", (_WRONG,), _by_key(lambda presented, _: presented == "*")),
    _Way("with-an-injection", "the end of a query", (_WRONG,), lambda request, _: "' OR " in _credentials(request)),
    _Way("with-a-word-for-nothing", "the key null", (_WRONG,), _by_key(lambda presented, _: presented in {"null", "undefined"})),
    _Way("under-a-scheme-without-hyphen", "the key under ApiKey", (_SCHEME,), lambda r, key: _credentials(r) == f"ApiKey {key}"),
    _Way("as-a-basic-password", "the key as a password of Basic", (_SCHEME,), _is_basic_password),
    _Way("in-another-header", "the key in X-Api-Key", (_ELSEWHERE,), _is_in_header("x-api-key")),
    _Way("in-a-header-of-its-name", "the key in Api-Key", (_ELSEWHERE,), _is_in_header("api-key")),
    _Way("for-a-proxy", "the key in Proxy-Authorization", (_ELSEWHERE,), _is_in_header("proxy-authorization")),
    _Way("in-a-cookie", "the key in a cookie", (_ELSEWHERE,), lambda request, key: key in (request.header("cookie") or "")),
    _Way("in-the-query", "the key in the query", (_ELSEWHERE,), lambda request, key: key in request.target),
)  # fmt: skip
_OF_WRITES = (_Way("in-the-body", "the key in the body", (_ELSEWHERE,), _is_in_body),)


def _opened(way: _Way, operation: Operation) -> type[Steps]:
    """Steps with one more way in, for one operation."""

    class Opened(Steps):
        def authenticate(self, call: Call) -> Response | None:
            if (
                call.operation is operation
                and call.request.method == operation.method
                and way.opens(call.request, self.key)
            ):
                return None
            return super().authenticate(call)

    return Opened


def _register() -> None:
    for way in (*_WAYS, *_OF_WRITES):
        if way not in _OF_WRITES:
            fault(f"reads-open-{way.name}", f"Reads let in {way.who}.", violates=way.clauses)(
                _opened(way, Operation.GET)
            )
        fault(
            f"writes-open-{way.name}",
            f"Writes let in {way.who}.",
            violates=way.clauses,
        )(_opened(way, Operation.SET))


_register()
