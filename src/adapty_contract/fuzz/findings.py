"""What a search has found: what of it is new, what is sure, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapty_contract.fuzz.trial import Tried
from adapty_contract.model import Result, Verdict
from adapty_contract.scenarios.session import Session

REPLAYS = 3
"""How often a case is tried again before what it showed is in doubt."""

SHAKY = frozenset(
    {
        "write-merges",
        "profiles-are-isolated",
        "read-has-no-effect",
        "identifiers-are-independent",
        "refused-write-changes-nothing",
        "refused-key-writes-nothing",
        "state-is-the-profiles-alone",
        "null-is-refused-ignored-or-clears",
        "blank-is-refused-kept-or-clears",
        "scalar-is-refused-or-told-as-string",
        "empty-write-changes-nothing",
        "unknown-field-disturbs-nothing",
    }
)
"""Clauses on which a copy of the data that lags behind can make a correct server look wrong for a moment: what was seen
once and never again is inconclusive. Everything else is a violation even if it comes once in a run."""

MEANING = SHAKY | {
    "values-round-trip",
    "write-is-visible",
    "write-is-idempotent",
    "both-headers-see-one-profile",
    "json-spelling-is-immaterial",
    "other-media-type-is-refused-or-read-as-json",
}
"""The clauses that a comparison with the model judges. Once one of them is violated, what a profile holds may well look
like the violation of another; so that has to be seen twice."""

_PECULIAR = frozenset(
    {
        "both-headers-see-one-profile",
        "json-spelling-is-immaterial",
        "other-media-type-is-refused-or-read-as-json",
        "state-is-the-profiles-alone",
        "write-is-idempotent",
    }
)
"""Clauses of what a write can have about it beside its values."""

_EXPLAINED_BY: Mapping[str, frozenset[str]] = {
    "identifiers-are-independent": frozenset(
        {
            "values-round-trip",
            "null-is-refused-ignored-or-clears",
            "blank-is-refused-kept-or-clears",
            "scalar-is-refused-or-told-as-string",
        }
    ),
    "valid-write-is-200": frozenset({"real-values-are-taken", "platform-is-taken", "write-is-idempotent"}),
    "known-profile-is-read-with-200": frozenset(
        {"found-by-customer-user-id", "found-by-profile-id", "platform-is-taken", "accept-is-immaterial"}
        | {"read-takes-a-content-type"}
    ),
}
"""Clauses of which generation sees violations that are those of a narrower clause, or the like by coincidence."""


class Findings:
    """The violations of one search, told to the run's tally."""

    def __init__(self, session: Session) -> None:
        """What the run found before is known from the start."""
        self._session = session
        self._known: set[str] = set()

    def is_known(self, clause: str) -> bool:
        """Whether the clause, or one whose violation explains it, was found violated before."""
        return self._follows(clause, set()) or any(map(self._is_violated, self._narrower(clause)))

    def _narrower(self, clause: str) -> set[str]:
        """The clauses that explain a violation of this one by coincidence: that goes no further, or all would be known.

        A status that is judged under a clause of its own is explained by what explains the usual one.
        """
        roots = () if clause in MEANING else self._session.contract.clauses[clause].after
        return {name for each in (clause, *roots) for name in _EXPLAINED_BY.get(each, ())}

    def _is_violated(self, clause: str) -> bool:
        return clause in self._known or self._session.tally.is_violated(clause)

    def _follows(self, clause: str, seen: set[str]) -> bool:
        if clause in seen:
            return False
        seen.add(clause)
        if self._is_violated(clause):
            return True
        return any(self._follows(root, seen) for root in self._session.contract.clauses[clause].after)

    def news(self, tried: Tried) -> frozenset[str]:
        """The clauses that a case violates and that were not known to be violated."""
        return frozenset(clause for clause in tried.violated if not self.is_known(clause))

    def explains(self, careful: Tried, tried: Tried) -> bool:
        """Whether a case, looked at step by step, is only one more sight of what is known."""
        sights = careful.violated & MEANING
        return bool(sights) and not self.news(careful) and self.news(tried) <= MEANING

    def pass_on(self, tried: Tried) -> None:
        """Tell what held in a case, and what it left open."""
        self._session.tally.add(result for result in tried.results if result.verdict is not Verdict.VIOLATED)

    def take_for_known(self, tried: Tried) -> None:
        """Everything that the case violates is known from now on."""
        self._known |= tried.violated

    def tell(self, tried: Tried, instead_of: Tried) -> None:
        """Tell what is new in a case that was seen again; what it showed at first (`instead_of`) is known with it."""
        told = [_with_what_led_to_it(result, tried) for result in self._new_results(tried)]
        self.take_for_known(instead_of)
        self.take_for_known(tried)
        self._tell(tried, told)

    def tell_unsure(self, tried: Tried) -> bool:
        """Tell what is new in a case that was seen once only; whether any of it is beyond doubt."""
        results = [_without_cause(result) for result in self._new_results(tried)]
        doubted = MEANING if any(self.is_known(clause) for clause in MEANING) else SHAKY
        self._known |= {*tried.violated, *(result.clause for result in results)} - doubted
        self._tell(tried, [_in_doubt(result) if result.clause in doubted else result for result in results])
        return any(result.clause not in doubted for result in results)

    def _tell(self, tried: Tried, news: list[Result]) -> None:
        self.pass_on(tried)
        self._session.tally.add(replace(result, case=tried.text) for result in news)

    def _new_results(self, tried: Tried) -> list[Result]:
        """The first violation of each clause that is new."""
        new = self.news(tried)
        results = [result for result in tried.results if result.verdict is Verdict.VIOLATED and result.clause in new]
        return list({result.clause: result for result in reversed(results)}.values())[::-1]


def _with_what_led_to_it(result: Result, tried: Tried) -> Result:
    """A result with every exchange of its case up to the one that shows it."""
    last = max(result.exchanges, default=0)
    shown = {number for number in tried.exchanges if number <= last} | set(result.exchanges)
    return replace(result, exchanges=tuple(sorted(shown)))


def _without_cause(result: Result) -> Result:
    """A write that came back otherwise, once: nobody knows whether what was peculiar to it was the cause."""
    if result.clause in _PECULIAR and len(result.exchanges) > 1:
        return replace(result, clause="values-round-trip")
    return result


def _in_doubt(result: Result) -> Result:
    seen = f"{result.seen} (once; not again in {REPLAYS} more tries, as a copy that lags behind would show it)"
    return replace(result, verdict=Verdict.INCONCLUSIVE, seen=seen)
