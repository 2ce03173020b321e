"""What a sample did, held against what its page says. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from adapty_contract.model import Exchange
from adapty_contract.pages.model import Sample, Value
from adapty_contract.redact import Redactor
from adapty_contract.snippets.model import Difference
from adapty_contract.snippets.preparing import Prepared
from adapty_contract.snippets.sandbox import Ended
from adapty_contract.snippets.statements import Statements, fits, host_of

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Done:
    """A sample that was run, and all that is known of it.

    `redactor` takes out what the mock's journal took out; `is_served` says whether the mock serves the operation.
    """

    sample: Sample
    says: Statements
    prepared: Prepared
    exchanges: tuple[Exchange, ...]
    ended: Ended
    redactor: Redactor
    is_served: bool

    def line(self, part: str) -> int:
        """Where the page gives a part of the sample, or else where the sample begins."""
        claim = self.says.own.get(f"{self.sample.id}.{part}")
        return self.sample.line if claim is None else claim.line

    def difference(self, parts: tuple[str, ...], says: str, does: str) -> Difference:
        """A difference in some parts of the sample."""
        subjects = tuple(f"{self.sample.id}.{part}" for part in parts)
        return Difference(subjects, self.line(parts[0]), says, does)


def compare(done: Done) -> tuple[Difference, ...]:
    """Every difference between what the page says and what the sample did."""
    if not done.exchanges:
        return (_silence(done),)
    first = done.exchanges[0]
    of_request = [
        *_method(done, first),
        *_host(done),
        *_path(done, first),
        *_headers(done, first),
        *_body(done, first),
        *_count(done),
    ]
    # An answer to a wrong request says nothing more.
    return (*of_request, *([] if of_request else _answer(done, first)), *_end(done))


def _silence(done: Done) -> Difference:
    method = done.says.method.value if done.says.method is not None else "a request"
    request = done.sample.request
    # A client that refuses does so for the body that it is given; any other reason is none of the body's.
    refuses = request is not None and not request.sends
    return done.difference(
        ("sends", "body") if refuses else ("sends",), f"says {method}", f"sends nothing: {_why(done.ended)}"
    )


def _why(ended: Ended) -> str:
    if ended.failed:
        return ended.failed
    if ended.status is None:
        return f"it was still running after {ended.seconds:.0f} s"
    lines = [line.strip() for line in (ended.err.strip() or ended.out.strip()).splitlines()]
    telling = [line for line in lines if "Error" in line.partition(":")[0] or line.startswith("curl: (")]
    told = f"it prints {(telling or lines[-1:])[0]!r}" if lines else "it prints nothing"
    return f"{told} and ends with {ended.status}"


def _method(done: Done, first: Exchange) -> Iterator[Difference]:
    stated, sent = done.says.method, first.request.method
    if stated is not None and stated.value != sent:
        yield done.difference(("method",), f"says {stated.value}", f"sends {sent}")


def _host(done: Done) -> Iterator[Difference]:
    """The sample's own host was replaced: what stood there is compared."""
    stated, own = done.says.host, done.says.own.get(f"{done.sample.id}.url")
    if stated is None or own is None:
        return
    host = host_of(str(own.value))
    if host and host != stated.value and not _is_computed(host):
        yield done.difference(("url",), f"says host {stated.value}", f"calls {host}")


def _path(done: Done, first: Exchange) -> Iterator[Difference]:
    stated, sent = done.says.path, first.request.path
    if stated is not None and not fits(sent, done.prepared.apply(str(stated.value))):
        yield done.difference(("url",), f"says the path {stated.value}", f"calls {sent}")


def _headers(done: Done, first: Exchange) -> Iterator[Difference]:
    for name, claim in done.says.headers(done.sample).items():
        stated = done.prepared.apply(str(claim.value))
        if _is_computed(stated):
            continue
        ((_, expected),) = done.redactor.headers(((name, stated),))
        sent = first.request.header(name)
        if sent is None:
            yield done.difference((f"header.{name}",), f"says {name}: {_shown(expected)}", f"sends no {name}")
        elif _wire(expected).strip() not in (sent.encode("latin-1").strip(), _wire(sent).strip()):
            yield done.difference(
                (f"header.{name}",), f"says {name}: {_shown(expected)}", f"sends {name}: {_shown(sent)}"
            )


def _body(done: Done, first: Exchange) -> Iterator[Difference]:
    claim = done.says.own.get(f"{done.sample.id}.body")
    if claim is None or _is_computed(claim.value) or _as_sent(claim.value, done, first.request.body):
        return
    sent = first.request.body.decode("utf-8", "replace")
    does = f"sends {_shown(sent)}" if sent else "sends no body"
    yield done.difference(("body",), f"says the body {_shown(_text(claim.value))}", does)


def _as_sent(stated: Value, done: Done, sent: bytes) -> bool:
    if stated is None:
        return not sent  # no client sends null for it
    text = done.redactor.text(done.prepared.apply(_text(stated)))
    if isinstance(stated, str):
        return _wire(text).strip() == sent.strip()
    try:
        return _is_same(json.loads(text), json.loads(sent))
    except (ValueError, RecursionError):
        return False


def _is_same(stated: Value, sent: Value) -> bool:
    """Whether both are the same JSON, as far as the page tells it."""
    if isinstance(stated, dict) and isinstance(sent, dict):
        return stated.keys() == sent.keys() and all(_is_same(part, sent[name]) for name, part in stated.items())
    if isinstance(stated, list) and isinstance(sent, list):
        return len(stated) == len(sent) and all(map(_is_same, stated, sent))
    return _is_computed(stated) or (type(stated) is type(sent) and stated == sent)


def _count(done: Done) -> Iterator[Difference]:
    if len(done.exchanges) > 1:
        answered = ", ".join(f"{each.request.method} (answered {each.status})" for each in done.exchanges[:5])
        yield done.difference(("sends",), "says one request", f"sends {len(done.exchanges)}: {answered}")


def _answer(done: Done, first: Exchange) -> Iterator[Difference]:
    if done.is_served and first.status is not None and not 200 <= first.status < 300:
        yield done.difference(("answer",), "says a request that succeeds", f"is answered {first.status}")


def _end(done: Done) -> Iterator[Difference]:
    ended = done.ended
    if ended.status is None:
        yield done.difference(("exit",), "should end", _why(ended))
    elif ended.status:
        yield done.difference(("exit",), "should end well", _why(ended))
    elif done.sample.language != "curl" and ended.err.strip():  # curl shows its progress there
        yield done.difference(("output",), "should print no error", _why(ended))


def _is_computed(value: Value) -> bool:
    """Whether only a run can tell the value: the reading of samples shows the source of such a part in braces."""
    return isinstance(value, str) and "{" in value and "}" in value


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _wire(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
