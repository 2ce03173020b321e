"""Bodies on which the sources disagree or are silent: recorded, and judged only by what any choice must keep."""

from __future__ import annotations

from adapty_contract.checks.situations import weather
from adapty_contract.checks.wording import told_answer, told_choice, told_reply, told_status, told_value
from adapty_contract.model import BodyFact, Exchange
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm, confirm_choice
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
    names = session.names
    sent: list[tuple[str, str, Exchange, frozenset[str | None]]] = []
    for name, beside, (label, literal, texts) in zip(names[10:], names, _SCALARS, strict=False):
        canary = session.fresh("beside")
        body = b'{"%s":"%s","%s":%s}' % (beside.encode(), canary.encode(), name.encode(), literal)
        exchange = session.post(body, label=f"{label} as a value", facts=session.facts(body=BodyFact.OPEN))
        _departs(session, "scalar-is-refused", exchange)
        if exchange.status == 200 or weather(exchange):
            accepts = {name: texts | {session.holding().now.get(name), None}}
            values = {beside: canary, name: min(text for text in texts if text)}
            session.expect(exchange, values, clause, accepts=accepts)
        else:
            session.refused(exchange, [canary], "refused-write-changes-nothing", (beside, name))
        sent.append((name, label, exchange, texts))
    confirm_choice(session, clause, [exchange for _, _, exchange, _ in sent], "a read after numbers and booleans")
    for name, label, exchange, texts in sent:
        after = session.holding().now.get(name)
        taken = f"told as {told_value(after)}" if after in texts else "ignored"
        session.observe("scalar-values", f"{label}: {told_choice(exchange, taken)}", exchange)


@scenario("null-is-refused-ignored-or-clears", "null-is-refused", needs=("writes",))
def nulls(session: Session) -> None:
    """A null for an identifier that is set, alone and beside a string."""
    names = session.names
    clause = "null-is-refused-ignored-or-clears"
    cases: tuple[tuple[str, str, dict[str, str]], ...] = (
        (names[-1], "alone", {}),
        (names[-2], "beside a string", {names[0]: session.fresh("beside")}),
    )
    before = {name: session.fresh("null") for name, *_ in cases}
    session.write(before, clause="values-round-trip", label="values before nulls")
    confirm(session, label="a read before nulls")
    sent: list[tuple[str, str, Exchange]] = []
    for name, label, more in cases:
        held = session.holding().now.get(name)
        exchange = session.post({**more, name: None}, label=f"null {label}", facts=session.facts(body=BodyFact.OPEN))
        _departs(session, "null-is-refused", exchange)
        if exchange.status == 200:
            session.expect(exchange, {name: "", **more}, clause, accepts={name: frozenset({None, held})})
            session.holding().disallow(name, "")
        elif weather(exchange):
            session.holding().perhaps_written({name: None, **more})
        else:
            session.refused(exchange, more.values(), "refused-write-changes-nothing", (name, *more))
        sent.append((name, label, exchange))
    confirm_choice(session, clause, [exchange for _, _, exchange in sent], "a read after nulls")
    for name, label, exchange in sent:
        after = session.holding().now.get(name)
        taken = "unsets" if after is None else "ignored"
        session.observe("null-value", f"{label}: {told_choice(exchange, taken)}", exchange)
    if all(exchange.status == 200 for _, _, exchange in sent):
        _half_of_nulls(session, clause)


def _half_of_nulls(session: Session, clause: str) -> None:
    """A server that takes nulls: every other identifier at once, so that each has a neighbour to be left alone."""
    held = session.holding().now
    nulls = session.names[::2]
    exchange = session.post(dict.fromkeys(nulls), label="half of nulls", facts=session.facts(body=BodyFact.OPEN))
    if exchange.status == 200:
        accepts = {name: frozenset({None, held.get(name)}) for name in nulls}
        session.expect(exchange, dict.fromkeys(nulls, ""), clause, accepts=accepts)
        for name in nulls:
            session.holding().disallow(name, "")
    elif weather(exchange):
        session.holding().perhaps_written(dict.fromkeys(nulls))
    confirm(session, label="a read after half of nulls", kept=clause, settle=True)
    exchange, shown = session.read(label="a read of what nulls leave")
    if shown is not None and session.tells_null:
        missing = [name for name in session.contract.identifiers if name not in shown]
        seen = f"left out: {', '.join(missing[:3])}, though unset ones were told as null before"
        session.say("read-names-every-identifier", "every identifier named", seen, exchange, holds=not missing)


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
        session.observe(question, f"{label}: {told_status(exchange)}", exchange)
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
        ("a name with hyphens", names[5].replace("_", "-")),
        ("a name with brackets", f"{names[6]}[]"),
    )
    alone = session.post(
        {_MISSPELT: (canary := session.fresh("unknown"))},
        label="the page's misspelt name alone",
        facts=session.facts(body=BodyFact.OPEN),
    )
    session.holding().perhaps_written({f"{_MISSPELT}d": canary})
    session.observe("misspelt-field", f"alone: {told_reply(alone)}", alone)
    sent: list[tuple[str, str, str, Exchange]] = []
    for known, (label, name) in zip(names[8:], strange, strict=False):
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
    _envelopes(session, clause)
    _, shown = session.read(label="a read for members beyond the identifiers")
    for name, label, canary, exchange in sent:
        taken = "kept" if canary in (shown or {}).values() else "ignored"
        question = "misspelt-field" if name == _MISSPELT else "unknown-fields"
        session.observe(question, f"{label}: {told_choice(exchange, taken)}", exchange)


def _envelopes(session: Session, clause: str) -> None:
    """Members that hold what looks like a write: it is the whole body that says what to write."""
    name, known, canary, value = *session.names[7:9], session.fresh("enveloped"), session.fresh("known")
    inner = {name: canary}
    body = {"data": inner, "integration_identifiers": inner, known: value}
    facts = session.facts(body=BodyFact.OPEN)
    exchange = session.post(body, label="identifiers in members of their own, beside a known one", facts=facts)
    session.forbid([canary], clause, exchange)
    session.expect(exchange, {known: value}, clause)
    session.observe("unknown-fields", f"identifiers in a member: {told_status(exchange)}", exchange)
    confirm(session, label="a read after identifiers in members of their own", kept=clause, settle=True)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def _departs(session: Session, clause: str, exchange: Exchange) -> None:
    """The stricter reading of an open question: held by a refusal, departed from by acceptance."""
    if exchange.status in {400, 422}:
        session.say(clause, "", "", exchange, holds=True)
    elif exchange.status is not None and exchange.status < 300:
        session.unsure(clause, "400", told_answer(exchange), exchange)
