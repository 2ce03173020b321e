"""The requests of writes that must be refused: one thing wrong with each, and a canary in it."""

from __future__ import annotations

import uuid
from typing import Any

from adapty_contract.fuzz.steps import Refusal, Refused
from adapty_contract.model import Headers, KeyFact, ProfileFact
from adapty_contract.scenarios.session import Session
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE, dump


def refused_parts(session: Session, step: Refused, canary: str, ids: Headers) -> dict[str, Any]:
    """The parts of `Session.post` that make the refused write of `step` to the profile of `ids`."""
    body = _body(step, canary)
    match step.why:
        case Refusal.WRONG_KEY:
            key = session.setting.key
            last = "b" if key[-1] in "aA" else "a"
            expression = f"${{ADAPTY_API_KEY%?}}{last}"
            facts = session.facts(key=KeyFact.REFUSED, clause="key-mangled-is-401", key_expression=expression)
            return {"body": body, "ids": ids, "authorization": f"Api-Key {key[:-1]}{last}", "facts": facts}
        case Refusal.NO_KEY:
            facts = session.facts(key=KeyFact.REFUSED, clause="key-missing-is-401")
            return {"body": body, "ids": ids, "authorization": None, "facts": facts}
        case Refusal.UNKNOWN_CUSTOMER:
            unknown = ((CUSTOMER, session.fresh("nobody")),)
            return {"body": body, "ids": unknown, "facts": session.facts(profile=ProfileFact.UNKNOWN)}
        case Refusal.UNKNOWN_PROFILE:
            unknown = ((PROFILE, str(uuid.UUID(int=session.rng.getrandbits(128), version=4))),)
            return {"body": body, "ids": unknown, "facts": session.facts(profile=ProfileFact.UNKNOWN)}
        case _:
            return {"body": body, "ids": ids}


def _body(step: Refused, canary: str) -> bytes:
    first, second = step.names
    whole = dump({first: canary, second: canary})
    broken = {
        Refusal.CUT: whole[: 1 + step.at % (len(whole) - 1)],
        Refusal.TRAILING: whole + b"]",
        Refusal.NOT_UTF_8: whole[:-2] + b'\xff"}',
        Refusal.LIST: b"[" + whole + b"]",
        Refusal.STRING: dump(canary),
        Refusal.LIST_VALUE: dump({first: canary, second: [canary]}),
        Refusal.OBJECT_VALUE: dump({first: canary, second: {"value": canary}}),
    }
    return broken.get(step.why, whole)
