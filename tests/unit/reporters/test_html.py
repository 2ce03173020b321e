"""The page of a run says what the record holds, is well-formed whatever that is, and refers to itself alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from adapty_contract.background import Place, PlaceKind, Question, SourceName
from adapty_contract.model import Level, Observation, Operation, Profile, Response, TransportFault, Verdict
from adapty_contract.record import (
    UNFINISHED,
    ContractStamp,
    LayerRecord,
    Restoration,
    RestorationRecord,
    RunRecord,
    TargetKind,
    TargetRecord,
    Tolerated,
)
from adapty_contract.reporters.headline import _WORDS
from adapty_contract.reporters.html import address, render, slug, ticked
from adapty_contract.reporters.html.timeline import _TICKS, timeline

if TYPE_CHECKING:
    from types import SimpleNamespace

VOID = frozenset({"meta", "link", "input", "br"})
INLINE = frozenset({"a", "b", "code", "samp", "span", "q"})
ADDRESSES = frozenset({"href", "src", "action", "formaction", "srcset", "data", "poster"})


class Seen(HTMLParser):
    """A page as a tree would have it: whether its elements nest, their ids, addresses and texts."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.elements: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.pieces: list[str] = []
        self.feed(page.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice"
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag not in INLINE:
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.addresses += [value or "" for name, value in attrs if name in ADDRESSES]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag not in INLINE:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.pieces.append(data)

    @property
    def text(self) -> str:
        """What a reader reads, each run of white space one space."""
        return " ".join("".join(self.pieces).split())


def page(record: RunRecord) -> Seen:
    return Seen(render(record))


def part(record: RunRecord, name: str) -> str:
    """The text of one section of the page."""
    main = render(record).decode().partition("<main ")[2].partition("</main>")[0]
    starts = [found.start() for found in re.finditer(r'^<section aria-labelledby="(?!topic-)', main, re.MULTILINE)]
    sections = [main[start:end] for start, end in pairwise([*starts, len(main)])]
    found = next((section for section in sections if section.startswith(f'<section aria-labelledby="{name}"')), "")
    return Seen(found.encode()).text


@pytest.fixture
def strict(broken: RunRecord) -> RunRecord:
    return replace(broken, settings={**broken.settings, "strict": True})


@pytest.fixture
def described(broken: RunRecord) -> RunRecord:
    """A run whose record says what there was to cover, what was open, and who is cited."""
    read, write = Operation
    surface = (
        Place(read, PlaceKind.PARAMETER, "Authorization"),
        Place(read, PlaceKind.STATUS, "200", "200"),
        Place(read, PlaceKind.RESPONSE_FIELD, "branch_id", "200"),
        Place(read, PlaceKind.STATUS, "404", "404"),
        Place(read, PlaceKind.RESPONSE_FIELD, "error_code", "404"),
        Place(write, PlaceKind.PARAMETER, "Authorization"),
        Place(write, PlaceKind.REQUEST_FIELD, "branch_id"),
        Place(write, PlaceKind.STATUS, "200", "200"),
    )
    questions = (
        Question("entry-0", "What an empty object means", "It is refused.", "open-question-0"),
        Question("entry-x", "What nobody asked", "It stays open.", "never-seen"),
    )
    sources = (SourceName("vendor-spec", "The document of the vendor", "vendor/docs:spec.yaml"),)
    return replace(
        broken, contract=ContractStamp("1.0.0", "00" * 32, surface=surface, questions=questions, sources=sources)
    )


@pytest.mark.parametrize("name", ["clean", "broken", "hostile", "strict", "described"])
def test_page_is_whole_and_refers_to_itself_alone(request: pytest.FixtureRequest, name: str) -> None:
    record: RunRecord = request.getfixturevalue(name)
    seen = page(record)

    assert [each for each, count in Counter(seen.ids).items() if count > 1] == []
    inside = {address.removeprefix("#") for address in seen.addresses if address.startswith("#")}
    assert inside <= set(seen.ids)
    outside = {address for address in seen.addresses if not address.startswith("#")} - {"data:,"}
    assert outside == ({"https://github.com/vendor/docs/commits/HEAD/spec.yaml"} if name == "described" else set())


@pytest.mark.parametrize("name", ["clean", "broken", "hostile"])
def test_nothing_of_a_record_is_executed(request: pytest.FixtureRequest, name: str) -> None:
    seen = page(request.getfixturevalue(name))

    assert seen.elements["script"] == 1
    assert seen.elements["style"] == 1
    assert not {each for each in seen.attributes if each.startswith("on") or each == "style"}
    assert not {"iframe", "object", "embed", "img", "base"} & set(seen.elements)


def test_banner_says_what_the_run_came_to(clean: RunRecord, broken: RunRecord) -> None:
    assert "HELD 48 of 53 MUST clauses held, none is violated." in page(clean).text
    assert "VIOLATED 14 MUST and 1 SHOULD clauses are violated" in page(broken).text
    assert 'class="banner held"' in render(clean).decode()
    assert 'class="banner violated"' in render(broken).decode()


def test_every_verdict_is_told_and_defined(broken: RunRecord) -> None:
    seen = page(broken)

    for verdict in Verdict:
        assert f'class="badge {verdict.replace(" ", "-")}"' in render(broken).decode()
        assert str(verdict) in part(broken, "words")
    assert all(level in part(broken, "words") for level in Level)
    assert all(f"clause-{report.clause.id}" in seen.ids for report in broken.clauses)


def test_every_exit_status_is_explained(clean: RunRecord) -> None:
    for code in _WORDS:
        assert f"{code} (this run)" in part(replace(clean, exit_code=code), "words")


def test_finding_has_what_a_reader_needs(broken: RunRecord) -> None:
    told = part(broken, "findings")

    assert "expected the read after it says b-1" in told
    assert "seen the read after it says null" in told
    assert "found by scenarios, write-then-read; seed 20260131" in told
    assert "curl -i -X POST" in told
    assert '"Authorization: Api-Key $ADAPTY_API_KEY"' in told
    assert "12 violated clauses that may follow from it" in told
    assert "null for write 11" in told
    assert {"exchange-2", "exchange-3", "finding-write-is-stored"} <= set(page(broken).ids)


def test_should_fails_a_strict_run_only(broken: RunRecord, strict: RunRecord) -> None:
    assert "what the API promises. SHOULD; this does not fail the run, writing" in part(broken, "findings")
    assert "does not fail the run" not in page(strict).text
    assert "strict yes" in part(strict, "run")


def test_clause_row_has_its_sources_and_reasons(described: RunRecord) -> None:
    told = part(described, "clauses")

    assert "needs a second profile" in told
    assert "vendor-spec, line 12 a few words" in told
    assert "The document of the vendor vendor/docs:spec.yaml" in told
    assert "May follow from write-is-stored" in told


def test_unjudged_clauses_stand_by_their_reasons(clean: RunRecord) -> None:
    told = part(clean, "unjudged")

    assert "not exercised needs a second profile (--other-customer-user-id) needs-0, needs-1" in told
    assert "inconclusive the server departs 1 may-1" in told


def test_observation_stands_beside_the_question_it_settles(described: RunRecord) -> None:
    told = part(described, "questions")
    assert (
        "What an empty object means It is refused. Ledger: entry-0 answers 400 validation_error, variant 0 #1" in told
    )
    assert "1 question that this run did not settle What nobody asked (entry-x)" in told

    several = Observation("open-question-0", "joined", ("entry-0",), (), ("a; b answers 400", "a write answers 200"))
    page_of_several = render(replace(described, observations=(several,))).decode()
    assert "<li>a; b answers 400</li><li>a write answers 200</li>" in page_of_several


def test_coverage_links_to_exchanges_and_names_what_is_missing(described: RunRecord) -> None:
    told = part(described, "coverage")

    assert "2 of 3 statuses, 2 of 2 parameters, 1 of 1 request fields, 1 of 2 response fields" in told
    assert "GET 404 none error_code" in told
    assert "branch_id 2 (0 text, 2 null) 2 (2 text, 0 null)" in told
    assert '<a href="#exchange-2">2</a>' in render(described).decode()


def test_undescribed_status_is_told(described: RunRecord, make: SimpleNamespace) -> None:
    teapot = make.exchange(7, response=Response(418, (), b""))
    told = part(replace(described, exchanges=(*described.exchanges, teapot)), "coverage")

    assert "GET 418 not described 1" in told


@pytest.mark.parametrize(("status", "counts"), [(418, False), (405, True)])
def test_other_method_shows_no_status_of_the_operation(
    described: RunRecord, make: SimpleNamespace, status: int, *, counts: bool
) -> None:
    read = make.exchange(7, response=Response(status, (), b""))
    head = replace(read, request=replace(read.request, method="HEAD"))
    told = part(replace(described, exchanges=(*described.exchanges, head)), "coverage")

    assert (f"GET {status} not described 1" in told) is counts


def test_record_without_a_surface_says_so(clean: RunRecord) -> None:
    assert "does not say what there was to cover" in part(clean, "coverage")


def test_timeline_places_layers_and_events(broken: RunRecord, make: SimpleNamespace) -> None:
    late = [
        make.exchange(number, started=f"2026-01-31T12:00:01.{number}00000Z", **changes)
        for number, changes in (
            (5, {"response": Response(429, (), b"")}),
            (6, {"response": None}),
            (7, {"attempts": 2}),
        )
    ]
    layers = (LayerRecord("scenarios", 4, 0.5, 4), LayerRecord("model", 3, 0.4, 3, "the time was up"))
    told = part(replace(broken, exchanges=(*broken.exchanges, *late), layers=layers), "timeline")

    assert "scenarios 0.25 s 0.50 s 4 4 3 0 0 0" in told
    assert "model 1.50 s 0.40 s 3 3 0 1 1 1 the time was up" in told
    assert "Status 429: #5" in told
    assert "No answer: #6" in told
    assert "Sent again: #7" in told


def test_exchanges_around_the_layers_are_told(clean: RunRecord, make: SimpleNamespace) -> None:
    sent = [
        make.exchange(number, label=label, started=f"2026-01-31T12:00:0{number}Z")
        for number, label in enumerate(
            ("is the profile there?", "a read", "a read to restore", "a write to restore"), 1
        )
    ]
    told = part(replace(clean, exchanges=tuple(sent), layers=(LayerRecord("scenarios", 1, 0.5, 1),)), "timeline")

    assert "scenarios 2.00 s 0.50 s 1 1" in told
    assert "around them 3" in told


@pytest.mark.parametrize("started", ["", "yesterday", "2026-01-31T12:00:00"])
def test_times_that_cannot_be_read_cost_the_drawing_only(clean: RunRecord, started: str) -> None:
    record = replace(clean, started=started, exchanges=tuple(replace(each, started="?") for each in clean.exchanges))

    assert page(record).elements["svg"] == 0
    assert "scenarios" in part(record, "timeline")


def test_run_that_ended_early_says_why(clean: RunRecord) -> None:
    stopped = replace(clean, complete=False, stopped="five failures in a row; look at the server", exit_code=4)

    assert "STOPPED Five failures in a row. 48 of 53 MUST clauses held" in page(stopped).text
    assert "What to do Look at the server. " in page(stopped).text
    assert "incomplete five failures in a row" in part(stopped, "run")
    assert 'class="banner inconclusive"' in render(stopped).decode()


def test_run_without_clauses_or_exchanges_has_a_page(clean: RunRecord) -> None:
    empty = replace(clean, clauses=(), observations=(), exchanges=(), layers=(), exit_code=3, stopped="no answer")
    told = page(empty).text

    assert "NOT TESTED No answer." in told
    assert "Put right what the sentence above names, and run again" in told
    assert "Nothing was sent." in told


def test_run_says_how_it_was_made_and_left(clean: RunRecord) -> None:
    left = RestorationRecord(Profile("suite-2", None), Restoration.NOT_UNSET, ("branch_id",))
    record = replace(
        clean,
        target=TargetRecord(TargetKind.URL, "https://api.example.test", Profile("suite-1", None)),
        restoration=(left,),
        warnings=("HTTP_PROXY is set and was ignored",),
        tolerated=Tolerated(lag_seen=0.25, lag_tolerated=5, throttling_waited=3.0, retries=4),
    )
    told = part(record, "run")

    assert "adapty-contract verify https://api.example.test --customer-user-id suite-1" in told
    assert "--seed 20260131" in told
    assert "suite-2: could not be unset: branch_id" in told
    assert "HTTP_PROXY is set and was ignored" in told
    assert "writes seen up to 0.25 s late (waited for at most 5.00 s)" in told
    assert "0 throttled answers (status 429), 3.00 s waited" in told
    assert "a request sent again 4 times" in told
    assert "budget 30" in told
    assert "1 identifier could not be unset" in page(record).text


def test_every_fact_of_an_exchange_is_on_the_page(broken: RunRecord, make: SimpleNamespace) -> None:
    answer = Response(
        200, (("Content-Type", "application/json"),), b'{"a":"x<y","b":[1]}', remarks=frozenset({"body-over-cap"})
    )
    sent = make.write(2, b'{"branch_id":"\xff"}', answer, attempts=3)
    told = part(replace(broken, exchanges=(sent, make.exchange(3))), "exchanges")

    assert "#2 POST → 200 write" in told
    assert "12.5 ms; sent 3 times; remarks: body-over-cap" in told
    assert '{ "a": "x<y", "b": [1] }' in told
    assert r'{"branch_id":"\xff"}' in told
    assert "2 of 2" in told


def test_exchange_that_nothing_points_to_is_left_out(clean: RunRecord, make: SimpleNamespace) -> None:
    many = tuple(make.exchange(number, elapsed=number / 1000) for number in range(1, 200))

    assert page(replace(clean, exchanges=many)).ids.count("exchange-50") == 0
    assert "4 of 199" in part(replace(clean, exchanges=many), "exchanges")


def test_page_of_a_hostile_server_stays_small_and_readable(hostile: RunRecord) -> None:
    seen = page(hostile)

    assert len(render(hostile)) < 200_000
    assert "bytes in all" in seen.text
    assert r"\x1b[31mred" in seen.text
    assert r"\u202eevil" in seen.text


def test_head_of_an_answer_is_cut_where_it_is_endless(broken: RunRecord, make: SimpleNamespace) -> None:
    endless = Response(
        200, (*((f"x-{number}", "y") for number in range(500)), ("n" * 9999, "v" * 9999)), b"", "r" * 9999
    )
    content = render(
        replace(broken, exchanges=(make.exchange(3, response=replace(endless, headers=endless.headers[-3:])),))
    )

    assert b"n" * 400 not in content
    assert b"v" * 400 not in content
    assert b"r" * 400 not in content
    assert "[... 501 headers in all ...]" in page(replace(broken, exchanges=(make.exchange(3, response=endless),))).text


def test_many_findings_stay_usable(clean: RunRecord, make: SimpleNamespace) -> None:
    exchanges = tuple(make.write(number, b'{"branch_id": "b"}') for number in range(1, 181))
    found = [
        replace(report, results=report.results * 20)
        for number in range(60)
        for report in [make.violated(make.clause(f"broken-{number}"), "no", *range(3 * number + 1, 3 * number + 4))]
    ]
    content = render(replace(clean, clauses=tuple(found), exchanges=exchanges, exit_code=1))

    assert len(content) < 1_000_000
    assert "Violated by 20 of 20 results; all in report.json." in Seen(content).text
    assert content.count(b" open>") <= 12


@pytest.mark.parametrize("text", ["Räume", "a b", "a-b", "", '"><script>', "x" * 200 + " "])
def test_anchors_are_plain_and_differ(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]*", slug(text))
    assert slug("write-merges") == "write-merges"
    assert len({slug(each) for each in ("a b", "a-b", "a  b", "a\tb")}) == 4


@pytest.mark.parametrize("settings", [{}, {"faults": 3, "dialects": None, "strict": "yes"}, {"faults": ["a", "b"]}])
def test_settings_of_any_shape_are_shown(clean: RunRecord, settings: dict[str, Any]) -> None:
    told = page(replace(clean, settings=settings)).text

    assert ("2 faults" in told) == (settings.get("faults") == ["a", "b"])


def test_violations_are_counted_where_the_record_keeps_some(clean: RunRecord, make: SimpleNamespace) -> None:
    one = make.violated(make.clause("often"), "no", 1)
    often = replace(one, results=one.results * 20, count=541, exercised=566)
    record = replace(clean, clauses=(often,), exit_code=1)

    assert "Violated by 541 of 566 results; 20 of them in report.json." in part(record, "findings")
    assert "MUST 541 of 566 #1" in part(record, "clauses")
    assert "Kept violations (those of 20 results, which the record keeps of 541 that violate a clause): #1" in part(
        record, "timeline"
    )
    assert "which the record keeps" not in page(replace(record, clauses=(one,))).text


def test_untestable_target_is_quick_to_read(clean: RunRecord, make: SimpleNamespace) -> None:
    url = "http://127.0.0.1:4702/api/v2/integration-identifiers/"
    left = [
        make.report(make.clause(f"left-{number}"), Verdict.NOT_EXERCISED, why=f"the run ended before: {url} refuses")
        for number in range(40)
    ]
    record = replace(
        clean,
        target=TargetRecord(TargetKind.URL, "http://127.0.0.1:4702"),
        clauses=tuple(left),
        exchanges=clean.exchanges[:1],
        complete=False,
        stopped=f"{url} refuses the API key (status 401); give it in `ADAPTY_API_KEY`; without the prefix",
        exit_code=3,
    )
    told = page(record).text
    banner = told[: told.index("Not judged")]

    assert "NOT TESTED http://127.0.0.1:4702 refuses the API key (status 401). http://127.0.0.1:4702;" in banner
    assert "What to do Give it in ADAPTY_API_KEY; without the prefix. Then run again" in banner
    assert "; 1 request in" in banner
    assert "`" not in banner
    assert "the run ended before" not in told
    assert "40 clauses, none of them put to the test" in told


def test_profiles_that_were_not_put_back_come_first(clean: RunRecord) -> None:
    warnings = ("HTTP_PROXY is set", "as the run left them: `adapty-contract restore r-1` puts them back; do that")
    told = page(replace(clean, complete=False, exit_code=UNFINISHED, warnings=warnings)).text

    assert "What to do First put the test profiles back" in told
    assert "as the run found them: adapty-contract restore r-1 The run did not" in told
    assert "Heed 1 warning: HTTP_PROXY is set" in told
    assert "does the rest" not in told


@pytest.mark.parametrize(
    ("changes", "archive"),
    [
        ({}, "in report.json; for the viewers of browsers, in report.har."),
        ({"exit_code": UNFINISHED}, "in the record; for the viewers of browsers, in what adapty-contract report"),
        ({"settings": {"formats": ["json"]}}, "in report.json; for the viewers of browsers, in what adapty-contract"),
        ({"settings": {}}, "in the record; for the viewers of browsers, in what adapty-contract report --format har"),
    ],
    ids=["written", "killed", "one-format", "unknown"],
)
def test_page_names_only_files_that_the_run_wrote(clean: RunRecord, changes: dict[str, Any], archive: str) -> None:
    told = page(replace(clean, **changes)).text

    assert archive in told
    assert ("report.json" in told) == ("report.json" in archive)
    assert ("report.har" in told) == ("report.har" in archive)


def test_request_that_was_never_sent_is_no_missing_answer(clean: RunRecord, make: SimpleNamespace) -> None:
    refused = make.exchange(4, response=None, fault=TransportFault("unsendable", "no HTTP that a client may send"))
    held = make.report(make.clause("odd"), results=make.violated(make.clause("odd"), "", 4).results)
    record = replace(clean, clauses=(held,), exchanges=(*clean.exchanges, refused))
    told = page(record).text

    assert "No answer:" not in told
    assert "#4 GET → never sent read the profile" in told
    assert "No curl line: the request is exchange 4 in report.har; no HTTP client can send it." in told
    assert "; 3 requests in" in told
    assert "; 1 more that no HTTP client can send" in part(record, "run")


def test_ticks_are_round_and_few(clean: RunRecord) -> None:
    for span in (0.0101, 0.9, 1.36, 5.45, 31, 61, 400, 90_000, 1e308):
        ticks = [moment for _, moment in timeline(replace(clean, duration=span, exchanges=clean.exchanges)).ticks]

        assert ticks[0] == 0
        assert 2 <= len(ticks) <= _TICKS + 1
        assert float(f"{ticks[1]:.1g}") == ticks[1] or ticks[1] % 60 == 0


def test_busiest_moment_has_a_unit(clean: RunRecord) -> None:
    assert "at most 3 in 23 ms" in part(clean, "timeline")
    assert "at most 3 in 1.16 s" in part(replace(clean, duration=100), "timeline")


def test_many_events_are_counted_not_listed(clean: RunRecord, make: SimpleNamespace) -> None:
    exchanges = tuple(make.exchange(number) for number in range(1, 31))
    found = tuple(make.violated(make.clause(f"broken-{number}"), "no", number) for number in range(1, 31))
    told = part(replace(clean, exchanges=exchanges, clauses=found, exit_code=1), "timeline")

    assert "Violations: #1 #2 #3 #4 #5 #6 #7 #8 and 22 more in report.json" in told


def test_ticks_of_a_text_are_code_and_nothing_else_in_it_is(clean: RunRecord) -> None:
    assert ticked("run `a <b>` & [x](y) *z*") == "run <code>a &lt;b&gt;</code> &amp; [x](y) *z*"
    assert ticked("`") == "`"
    warned = replace(clean, warnings=("an answer said `x` <img src=x>",))
    assert "an answer said <code>x</code> &lt;img" in render(warned).decode()


@pytest.mark.parametrize(
    ("where", "link"),
    [
        ("https://www.rfc-editor.org/rfc/rfc9110", "https://www.rfc-editor.org/rfc/rfc9110"),
        ("a/b-c:d/e_f.md", "https://github.com/a/b-c/commits/HEAD/d/e_f.md"),
        ("javascript:alert(1)", None),
        ("a/b:../c", None),
        ("https://user@evil.test/", None),
        ("https://a.test/\u202e", None),
        ("this project's own runs", None),
    ],
)
def test_source_is_linked_only_where_it_surely_is_one(where: str, link: str | None) -> None:
    assert address(where) == link


def test_one_finding_is_no_list_to_begin_with(clean: RunRecord, make: SimpleNamespace) -> None:
    found = tuple(make.violated(make.clause(f"broken-{number}"), "no", 1) for number in range(2))

    assert "Begin with the first" in page(replace(clean, clauses=found, exit_code=1)).text
    assert "Begin with the first" not in page(replace(clean, clauses=found[:1], exit_code=1)).text


def test_endless_durations_cost_no_page(broken: RunRecord) -> None:
    exchanges = tuple(replace(each, elapsed=1e308) for each in broken.exchanges)
    layers = (LayerRecord("scenarios", 4, 1e308, 4),)

    assert page(replace(broken, duration=1e308, exchanges=exchanges, layers=layers)).elements["svg"] == 1


def test_seen_of_many_lines_is_no_wall(clean: RunRecord, make: SimpleNamespace) -> None:
    record = replace(clean, clauses=(make.violated(make.clause("wall"), "a\n" * 450, 1),), exit_code=1)

    assert "[... 451 lines in all ...]" in part(record, "findings")


def test_pile_of_marks_does_not_cover_other_lines(clean: RunRecord, make: SimpleNamespace) -> None:
    pile = "Z" + "\u0336" * 3000
    record = replace(clean, clauses=(make.violated(make.clause("zalgo"), pile, 1),), exit_code=1)

    assert "\u0336" * 9 not in render(record).decode()
