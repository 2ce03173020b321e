"""The files of the reference: complete, small, linked without gaps, with anchors that stay."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.model import Verdict
from adapty_contract.record import RunRecord
from adapty_contract.reference import texts
from adapty_contract.reference.building import build
from adapty_contract.reference.twins import twins

CONTRACT = load_contract()
ANCHORS = Path(__file__).resolve().parents[2] / "data/reference-anchors.txt"
LIMIT = 150_000

_FORM = re.compile(r"^(search|found|told)$|-(tab|code)$")
"""Ids of the machinery, which nobody links to."""


def test_every_link_leads_somewhere(seen: Any, plain: Any) -> None:
    assert seen.dangling() == []
    assert plain.dangling() == []


def test_no_id_stands_twice_on_a_page(seen: Any) -> None:
    twice = {
        name: [each for each, count in Counter(page.ids).items() if count > 1] for name, page in seen.pages.items()
    }
    assert {name: ids for name, ids in twice.items() if ids} == {}


def test_anchors_stay(plain: Any, seen: Any) -> None:
    """Others link to them: one that is missing breaks links, a new one is to be written down here."""
    anchors = [
        f"{name}#{each}"
        for name in ("index.html", "profile.html")
        for each in plain.pages[name].ids
        if not _FORM.search(each)
    ]

    assert sorted(anchors) == ANCHORS.read_text(encoding="utf-8").split()
    assert set(plain.pages["index.html"].ids) <= set(seen.pages["index.html"].ids)


def test_all_that_the_contract_has_is_there(plain: Any) -> None:
    ids = set(plain.pages["index.html"].ids)

    assert {f"clause-{name}" for name in CONTRACT.clauses} <= ids
    assert {
        f"{part}-{name}" for name in CONTRACT.identifiers for part in ("identifier", "get-200", "post-request")
    } <= ids
    for method, item in CONTRACT.spec["paths"][CONTRACT.path].items():
        if method in {"get", "post"}:
            assert {f"{method}-status-{status.lower()}" for status in item["responses"]} <= ids
    assert {f"ledger/{name}.html" for name in CONTRACT.ledger} <= set(plain.files)
    assert set(CONTRACT.sources) <= set(plain.pages["sources.html"].ids)


def test_pages_load_nothing_and_obey_the_policy(seen: Any) -> None:
    for name, page in seen.pages.items():
        assert [load for load in page.loads if not load.startswith("data:")] == [], name
        assert page.handlers == [], name
        assert page.policy.startswith("default-src 'none'"), name
        assert not re.search(r"@import|url\(", page.html), name


def test_twins_are_there_and_linked(plain: Any) -> None:
    assert set(twins(CONTRACT)) <= set(plain.pages["index.html"].links)
    assert "reference.md" in plain.pages["index.html"].links


def test_the_markdown_twin_tells_the_same(seen: Any) -> None:
    text = seen.files["reference.md"].decode()

    assert all(f"**{name}**" in text for name in CONTRACT.clauses)
    assert all(f"### {name}\n" in text for name in CONTRACT.identifiers)
    assert all(f"ledger/{name}.html" in text for name in CONTRACT.ledger)
    assert "&#39;" not in text
    assert "\n\n\n\n" not in text


def test_the_newest_change_is_of_this_version(plain: Any) -> None:
    newest = re.search(r"^## (\S+)", texts.changelog(CONTRACT), re.MULTILINE)

    assert newest
    assert newest[1] == CONTRACT.version
    assert CONTRACT.version in plain.pages["changelog.html"].text


def test_every_pitfall_rests_on_entries_that_exist() -> None:
    text = (Path(texts.__file__).parent / "texts/pitfalls.md").read_text(encoding="utf-8")
    found = texts.pitfalls(CONTRACT)

    assert len(found) == text.count("\n## ")
    named = [name for line in re.findall(r"^Ledger: (.+)$", text, re.MULTILINE) for name in line.split(", ")]
    assert [entry.id for each in found for entry in each.entries] == named
    assert all("**Instead:**" in each.text for each in found)


def test_building_twice_gives_the_same_bytes(plain: Any) -> None:
    assert build(CONTRACT) == plain.files


def test_only_the_copy_of_the_mock_has_the_console(plain: Any, served: Any) -> None:
    assert set(served.files) - set(plain.files) == {"console.html"}
    assert "connect-src 'self'" in served.pages["console.html"].policy
    assert all("connect-src 'none'" in page.policy for name, page in served.pages.items() if name != "console.html")
    assert served.dangling() == []
    assert "adapty-contract mock" in plain.pages["index.html"].text


@pytest.mark.parametrize("verdict", Verdict)
def test_the_front_page_is_small_whatever_was_seen(run: RunRecord, verdict: Verdict) -> None:
    reports = tuple(replace(report, verdict=verdict) for report in run.clauses)

    assert len(build(CONTRACT, replace(run, clauses=reports))["index.html"]) < LIMIT


def test_pages_speak_of_the_project_only(plain: Any) -> None:
    for name in ("index.html", "changelog.html", "profile.html"):
        assert not re.search(r"\bissue\b|assistant|/(work|tmp|home)/", plain.pages[name].text), name
