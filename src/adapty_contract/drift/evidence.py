"""What all pages together state, to look things up in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from adapty_contract.contract import Contract
from adapty_contract.drift.model import Missing, Reading, Stated
from adapty_contract.drift.subjects import matches


@dataclass(frozen=True)
class PageEvidence:
    """The claims of one page."""

    reading: Reading
    stated: tuple[Stated, ...]

    @property
    def method(self) -> str:
        """The method of its operation, in lower case, as subjects have it."""
        return (self.reading.method or "").lower()

    def all(self, pattern: str) -> tuple[Stated, ...]:
        """The claims whose subject fits, in the order of the page."""
        return tuple(each for each in self.stated if matches(pattern, each.subject))

    def first(self, pattern: str) -> Stated | None:
        """The first of them, if there is one."""
        return next((each for each in self.stated if matches(pattern, each.subject)), None)

    def fields(self, base: str) -> dict[str, Stated]:
        """The rows of a table, by the name of their field, in the order of the page."""
        found = self.all(f"{base}.field.**")
        start, end = len(base) + len(".field."), -len(".presence")
        return {each.subject[start:end]: each for each in found if each.subject.endswith(".presence")}

    def values(self, base: str) -> dict[str, Stated]:
        """The members of an example or a body, by their names, in the order of the page."""
        return {each.subject[len(base) + len(".field.") :]: each for each in self.all(f"{base}.field.**")}

    def missing(self, subject: str) -> Missing:
        """The claim that this page does not make."""
        return Missing(self.reading, subject)


@dataclass(frozen=True)
class Evidence:
    """The pages about the two operations, and the contract that they are compared with."""

    contract: Contract
    pages: tuple[PageEvidence, ...]

    @cached_property
    def by_method(self) -> dict[str, tuple[PageEvidence, ...]]:
        """The vendor's pages by the method of their operation, in lower case; documents of others are not among them."""
        found: dict[str, tuple[PageEvidence, ...]] = {}
        for page in self.pages:
            if not page.reading.openapi:
                found[page.method] = (*found.get(page.method, ()), page)
        return found

    def of(self, method: str) -> tuple[PageEvidence, ...]:
        """The vendor's pages about the operation with this method, in lower case."""
        return self.by_method.get(method, ())

    def pairs(self) -> Iterator[tuple[PageEvidence, PageEvidence]]:
        """A page about reading with one about writing."""
        for read in self.of("get"):
            for write in self.of("post"):
                yield read, write


def gather(contract: Contract, readings: tuple[Reading, ...]) -> Evidence:
    """The claims of those readings that are about the two operations."""
    return Evidence(
        contract,
        tuple(
            PageEvidence(reading, tuple(Stated(claim, reading) for claim in reading.page.claims))
            for reading in readings
            if reading.is_ours
        ),
    )
