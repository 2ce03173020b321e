"""What a write's body may be: what must be refused, what is left open, and what spelling must not matter."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from adapty_contract.model import BodyFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import REFUSALS, Session, dump

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
    "plain text": lambda a, _, v: f"{a}={v}".encode(),
    "an equals sign": lambda a, _, v: f'{{"{a}"="{v}"}}'.encode(),
    "a raw line break in a string": lambda a, _, v: f'{{"{a}":"{v}\n"}}'.encode(),
    "an unknown escape": lambda a, _, v: f'{{"{a}":"{v}\\q"}}'.encode(),
}
_WRONG_ENCODING: Mapping[str, BodyMaker] = {
    "a byte that is no UTF-8": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xff"}',
    "ISO 8859-1": lambda a, _, v: f'{{"{a}":"{v}é"}}'.encode("latin-1"),
    "a cut UTF-8 sequence": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xe2\x82"}',
    "a surrogate as UTF-8": lambda a, _, v: f'{{"{a}":"{v}'.encode() + b'\xed\xa0\x80"}',
}
_NO_OBJECT: Mapping[str, BodyMaker] = {
    "a list": lambda a, _, v: dump([{a: v}]),
    "an empty list": lambda *_: b"[]",
    "a string": lambda _a, _b, v: dump(v),
    "a number": lambda *_: b"42",
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
    names = session.contract.identifiers
    for clause, kind, bodies in _REFUSED:
        for number, (label, make) in enumerate(bodies.items()):
            first, second = names[(2 * number) % len(names)], names[(2 * number + 1) % len(names)]
            canary = session.fresh("refused")
            facts = session.facts(body=BodyFact.REFUSED, clause=clause)
            exchange = session.post(make(first, second, canary), label=f"{kind}: {label}", facts=facts)
            values = (canary, f"{canary}\n", f"{canary}é")
            session.refused(exchange, values, "refused-write-changes-nothing", (first, second))
        confirm(session, label=f"a read after {kind}", kept="refused-write-changes-nothing", settle=True)


def _all_escaped(values: Mapping[str, str]) -> bytes:
    r"""Every character of names and values as \u escapes, those beyond the basic plane as surrogate pairs."""
    pairs = (f'"{_escaped(name)}":"{_escaped(value)}"' for name, value in values.items())
    return ("{" + ",".join(pairs) + "}").encode()


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02X}" for i in range(0, len(units), 2))


_SPELLINGS: tuple[tuple[str, Callable[[Mapping[str, str]], bytes]], ...] = (
    ("indented", lambda v: json.dumps(v, indent=4, ensure_ascii=False).encode()),
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
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/vnd.api+json",
    "application/json; charset=iso-8859-1",
    "nonsense",
    "",
)


@scenario("json-media-type-is-taken", needs=("writes",))
def json_media_types(session: Session) -> None:
    """Other spellings of the one media type that the page names."""
    clause = "json-media-type-is-taken"
    spelt = ("application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON")
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
        session.observe("request-media-type", f"{told}: {exchange.status}", exchange)
    confirm(session, label="a read after writes under other media types", settle=True)


_ENCODINGS: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    ("UTF-16", lambda text: text.encode("utf-16")),
    ("UTF-16 without a mark", lambda text: text.encode("utf-16-le")),
    ("UTF-8 with a byte order mark", lambda text: b"\xef\xbb\xbf" + text.encode()),
)


@scenario("odd-encoding-is-refused-or-read-right", needs=("writes",))
def odd_encodings(session: Session) -> None:
    """Bodies that some parsers read and others refuse."""
    clause = "odd-encoding-is-refused-or-read-right"
    names = session.contract.identifiers[10:]
    for name, (label, encode) in zip(names, _ENCODINGS, strict=False):
        value = f"{session.fresh('encoded')}-é"
        body = encode(json.dumps({name: value}, ensure_ascii=False))
        facts = session.facts(body=BodyFact.OPEN)
        exchange = session.write({name: value}, clause=clause, label=f"a body in {label}", body=body, facts=facts)
        session.observe("utf-16-body", f"{label}: {exchange.status}", exchange)
    name, value = names[len(_ENCODINGS)], session.fresh("surrogate")
    exchange = session.post(
        f'{{"{name}":"{value}\\ud800"}}'.encode(), label="a lone surrogate", facts=session.facts(body=BodyFact.OPEN)
    )
    session.observe("lone-surrogate", f"answers {exchange.status}", exchange)
    if exchange.status == 200:
        accepts = {name: frozenset({f"{value}\ud800", f"{value}\ufffd", value, session.holding().now.get(name)})}
        session.expect(exchange, {name: f"{value}\ufffd"}, clause, accepts=accepts)
    confirm(session, label="a read after odd encodings", kept=clause, settle=True)


@scenario("never-500", needs=("writes",))
def bodies_beyond_measure(session: Session) -> None:
    """Large, odd and repeated: what they are answered is open, that the server lives is not."""
    name, other = session.contract.identifiers[12:14]
    many = {f"unknown_{number}": "x" for number in range(1500)}
    value = session.fresh("twice")
    for label, body in (
        ("300,000 characters", dump({name: "x" * 300_000})),
        ("1,500 unknown members", dump(many)),
        ("a number with 5,000 digits", f'{{"{name}":{"9" * 5000}}}'.encode()),
        ("NaN", f'{{"{name}":NaN}}'.encode()),
        ("Infinity", f'{{"{name}":-Infinity}}'.encode()),
        ("1e400", f'{{"{name}":1e400}}'.encode()),
        ("an empty name", dump({"": "x"})),
        ("a name of 5,000 characters", dump({"n" * 5000: "x"})),
        ("a NUL in a name", dump({f"{name}\0": "x"})),
        ("a name of a prototype", dump({"__proto__": {"x": 1}, "constructor": "x", "__class__": "x"})),
        ("null as the body", b"null"),
    ):
        exchange = session.post(body, label=f"a body with {label}", facts=session.facts(body=BodyFact.OPEN))
        session.holding().perhaps_written(dict.fromkeys((name, other), None))
        if exchange.status is not None and exchange.status < 300:
            session.holding().forget([name])
    exchange = session.post(
        f'{{"{other}":"{value}-a","{other}":"{value}-b"}}'.encode(),
        label="one name twice",
        facts=session.facts(body=BodyFact.OPEN),
    )
    session.observe("duplicate-keys", f"answers {exchange.status}", exchange)
    session.holding().perhaps_written({other: f"{value}-a"})
    session.holding().perhaps_written({other: f"{value}-b"})
    confirm(session, label="a read after bodies beyond measure", kept="refused-write-changes-nothing", settle=True)
