"""What must make no difference: queries, Accept, platforms, connections, conditions, and the missing slash."""

from __future__ import annotations

from urllib.parse import urlsplit

from adapty_contract.checks.situations import weather
from adapty_contract.model import (
    BodyFact,
    Exchange,
    Headers,
    ProfileFact,
    first_header,
)
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import JSON_TYPE, REFUSALS, Session


@scenario("query-is-immaterial")
def queries(session: Session) -> None:
    """Queries of which no source speaks."""
    for suffix in (
        "?",
        "?x=1",
        "?page=2&limit=1&fields=branch_id",
        "?format=api",
        "?_method=DELETE",
        "?a[]=1&b=%00%ff",
    ):
        facts = session.facts(profile=ProfileFact.OPEN, probe=True)
        exchange, shown = session.read(label=f"a read with {suffix}", suffix=suffix, facts=facts)
        _alike_or_refused(session, "query-is-immaterial", exchange, shown, REFUSALS)
    confirm(session, label="a read after the queries", kept="query-is-immaterial")


def _alike_or_refused(
    session: Session, clause: str, exchange: Exchange, shown: object, refusals: frozenset[int]
) -> None:
    """The same data as ever, or one of the refusals."""
    if weather(exchange):
        session.unsure(clause, "the same data", "no answer of the application", exchange)
    elif isinstance(shown, dict):
        wrong = session.holding().compare(shown)
        seen = f"{wrong[0].name}: {wrong[0].seen!r:.80}" if wrong else ""
        session.say(clause, "the same data", seen, exchange, holds=not wrong)
    elif exchange.status == 200:
        session.unsure(clause, "the same data", "an answer that is no object of identifiers", exchange)
    else:
        session.say(
            clause, "the same data, or a refusal", str(exchange.status), exchange, holds=exchange.status in refusals
        )


@scenario("accept-is-immaterial")
def accepts(session: Session) -> None:
    """Media types that a client may ask for, languages and codings too."""
    fields = (
        ("Accept", "*/*"), ("Accept", "text/html,application/xhtml+xml"), ("Accept", "application/xml"),
        ("Accept", "application/json;q=0"), ("Accept", "nonsense"), ("Accept", ""), ("Accept", "text/csv"),
        ("Accept-Language", "de-DE,tr;q=0.9"), ("Accept-Encoding", "gzip, deflate"), ("Accept-Charset", "utf-16"),
    )  # fmt: skip
    for name, value in fields:
        facts = session.facts(profile=ProfileFact.OPEN, probe=True)
        exchange, shown = session.read(label=f"a read with {name}: {value}", headers=((name, value),), facts=facts)
        _alike_or_refused(session, "accept-is-immaterial", exchange, shown, frozenset({400, 406, 415}))
        if exchange.status != 200:
            session.observe("accept-unsupported", f"{name}: {value} answers {exchange.status}", exchange)
    confirm(session, label="a read after other Accepts", kept="accept-is-immaterial")


@scenario("platform-is-taken")
def platforms(session: Session) -> None:
    """Each documented platform, on both operations; an undocumented one is only recorded."""
    values = session.contract.spec["components"]["parameters"]
    names = next(item["schema"]["enum"] for item in values.values() if item.get("name") == "adapty-platform")
    for platform in names:
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
    session.observe("platform-header", f"an unknown platform answers {exchange.status}", exchange)


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
        ("by another user agent", (("User-Agent", "a-reader/2.0"),)),
        ("for another platform", (("adapty-platform", "Android"),)),
        ("with a cookie", (("Cookie", "session=other"),)),
        ("in another language", (("Accept-Language", "ja"),)),
        ("for another host behind a proxy", (("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Proto", "http"))),
        ("with another request id", (("X-Request-Id", "2"),)),
        ("past caches", (("Cache-Control", "no-cache"),)),
        ("of any media type, as before", (("Accept", "*/*"),)),
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


@scenario("state-is-the-profiles-alone", needs=("writes",))
def conditional_reads(session: Session) -> None:
    """Conditions that do not hold: a tag that nobody gave, and those of a read before a write."""
    clause = "state-is-the-profiles-alone"
    first = session.get(label="a read for its tag and date")
    name = session.contract.identifiers[7]
    session.write({name: session.fresh("changed")}, clause=clause, label="a write after the read with a tag")
    confirm(session, label="a read after the write", kept=clause)
    given = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    headers = first.response.headers if first.response else ()
    conditions = [(field, value) for field, source in given if (value := first_header(headers, source))]
    never = (("If-None-Match", '"adapty-contract"'), ("If-Modified-Since", "Mon, 01 Jan 1990 00:00:00 GMT"))
    for condition in (*never, *conditions):
        recent = condition[0] == "If-Modified-Since" and condition not in never  # its dates have whole seconds
        facts = session.facts(clause=clause, probe=recent)
        exchange, shown = session.read(label=f"a read with {condition[0]}", headers=(condition,), facts=facts)
        refusals = frozenset({304}) if facts.probe else frozenset()
        _alike_or_refused(session, clause, exchange, shown, refusals)


@scenario("missing-slash-reads-the-same")
def reads_without_the_slash(session: Session) -> None:
    """The path without its last slash, which no source mentions."""
    clause = "missing-slash-reads-the-same"
    facts = session.facts(profile=ProfileFact.OPEN, probe=True)
    exchange, shown = session.read(label="a read without the trailing slash", path=_bare(session), facts=facts)
    session.observe("missing-trailing-slash", f"a read answers {exchange.status}", exchange)
    if _is_redirect(exchange):
        session.say(
            clause, "the same path with its slash", _location(exchange), exchange, holds=_stays(session, exchange)
        )
    else:
        _alike_or_refused(session, clause, exchange, shown, frozenset(range(400, 500)))


@scenario("missing-slash-loses-no-write", needs=("writes",))
def writes_without_the_slash(session: Session) -> None:
    """A write to the path without its last slash: done, refused or redirected, but never answered 200 and lost."""
    clause = "missing-slash-loses-no-write"
    values = {session.contract.identifiers[5]: session.fresh("slash")}
    facts = session.facts(profile=ProfileFact.OPEN, body=BodyFact.OPEN, probe=True)
    exchange = session.write(
        values, clause=clause, label="a write without the trailing slash", path=_bare(session), facts=facts
    )
    session.observe("missing-trailing-slash", f"a write answers {exchange.status}", exchange)
    status = exchange.status
    if _is_redirect(exchange):
        holds = _stays(session, exchange) and status != 303
        session.say(clause, "the same path with its slash", f"{status} to {_location(exchange)}", exchange, holds=holds)
    else:
        session.say_status(clause, exchange, REFUSALS | {200}, "200, a redirect or a 4xx")
    seen_right = confirm(session, label="a read after the write without the slash", settle=status != 200)
    if status is not None and status < 300 and not seen_right:
        session.say(clause, "the value written", "another value", exchange, holds=False)


def _bare(session: Session) -> str:
    return session.contract.path.rstrip("/")


def _is_redirect(exchange: Exchange) -> bool:
    return exchange.status is not None and 300 <= exchange.status < 400


def _location(exchange: Exchange) -> str:
    return (exchange.response.header("location") if exchange.response else None) or "nowhere"


def _stays(session: Session, exchange: Exchange) -> bool:
    """Whether a redirect leads to the same path with its slash, on the host that was asked."""
    place = urlsplit(_location(exchange))
    asked = exchange.request.header("host") or session.setting.authority
    return place.path == session.setting.base_path + session.contract.path and place.netloc in {"", asked}
