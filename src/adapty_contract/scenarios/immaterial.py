"""What must make no difference: queries, Accept, platforms, connections and conditions."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from adapty_contract.checks.wording import told_reply
from adapty_contract.model import (
    BodyFact,
    Exchange,
    Headers,
    ProfileFact,
    first_header,
)
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.alike import read_alike
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import JSON_TYPE, REFUSALS


@scenario("query-is-immaterial")
def queries(session: Session) -> None:
    """Queries of which no source speaks, one of them with an identifier to write."""
    name, canary = session.contract.identifiers[6], session.fresh("query")
    session.forbid([canary], "query-is-immaterial", None)
    for suffix in (
        "?",
        "?x=1",
        f"?page=2&limit=1&fields={name}",
        f"?{name}={canary}",
        "?format=api&_method=DELETE",
        "?a[]=1&b=%00%ff&b=2",
    ):
        facts = session.facts(profile=ProfileFact.OPEN, probe=True)
        read_alike(session, "query-is-immaterial", f"a read with {suffix}", REFUSALS, suffix=suffix, facts=facts)
    confirm(session, label="a read after the queries", kept="query-is-immaterial")
    _same_query_again(session, name)


def _same_query_again(session: Session, name: str) -> None:
    """A query that was asked before, for another profile and after a write: no key of a cache by itself."""
    clause, suffix, facts = "query-is-immaterial", "?x=1", session.facts(probe=True)
    if session.setting.other:
        confirm(session, label="the other profile after the queries", kept="writes-last", profile=session.setting.other)
        label = "the other profile with a query that was asked before"
        confirm(
            session, label=label, kept=clause, stale=clause, profile=session.setting.other, suffix=suffix, facts=facts
        )
    if session.can("writes"):
        label = "a write after a read with a query"
        session.write({name: session.fresh("after-query")}, clause=clause, label=label)
        confirm(
            session, label="a read with the same query as before", kept=clause, stale=clause, suffix=suffix, facts=facts
        )


@scenario("accept-is-immaterial")
def accepts(session: Session) -> None:
    """Media types that a client may ask for, languages and codings too."""
    fields = (
        ("Accept", "*/*"), ("Accept", "text/html,application/xhtml+xml"), ("Accept", "application/xml"), ("Accept", "text/csv"), ("Accept", "nonsense"),
        ("Accept", "application/json;q=0"), ("Accept", ""),
        ("Accept-Language", "de-DE,tr;q=0.9"), ("Accept-Encoding", "gzip, deflate"), ("Accept-Charset", "utf-16"),
    )  # fmt: skip
    for name, value in fields:
        facts = session.facts(profile=ProfileFact.OPEN, probe=True)
        refusals = () if value == "*/*" else (400, 406, 415)
        label, headers = f"a read with {name}: {value}", ((name, value),)
        exchange = read_alike(session, "accept-is-immaterial", label, refusals, headers=headers, facts=facts).exchange
        if exchange.status != 200:
            session.observe("accept-unsupported", f"{name}: {value} {told_reply(exchange)}", exchange)
    confirm(session, label="a read after other Accepts", kept="accept-is-immaterial")


@scenario("platform-is-taken")
def platforms(session: Session) -> None:
    """Each documented platform, on both operations; an undocumented one is only recorded."""
    values = session.contract.spec["components"]["parameters"]
    names = next(item["schema"]["enum"] for item in values.values() if item.get("name") == "adapty-platform")
    for platform in names[1::2]:
        header = ("adapty-platform", str(platform))
        session.get(label=f"a read for {platform}", headers=(header,), facts=session.facts(clause="platform-is-taken"))
    if session.can("writes"):
        for name, platform in zip(session.contract.identifiers, names, strict=False):
            header = ("adapty-platform", str(platform))
            session.write(
                {name: session.fresh("platform")},
                clause="state-is-the-profiles-alone",
                label=f"a write for {platform}",
                headers=(JSON_TYPE, header),
                facts=session.facts(clause="platform-is-taken", body=BodyFact.VALID),
            )
        confirm(
            session,
            label="a read after a write for each platform",
            kept="state-is-the-profiles-alone",
        )
    exchange = session.get(
        label="a read for a platform that nobody knows",
        headers=(("adapty-platform", "Amiga"),),
        facts=session.facts(profile=ProfileFact.OPEN),
    )
    session.observe("platform-header", f"an unknown platform {told_reply(exchange)}", exchange)


_ADDED: Headers = (
    ("Referer", "https://adapty-contract.example/"),
    ("DNT", "1"),
    ("Via", "1.1 proxy.example"),
    ("Forwarded", "for=203.0.113.7;proto=https"),
    ("X-Real-IP", "203.0.113.7"),
    ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
)


@scenario("state-is-the-profiles-alone", needs=("writes",))
def what_makes_no_difference(session: Session) -> None:
    """The same profile read in ways that must all show the same."""
    clause = "state-is-the-profiles-alone"
    values = {name: session.fresh("same") for name in session.contract.identifiers[3:7]}
    writer = (JSON_TYPE, ("User-Agent", "a-writer/1.0"), ("X-Request-Id", "1"), ("Accept-Language", "de"))
    session.write(values, clause=clause, label="a write from a client of its own", headers=writer)
    confirm(session, label="a read after the write from a client of its own", kept=clause)
    ways: tuple[tuple[str, Headers], ...] = (
        ("over a connection of its own", (("Connection", "close"),)),
        ("over a new connection", ()),
        ("by another client", (("User-Agent", "a-reader/2.0"), ("Cookie", "session=other"), ("Accept-Language", "ja"))),
        ("for another platform", (("adapty-platform", "Android"),)),
        ("for another host behind a proxy", (("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "https"))),
        ("with another request id", (("X-Request-Id", "2"),)),
        ("past caches", (("Cache-Control", "no-cache"),)),
        ("with what browsers and proxies add", _ADDED),
        ("compressed, as before", (("Accept-Encoding", "gzip, deflate"),)),
    )
    for label, headers in ways:
        confirm(session, label=f"a read {label}", kept=clause, headers=headers, facts=session.facts(clause=clause))


@scenario("state-is-the-profiles-alone", needs=("writes",))
def writes_with_more_about_them(session: Session) -> None:
    """Writes with a query, with an Accept of their own, with another method in a header: done, or refused whole."""
    clause = "state-is-the-profiles-alone"
    ways: tuple[tuple[str, str, Headers], ...] = (
        ("a query", "?x=1", ()),
        ("Accept: text/html", "", (("Accept", "text/html,application/xhtml+xml"),)),
        ("Accept: application/xml", "", (("Accept", "application/xml"),)),
        ("a method to override it", "", (("X-HTTP-Method-Override", "DELETE"),)),
        ("a foreign origin", "", (("Origin", "https://adapty-contract.example"),)),
        ("an end of its connection", "", (("Connection", "close"), ("Accept-Encoding", "gzip, deflate"))),
    )
    for name, (label, suffix, headers) in zip(session.contract.identifiers[8:], ways, strict=False):
        facts = session.facts(profile=ProfileFact.OPEN, probe=True)
        values = {name: session.fresh("beside")}
        exchange = session.write(
            values,
            clause=clause,
            label=f"a write with {label}",
            suffix=suffix,
            headers=(JSON_TYPE, *headers),
            facts=facts,
        )
        session.say_status(clause, exchange, REFUSALS | {200}, "200 or a 4xx")
    confirm(session, label="a read after writes with more about them", kept=clause, settle=True)


@scenario("never-500")
def odd_fields(session: Session) -> None:
    """Header fields that servers have stumbled over; they may be refused."""
    odd: tuple[tuple[str, Headers], ...] = (
        ("a range", (("Range", "bytes=0-10"),)),
        (
            "fields that make no sense",
            (
                ("Cookie", '=;a=b=c;"x'),
                ("X-Forwarded-For", "unknown, ::1, x"),
                ("X-Forwarded-Host", "%"),
                ("If-Modified-Since", "yesterday"),
                ("If-None-Match", "x"),
            ),
        ),
    )
    for label, headers in odd:
        facts = session.facts(profile=ProfileFact.OPEN, probe=True)
        session.get(label=f"a read with {label}", headers=headers, facts=facts)


@scenario("state-is-the-profiles-alone", needs=("writes",))
def conditional_reads(session: Session) -> None:
    """Conditions that do not hold: a tag that nobody gave, and those of a read before a write."""
    clause = "state-is-the-profiles-alone"
    name = session.contract.identifiers[7]
    session.write({name: session.fresh("changed")}, clause=clause, label="a write before the read with a tag")
    first = session.get(label="a read for its tag and date")
    label = "a write after the read with a tag, of as many characters as before"
    session.write({name: session.fresh("changed")}, clause=clause, label=label)
    confirm(session, label="a read after the write")
    given = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    headers = first.response.headers if first.response else ()
    conditions = [(field, value) for field, source in given if (value := first_header(headers, source))]
    never = (("If-None-Match", '"adapty-contract"'), ("If-Modified-Since", "Mon, 01 Jan 1990 00:00:00 GMT"))
    for condition in (*never, *conditions):
        # Dates have whole seconds: a write within the one that was told cannot be told from what was before.
        recent = condition[0] == "If-Modified-Since" and condition not in never and _is_of_now(condition[1], first)
        facts = session.facts(clause=clause, probe=recent)
        refusals = (304,) if facts.probe else ()
        read_alike(session, clause, f"a read with {condition[0]}", refusals, headers=(condition,), facts=facts)


def _is_of_now(date: str, exchange: Exchange) -> bool:
    """Whether a date is that of the answer which told it, give or take a second, or cannot be compared with it."""
    told = (exchange.response.header("date") if exchange.response else None) or ""
    try:
        return abs((parsedate_to_datetime(told) - parsedate_to_datetime(date)).total_seconds()) <= 1
    except (TypeError, ValueError, OverflowError):
        return True
