"""What the samples of one page say in their headers."""

from __future__ import annotations

from adapty_contract.drift.evidence import Evidence
from adapty_contract.drift.model import Discrepancy, Stated
from adapty_contract.drift.rules import Found, rule


@rule("header-values-differ")
def header_values_differ(evidence: Evidence) -> Found:
    """The samples of one page send different values of one header."""
    for page in evidence.pages:
        sent: dict[str, list[Stated]] = {}
        for each in page.all(f"sample.{page.method}.*.header.*"):
            sent.setdefault(each.subject.split(".", 4)[4], []).append(each)
        for name, claims in sent.items():
            values = [each.claim.value for each in claims]
            if any(value != values[0] for value in values):
                odd_first = sorted(claims, key=lambda each, values=values: values.count(each.claim.value))  # type: ignore[misc]
                told = ", ".join(f"{each.subject.split('.')[2]} {each.claim.value}" for each in claims)
                yield Discrepancy(
                    "header-values-differ",
                    f"sample.{page.method}.*.header.{name}",
                    f"the samples send different values of {name}: {told}",
                    tuple(odd_first),
                )
