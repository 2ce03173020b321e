"""The files of the reference: complete, small, linked without gaps, with anchors that stay."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.model import ClauseReport, Exchange, Operation, Request, Response, Result, Verdict
from adapty_contract.record import RunRecord
from adapty_contract.reference import texts
from adapty_contract.reference.building import build
from adapty_contract.reference.last_report import BAD, FEW
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
        for name in ("index.html", "profile.html", "examples.html", "clauses.html")
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


def test_the_markdown_twin_leaves_nothing_out(mocked: Any) -> None:
    """What stands on the pages and is no name: the last report, places as wholes, lists, bodies."""
    text = mocked.files["reference.md"].decode()

    for told in (
        "The run ended before its plan did.",
        "1 violated, ",
        "It says nothing about the vendor's service.",
        "- Headers: Authorization, adapty-customer-user-id",
        "- Statuses: 200, 400, 401",
        "Body: ErrorResponse as `application/json`",
        "Examples: NotAuthenticated, InvalidKey",
        "Of the URL:\n\n- Decided: [third-party-host](ledger/third-party-host.html)",
        "Of the document as a whole:\n\n- Decided: [examples-fail-own-schema]",
        "write-merges (**violated**)",
        "- `error_code`: string, required",
        "[101](sources.html#S-GET-101)",
    ):
        assert told in text, told


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


def all_in_trouble(report: ClauseReport, verdict: Verdict) -> ClauseReport:
    """The report of a clause whose results, long ones, name every identifier, as far as its verdict has any."""
    texts = [f"{name}: {'<&' * 200}" for name in CONTRACT.identifiers if verdict in BAD]
    results = tuple(Result(report.clause.id, verdict, text, text) for text in texts)
    return replace(report, verdict=verdict, results=results, count=len(results))


def always(verdict: Verdict) -> Callable[[int], Verdict]:
    return lambda _: verdict


def mixed(number: int) -> Verdict:
    return list(Verdict)[number % len(Verdict)]


VERDICTS: dict[str, Callable[[int], Verdict]] = {
    **{verdict: always(verdict) for verdict in Verdict},
    "mixed": mixed,
    "few violated": lambda number: Verdict.VIOLATED if number < FEW else Verdict.HELD,
}


@pytest.mark.parametrize("verdicts", VERDICTS.values(), ids=VERDICTS)
def test_the_front_page_is_small_whatever_was_seen(run: RunRecord, verdicts: Callable[[int], Verdict]) -> None:
    """Every place was touched, by a run of a server with a long name that ended too early."""
    reports = tuple(all_in_trouble(report, verdicts(number)) for number, report in enumerate(run.clauses))
    target = replace(run.target, url=f"https://{'a' * 50}.example")
    exchanges = tuple(exchange for number in range(200, 600) for exchange in both_ways(number))
    record = replace(run, clauses=reports, target=target, exchanges=exchanges, complete=False)

    assert len(build(CONTRACT, record, console=True)["index.html"]) < LIMIT


def both_ways(status: int) -> tuple[Exchange, Exchange]:
    """A read and a write that are answered with a status, with every field, header and null there is."""
    sent = tuple((header, "x") for header in CONTRACT.spec["components"]["parameters"])
    names = {"Content-Type": "application/json", "Allow": "GET", "Retry-After": "1", "WWW-Authenticate": "Api-Key"}
    body = json.dumps(dict.fromkeys(CONTRACT.identifiers)).encode()
    answer = Response(status, tuple(names.items()), body)
    return (
        Exchange(status, Request("GET", CONTRACT.path, sent), answer, operation=Operation.GET),
        Exchange(status, Request("POST", CONTRACT.path, sent, body), answer, operation=Operation.SET),
    )


def test_pages_speak_of_the_project_only(plain: Any) -> None:
    for name in ("index.html", "changelog.html", "profile.html"):
        assert not re.search(r"\bissue\b|assistant|/(work|tmp|home)/", plain.pages[name].text), name
