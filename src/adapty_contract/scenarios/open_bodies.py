"""Bodies on which the sources disagree or are silent: recorded, and judged only by what any choice must keep."""

from __future__ import annotations

from adapty_contract.model import BodyFact, Exchange
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import Session

_MISSPELT = "mixpanel_user_i"
"""As the page's table spells it."""

_BIG = 13278911961594196248
_SCALARS: tuple[tuple[str, bytes, frozenset[str | None]], ...] = (
    ("an integer", b"5", frozenset({"5"})),
    ("an integer beyond 2^53", str(_BIG).encode(), frozenset({str(_BIG)})),
    ("a decimal", b"1.5", frozenset({"1.5"})),
    ("true", b"true", frozenset({"true", "True", "1"})),
    ("false", b"false", frozenset({"false", "False", "0"})),
)


@scenario("scalar-is-refused-or-told-as-string", "scalar-is-refused", needs=("writes",))
def scalars(session: Session) -> None:
    """Numbers and booleans in place of strings, each for an identifier of its own."""
    clause = "scalar-is-refused-or-told-as-string"
    names = session.contract.identifiers
    sent: list[tuple[str, str, Exchange, frozenset[str | None]]] = []
    for name, beside, (label, literal, texts) in zip(names[11:], names, _SCALARS, strict=False):
        canary = session.fresh("beside")
        body = b'{"%s":"%s","%s":%s}' % (beside.encode(), canary.encode(), name.encode(), literal)
        exchange = session.post(body, label=f"{label} as a value", facts=session.facts(body=BodyFact.OPEN))
        _departs(session, "scalar-is-refused", exchange)
        if exchange.status == 200:
            accepts = {name: texts | {session.holding().now.get(name), None}}
            values = {beside: canary, name: min(text for text in texts if text)}
            session.expect(exchange, values, clause, accepts=accepts)
        else:
            session.refused(exchange, [canary], "refused-write-changes-nothing", (beside, name))
        sent.append((name, label, exchange, texts))
    confirm(session, label="a read after numbers and booleans", kept=clause, settle=True)
    for name, label, exchange, texts in sent:
        after = session.holding().now.get(name)
        told = "refused" if exchange.status != 200 else f"told as {after!r}" if after in texts else "ignored"
        session.observe("scalar-values", f"{label}: {told}", exchange)


@scenario("null-is-refused-ignored-or-clears", "null-is-refused", needs=("writes",))
def nulls(session: Session) -> None:
    """A null for an identifier that is set, alone and beside a string."""
    first, second = session.contract.identifiers[15], session.contract.identifiers[0]
    clause = "null-is-refused-ignored-or-clears"
    for label, more in (("alone", {}), ("beside a string", {second: session.fresh("beside")})):
        session.write({first: session.fresh("null")}, clause="write-is-visible", label=f"a value before null {label}")
        confirm(session, label=f"a read before null {label}")
        before = session.holding().now.get(first)
        exchange = session.post({first: None, **more}, label=f"null {label}", facts=session.facts(body=BodyFact.OPEN))
        _departs(session, "null-is-refused", exchange)
        if exchange.status == 200:
            session.expect(exchange, {first: "", **more}, clause, accepts={first: frozenset({None, before})})
            session.holding().disallow(first, "")
        else:
            session.refused(exchange, more.values(), "refused-write-changes-nothing", (first, second))
        confirm(session, label=f"a read after null {label}", kept=clause, settle=True)
        after = session.holding().now.get(first)
        told = "refused" if exchange.status != 200 else "unsets" if after is None else "ignored"
        session.observe("null-value", f"{label}: {told}", exchange)


@scenario("empty-object-is-refused", "empty-write-changes-nothing", needs=("writes",))
def writes_of_nothing(session: Session) -> None:
    """No identifier at all; the GET page's own curl sample sends the second of these."""
    clause = "empty-write-changes-nothing"
    for label, body, question in (
        ("an empty object", b"{}", "empty-object"),
        ("an empty body", b"", "empty-body"),
        ("white space", b" \n", "empty-body"),
        ("null", b"null", "null-body"),
    ):
        exchange = session.post(body, label=f"a write of {label}", facts=session.facts(body=BodyFact.OPEN))
        session.observe(question, f"{label}: {exchange.status}", exchange)
        if question == "empty-object":
            _departs(session, "empty-object-is-refused", exchange)
        confirm(session, label=f"a read after a write of {label}", kept=clause, settle=True)


@scenario("unknown-field-disturbs-nothing", needs=("writes",))
def unknown_fields(session: Session) -> None:
    """Members that are no identifiers: the page's misspelt one, one in another case, one that nobody knows."""
    clause = "unknown-field-disturbs-nothing"
    names = session.contract.identifiers
    strange = (
        ("the page's misspelt name", _MISSPELT),
        ("a name in another case", names[1].upper()),
        ("a name in camel case", _camel(names[2])),
        ("a name that nobody knows", "adapty_contract_unknown_id"),
        ("a name with a space", f" {names[4]}"),
    )
    sent: list[tuple[str, str, str, Exchange]] = []
    for known, (label, name) in zip(names, strange, strict=False):
        canary, value = session.fresh("unknown"), session.fresh("known")
        facts = session.facts(body=BodyFact.OPEN)
        exchange = session.post({name: canary, known: value}, label=f"{label}, beside a known one", facts=facts)
        if name == _MISSPELT:
            session.holding().perhaps_written({f"{_MISSPELT}d": canary})  # the page's own spelling: left open
        else:
            session.forbid([canary], clause, exchange)
        session.expect(exchange, {known: value}, clause)
        sent.append((name, label, canary, exchange))
    confirm(session, label="a read after unknown members", kept=clause, settle=True)
    _, shown = session.read(label="a read for members beyond the identifiers")
    for name, label, canary, exchange in sent:
        taken = "refused" if exchange.status != 200 else "kept" if canary in (shown or {}).values() else "ignored"
        question = "misspelt-field" if name == _MISSPELT else "unknown-fields"
        session.observe(question, f"{label}: {taken}", exchange)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def _departs(session: Session, clause: str, exchange: Exchange) -> None:
    """The stricter reading of an open question: held by a refusal, departed from by acceptance."""
    if exchange.status in {400, 422}:
        session.say(clause, "", "", exchange, holds=True)
    elif exchange.status is not None and exchange.status < 300:
        session.unsure(clause, "400", f"{exchange.status}", exchange)
