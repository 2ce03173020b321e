"""What a write's body may be: what must be refused, what is left open, and what spelling must not matter."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from adapty_contract.checks.wording import told_status
from adapty_contract.model import BodyFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import REFUSALS, dump

BodyMaker = Callable[[str, str, str], bytes]
"""Makes a body that must be refused from two identifiers' names and a canary, which no read may ever show."""

_BROKEN: Mapping[str, BodyMaker] = {
    "cut off": lambda a, _, v: f'{{"{a}":"{v}"'.encode(),
    "cut off inside a string": lambda a, _, v: f'{{"{a}":"{v}'.encode(),
    "a comma too many": lambda a, _, v: f'{{"{a}":"{v}",}}'.encode(),
    "single quotes": lambda a, _, v: f"{{'{a}':'{v}'}}".encode(),
    "names without quotes": lambda a, _, v: f'{{{a}:"{v}"}}'.encode(),
    "a comment": lambda a, _, v: f'{{"{a}":"{v}"}} // comment'.encode(),
    "two documents": lambda a, b, v: f'{{"{a}":"{v}"}}{{"{b}":"{v}"}}'.encode(),
    "something behind it": lambda a, _, v: f'{{"{a}":"{v}"}}]'.encode(),
    "a form": lambda a, _, v: f"{a}={v}".encode(),
    "a raw line break in a string": lambda a, _, v: f'{{"{a}":"{v}\n"}}'.encode(),
    "an unknown escape": lambda a, _, v: f'{{"{a}":"{v}\\q"}}'.encode(),
}
_WRONG_ENCODING: Mapping[str, BodyMaker] = {
    "a byte that is no UTF-8": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xff"}',
    "ISO 8859-1": lambda a, _, v: f'{{"{a}":"{v}é"}}'.encode("latin-1"),
    "a cut UTF-8 sequence": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xe2\x82"}',
    "a surrogate as UTF-8": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xed\xa0\x80"}',
    "a letter in two bytes": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xc1\xa1"}',
}
_NO_OBJECT: Mapping[str, BodyMaker] = {
    "a list": lambda a, _, v: dump([{a: v}]),
    "an empty list": lambda *_: b"[]",
    "a string": lambda a, _, v: dump(json.dumps({a: v})),
    "a number": lambda *_: b"0",
    "pairs": lambda a, _, v: dump([[a, v]]),
    "true": lambda *_: b"true",
}
_CONTAINERS: Mapping[str, BodyMaker] = {
    "a list": lambda a, b, v: dump({a: v, b: [v]}),
    "an object": lambda a, b, v: dump({b: {"value": v}, a: v}),
    "an empty list": lambda a, b, v: dump({a: v, b: []}),
    "an empty object": lambda a, b, v: dump({b: {}, a: v}),
    "a list of lists": lambda a, b, v: dump({a: v, b: [[v], [v]]}),
    "a very deep list": lambda a, b, v: f'{{"{a}":"{v}","{b}":{"[" * 3000}{"]" * 3000}}}'.encode(),
    "a very deep object": lambda a, b, v: (
        f'{{"{a}":"{v}","{b}":{chr(123) + chr(34) + "a" + chr(34) + ":"}'.encode()
        + b'{"a":' * 1500
        + b"1"
        + b"}" * 1501
        + b"}"
    ),
}
_REFUSED = (
    ("broken-json-is-400", "broken JSON", _BROKEN),
    ("body-in-other-encoding-is-400", "another encoding", _WRONG_ENCODING),
    ("non-object-body-is-400", "no object", _NO_OBJECT),
    ("container-value-is-400", "a container as a value", _CONTAINERS),
)


