"""After everything else: what was written is still there, and nothing that was refused has come true."""

from __future__ import annotations

from adapty_contract.scenarios import scenario
from adapty_contract.scenarios.confirm import confirm
from adapty_contract.scenarios.session import Session


@scenario("writes-last", needs=("writes",))
def what_was_written_lasts(session: Session) -> None:
    """A last comparison of every test profile."""
    for profile in (session.main, session.setting.other):
        if profile is not None:
            confirm(session, label="a last read", kept="writes-last", profile=profile, settle=True)
