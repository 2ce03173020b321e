"""Bodies that some parsers read and others refuse, and bodies beyond measure."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_reply, told_status
from adapty_contract.model import BodyFact, Exchange
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm, confirm_choice
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import JSON_TYPE, dump

_ENCODINGS: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    ("UTF-16", lambda text: text.encode("utf-16")),
    ("UTF-16 without a mark", lambda text: text.encode("utf-16-le")),
    ("UTF-8 with a byte order mark", lambda text: b"\xef\xbb\xbf" + text.encode()),
    ("gzip", lambda text: gzip.compress(text.encode(), mtime=0)),
)
"""Each with how a text is made of it; `gzip` is told in a header field, as HTTP has it."""


@scenario("odd-encoding-is-refused-or-read-right", needs=("writes",))
def odd_encodings(session: Session) -> None:
    """Bodies that some parsers read and others refuse."""
    clause = "odd-encoding-is-refused-or-read-right"
    names = session.contract.identifiers[10:]
    sent: list[Exchange] = []
    for name, (label, encode) in zip(names, _ENCODINGS, strict=False):
        value = f"{session.fresh('encoded')}-é"
        body = encode(json.dumps({name: value}, ensure_ascii=False))
        facts = session.facts(body=BodyFact.OPEN, probe=label == "gzip")
        headers = (JSON_TYPE, ("Content-Encoding", "gzip")) if label == "gzip" else (JSON_TYPE,)
        told = f"a body in {label}"
        exchange = session.write({name: value}, clause=clause, label=told, body=body, headers=headers, facts=facts)
        session.observe("utf-16-body", f"{label}: {told_status(exchange)}", exchange)
        sent.append(exchange)
    name, value = names[len(_ENCODINGS)], session.fresh("surrogate")
    beside, canary = session.contract.identifiers[0], session.fresh("beside")
    exchange = session.post(
        f'{{"{beside}":"{canary}","{name}":"{value}\\ud800"}}'.encode(),
        label="a lone surrogate",
        facts=session.facts(body=BodyFact.OPEN),
    )
    session.observe("lone-surrogate", told_reply(exchange), exchange)
    sent.append(exchange)
    if exchange.status == 200:
        accepts = {name: frozenset({f"{value}\ud800", f"{value}\ufffd", value, session.holding().now.get(name)})}
        session.expect(exchange, {beside: canary, name: f"{value}\ufffd"}, clause, accepts=accepts)
    else:
        session.refused(exchange, [canary], "refused-write-changes-nothing", (beside, name))
    confirm_choice(session, clause, sent, "a read after odd encodings")


@scenario("never-500", needs=("writes",))
def bodies_beyond_measure(session: Session) -> None:
    """Large, odd and repeated: what they are answered is open, that the server lives is not."""
    name, other = session.contract.identifiers[12:14]
    many = {f"unknown_{number}": "x" for number in range(1500)}
    value = session.fresh("twice")
    for label, body in (
        ("300,000 characters", dump({name: "x" * 300_000})),
        ("an unknown member of 1,100,000 characters", dump({"adapty_contract_unknown": "x" * 1_100_000, name: "x"})),
        (
            "a deep unknown member",
            b'{"adapty_contract_unknown":%s%s,"%s":"x"}' % (b"[" * 500, b"]" * 500, name.encode()),
        ),
        ("a lone surrogate in a name", b'{"x\\ud800":"x"}'),
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
        if weather(exchange) or (exchange.status is not None and exchange.status < 300):
            session.holding().forget([name])
    exchange = session.post(
        f'{{"{other}":"{value}-a","{other}":"{value}-b"}}'.encode(),
        label="one name twice",
        facts=session.facts(body=BodyFact.OPEN),
    )
    session.observe("duplicate-keys", told_reply(exchange), exchange)
    session.holding().perhaps_written({other: f"{value}-a"})
    session.holding().perhaps_written({other: f"{value}-b"})
    confirm(session, label="a read after bodies beyond measure", kept="refused-write-changes-nothing", settle=True)
    if session.old_views.oldest is not None:  # what was read may have been what was before
        known = {name: session.fresh("known"), other: session.fresh("known")}
        session.write(known, clause="values-round-trip", label="known values after bodies beyond measure")
        confirm(session, label="a read of known values")
