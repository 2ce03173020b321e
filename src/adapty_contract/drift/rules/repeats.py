"""What one page states twice."""

from __future__ import annotations

from collections.abc import Iterator

from adapty_contract.drift.evidence import Evidence, PageEvidence
from adapty_contract.drift.model import Discrepancy, Stated
from adapty_contract.drift.rules import Found, rule

_FREE = ("link", "component")
"""What a page may name as often as it likes."""


@rule("said-twice")
def said_twice(evidence: Evidence) -> Found:
    """A page states something twice: a row of a table, a member of a body, a status."""
    for page in evidence.pages:
        if page.reading.openapi:
            continue
        repeated = dict(_repeated(page))
        for subject, stated in repeated.items():
            row = subject.rpartition(".")[0] + ".presence"
            if row in repeated and row != subject:
                continue  # the cells of a row that is told itself
            lines = ", ".join(str(each.claim.line) for each in stated)
            sentence = f"the page states this more than once, on lines {lines}"
            yield Discrepancy("said-twice", subject, sentence, (stated[-1], *stated[:-1]))


def _repeated(page: PageEvidence) -> Iterator[tuple[str, tuple[Stated, ...]]]:
    """The subjects of several claims, each with its claims."""
    found: dict[str, list[Stated]] = {}
    for each in page.stated:
        if each.subject.partition(".")[0] not in _FREE and not each.is_imported:
            found.setdefault(each.subject, []).append(each)
    yield from ((subject, tuple(claims)) for subject, claims in found.items() if len(claims) > 1)
