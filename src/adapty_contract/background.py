"""What readers of a record need of the contract it was made by, since they may have another version, or none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adapty_contract.model import Operation


class PlaceKind(StrEnum):
    """What kind of thing a run can cover."""

    STATUS = "status"
    PARAMETER = "parameter"
    REQUEST_FIELD = "request field"
    RESPONSE_FIELD = "response field"
    RESPONSE_HEADER = "response header"


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that the spec describes and a run can cover.

    `status` is the status that a field or header of a response is described for, as the spec writes it (`200`, `4XX`);
    it is empty for what stands in requests, and equals `name` for a status.
    """

    operation: Operation
    kind: PlaceKind
    name: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a ledger entry leaves open: its title, what was decided for the time being, the observation that settles it."""

    id: str
    title: str
    decision: str
    observation: str


@dataclass(frozen=True, slots=True)
class SourceName:
    """A source that clauses cite: its id, what it is called, where it can be read."""

    id: str
    title: str
    where: str
