"""Faults that keep another value than the one that was written."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.steps import Steps

_UUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


def _kept(name: str, description: str, change: Callable[[str], str | None]) -> None:
    """Registers the fault whose writes keep what `change` makes of each accepted string; `None` unsets."""

    class Changing(Steps):
        def accept(self, call: Call, name: str, value: Any) -> Any:
            accepted = super().accept(call, name, value)
            return change(accepted) if isinstance(accepted, str) else accepted

    fault(name, description, violates=("values-round-trip",))(Changing)


def _if(pattern: str, value: str, change: Callable[[str], str]) -> str:
    """What `change` makes of a value that has this form; another one as it is."""
    return change(value) if re.fullmatch(pattern, value) else value


def _rewritten(value: str) -> str:
    """JSON, read and written again; anything else as it is."""
    try:
        return json.dumps(json.loads(value), separators=(",", ":")) if value[:1] in "[{" else value
    except ValueError:
        return value


def _without(value: str, *categories: str) -> str:
    return "".join(each for each in value if unicodedata.category(each) not in categories)


_kept("cut-at-32", "Values are cut at 32 characters.", lambda value: value[:32])
_kept("cut-at-36", "Values are cut at 36 characters.", lambda value: value[:36])
_kept("cut-at-64", "Values are cut at 64 characters.", lambda value: value[:64])
_kept("cut-at-255", "Values are cut at 255 characters.", lambda value: value[:255])
_kept(
    "cut-at-1024-bytes", "Values are cut at 1,024 bytes.", lambda value: value.encode()[:1024].decode("utf-8", "ignore")
)
_kept("cut-at-4000", "Values are cut at 4,000 characters.", lambda value: value[:4000])
_kept("cut-at-nul", "Values end at a NUL.", lambda value: value.partition("\0")[0])
_kept("in-lower-case", "Values are kept in lower case.", str.lower)
_kept("in-upper-case", "Values are kept in upper case.", str.upper)
_kept("uuids-in-lower-case", "UUIDs are kept in lower case.", lambda value: _if(_UUID, value, str.lower))
_kept(
    "hex-spelt-as-uuid",
    "32 hexadecimal digits become a UUID with hyphens.",
    lambda value: _if("[0-9a-f]{32}", value, lambda digits: str(UUID(digits))),
)
_kept(
    "folded",
    "Values are case-folded where they are not ASCII.",
    lambda value: value if value.isascii() else value.casefold(),
)
_kept("composed", "Values are normalised to NFC.", lambda value: unicodedata.normalize("NFC", value))
_kept("decomposed", "Values are normalised to NFD.", lambda value: unicodedata.normalize("NFD", value))
_kept("compatible", "Values are normalised to NFKC.", lambda value: unicodedata.normalize("NFKC", value))
_kept("ascii-alone", "Accents are dropped.", lambda value: _without(unicodedata.normalize("NFKD", value), "Mn"))
_kept("letters-from-latin-1", "UTF-8 is taken for ISO 8859-1.", lambda value: value.encode().decode("latin-1"))
_kept(
    "latin-1-or-question",
    "What ISO 8859-1 does not have becomes a question mark.",
    lambda value: value.encode("latin-1", "replace").decode("latin-1"),
)
_kept(
    "basic-plane-alone",
    "Characters outside the basic plane become question marks.",
    lambda value: re.sub("[\U00010000-\U0010ffff]", "?", value),
)
_kept(
    "emoji-dropped",
    "Characters outside the basic plane are dropped.",
    lambda value: re.sub("[\U00010000-\U0010ffff]", "", value),
)
_kept("invisible-dropped", "Invisible characters are dropped.", lambda value: _without(value, "Cf"))
_kept("control-characters-dropped", "Control characters are dropped.", lambda value: _without(value, "Cc"))
_kept("breaks-unified", "Line breaks become line feeds.", lambda value: value.replace("\r\n", "\n"))
_kept(
    "spaces-collapsed",
    "Several spaces inside a value become one.",
    lambda value: re.sub(r"(?<=\S) {2,}(?=\S)", " ", value),
)
_kept("spaces-dropped", "Spaces inside a value are dropped.", lambda value: re.sub(r"(?<=\S) +(?=\S)", "", value))
_kept("hyphens-dropped", "Hyphens are dropped.", lambda value: value.replace("-", ""))
_kept("markup-escaped", "Values are escaped for HTML.", lambda value: html.escape(value, quote=False))
_kept("markup-unescaped", "Entities of HTML are resolved.", html.unescape)
_kept("markup-dropped", "Tags of HTML are dropped.", lambda value: re.sub("<[^>]*>", "", value))
_kept("percent-decoded", "Percent signs are decoded as in a URL.", unquote)
_kept("percent-encoded", "Values are encoded as for a URL.", lambda value: quote(value, safe="-._~/"))
_kept("plus-as-space", "A plus becomes a space.", lambda value: value.replace("+", " "))
_kept(
    "backslashes-resolved",
    "Escapes with a backslash are resolved once more.",
    lambda value: value.replace("\\n", "\n").replace("\\\\", "\\"),
)
_kept("backslashes-doubled", "Backslashes are doubled.", lambda value: value.replace("\\", "\\\\"))
_kept("quotes-doubled", "Single quotes are doubled.", lambda value: value.replace("'", "''"))
_kept("quotes-dropped", "Double quotes are dropped.", lambda value: value.replace('"', ""))
_kept("commas-split", "Only what stands before a comma is kept.", lambda value: value.partition(",")[0])
_kept("semicolons-split", "Only what stands before a semicolon is kept.", lambda value: value.partition(";")[0])
_kept("paths-resolved", "Two points and a slash are resolved as in a path.", lambda value: value.replace("../", ""))
_kept("templates-resolved", "What stands in double braces is computed.", lambda value: value.replace("{{7*7}}", "49"))
_kept("specifiers-resolved", "Conversion specifiers are filled in.", lambda value: value.replace("%s", "None"))
_kept("json-text-written-again", "A value that is JSON is read and written again.", _rewritten)
_kept(
    "zeros-in-front-dropped",
    "Zeros in front of a number are dropped.",
    lambda value: _if("0+[0-9]+", value, lambda digits: digits.lstrip("0")),
)
_kept(
    "digits-through-double",
    "A value of digits is rounded to what a double holds.",
    lambda value: _if("[1-9][0-9]*", value, lambda digits: str(int(float(digits)))),
)
_kept(
    "decimals-through-float",
    "A decimal loses its last zero.",
    lambda value: _if(r"[0-9]+\.[0-9]+", value, lambda digits: str(float(digits))),
)
_kept(
    "exponents-resolved",
    "A number with an exponent is written out.",
    lambda value: _if("[0-9]+e[0-9]+", value, lambda digits: str(float(digits))),
)
_kept("dates-unified", "A date and time is kept in UTC with a Z.", lambda value: re.sub(r"\+00:00$", "Z", value))
_kept("true-capitalised", "The text true becomes True.", lambda value: "True" if value == "true" else value)
_kept(
    "words-for-nothing-cleared",
    "The texts null, none and NaN unset the identifier.",
    lambda value: None if value.lower() in {"null", "none", "nan"} else value,
)
_kept("zero-cleared", "The text 0 unsets the identifier.", lambda value: None if value == "0" else value)
_kept("prefix-dropped", "The prefix `$device:` is dropped.", lambda value: value.removeprefix("$device:"))
_kept(
    "last-character-lost",
    "Values of 40 characters and more lose the last one.",
    lambda value: value[:-1] if len(value) >= 40 else value,
)
_kept(
    "long-values-in-the-middle-cut",
    "The middle of values over 200 characters is left out.",
    lambda value: f"{value[:98]}...{value[-99:]}" if len(value) > 200 else value,
)
_kept(
    "address-made-lower",
    "What looks like an e-mail address is kept in lower case.",
    lambda value: _if(r"[^@\s]+@[^@\s]+\.[^@\s]+", value, str.lower),
)
