"""What one page states twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
            yield _said([each.claim.line for each in stated], (stated[-1], *stated[:-1]))
        for subject, lines in _members(page):
            stated = page.all(subject)
            if len(stated) == 1:  # of a body each member is one claim, however often it stands there
                yield _said(lines, stated)


def _said(lines: Sequence[int], stated: tuple[Stated, ...]) -> Discrepancy:
    told = ", ".join(map(str, lines))
    return Discrepancy("said-twice", stated[0].subject, f"the page states this more than once, on lines {told}", stated)


def _repeated(page: PageEvidence) -> Iterator[tuple[str, tuple[Stated, ...]]]:
    """The subjects of several claims, each with its claims."""
    found: dict[str, list[Stated]] = {}
    for each in page.stated:
        if each.subject.partition(".")[0] not in _FREE and not each.is_imported:
            found.setdefault(each.subject, []).append(each)
    yield from ((subject, tuple(claims)) for subject, claims in found.items() if len(claims) > 1)


def _members(page: PageEvidence) -> Iterator[tuple[str, list[int]]]:
    """The members that the body of a sample has more than once, with their lines."""
    for sample in page.reading.page.samples:
        body = None if sample.request is None else sample.request.body
        lines: dict[str, list[int]] = {}
        for name, part in () if body is None else body.members:
            lines.setdefault(name, []).append(sample.line + part.line)
        yield from ((f"{sample.id}.body.field.{name}", found) for name, found in lines.items() if len(found) > 1)
