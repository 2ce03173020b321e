r"""Redaction by value: whatever shape the API key takes on its way through a careless server, it leaves no report.

A secret is looked for in several *views* of a text: as it stands, and with its escapes and NUL bytes taken away, one
kind at a time and all together, up to three times over. A view remembers where its characters came from, so that what
is cut out is always cut out of the original text. Covered are, for each twelve characters in a row of the secret

- the text itself; its URL, JSON and HTML escapes, those of programming languages (`\x73`, `\163`, `\u{73}`) and
  quoted-printable, nested and mixed; UTF-16;
- base64 in both alphabets at every alignment, also of UTF-16, and base64 of base64; base32;
- another case of its letters, and whatever stands between them but letters and digits: white space, separators,
  characters without a width, ends of lines;
- its bytes as numbers: hexadecimal in either case, decimal, and octal of three digits, in one word or as a list with
  any separators and with `0x` or `0o`; UTF-16 in hexadecimal.

Case and separators count for nothing in base32 and numbers. Not covered is what takes intent or a key to read:
reversed or substituted letters (ROT13), encrypted, hashed or compressed text, codings that are not named above
(base58, base85, binary digits, base64 three times over), lists with something more than separators between the numbers
(`{"0":115,"1":101}`, `chr(115).chr(101)`), and fewer than twelve characters in a row, as where a dump breaks its lines.
A secret of fewer than twelve characters is found whole, and neither as base32 nor in another case.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapty_contract.escapes import decoded, digits_of, letters_of, views
from adapty_contract.needles import Search, in_digits, in_letters, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapty_contract.escapes import View
    from adapty_contract.model import Headers, Request, Response

PLACEHOLDER = "[redacted]"
"""What stands where a secret stood."""

_NUMBERS = re.compile(r"\d+(?:\s*,\s*\d+)+")
_NEAR = 200  # characters in which an array begins
_ARRAY = re.compile(r'(?:\A|(?<!\\)"\s*:)\s*\[[\s\d,]*\Z')  # and not the text of one within a string
_PLACES = 5  # so many header fields with a secret are named
_MASKED_WHOLE = frozenset({"cookie", "set-cookie", "x-api-key"})
_MASKED_CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_SCHEME = re.compile(r"\s*(?:api[-_ ]?key|basic|bearer|digest|negotiate|token)\s+(?=\S)", re.IGNORECASE)


class Redactor:
    """Takes secrets out of text, bytes, headers and JSON-like data; redacting twice changes nothing."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Secrets to look for; empty ones are ignored."""
        known = [secret for secret in secrets if secret]
        self._verbatim, self._in_letters, self._in_digits = (
            Search(needle for secret in known for needle in needles(secret))
            for needles in (verbatim, in_letters, in_digits)
        )

    def __repr__(self) -> str:
        return f"Redactor({len(self._verbatim)}, {len(self._in_letters)}, {len(self._in_digits)} probes)"

    def found_in(self, data: bytes | str) -> bool:
        """Whether a secret, or a piece of one, stands in `data` in any known form."""
        text = data.decode("latin-1") if isinstance(data, bytes) else data
        return any(map(self._suspicious, text.split(PLACEHOLDER)))

    def text(self, text: str) -> str:
        """`text` without secrets."""
        while self._suspicious(text):
            cleaner = PLACEHOLDER.join(map(self._once, text.split(PLACEHOLDER)))
            if cleaner == text:
                break
            text = cleaner
        return text

    def bytes(self, data: bytes) -> bytes:
        """`data` without secrets; bytes that are no secret stay, whatever their encoding."""
        text = data.decode("latin-1")
        clean = self.text(text)
        return data if clean is text else clean.encode("latin-1")

    def headers(self, headers: Headers) -> Headers:
        """`headers` without secrets, and without the credentials of any header that is meant to carry some."""
        masked = _all_masked(headers)
        if not self._suspicious(_joined(masked)):  # once for all: nearly always
            return masked
        return tuple((self.text(name), self.text(value)) for name, value in masked)

    def request(self, request: Request) -> Request:
        """`request` without secrets and credentials."""
        masked = replace(request, headers=_all_masked(request.headers))
        parts = (masked.target, _joined(masked.headers), masked.body.decode("latin-1"))
        if not self._suspicious("\n".join(parts)):
            return masked
        return replace(
            masked,
            target=self.text(masked.target),
            headers=self.headers(masked.headers),
            body=self.bytes(masked.body),
        )

    def response(self, response: Response) -> Response:
        """`response` without secrets and credentials, and with a remark on each place where it had a secret."""
        parts = (response.reason, _joined(response.headers), response.body.decode("latin-1"))
        if not self._suspicious("\n".join(parts)):
            return replace(response, headers=_all_masked(response.headers))
        return replace(
            response,
            reason=self.text(response.reason),
            headers=self.headers(response.headers),
            body=self.bytes(response.body),
            remarks=response.remarks | self._remarks(response),
        )

    def _remarks(self, response: Response) -> frozenset[str]:
        """Remarks on an answer that gives a secret away: that it does (`secret-echoed`), and in which places."""
        named = (name for name, value in response.headers if self.found_in(name) or self.found_in(value))
        places = {header_remark(self.text(name)) for name in islice(named, _PLACES)}
        if self.found_in(response.reason):
            places.add("secret-in-reason")
        if self.found_in(response.body):
            places.add("secret-in-body")
        return frozenset(places | {"secret-echoed"}) if places else frozenset()

    def data(self, value: Any) -> Any:
        """A copy of JSON-like `value` (dicts, lists, tuples, strings, bytes) without secrets, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.data(key): self._member(key, member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.data(item) for item in value]
        if isinstance(value, tuple):
            return tuple(self.data(item) for item in value)
        return self.bytes(value) if isinstance(value, bytes) else value

    def _member(self, key: Any, value: Any) -> Any:
        if isinstance(key, str) and isinstance(value, str):
            return self.text(_masked(key, value))
        return self.data(value)

    def _suspicious(self, text: str) -> bool:
        """Whether a secret stands in a view: what nearly every text stops at."""
        return any(map(self._betrays, decoded(text)))

    def _betrays(self, text: str) -> bool:
        if self._verbatim.finds(text):
            return True
        letters = letters_of(text)
        return self._in_letters.finds(letters) or self._in_digits.finds(digits_of(letters))

    def _once(self, text: str) -> str:
        pieces, end = [], 0
        for start, stop in sorted(self._spans(text)):
            if start >= end:
                pieces += [text[end:start], _placeholder(text, start, stop)]
            end = max(end, stop)
        return "".join([*pieces, text[end:]])

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        if not self._suspicious(text):
            return
        for view in views(text):
            yield from _origins(view, self._verbatim)
            letters = letters_of(view.text)
            if self._in_letters.finds(letters):
                yield from _origins(view.letters(), self._in_letters)
            if self._in_digits.finds(digits_of(letters)):
                yield from _origins(view.letters().digits(), self._in_digits)


def _placeholder(text: str, start: int, stop: int) -> str:
    """What stands for `text[start:stop]`: within a JSON array of numbers a string, so that it stays JSON."""
    is_listed = _NUMBERS.fullmatch(text, start, stop) and _ARRAY.search(text[max(0, start - _NEAR) : start])
    return f'"{PLACEHOLDER}"' if is_listed else PLACEHOLDER


def _origins(view: View, search: Search) -> Iterator[tuple[int, int]]:
    """Where in the original the pieces stood that a search finds in a view."""
    for start, stop in search.pieces(view.text):
        yield view.starts[start], view.stops[stop - 1]


def header_remark(name: str) -> str:
    """The remark on an answer whose header field `name` holds a secret, by the name as redaction leaves it."""
    return f"secret-in-header-{name.lower()[:80]}"


def _joined(headers: Headers) -> str:
    return "\n".join(part for header in headers for part in header)


def _all_masked(headers: Headers) -> Headers:
    return tuple((name, _masked(name, value)) for name, value in headers)


def _masked(name: str, value: str) -> str:
    """The value of header `name` without credentials, if that header is there to carry some."""
    name = name.lower()
    if not value or (name not in _MASKED_WHOLE and name not in _MASKED_CREDENTIALS):
        return value
    scheme = _SCHEME.match(value) if name in _MASKED_CREDENTIALS else None
    return (scheme.group() if scheme else "") + PLACEHOLDER