@scenario(
    "broken-json-is-400",
    "body-in-other-encoding-is-400",
    "non-object-body-is-400",
    "container-value-is-400",
    "refused-write-changes-nothing",
    needs=("writes",),
)
def bodies_that_are_refused(session: Session) -> None:
    """Each with a valid part that would show if any of it were kept."""
    names = session.names
    for clause, kind, bodies in _REFUSED:
        for number, (label, make) in enumerate(bodies.items()):
            first, second = names[(2 * number) % len(names)], names[(2 * number + 1) % len(names)]
            canary = session.fresh("refused")
            facts = session.facts(body=BodyFact.REFUSED, clause=clause)
            exchange = session.post(make(first, second, canary), label=f"{kind}: {label}", facts=facts)
            values = (canary, f"{canary}\n", f"{canary}é")
            session.refused(exchange, values, "refused-write-changes-nothing", (first, second))
        confirm(session, label=f"a read after {kind}", kept="refused-write-changes-nothing", settle=True)
    accepted = {names[-1]: session.fresh("accepted")}  # what a refusal left undone may be done by the next write
    session.write(accepted, clause="write-is-visible", label="a write after all that were refused")
    confirm(session, label="a read after the write behind the refused ones", kept="refused-write-changes-nothing")


def _all_escaped(values: Mapping[str, str]) -> bytes:
    r"""Every character of names and values as \u escapes, those beyond the basic plane as surrogate pairs."""
    pairs = (f'"{_escaped(name)}":"{_escaped(value)}"' for name, value in values.items())
    return ("{" + ",".join(pairs) + "}").encode()


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2))


_SPELLINGS: tuple[tuple[str, Callable[[Mapping[str, str]], bytes]], ...] = (
    ("indented", lambda v: json.dumps(v, indent="\t", ensure_ascii=False).encode()),
    ("with a line break behind it", lambda v: json.dumps(v).encode() + b"\n"),
    ("with white space before and behind", lambda v: b"\r\n \t" + json.dumps(v).encode() + b" \r\n\t"),
    ("all escaped", _all_escaped),
    ("with slashes escaped", lambda v: json.dumps(v).replace("/", "\\/").encode()),
    ("in reverse order", lambda v: dump(dict(reversed(list(v.items()))))),
)


@scenario("json-spelling-is-immaterial", needs=("writes",))
def spellings(session: Session) -> None:
    """Several spellings of JSON, each for identifiers of its own, and one read of all."""
    clause = "json-spelling-is-immaterial"
    names = session.contract.identifiers
    for number, (label, spell) in enumerate(_SPELLINGS):
        values = {name: f"{session.fresh('spelt')}/é/😀" for name in names[2 * number : 2 * number + 2]}
        facts = session.facts(clause=clause, body=BodyFact.VALID)
        session.write(values, clause=clause, label=f"JSON {label}", body=spell(values), facts=facts)
    confirm(session, label="a read after all spellings of JSON")


_MEDIA_TYPES: tuple[str | None, ...] = (
    None,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/vnd.api+json",
    "application/json; charset=iso-8859-1",
    "nonsense",
    "",
)


@scenario("json-media-type-is-taken", needs=("writes",))
def json_media_types(session: Session) -> None:
    """Other spellings of the one media type that the page names."""
    clause = "json-media-type-is-taken"
    spelt = (
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
        'application/json; charset="utf-8"',
    )
    for name, media_type in zip(session.contract.identifiers[9:], spelt, strict=False):
        session.write(
            {name: f"{session.fresh('typed')}-é"},
            clause=clause,
            label=f"a write as {media_type}",
            headers=(("Content-Type", media_type),),
            facts=session.facts(clause=clause, body=BodyFact.VALID),
        )
    confirm(session, label="a read after other spellings of the media type")


@scenario("other-media-type-is-refused-or-read-as-json", needs=("writes",))
def other_media_types(session: Session) -> None:
    """The same JSON under labels of which no source speaks."""
    clause = "other-media-type-is-refused-or-read-as-json"
    for name, media_type in zip(session.contract.identifiers, _MEDIA_TYPES, strict=False):
        told = media_type or ("no media type" if media_type is None else "an empty media type")
        value = f"{session.fresh('labelled')}-é"
        exchange = session.write(
            {name: value},
            clause=clause,
            label=f"a write as {told}",
            accepts={name: frozenset({value.encode().decode("latin-1")})} if "8859" in told else None,
            headers=() if media_type is None else (("Content-Type", media_type),),
            facts=session.facts(body=BodyFact.OPEN, probe=True),
        )
        session.say_status(clause, exchange, REFUSALS | {200}, "200 or a 4xx")
        session.observe("request-media-type", f"{told}: {told_status(exchange)}", exchange)
    confirm(session, label="a read after writes under other media types", settle=True)
