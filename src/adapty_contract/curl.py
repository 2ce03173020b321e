"""A curl line that sends an exchange's request again, with the key as a variable of the shell."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapty_contract.redact import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapty_contract.model import Exchange, Request

_PLAIN = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_IN_DOUBLE_QUOTES = re.compile(r"[ #%-\[\]-_a-~]*")  # mean themselves between double quotes
_EXTENDS_A_NAME = re.compile(r"[A-Za-z0-9_\[]")  # after $NAME it would belong to the name
_TARGET = re.compile(r"/[A-Za-z0-9!$%&'()*+,./:;=?@\[\]_~-]*")  # what curl surely sends as given within a URL
_BLANK = " \t\n\v\f\r"  # a header of nothing else is none to curl
_LONG = 60_000  # more does not fit into one argument of a program on every system
_EXPECTS = 1024  # so many bytes make an old curl ask for `100 Continue` first; a new one asks later
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


def curl_line(exchange: Exchange, base_url: str) -> str:
    """One line for bash or zsh that sends the request of `exchange` to the server at `base_url`.

    Wherever redaction took a secret out, the line has `exchange.facts.key_expression` between double quotes. Everything
    else is quoted so that the shell sees no more than text; the line is printable ASCII. Redirects are not followed.
    Of the headers that curl adds by itself those stay that say nothing: `Accept: */*` and its User-Agent.
    """
    request, key = exchange.request, exchange.facts.key_expression
    words = ["curl", "-i", *_method(request, key), "--path-as-is"]
    if base_url.startswith("https:"):
        words.append("--http1.1")
    words += _url(request, base_url, key)
    for header in _headers(request, urlsplit(base_url).netloc, key):
        words += ["-H", quoted(header.encode("latin-1", "backslashreplace"), key)]
    source, body = _body(request, key)
    return source + " ".join([*words, *body])


def quoted(text: bytes, key: str = "") -> str:
    r"""`text` as one word of bash, with `key`, a shell expression, in double quotes where a secret was taken out.

    A NUL byte, which no argument can hold, is written as the four characters `\x00`.
    """
    pieces = text.split(PLACEHOLDER.encode())
    if len(pieces) == 1:
        return _literal(text)
    texts = [piece.decode("latin-1") for piece in pieces]
    if all(map(_IN_DOUBLE_QUOTES.fullmatch, texts)) and not any(map(_EXTENDS_A_NAME.match, texts[1:])):
        return '"' + key.join(texts) + '"'
    return f'"{key}"'.join(_literal(piece) if piece else "" for piece in pieces)


def _literal(text: bytes) -> str:
    plain = text.decode("latin-1")
    if _PLAIN.fullmatch(plain):
        return plain
    if all(" " <= character <= "~" and character != "'" for character in plain):
        return f"'{plain}'"
    return "$'" + "".join(map(_escaped, text)) + "'"


def _escaped(byte: int) -> str:
    if byte == 0:
        return "\\\\x00"
    character = chr(byte)
    if character in "\\'":
        return f"\\{character}"
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    return character if " " <= character <= "~" and character != "!" else f"\\x{byte:02x}"


def _method(request: Request, key: str) -> list[str]:
    if request.method != "HEAD":
        return ["-X", quoted(request.method.encode("latin-1", "backslashreplace"), key)]
    if _has_body(request):
        return ["-X", "HEAD", "--max-time", "5"]  # curl then waits for a body that an answer to HEAD never has
    return ["--head"]


def _url(request: Request, base_url: str, key: str) -> Iterator[str]:
    """The URL; a target that curl would change or refuse within one goes beside it."""
    parts = urlsplit(base_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    target = request.target.encode("latin-1", "backslashreplace")
    shown = request.target.replace(PLACEHOLDER, "")
    if _TARGET.fullmatch(shown):
        url = origin.encode() + target
    else:
        yield "--request-target"
        yield quoted(target, key)
        url = f"{origin}/".encode()
    if set("[]") & set(url.replace(PLACEHOLDER.encode(), b"").decode("latin-1")):
        yield "--globoff"  # brackets are a pattern to curl
    yield quoted(url, key)


def _headers(request: Request, host: str, key: str) -> Iterator[str]:
    """The values of curl's -H: what was sent and curl does not send of itself, then what it must not add."""
    for name, value in request.headers:
        if (name.lower(), value) in {("host", host), ("content-length", str(len(request.body)))}:
            continue
        blank = not value.replace(PLACEHOLDER, key).strip(_BLANK)
        yield f"{name};" if blank else f"{name}: {value}"  # curl's way to say: send it, with nothing in it
    if _has_body(request):
        unasked = ("Content-Type", "Expect") if len(request.body) >= _EXPECTS else ("Content-Type",)
        yield from (f"{name}:" for name in unasked if request.header(name) is None)


def _has_body(request: Request) -> bool:
    """Whether curl must be given a body: also an empty one, as it otherwise sends a POST without a length."""
    return bool(request.body) or request.header("content-length") is not None or request.method not in _BODILESS


def _body(request: Request, key: str) -> tuple[str, list[str]]:
    """What goes before `curl`, and its option for the body: binary or long ones come through a pipe."""
    body = request.body
    if not _has_body(request):
        return "", []
    if len(body) > _LONG or b"\0" in body or not _is_utf8(body):
        encoded = base64.b64encode(body).decode("ascii")
        return f"printf %s {encoded} | base64 -d | ", ["--data-binary", "@-"]
    option = "--data-raw" if body.startswith(b"@") else "--data-binary"  # where @ would name a file
    return "", [option, quoted(body, key)]


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
