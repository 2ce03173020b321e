"""Every way of asking without the right key."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from adapty_contract.model import Headers
from adapty_contract.scenarios.session import Session

WRONG_KEY = "secret_live_Zz0Yy1Xx.contracttestwrongkeyq7w2e9r4t1y6"
_OTHER_FIELDS = (
    "Api-Key",
    "Adapty-Api-Key",
    "X-Adapty-Api-Key",
    "X-Auth-Token",
    "X-Authorization",
    "Proxy-Authorization",
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way of asking without the right key. `expression` is the key as a shell would spell it."""

    label: str
    clause: str
    authorization: str | None
    expression: str = ""
    headers: Headers = ()
    suffix: str = ""
    odd: bool = False
    """Whether a server may refuse the request before it looks for a key, with another 4xx than 401."""


def attempts(session: Session) -> Iterator[Attempt]:
    """Each way, without the one that only a body can show."""
    key = session.setting.key
    var = "ADAPTY_API_KEY"
    yield Attempt("no key", "key-missing-is-401", None)
    yield Attempt("a scheme without a key", "key-missing-is-401", "Api-Key", "Api-Key")
    yield Attempt("another key", "key-wrong-is-401", f"Api-Key {WRONG_KEY}", WRONG_KEY)
    for wrong in ("%", "*", "' OR '1'='1", "null"):
        yield Attempt(f"the key {wrong}", "key-wrong-is-401", f"Api-Key {wrong}", wrong, odd=" " in wrong)
    yield Attempt("a key of 2,000 characters", "key-wrong-is-401", f"Api-Key {'x' * 2000}", "x" * 2000, odd=True)
    yield Attempt("a key beyond ASCII", "key-wrong-is-401", "Api-Key cl\u00e9", r"$(printf 'cl\351')", odd=True)
    mangled = {
        "the key without its last character": (key[:-1], f"${{{var}%?}}"),
        "the key with its last character changed": (key[:-1] + _other(key[-1]), f"${{{var}%?}}{_other(key[-1])}"),
        "the key with its first character changed": (_other(key[0]) + key[1:], f"{_other(key[0])}${{{var}#?}}"),
        "the first half of the key": (key[: len(key) // 2], f"${{{var}:0:{len(key) // 2}}}"),
        "the second half of the key": (key[len(key) // 2 :], f"${{{var}:{len(key) // 2}}}"),
        "the key and a character more": (f"{key}0", f"${{{var}}}0"),
        "the key and a word more": (f"{key} x", f"${var} x"),
        "the key and another after a comma": (f"{key},x", f"${var},x"),
    }
    sign = next((at for at in range(1, len(key) - 1) if key[at] == "."), len(key) // 2)
    middle = f"{key[:sign]}x{key[sign + 1 :]}" if key[sign] != "x" else f"{key[:sign]}y{key[sign + 1 :]}"
    told = f"${{{var}:0:{sign}}}{middle[sign]}${{{var}:{sign + 1}}}"
    mangled["the key with a character in its middle changed"] = (middle, told)
    if (bare := "".join(filter(str.isalnum, key))) != key:
        mangled["the key without its signs"] = (bare, f"${{{var}//[^[:alnum:]]/}}")
    for which, text in (("first", key[:sign].swapcase() + key[sign:]), ("second", key[:sign] + key[sign:].swapcase())):
        if text != key:  # a comparison that minds no case takes either
            spelt = [f"${{{var}:0:{sign}}}", f"${{{var}:{sign}}}"]
            part = which == "second"
            spelt[part] = f'$(printf %s "{spelt[part]}" | tr A-Za-z a-zA-Z)'
            mangled[f"the key with its {which} half in the other case"] = (text, "".join(spelt))
    for label, (text, expression) in mangled.items():
        yield Attempt(label, "key-mangled-is-401", f"Api-Key {text}", expression)
    yield from _other_schemes(key, var)
    yield from _other_places(session, key, var)


def _other_schemes(key: str, var: str) -> Iterator[Attempt]:
    clause = "key-under-other-scheme-is-401"
    yield Attempt("the key without a scheme", clause, key, f"${var}")
    for scheme in ("Bearer", "Token", "Basic", "ApiKey"):
        yield Attempt(f"the key under {scheme}", clause, f"{scheme} {key}", f"${var}")
    for part, form in (("user", "%s:"), ("password", ":%s")):
        basic = base64.b64encode((form % key).encode()).decode()
        told = f'$(printf {form} "${var}" | base64 -w0)'
        yield Attempt(f"the key as the {part} of Basic", clause, f"Basic {basic}", told)
    for label, form in (
        ("glued to its scheme", "Api-Key%s"),
        ("after an equals sign", "Api-Key=%s"),
        ("after a colon", "Api-Key:%s"),
    ):
        yield Attempt(f"the key {label}", clause, form % key, form % f"${var}")


def _other_places(session: Session, key: str, var: str) -> Iterator[Attempt]:
    clause = "key-elsewhere-is-401"
    for form, told in ((f"Api-Key {key}", "the scheme and the key"), (key, "the bare key")):
        # A field that is redacted whole needs an expression that spells the whole value, so it is sent by itself.
        spelt = form.replace(key, f"${var}")
        yield Attempt(f"{told} in X-Api-Key", clause, None, spelt, (("X-Api-Key", form),))
        elsewhere = tuple((name, form) for name in _OTHER_FIELDS)
        yield Attempt(f"{told} in other header fields", clause, None, f"${var}", elsewhere)
    cookie = f"api_key={key}; Authorization={key}"
    yield Attempt("the key in a cookie", clause, None, cookie.replace(key, f"${var}"), (("Cookie", cookie),))
    if session.can("loopback"):  # elsewhere it would stand in the server's access log
        yield Attempt(
            "the key in the query",
            clause,
            None,
            f"${var}",
            (),
            f"?api_key={key}&key={key}&token={key}&access_token={key}",
            odd=True,
        )


def _other(character: str) -> str:
    """A character that is not this one in either case."""
    return "b" if character in "aA" else "a"
