"""What comparing pages with the contract and the ledger gives: each claim judged, each discrepancy, each finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adapty_contract.ledger import SourceRecord
from adapty_contract.pages.model import Claim, Page


class Outcome(StrEnum):
    """What becomes of a claim."""

    AGREES = "agrees"
    EXPLAINED = "explained"
    DRIFT = "drift"
    BESIDE = "beside"
    """It is about the page, not about the API: a link, an import, the explanation of a placeholder."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A page and what it is about: `source` is the source it is a copy of, `method` that of its operation.

    `lines` is its text. Source and method are None for a page that is not about one of the operations; `openapi` is set
    for a document of others that describes them.
    """

    page: Page
    path: str
    source: SourceRecord | None
    method: str | None
    openapi: bool = False
    lines: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether the page is about one of the two operations."""
        return self.method is not None or self.openapi


@dataclass(frozen=True, eq=False, slots=True)
class Stated:
    """A claim, and the reading that it stands in. Each is equal to itself only."""

    claim: Claim
    reading: Reading

    @property
    def subject(self) -> str:
        """The subject of the claim."""
        return self.claim.subject

    @property
    def is_imported(self) -> bool:
        """Whether the claim stands in a component that the page imports."""
        return self.claim.page != self.reading.page.name


@dataclass(frozen=True, slots=True)
class Missing:
    """A claim that a page does not make."""

    reading: Reading
    subject: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Claims that contradict the contract, themselves or each other, and what is missing beside them.

    The first of `claims` is the one to look at; an entry explains the discrepancy if it knows all of them, and all that
    is missing. `context` are claims that only help to understand it. `subject` is what it is about, in the words of the
    ledger.
    """

    rule: str
    subject: str
    sentence: str
    claims: tuple[Stated, ...] = ()
    missing: tuple[Missing, ...] = ()
    context: tuple[Stated, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """A discrepancy, and the entry of the ledger that explains it, if one does; `blamed` is the claim to point at."""

    discrepancy: Discrepancy
    entry: str | None
    blamed: Stated | Missing

    @property
    def is_drift(self) -> bool:
        """Whether nothing explains it."""
        return self.entry is None


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its outcome: which entries explain it, and why it is no agreement."""

    stated: Stated
    outcome: Outcome
    entries: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell: which rule found it, what it is about, where it stands, what it is.

    `outcome` is drift, explained, or agrees for what is only told. `page` is a file as it was given, or a file of the
    contract; `origin` names it from one run to the next. `also` are further lines, where several things were told of one
    subject.
    """

    rule: str
    subject: str
    sentence: str
    outcome: Outcome
    page: str
    line: int
    entries: tuple[str, ...] = ()
    quote: str = ""
    origin: str = ""
    also: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """What names it from one run to the next: the page is in it, and no line."""
        return ":".join((self.rule, self.origin or self.page, self.subject, *self.entries))

    @property
    def lines(self) -> tuple[int, ...]:
        """Every line that it is about, the one to look at first."""
        return (self.line, *self.also)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a comparison gave."""

    readings: tuple[Reading, ...]
    claims: tuple[Judged, ...]
    settled: tuple[Settled, ...]
    findings: tuple[Finding, ...]

    @property
    def drift(self) -> tuple[Finding, ...]:
        """The findings that nobody has explained."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.DRIFT)
