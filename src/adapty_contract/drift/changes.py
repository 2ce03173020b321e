"""What changed between two versions of a page, as claims: a line that moved is no change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from adapty_contract.pages.model import Claim, Page


class Kind(StrEnum):
    """What happened to a claim."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """A claim of which the two versions of a page say different things; None where a version makes none."""

    kind: Kind
    subject: str
    old: Claim | None
    new: Claim | None

    @property
    def place(self) -> Claim:
        """The claim to look at: the new one, or the old one where there is no new one."""
        return self.new or self.old  # type: ignore[return-value]  # one of them is there


def changes(old: Page, new: Page) -> tuple[Change, ...]:
    """The changes from `old` to `new`, in the order of the new page, then what is gone in that of the old one."""
    before, after = _by_subject(old), _by_subject(new)
    found = [
        change for subject, claims in after.items() for change in _compared(subject, before.get(subject, []), claims)
    ]
    gone = [
        Change(Kind.GONE, subject, claim, None)
        for subject, claims in before.items()
        if subject not in after
        for claim in claims
    ]
    return (*found, *gone)


def _by_subject(page: Page) -> dict[str, list[Claim]]:
    """The claims of a page; of objects only the members, which are claims of their own."""
    parents = {claim.subject.partition(".field.")[0] for claim in page.claims if ".field." in claim.subject}
    found: dict[str, list[Claim]] = {}
    for claim in page.claims:
        if not (isinstance(claim.value, dict) and claim.subject in parents):
            found.setdefault(claim.subject, []).append(claim)
    return found


def _compared(subject: str, before: list[Claim], after: list[Claim]) -> Iterator[Change]:
    """What two lists of claims about one subject have not in common."""
    old = list(before)
    new = []
    for claim in after:
        same = next((each for each in old if _key(each) == _key(claim)), None)
        if same is None:
            new.append(claim)
        else:
            old.remove(same)
    both = min(len(old), len(new))
    yield from (Change(Kind.CHANGED, subject, *pair) for pair in zip(old, new, strict=False))
    yield from (Change(Kind.ADDED, subject, None, claim) for claim in new[both:])
    yield from (Change(Kind.GONE, subject, claim, None) for claim in old[both:])


def _key(claim: Claim) -> str:
    return json.dumps(claim.value, sort_keys=True)
