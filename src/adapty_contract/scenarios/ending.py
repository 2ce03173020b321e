"""After everything else: what was written is still there, and nothing that was refused has come true."""

from __future__ import annotations

from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.excerpts import instead
from adapty_contract.scenarios.session import Session


def _copies_agree(session: Session) -> bool:
    """Reads showed older states, as copies that lag do: once no lag is tolerated any more, they have to agree."""
    session.wait(session.old_views.tolerated)
    for number in range(1, session.old_views.reads_to_be_sure + 1):
        exchange, shown = session.read(label=f"a read after all writes were seen, {number}")
        wrong = session.holding().compare(shown) if shown is not None else []
        if wrong:
            session.say("read-has-no-effect", "reads that agree", instead(wrong), exchange, holds=False)
            return False
    return True


@scenario("writes-last", needs=("writes",))
def what_was_written_lasts(session: Session) -> None:
    """A last comparison of every test profile."""
    if session.old_views.oldest is not None and not session.old_views.refused:
        session.old_views.refused = True  # for the comparisons of this scenario
        agreed = _copies_agree(session)
        _last_reads(session)
        session.old_views.refused = not agreed
    else:
        _last_reads(session)


def _last_reads(session: Session) -> None:
    for profile in (session.main, session.setting.other):
        if profile is not None:
            confirm(session, label="a last read", kept="writes-last", profile=profile, settle=True)
