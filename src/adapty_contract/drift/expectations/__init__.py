"""What the contract expects of a claim: one module a topic, one function a kind of subject."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.model import Outcome, Stated
from adapty_contract.drift.subjects import bound


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the contract says to a claim; `subject` and `sentence` are there where it differs."""

    outcome: Outcome
    subject: str = ""
    sentence: str = ""


AGREES = Verdict(Outcome.AGREES)
BESIDE = Verdict(Outcome.BESIDE)

Expectation: TypeAlias = Callable[..., Verdict | None]
"""A function of the evidence, the claim, and what the asterisks of its pattern stand for; None leaves it to the next."""

_NUMBERED = re.compile(r"(\.example)-\d+(?=\.|$)")
"""A further example beside the first; what holds for one holds for all."""

_EXPECTATIONS: list[tuple[str, Expectation]] = []


def expects(*patterns: str) -> Callable[[Expectation], Expectation]:
    """Register a function for the subjects that fit one of `patterns`."""

    def register(function: Expectation) -> Expectation:
        _EXPECTATIONS.extend((pattern, function) for pattern in patterns)
        return function

    return register


def differs(stated: Stated, sentence: str, subject: str | None = None) -> Verdict:
    """The claim contradicts the contract."""
    return Verdict(Outcome.DRIFT, subject or stated.subject, sentence)


def holds(stated: Stated, sentence: str, *, when: bool) -> Verdict:
    """Agreement if `when`, otherwise a difference for the reason in `sentence`."""
    return AGREES if when else differs(stated, sentence)


@functools.cache
def _expectations() -> tuple[tuple[str, Expectation], ...]:
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    # The first that fits decides, so their order may not depend on which module was imported first.
    return tuple(sorted(_EXPECTATIONS, key=lambda each: each[1].__module__))


def expect(evidence: Evidence, stated: Stated) -> Verdict:
    """What the contract says to a claim; a claim of which it knows nothing differs from it."""
    subject = _NUMBERED.sub(r"\1", stated.subject) if stated.reading.openapi else stated.subject
    for pattern, function in _expectations():
        parts = bound(pattern, subject)
        verdict = None if parts is None else function(evidence, stated, *parts)
        if verdict is not None:
            return verdict
    return differs(stated, "the contract says nothing of this")
