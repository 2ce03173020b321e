"""What a curl command sends, by curl's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapty_contract.pages.model import Located, SampleRequest
from adapty_contract.pages.samples.bodies import read_body
from adapty_contract.pages.samples.reading import Reading
from adapty_contract.pages.samples.shell import Word, read_commands

_SHORT = {
    "X": "request", "H": "header", "d": "data", "F": "form", "G": "get", "I": "head", "L": "location", "s": "silent",
    "S": "show-error", "i": "include", "v": "verbose", "k": "insecure", "f": "fail", "g": "globoff", "N": "no-buffer",
    "u": "user", "A": "user-agent", "b": "cookie", "c": "cookie-jar", "e": "referer", "o": "output", "O": "remote-name",
    "w": "write-out", "m": "max-time", "T": "upload-file", "x": "proxy", "E": "cert", "#": "progress-bar",
}  # fmt: skip
_DATA = frozenset({"data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json"})
_FORM = frozenset({"form", "form-string"})
_FLAGS = frozenset({
    "get", "head", "location", "silent", "show-error", "include", "verbose", "insecure", "fail", "globoff",
    "no-buffer", "remote-name", "progress-bar", "compressed", "http1.1", "http2", "http3", "path-as-is",
    "fail-with-body", "location-trusted", "post301", "post302", "post303", "no-progress-meter", "tlsv1.2",
    "tlsv1.3", "ipv4", "ipv6", "anyauth", "basic", "next",
})  # fmt: skip
_VALUED = frozenset({
    "request", "header", "url", "user", "user-agent", "cookie", "cookie-jar", "referer", "output",
    "write-out", "max-time", "upload-file", "proxy", "cert", "connect-timeout", "retry", "retry-delay",
    "cacert", "key", "oauth2-bearer", "resolve", "limit-rate",
}) | _DATA | _FORM  # fmt: skip


@dataclass(slots=True)
class _Options:
    """What the options of one command amount to; the last of those that exclude each other counts."""

    start: Word
    url: Word | None = None
    method: Word | None = None
    data: list[Word] = field(default_factory=list)
    headers: list[Word] = field(default_factory=list)
    flags: dict[str, Word] = field(default_factory=dict)
    json: Word | None = None
    unread: list[tuple[int, str]] = field(default_factory=list)


def read_shell(code: str) -> Reading:
    """The request of the first curl command of a shell sample."""
    commands, broken = read_commands(code)
    if broken is not None:
        return Reading(unread=((broken, "shell code with a syntax error"),))
    first: SampleRequest | None = None
    unread: list[tuple[int, str]] = []
    for command in commands:
        if command[0].text != "curl":
            unread.append((command[0].line, f"the command {command[0].text[:40]}"))
        elif first is not None:
            unread.append((command[0].line, "a second curl command in one sample"))
        else:
            options = _read_options(command)
            first, problems = _request(options)
            unread += [*options.unread, *problems]
    if first is None and not unread:
        unread.append((0, "a shell sample without a command"))
    return Reading(first, tuple(unread))


def _read_options(command: Sequence[Word]) -> _Options:
    options = _Options(command[0])
    words = list(command[1:])
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.text.startswith("--") and len(word.text) > 2:
            at += _take(options, word.text[2:], word, words[at : at + 1])
        elif word.text.startswith("-") and len(word.text) > 1:
            at += _take_short(options, word, words[at : at + 1])
        elif options.url is None:
            options.url = word
        else:
            options.unread.append((word.line, f"a second URL or a stray word, {word.text[:40]!r}"))
    return options


def _take_short(options: _Options, word: Word, following: Sequence[Word]) -> int:
    """Letters that may stand together; the first that takes a value takes the rest of the word, or the next word."""
    for at, letter in enumerate(word.text[1:], start=2):
        name = _SHORT.get(letter)
        if name is None:
            options.unread.append((word.line, f"curl's option -{letter}"))
        elif name in _VALUED:
            rest = word.text[at:]
            if rest:
                _take(options, name, word, [Word(rest, word.line)])
                return 0
            return _take(options, name, word, following)
        else:
            _take(options, name, word, ())
    return 0


def _take(options: _Options, name: str, word: Word, following: Sequence[Word]) -> int:
    """Takes in an option; how many further words it used."""
    if name in _FLAGS:
        options.flags[name] = word
        return 0
    if name not in _VALUED:
        options.unread.append((word.line, f"curl's option --{name[:40]}"))
        return 0
    if not following:
        options.unread.append((word.line, f"curl's option --{name} without a value"))
        return 0
    value = Word(following[0].text, following[0].line)
    if name == "request":
        options.method = value
    elif name == "header":
        options.headers.append(value)
    elif name == "url":
        options.url = value
    elif name in _DATA | _FORM:
        options.data.append(value)
        options.flags[name] = value
        options.json = value if name == "json" else options.json
    elif name in ("upload-file", "user", "user-agent", "cookie", "referer", "oauth2-bearer"):
        options.flags[name] = value
    return 1


def _request(options: _Options) -> tuple[SampleRequest | None, list[tuple[int, str]]]:
    if options.url is None:
        return None, [(options.start.line, "a curl command without a URL")]
    problems: list[tuple[int, str]] = []
    body: Located | None = None
    if options.data and "get" not in options.flags:
        joined = ("" if options.json else "&").join(word.text for word in options.data)
        body = read_body(joined, options.data[0].line)
        if _FORM & options.flags.keys():
            problems.append((options.data[0].line, "a body sent as a multipart form"))
        elif joined.startswith("@"):
            problems.append((options.data[0].line, "a body read from a file"))
    problems += [(options.flags[name].line, f"curl's --{name}") for name in ("user", "cookie") if name in options.flags]
    headers = tuple(filter(None, map(_header, options.headers)))
    return SampleRequest(_method(options), _located(options.url), headers, body), problems


def _method(options: _Options) -> Located:
    if options.method is not None:
        return _located(options.method)
    flags = options.flags
    for method, present in (
        ("HEAD", flags.get("head")),
        ("PUT", flags.get("upload-file")),
        ("GET", flags.get("get")),
        ("POST", options.data[0] if options.data else None),
    ):
        if present is not None:
            return Located(method, present.line)
    return Located("GET", options.start.line)


def _header(word: Word) -> tuple[str, Located] | None:
    name, colon, value = word.text.partition(":")
    return (name.strip(), Located(value.strip(), word.line)) if colon else None


def _located(word: Word) -> Located:
    return Located(word.text, word.line)
