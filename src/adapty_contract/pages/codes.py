"""Code blocks: endpoints, samples, examples."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from adapty_contract.pages.blocks import Block
from adapty_contract.pages.model import Located, Sample, SampleRequest
from adapty_contract.pages.notes import Notes
from adapty_contract.pages.samples.json_text import NoJson, read_json
from adapty_contract.pages.samples.reading import Reading

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SHELL = frozenset({"bash", "sh", "shell", "zsh", "curl", "console", "shell-session"})
_PYTHON = frozenset({"python", "py", "python3"})
_JAVASCRIPT = frozenset({"javascript", "js", "jsx", "mjs", "node", "nodejs"})
_JSON = frozenset({"json", "json5", "jsonc"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The operation that a page is about, and where it says so."""

    line: int
    method: str
    url: str


def read_endpoint(block: Block) -> Endpoint | None:
    """The endpoint in a block that says nothing else: a method and a URL or path."""
    written = [(at, line.split()) for at, line in enumerate(block.text.split("\n")) if line.strip()]
    if len(written) != 1 or len(written[0][1]) not in (2, 3):
        return None
    at, words = written[0]
    method = words[0].rstrip(":").upper()
    known = method in _METHODS and words[1].startswith(("https://", "http://", "/", "{"))
    return Endpoint(block.line + 1 + at, method, words[1]) if known else None


def claim_endpoint(endpoint: Endpoint, notes: Notes) -> None:
    """Notes the operation's method and URL, and the URL's parts."""
    notes.claim(endpoint.line, "operation.method", endpoint.method, endpoint.method)
    notes.claim(endpoint.line, "operation.url", endpoint.url, endpoint.url)
    try:
        parts = urlsplit(endpoint.url)
    except ValueError:
        notes.unread(endpoint.line, "a URL that cannot be taken apart")
        return
    if parts.netloc:
        notes.claim(endpoint.line, "operation.host", parts.netloc, parts.netloc)
    notes.claim(endpoint.line, "operation.path", parts.path, parts.path)


def language_of(block: Block) -> str:
    """The language of a code block: what its fence says, or what its text looks like where the fence says nothing."""
    words = block.info.split()
    if block.text.split(None, 1)[:1] == ["curl"]:
        return "curl"  # whatever the fence says
    if words:
        named = words[0].lower().strip("{}.")
        for language, names in (("curl", _SHELL), ("python", _PYTHON), ("javascript", _JAVASCRIPT), ("json", _JSON)):
            if named in names:
                return language
        return named
    return "json" if block.text.lstrip().startswith(("{", "[")) else ""


def read_code(language: str, code: str) -> Reading:
    """The request that a sample makes, with what was not understood."""
    from adapty_contract.pages.samples.curl import read_shell
    from adapty_contract.pages.samples.javascript import read_javascript
    from adapty_contract.pages.samples.python import read_python

    readers = {"curl": read_shell, "python": read_python, "javascript": read_javascript}
    try:
        if language in readers:
            return readers[language](code)
    except RecursionError:
        return Reading(unread=((0, "code that nests too deeply"),))
    return Reading(unread=((0, f"code in {language}" if language else "a code block without a language"),))


def claim_sample(block: Block, language: str, label: str | None, notes: Notes, method: str) -> None:
    """Notes what request a sample makes."""
    reading = read_code(language, block.text)
    first = block.line + 1
    own = notes.findings.unique(f"sample.{method}.{language or 'code'}")
    sample = Sample(notes.page, first, own, language, label, block.text, reading.request)
    notes.findings.samples.append(sample)
    for line, what in reading.unread:
        notes.unread(first + line, what)
    if reading.request is not None:
        _claim_request(reading.request, own, first, notes)


def _claim_request(request: SampleRequest, own: str, first: int, notes: Notes) -> None:
    for part, located in (("method", request.method), ("url", request.url)):
        notes.claim(first + located.line, f"{own}.{part}", located.value, str(located.value))
    for name, located in request.headers:
        notes.claim(first + located.line, f"{own}.header.{name.lower()}", located.value, str(located.value))
        if name.lower() == "authorization":
            notes.claim(first + located.line, f"{own}.key", located.value, str(located.value))
    if request.body is not None:
        notes.claim(first + request.body.line, f"{own}.body", request.body.value)
        claim_fields(request.body, f"{own}.body", first, notes)
    told = request.method if request.sends or request.body is None else request.body
    notes.claim(first + told.line, f"{own}.sends", request.sends)


def claim_fields(located: Located, subject: str, first: int, notes: Notes) -> None:
    """Notes every field of a JSON document below `subject`; the document's lines count from `first`."""
    for name, part in located.fields():
        notes.claim(first + part.line, f"{subject}.field.{name}", part.value, name.rsplit(".", 1)[-1])


def claim_example(block: Block, subject: str, notes: Notes) -> None:
    """Notes an example in JSON."""
    first = block.line + 1
    own = notes.findings.unique(subject)
    try:
        located = read_json(block.text, 0)
    except NoJson as error:
        notes.unread(first, f"an example that is no JSON: {error}")
        return
    notes.claim(first + located.line, own, located.value)
    claim_fields(located, own, first, notes)
