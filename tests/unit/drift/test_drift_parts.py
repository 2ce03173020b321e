"""Patterns, changes and registries of the comparison, without pages of the vendor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapty_contract.drift.changes import Change, Kind, changes
from adapty_contract.drift.rules import rules
from adapty_contract.drift.subjects import bound, matches
from adapty_contract.drift.wording import says_more
from adapty_contract.pages.model import Claim, Page, Value

PARTS = st.lists(st.sampled_from(["a", "b", "200", "get", "field"]), min_size=1, max_size=6)
PLACES = st.lists(
    st.tuples(st.sampled_from(["a.b", "a.c", "link.x"]), st.sampled_from([None, True, 1, "text"])), max_size=8
)


def page(*claims: tuple[str, Value], start: int = 1) -> Page:
    """A page that claims this, one claim a line."""
    stated = tuple(Claim("page.mdx", start + at, subject, value, "") for at, (subject, value) in enumerate(claims))
    return Page("page.mdx", None, stated, (), (), ())


@given(PARTS)
def test_a_subject_fits_itself_and_every_generalisation_of_it(parts: list[str]) -> None:
    subject = ".".join(parts)
    assert matches(subject, subject)
    for at in range(len(parts)):
        assert matches(".".join([*parts[:at], "*", *parts[at + 1 :]]), subject)
        assert matches(".".join([*parts[:at], "**"]), subject)


@given(PARTS)
def test_a_longer_subject_does_not_fit(parts: list[str]) -> None:
    assert not matches(".".join(parts), ".".join([*parts, "more"]))


@pytest.mark.parametrize(
    ("pattern", "subject", "parts"),
    [
        ("sample.*.*.method", "sample.get.curl.method", ("get", "curl")),
        ("request.field.**", "request.field.a.b.type", ("a.b.type",)),
        ("request.field.**", "request.field", None),
        ("a.*", "b.c", None),
    ],
)
def test_asterisks_stand_for_parts(pattern: str, subject: str, parts: tuple[str, ...] | None) -> None:
    assert bound(pattern, subject) == parts


@given(PLACES, st.integers(1, 50))
def test_lines_that_moved_are_no_change(claims: list[tuple[str, Value]], by: int) -> None:
    assert changes(page(*claims), page(*claims, start=by)) == ()


@given(PLACES, PLACES)
def test_changes_turned_round_are_changes_back(old: list[tuple[str, Value]], new: list[tuple[str, Value]]) -> None:
    there, back = changes(page(*old), page(*new)), changes(page(*new), page(*old))
    opposite = {Kind.ADDED: Kind.GONE, Kind.GONE: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}

    def told(change: Change) -> tuple[str, str]:
        return change.subject, str(change.kind)

    assert sorted(map(told, there)) == sorted((each.subject, str(opposite[each.kind])) for each in back)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ([], [("a.b", 1)], Kind.ADDED),
        ([("a.b", 1)], [], Kind.GONE),
        ([("a.b", 1)], [("a.b", True)], Kind.CHANGED),
        ([("a.b", None)], [("a.b", "x")], Kind.CHANGED),
    ],
    ids=["added", "gone", "one-is-not-true", "empty-cell-filled"],
)
def test_a_change_is_told_by_its_kind(old: list[tuple[str, Value]], new: list[tuple[str, Value]], kind: Kind) -> None:
    assert [each.kind for each in changes(page(*old), page(*new))] == [kind]


def test_every_rule_says_what_it_looks_for() -> None:
    assert [name for name, each in rules().items() if not each.description.endswith(".")] == []


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("The ID of the user in Branch.", False),
        ("Deprecated: the ID of the user in Branch.", True),
        ("The ID in Branch; it is no longer read.", True),
        ("Sets integration identifiers of all profiles.", True),
        ("The undeprecated id.", False),
    ],
)
def test_words_that_change_a_meaning_are_seen(text: str, *, more: bool) -> None:
    assert says_more(text) is more
