"""Faults in how an answer is written down: its bytes, its media type, its header fields."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from typing import Any

from adapty_contract.jsontext import read_document
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import Document, answering, reads, refuses, relabelled, telling, with_header
from adapty_contract.mock.rendering import Transmission
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Identifiers, Request, Response

_JSON = "read-is-json"
_STRICT = "answer-is-strict-json"
_CODING = "answer-coding-is-told"
_ORIGIN = "answer-opens-to-no-origin"


def _body(response: Response, body: bytes) -> Response:
    return replace(response, body=body)


def _text(response: Response) -> str:
    """The body as text; bytes that another fault has left in another encoding stay one by one."""
    return response.body.decode("utf-8", "surrogateescape")


@answering("read-as-text", "Reads are labelled text/plain.", _JSON, to=reads)
def _read_as_text(response: Response) -> Response:
    return relabelled(response, "text/plain")


@answering("read-as-html", "Reads are labelled text/html.", _JSON, to=reads)
def _read_as_html(response: Response) -> Response:
    return relabelled(response, "text/html; charset=utf-8")


@answering("read-without-a-label", "Reads have no Content-Type.", _JSON, to=reads)
def _read_without_a_label(response: Response) -> Response:
    return relabelled(response, None)


@answering("read-as-json-api", "Reads are labelled application/vnd.api+json.", _JSON, to=reads)
def _read_as_json_api(response: Response) -> Response:
    return relabelled(response, "application/vnd.api+json")


@answering("read-named-latin-1", "Reads name the charset ISO 8859-1.", "answer-charset-is-utf-8", to=reads)
def _read_named_latin_1(response: Response) -> Response:
    return relabelled(response, "application/json; charset=iso-8859-1")


@answering("refusal-named-utf-16", "Refusals name the charset UTF-16.", "answer-charset-is-utf-8", to=refuses())
def _refusal_named_utf_16(response: Response) -> Response:
    return relabelled(response, "application/json; charset=utf-16")


@answering("read-in-latin-1", "Reads are encoded in ISO 8859-1.", _STRICT, to=reads)
def _read_in_latin_1(response: Response) -> Response:
    return _body(response, _text(response).encode("latin-1", "replace"))


@answering("read-in-cesu-8", "Reads encode characters outside the basic plane in two halves.", _STRICT, to=reads)
def _read_in_cesu_8(response: Response) -> Response:
    units = _text(response).encode("utf-16-be", "surrogatepass")
    halves = (chr(int.from_bytes(units[at : at + 2])) for at in range(0, len(units), 2))
    return _body(response, "".join(halves).encode("utf-8", "surrogatepass"))


@answering("read-in-silence", "Reads have no body.", _JSON, to=reads)
def _read_in_silence(response: Response) -> Response:
    return _body(response, b"")


@answering("read-in-utf-16", "Reads are encoded in UTF-16.", _STRICT, to=reads)
def _read_in_utf_16(response: Response) -> Response:
    return _body(response, _text(response).encode("utf-16", "surrogatepass"))


@answering("read-with-mark", "Reads begin with a byte order mark.", _STRICT, to=reads)
def _read_with_mark(response: Response) -> Response:
    return _body(response, b"\xef\xbb\xbf" + response.body)


@answering("refusal-with-mark", "Refusals begin with a byte order mark.", _STRICT, to=refuses())
def _refusal_with_mark(response: Response) -> Response:
    return _body(response, b"\xef\xbb\xbf" + response.body)


@answering("read-names-one-twice", "Reads have one member twice.", _STRICT, to=reads)
def _read_names_one_twice(response: Response) -> Response:
    return _body(response, b'{"branch_id":null,' + response.body[1:])


@answering("refusal-names-code-twice", "Refusals have their code twice.", _STRICT, to=refuses())
def _refusal_names_code_twice(response: Response) -> Response:
    return _body(response, b'{"error_code":"error",' + response.body[1:])


@answering("read-with-comma-too-many", "Reads have a comma after the last member.", _JSON, to=reads)
def _read_with_comma_too_many(response: Response) -> Response:
    return _body(response, response.body[:-1] + b",}")


@answering("read-cut-off", "Reads end before their last bracket.", _JSON, to=reads)
def _read_cut_off(response: Response) -> Response:
    return _body(response, response.body[:-1])


@answering("read-in-single-quotes", "Reads are printed instead of being written as JSON.", _JSON, to=reads)
def _read_in_single_quotes(response: Response) -> Response:
    document = read_document(response.body)
    return _body(response, repr(document.value).encode("utf-8", "replace")) if document.ok else response


@answering("read-with-more-behind", "Reads have bytes behind the document.", _STRICT, to=reads)
def _read_with_more_behind(response: Response) -> Response:
    return _body(response, response.body + b"\n0")


@answering("read-behind-a-guard", "Reads begin with a guard against scripts.", _JSON, to=reads)
def _read_behind_a_guard(response: Response) -> Response:
    return _body(response, b")]}',\n" + response.body)


@answering("read-with-nan", "Reads tell an unset identifier as NaN.", _STRICT, to=reads)
def _read_with_nan(response: Response) -> Response:
    return _body(response, response.body.replace(b":null", b":NaN"))


@answering("read-splits-pairs", "Reads escape one half of each surrogate pair alone.", "values-round-trip", to=reads)
def _read_splits_pairs(response: Response) -> Response:
    document = read_document(response.body)
    text = json.dumps(document.value, separators=(",", ":"))
    return _body(response, re.sub(r"\\ud[89ab]..(?=\\ud[c-f])", "", text).encode()) if document.ok else response


@telling("read-beyond-measure", "Reads of long values tell them hundreds of times.", _CODING)
def _read_beyond_measure(document: Document) -> Any:
    longest = max((value for value in document.values() if isinstance(value, str)), key=len, default="")
    return {**document, "history": longest * 300} if len(longest) > 4000 else document


def _cacheable(name: str, description: str, value: str) -> None:
    """Registers the fault whose reads have this Cache-Control and no other."""

    class Cacheable(Steps):
        def finish(self, call: Call, response: Response) -> Response:
            finished = super().finish(call, response)
            return with_header(finished, "cache-control", value) if reads(call, finished) else finished

    fault(name, description, violates=("private-data-is-not-cached",))(Cacheable)


_cacheable("read-for-all-caches", "Reads may be kept by shared caches.", "public, max-age=60")
_cacheable("read-for-shared-caches", "Reads tell shared caches to keep them.", "s-maxage=30, max-age=0")
_cacheable("read-kept-for-a-while", "Reads may be served again for five minutes.", "max-age=300")


@fault("origin-reflected", "Reads lend credentials to whatever origin asks.", violates=(_ORIGIN,))
class OriginReflected(Steps):
    """Cross-origin access that was opened for a test and never closed."""

    def finish(self, call: Call, response: Response) -> Response:
        """See Answers."""
        origin = call.request.header("origin")
        if origin is not None:
            response = with_header(response, "access-control-allow-origin", origin)
            response = with_header(response, "access-control-allow-credentials", "true")
        return super().finish(call, response)


class _Coded(Steps):
    def code(self, body: bytes) -> bytes:
        """What is sent under `Content-Encoding: gzip`."""
        raise NotImplementedError

    def is_coded(self, request: Request, response: Response) -> bool:
        """Whether this is such an answer: a read."""
        return response.status == 200 and request.method == "GET"

    def transmit(self, request: Request, response: Response) -> Transmission:
        """See Answers."""
        if not self.is_coded(request, response):
            return super().transmit(request, response)
        body = self.code(response.body)
        coded = with_header(with_header(response, "content-encoding", "gzip"), "content-length", str(len(body)))
        return Transmission(replace(coded, body=response.body), (body,))


@fault("read-called-gzip", "Reads are said to be compressed, and are not.", violates=(_CODING,))
class ReadCalledGzip(_Coded):
    """A header field that outlived its filter."""

    def code(self, body: bytes) -> bytes:
        """As it is."""
        return body


@fault("read-compressed-twice", "Reads are compressed twice and say so once.", violates=(_CODING,))
class ReadCompressedTwice(_Coded):
    """Application and gateway both compress."""

    def code(self, body: bytes) -> bytes:
        """Twice."""
        return gzip.compress(gzip.compress(body, mtime=0), mtime=0)


@fault("read-compressed-in-secret", "Reads are compressed and do not say so.", violates=(_STRICT,))
class ReadCompressedInSecret(Steps):
    """A filter that forgets its header field."""

    def tell_identifiers(self, call: Call, identifiers: Identifiers) -> Response:
        """See Answers."""
        response = super().tell_identifiers(call, identifiers)
        return replace(response, body=gzip.compress(response.body, mtime=0))


@fault(
    "asked-gzip-is-plain", "A read for a client that takes gzip is said to be gzip, and is not.", violates=(_CODING,)
)
class AskedGzipIsPlain(ReadCalledGzip):
    """The filter labels, and another one strips."""

    def is_coded(self, request: Request, response: Response) -> bool:
        """See _Coded."""
        return super().is_coded(request, response) and "gzip" in (request.header("accept-encoding") or "")
