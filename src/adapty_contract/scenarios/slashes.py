"""The path without its last slash, which no source mentions."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from adapty_contract.checks.wording import told_reply
from adapty_contract.model import BodyFact, Exchange, ProfileFact
from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.alike import say_alike
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.excerpts import excerpt
from adapty_contract.scenarios.looking import look
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import REFUSALS


@scenario("missing-slash-reads-the-same")
def reads_without_the_slash(session: Session) -> None:
    """The path without its last slash, which no source mentions."""
    clause = "missing-slash-reads-the-same"
    facts = session.facts(profile=ProfileFact.OPEN, probe=True)
    seen = look(session, "a read without the trailing slash", path=_bare(session), facts=facts)
    exchange = seen.exchange
    session.observe("missing-trailing-slash", f"a read {told_reply(exchange)}", exchange)
    if _is_redirect(exchange):
        _say_where_to(session, clause, exchange, holds=_stays(session, exchange))
    else:
        say_alike(session, clause, seen, REFUSALS)


@scenario("missing-slash-loses-no-write", needs=("writes",))
def writes_without_the_slash(session: Session) -> None:
    """A write to the path without its last slash: done, refused or redirected, but never answered 200 and lost."""
    clause = "missing-slash-loses-no-write"
    values = {session.contract.identifiers[5]: session.fresh("slash")}
    facts = session.facts(profile=ProfileFact.OPEN, body=BodyFact.OPEN, probe=True)
    exchange = session.write(
        values, clause=clause, label="a write without the trailing slash", path=_bare(session), facts=facts
    )
    session.observe("missing-trailing-slash", f"a write {told_reply(exchange)}", exchange)
    status = exchange.status
    if _is_redirect(exchange):
        _say_where_to(session, clause, exchange, holds=_stays(session, exchange) and status != 303)
    else:
        session.say_status(clause, exchange, REFUSALS | {200}, "200, a redirect or a 4xx")
    confirm(session, label="a read after the write without the slash", kept=clause, settle=status != 200)
    now = session.holding().now
    if status is not None and status < 300 and (lost := [name for name in values if now.get(name) != values[name]]):
        expected, seen = excerpt(values[lost[0]], now.get(lost[0]))
        session.say(clause, f"{lost[0]}: {expected}", f"{lost[0]}: {seen}", exchange, holds=False)
    reads_without_the_slash(session)  # once more: the first answer may have been kept


def _bare(session: Session) -> str:
    return session.contract.path.rstrip("/")


def _is_redirect(exchange: Exchange) -> bool:
    return exchange.status is not None and 300 <= exchange.status < 400


def _say_where_to(session: Session, clause: str, exchange: Exchange, *, holds: bool) -> None:
    seen = f"{exchange.status} to {_location(exchange)}"
    session.say(clause, "a redirect to the same path with its slash", seen, exchange, holds=holds)


def _location(exchange: Exchange) -> str:
    return (exchange.response.header("location") if exchange.response else None) or "nowhere"


def _stays(session: Session, exchange: Exchange) -> bool:
    """Whether a redirect leads to the same path with its slash, on the host that was asked."""
    asked = exchange.request.header("host") or session.setting.authority
    place = urlsplit(urljoin(f"http://{asked}{exchange.request.target}", _location(exchange)))
    return place.path == session.setting.base_path + session.contract.path and place.netloc == asked
