"""What the run saw where the contract leaves it open, beside the question of the ledger that it settles."""

from __future__ import annotations

from dataclasses import dataclass

from adapty_contract.background import Question
from adapty_contract.model import Observation
from adapty_contract.record import RunRecord
from adapty_contract.visible import shortened

_LONG = 600  # characters of an answer
_ANSWERS = 20
_EVIDENCE = 8


@dataclass(frozen=True, slots=True)
class Answered:
    """An observation: its answers (but for some, if they are many), the questions it settles, exchanges that show it."""

    observation: Observation
    answers: tuple[str, ...]
    left_out: int
    settles: tuple[Question, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """What was answered, and what stays open."""

    answered: tuple[Answered, ...]
    left: tuple[Question, ...]


def questions(record: RunRecord) -> Questions:
    """The observations in their order, and the questions that none of them settles."""
    by_observation: dict[str, list[Question]] = {}
    for question in record.contract.questions:
        by_observation.setdefault(question.observation, []).append(question)
    seen = {observation.id for observation in record.observations}
    return Questions(
        tuple(_answered(each, by_observation.get(each.id, [])) for each in record.observations),
        tuple(question for question in record.contract.questions if question.observation not in seen),
    )


def evidence(observation: Observation) -> tuple[int, ...]:
    """The exchanges of an observation that are on the page."""
    return observation.exchanges[:_EVIDENCE]


def _answered(observation: Observation, settles: list[Question]) -> Answered:
    """An old record has one text for all answers, which may be several."""
    answers = observation.answers or (observation.answer,)
    shown = tuple(shortened(answer, _LONG) for answer in answers[:_ANSWERS])
    return Answered(observation, shown, len(answers) - len(shown), tuple(settles), evidence(observation))
