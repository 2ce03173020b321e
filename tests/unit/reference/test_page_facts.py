"""What the pages say of a place: who says it, what was decided, which clauses concern it, what was last seen."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.background import Place, PlaceKind
from adapty_contract.contract import load_contract
from adapty_contract.model import Operation, Verdict
from adapty_contract.record import RunRecord
from adapty_contract.reference.citations import url_of
from adapty_contract.reference.facts import Facts
from adapty_contract.reference.last_report import last_report
from adapty_contract.reference.reading import type_in_words
from adapty_contract.reference.squeezing import squeezed
from adapty_contract.reference.view import View, view

CONTRACT = load_contract()


@pytest.fixture(scope="module")
def told() -> View:
    return view(CONTRACT)


def clauses(facts: Facts) -> set[str]:
    return {clause.id for clause in facts.clauses}


def lines(facts: Facts, source: str) -> tuple[int, ...]:
    return next((each.lines for each in facts.sources if each.source.id == source), ())


def status(told: View, code: str, operation: Operation) -> Facts:
    return next(each.facts for each in told.statuses if each.code == code and operation in each.operations)


def test_a_status_has_the_clauses_that_name_it(told: View) -> None:
    found = clauses(status(told, "401", Operation.GET))

    assert {"key-missing-is-401", "key-mangled-is-401", "refusal-is-json"} <= found
    assert "unknown-profile-is-404" not in found


def test_a_clause_that_names_another_status_is_not_of_this_one(told: View) -> None:
    """Both share the entry on undocumented statuses."""
    assert "accept-is-immaterial" not in clauses(status(told, "405", Operation.GET))
    assert "accept-is-immaterial" in clauses(status(told, "4XX", Operation.GET))


def test_an_answer_of_both_operations_is_told_once(told: View) -> None:
    shared = next(each for each in told.statuses if each.code == "401")
    own = [each for each in told.statuses if each.code == "400"]

    assert shared.anchors == ("get-status-401", "post-status-401")
    assert [each.anchors for each in own] == [("get-status-400",), ("post-status-400",)]


def test_a_header_has_its_entries_and_clauses(told: View) -> None:
    header = next(each for each in told.headers if each.name == "adapty-platform")

    assert header.anchors == ("get-header-adapty-platform", "post-header-adapty-platform")
    assert {entry.id for entry in header.facts.entries} == {"platform-header", "platform-values"}
    assert "platform-is-taken" in clauses(header.facts)
    assert header.values[:2] == ("iOS", "macOS")


def test_content_type_is_a_header_of_the_write(told: View) -> None:
    header = next(each for each in told.headers if each.name == "Content-Type")

    assert header.operations == (Operation.SET,)
    assert [entry.id for entry in header.facts.entries] == ["request-media-type"]


def test_a_field_has_the_statements_about_it_and_not_those_about_others(told: View) -> None:
    """The entry on kinds has one statement a field; `appsflyer_id` is in lines 106 and 152, `adjust_device_id` in 100."""
    field = next(each for each in told.identifiers if each.name == "appsflyer_id")

    assert {entry.id for entry in field.facts.entries} == {"appsflyer-id-untyped", "identifier-kind-wording"}
    assert 106 in lines(field.facts, "S-GET")
    assert 109 not in lines(field.facts, "S-GET")
    assert 152 in lines(field.facts, "S-POST")
    assert [(use.anchor, use.type) for use in field.uses] == [
        ("get-200-appsflyer_id", "string or null"),
        ("post-request-appsflyer_id", "string"),
    ]


def test_a_field_without_a_discrepancy_still_names_who_says_it(told: View) -> None:
    """Those that name it, and no others: the heading of the table (98) and the braces of the example (120) do not."""
    field = next(each for each in told.identifiers if each.name == "airbridge_device_id")

    assert field.facts.entries == ()
    assert lines(field.facts, "S-GET") == (101, 131)
    assert lines(field.facts, "S-POST") == (47, 150)
    assert {"S-GET", "S-POST", "YAML"} <= {each.source.id for each in field.facts.sources}


def test_a_page_without_a_field_is_no_source_of_it(told: View) -> None:
    for name in ("posthog_distinct_user_id", "one_signal_player_id", "tenjin_analytics_installation_id"):
        field = next(each for each in told.identifiers if each.name == name)
        assert lines(field.facts, "S-POST") == (), name


@pytest.mark.parametrize(
    ("page", "anchor"),
    [
        ("examples.html", "example-MalformedJson"),
        ("profile.html", "example-ProfileAfterWrite"),
        ("profile.html", "schema-AccessLevel"),
        ("profile.html", "schema-AccessLevel-store"),
        ("clauses.html", "clause-write-merges"),
    ],
)
def test_things_on_pages_of_their_own_link_to_themselves(plain: Any, page: str, anchor: str) -> None:
    assert f"class=permalink href=#{anchor}>" in plain.pages[page].html


def test_nothing_is_said_of_agreement(plain: Any) -> None:
    assert "agree:" not in plain.pages["index.html"].text
    assert "agree:" not in plain.files["reference.md"].decode()


def test_format_and_origin_of_a_field_name_their_source(plain: Any, told: View) -> None:
    field = next(each for each in told.identifiers if each.name == "airbridge_device_id")

    assert [each.source.id for each in field.format_sources] == ["airbridge-docs"]
    assert [each.source.id for each in field.obtained_sources] == ["migration-to-330"]
    assert "sources.html#airbridge-docs" in plain.pages["index.html"].links


def test_lines_of_pages_are_linked(plain: Any) -> None:
    page = plain.pages["index.html"]

    assert {"sources.html#S-GET-101", "sources.html#S-POST-150", "sources.html#YAML"} <= set(page.links)
    assert "Of: airbridge_device_id" in plain.pages["sources.html"].text


def test_a_member_of_the_envelope_has_all_that_a_field_has(told: View) -> None:
    envelope = next(each for each in told.components.schemas if each.name == "ErrorResponse")
    code = next(each for each in envelope.members if each.name == "error_code")

    assert code.required
    assert {"profile_does_not_exist", "profile_not_found", "not_authenticated", "unauthorized"} <= set(code.examples)
    assert {entry.id for entry in code.facts.entries} == {"not-found-code", "unauthorized-code"}
    assert {"refusal-code-fits", "refusal-says-why"} <= clauses(code.facts)
    assert {"ParseError", "ProfileResponseBadRequest"} <= {each.source.id for each in code.facts.sources}
    status_code = next(each for each in envelope.members if each.name == "status_code")
    assert "refusal-repeats-its-status" in clauses(status_code.facts)


def test_members_of_the_profile_have_sources_and_their_types_are_linked(plain: Any, told: View) -> None:
    page = plain.pages["profile.html"]

    assert [each.name for each in told.profile.schemas if not each.facts.sources] == []
    assert "#schema-OptionalDateTime" in page.links
    assert "profile_id string (uuid), required" in page.text


def test_every_clause_is_of_a_place(told: View) -> None:
    of_headers = [*told.headers, *(header for each in told.statuses for header in each.headers)]
    schemas = [*told.components.schemas, *told.profile.schemas]
    places = [
        told.document,
        told.url,
        *(each.facts for each in of_headers),
        *(each.facts for each in told.statuses),
        *(each.facts for each in told.operations),
        *(each.facts for each in schemas),
        *(body.facts for each in told.operations for body in each.bodies),
        *(member.facts for each in schemas for member in each.members),
    ]
    found = {name for facts in places for name in clauses(facts)}

    assert set(CONTRACT.clauses) - found == set()


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("429", "Retry-After", "rate-limit-figures"),
        ("405", "Allow", "allow-names-both-operations"),
        ("405", "Allow", "refused-method-names-the-allowed"),
        ("401", "WWW-Authenticate", "RFC9110"),
        ("200", "Content-Type", "read-is-json"),
    ],
)
def test_a_header_of_an_answer_tells_what_is_known_of_it(told: View, code: str, name: str, expected: str) -> None:
    headers = [header for each in told.statuses if each.code == code for header in each.headers if header.name == name]
    facts = headers[0].facts
    known = [*clauses(facts), *(entry.id for entry in facts.entries), *(each.source.id for each in facts.sources)]

    assert expected in known


def test_the_media_type_of_a_write_has_its_clauses(told: View) -> None:
    header = next(each for each in told.headers if each.name == "Content-Type")
    both = {"json-media-type-is-taken", "other-media-type-is-refused-or-read-as-json"}

    assert both <= clauses(header.facts)
    assert 32 in lines(header.facts, "S-POST")
    assert "other-media-type-is-refused-or-read-as-json" in clauses(status(told, "415", Operation.SET))


def test_every_entry_that_the_spec_names_has_its_places(told: View) -> None:
    named: set[str] = set()
    waiting: list[Any] = [CONTRACT.spec]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            named.update(node.get("x-ledger", ()))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)

    assert {each.entry.id for each in told.entries if each.places} == named


def test_schemas_of_the_rarer_answer_have_a_page_of_their_own(told: View) -> None:
    assert {each.name for each in told.components.schemas} == {"ErrorResponse", "ErrorItem", "AnyBody"}
    assert "AccessLevel" in {each.name for each in told.profile.schemas}
    assert [each.name for each in told.profile.examples] == ["ProfileAfterWrite"]


def test_sources_are_linked_where_they_can_be_read() -> None:
    sources = CONTRACT.sources

    assert str(url_of(sources["S-GET"], 98)).endswith("/ss-get-integration.md?plain=1#L98")
    assert url_of(sources["RFC9110"], 3) == "https://www.rfc-editor.org/rfc/rfc9110"
    assert "/commits/HEAD/" in str(url_of(sources["ss-add-integration-later"]))
    assert url_of(sources["measured"]) is None


def test_what_was_seen_is_told_with_its_day(seen: Any) -> None:
    text = seen.pages["index.html"].text

    assert "Last report: of the vendor's service, api.adapty.io, 2026-01-31 12:00 UTC" in text
    assert "write-merges MUST; POST and GET; violated" in text
    assert "GET 1\N{MULTIPLICATION SIGN} (1 null); " in text
    assert "the vendor's service, 2026-01-31 12:00" in text
    assert "says nothing about the vendor's service" not in text


def test_the_mock_is_no_witness(mocked: Any) -> None:
    text = mocked.pages["index.html"].text

    assert "of the mock that ships with this project" in text
    assert "It says nothing about the vendor's service." in text
    assert "judged by another version of the contract (0.9.0)" in text
    assert "The run ended before its plan did." in text
    assert "settles nothing" in mocked.pages["ledger/add-set-or-replace.html"].text


def test_without_a_report_the_pages_say_so(plain: Any) -> None:
    text = plain.pages["index.html"].text

    assert "This copy was made without a report" in text
    assert "Last:" not in text


def test_what_a_server_said_is_shown_and_not_obeyed(seen: Any) -> None:
    page = seen.pages["ledger/add-set-or-replace.html"]

    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>\\u202e&\"'" in page.text


def test_violations_are_told_first(run: RunRecord) -> None:
    report = last_report(CONTRACT, run)
    assert report

    last = report.last(CONTRACT.clauses.values(), [Place(Operation.GET, PlaceKind.STATUS, "200", "200")])

    assert last
    assert last.verdicts[0] == (Verdict.VIOLATED, 1)
    assert len(last.covered[0].exchanges) == 1


def test_types_are_put_into_words() -> None:
    def words(schema: dict[str, Any]) -> str:
        return type_in_words(CONTRACT, schema)

    assert words({"type": ["null", "string"]}) == "string or null"
    assert words({"type": "string", "format": "uuid"}) == "string (uuid)"
    assert (
        words({"type": ["array", "null"], "items": {"$ref": "#/components/schemas/ErrorItem"}})
        == "array of ErrorItem or null"
    )
    assert words({"anyOf": [{"$ref": "#/components/schemas/DateTime"}, {"type": "null"}]}) == "string or null"
    assert words({}) == "anything"


@pytest.mark.parametrize(
    ("page", "small"),
    [
        pytest.param("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "<ul><li>a<li>b</ul>", id="items"),
        pytest.param('<a href="x.html#y" class="a b">', '<a href=x.html#y class="a b">', id="quotes"),
        pytest.param('<a href="a/">', '<a href="a/">', id="a slash at the end would close the tag"),
        pytest.param('<a title="&quot;">&quot;&#39;</a>', '<a title="&quot;">"\'</a>', id="marks in text only"),
        pytest.param("<p>a\n  <b>b</b></p> <p>c</p>", "<p>a\n<b>b</b></p> <p>c</p>", id="words stay apart"),
        pytest.param("<p>a</p><span>b</span>", "<p>a</p><span>b</span>", id="a paragraph that must end"),
        pytest.param('<pre id="x">\n <p>a</p>\n</pre>', '<pre id="x">\n <p>a</p>\n</pre>', id="pre"),
        pytest.param(
            "<dl><dt>a</dt><dd>b</dd>\n<dt>c</dt><dd>d</dd></dl>", "<dl><dt>a<dd>b<dt>c<dd>d</dl>", id="terms"
        ),
    ],
)
def test_squeezed_pages_read_the_same(page: str, small: str) -> None:
    assert squeezed(page) == small
