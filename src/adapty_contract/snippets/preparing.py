"""A sample as it is run: its host and its placeholders replaced, and nothing else. Pure."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_NAME = frozenset(string.ascii_letters + string.digits + "_- ")
_HOST = frozenset(string.ascii_letters + string.digits + ".-:@")
_LONGEST = 60
_BARE = "YOUR_"
_KINDS = (("customer", "customer"), ("user_id", "customer"), ("profile", "profile"), ("key", "key"), ("secret", "key"))
"""A word in a placeholder's name, and what it then stands for; the first one counts."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The code to run; `replaced` maps what stood there to what stands there now, `left` are unknown placeholders."""

    code: str
    replaced: Mapping[str, str]
    left: tuple[str, ...]

    def apply(self, text: str) -> str:
        """`text`, a piece of the sample, with the same replacements."""
        return _replace(text, self.replaced)


def prepare(code: str, origins: Iterable[str], to: str, values: Mapping[str, str]) -> Prepared:
    """`code` with each of the `origins` (scheme and host) replaced by `to`, and its placeholders by `values`.

    These are by kind: `customer`, `profile`, `key`.
    """
    replaced = {origin: to for origin in sorted(origins, key=len, reverse=True) if _stands(code, origin)}
    left = []
    for placeholder in dict.fromkeys(placeholders(code)):
        kind = next((kind for word, kind in _KINDS if word in placeholder.lower()), None)
        if kind is None:
            left.append(placeholder)
        else:
            replaced[placeholder] = values[kind]
    return Prepared(_replace(code, replaced), replaced, tuple(left))


def origin_of(url: str) -> str | None:
    """Scheme and host of a URL as they stand in it; None where it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{url.partition('://')[0]}://{parts.netloc}" if parts.netloc and parts.scheme in ("http", "https") else None


def placeholders(code: str) -> Iterator[str]:
    """What stands for a value of the reader's own: `<CAPITALS>`, `{{any_name}}`, and bare `YOUR_CAPITALS`."""
    for part in code.split("<")[1:]:
        name, closed, _ = part[: _LONGEST + 1].partition(">")
        if closed and name and name == name.upper() and name[0].isalpha() and _NAME.issuperset(name):
            yield f"<{name}>"
    for part in code.split("{{")[1:]:
        name, closed, _ = part[: _LONGEST + 2].partition("}}")
        if closed and name.strip() and _NAME.issuperset(name):
            yield f"{{{{{name}}}}}"
    yield from _bare(code)


def _bare(code: str) -> Iterator[str]:
    at = code.find(_BARE)
    while at >= 0:
        end = at
        while end < len(code) and (code[end].isupper() or code[end].isdigit() or code[end] == "_"):
            end += 1
        if code[at - 1 : at] not in ("<", "_") and end - at > len(_BARE):
            yield code[at:end]
        at = code.find(_BARE, end)


def _replace(text: str, replaced: Mapping[str, str]) -> str:
    for old, new in replaced.items():
        text = _replace_origin(text, old, new) if "://" in old else text.replace(old, new)
    return text


def _stands(text: str, origin: str) -> bool:
    return _replace_origin(text, origin, "") != text


def _replace_origin(text: str, origin: str, to: str) -> str:
    """Replaces an origin where it ends: `https://a.io` does not stand in `https://a.io.example`."""
    first, *others = text.split(origin)
    parts = [first]
    for other in others:
        parts += [origin if other[:1] in _HOST and other[:1] else to, other]
    return "".join(parts)
