"""The ledger as pages: evidence with its places, the decision, what it shaped, whether its question is answered."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.contract import load_contract

CONTRACT = load_contract()


@pytest.mark.parametrize("name", CONTRACT.ledger)
def test_a_page_has_all_of_its_entry(plain: Any, name: str) -> None:
    entry, page = CONTRACT.ledger[name], plain.pages[f"ledger/{name}.html"]

    said = [*(each.quote for each in entry.statements if each.quote), entry.confidence]
    assert [quote for quote in said if " ".join(quote.split()) not in page.text] == []
    assert [each.source for each in entry.statements if f"../sources.html#{each.source}" not in page.links] == []
    concerned = [clause.id for clause in CONTRACT.clauses.values() if name in clause.ledger]
    assert [each for each in concerned if f"../clauses.html#clause-{each}" not in page.links] == []
    if entry.settles:
        assert entry.settles.observation in page.text


def test_statements_are_linked_with_their_line(plain: Any) -> None:
    links = plain.pages["ledger/trailing-slash.html"].links

    assert any(link.endswith("ss-add-integration.md?plain=1#L20") for link in links)


def test_an_entry_names_the_places_it_shaped(plain: Any) -> None:
    assert "../index.html#url" in plain.pages["ledger/trailing-slash.html"].links
    assert "../profile.html#schema-Offer" in plain.pages["ledger/offer-keys.html"].links


def test_dialects_are_described(plain: Any) -> None:
    assert (
        "unset-omitted: Reads omit identifiers that are not set."
        in plain.pages["ledger/unset-null-or-omitted.html"].text
    )


def test_states_follow_the_report(plain: Any, seen: Any, mocked: Any) -> None:
    name = "ledger/add-set-or-replace.html"

    assert "; open" in plain.pages[name].text
    assert "; settled" in seen.pages[name].text
    assert "; answered by the mock" in mocked.pages[name].text
    assert "; closed" in plain.pages["ledger/key-refusals-alike.html"].text


def test_the_list_can_be_filtered_by_what_there_is(mocked: Any) -> None:
    page = mocked.pages["ledger/index.html"]

    assert page.html.count("data-item") >= len(CONTRACT.ledger)
    for state in ("closed", "open", "answered by the mock"):
        assert f"<option>{state}</option>" in page.html
