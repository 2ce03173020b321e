"""The Markdown summary tells the run, and no text of a server is anything but text in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapty_contract.curl import curl_line
from adapty_contract.model import Observation, Profile, Verdict
from adapty_contract.record import Restoration, RestorationRecord, TargetKind, TargetRecord
from adapty_contract.reporters.markdown import render
from adapty_contract.reporters.markdown_parts import addressed, code, fenced, prose
from adapty_contract.reporters.reproduction import verify_line
from adapty_contract.reporters.step_summary import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import SimpleNamespace

    from markdown_it.token import Token

    from adapty_contract.record import RunRecord

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OWN_HTML = re.compile(r"<details><summary>[\w ]+</summary>\n?|</details>\n?")
ATTACKS = (
    "`",
    "``` \n<script>alert(1)</script>",
    "` <img src=x onerror=alert(1)> `",
    "`" * 300 + "<b>",
    "`" * 81,
    "x`",
    "@octocat @org/team #1 GH-1 org/repo#2 deadbeefdeadbeef",
    "![image](https://evil.test/x.png) [link](javascript:alert(1)) <https://evil.test> https://evil.test www.evil.test",
    "</details></summary><h1>",
    "| a | b |\n| - | - |\n| c | d |",
    "# heading\n- [ ] task\n> quote\n***\n~~~\n",
    "&lt;b&gt; &#64;octocat \\` \\\\` $`x^2`$ $$x$$ :smile: [^1] <!-- -->",
    "\x00\x1b[31m\u202e\ud800",
    "",
    " ",
)


def tokens(text: str) -> Iterator[Token]:
    """All tokens of a text, those within others too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def outside_code(text: str) -> str:
    """All that a reader may take for more than text, once it is known to hold no tag, link or image but our own."""
    found = []
    for token in tokens(text):
        assert token.type not in {"link_open", "image", "html_inline"}, token
        if token.type == "html_block":
            assert OWN_HTML.fullmatch(token.content), token
        elif token.type == "text":
            found.append(token.content)
    return "\n".join(found)


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("piece", [code, prose])
def test_piece_is_nothing_but_text(piece: Any, text: str) -> None:
    for line in (f"- seen: {piece(text)}", f"- {piece(text)}: {piece(text)} (ledger: {piece(text)})"):
        opened = [token.type for token in tokens(line) if token.type.endswith("_open")]

        assert not re.search(r"[@#<`\\|]|//|www\.", outside_code(line))
        assert opened[:3] == ["bullet_list_open", "list_item_open", "paragraph_open"]
        assert set(opened[3:]) <= {"em_open"}


@given(text=st.text(st.sampled_from("`ab <>[]()!*_~|\\@#&;:/.-\n"), max_size=40))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_any_text_stays_text(text: str) -> None:
    for piece in (code(text), prose(text)):
        assert not re.search(r"[@#<`\\|\[*_~]|//", outside_code(f"seen: {piece}, and more").replace("nothing", ""))


@given(text=st.text(st.sampled_from("`~ab <"), max_size=40))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_block_holds_its_line_and_nothing_else(text: str) -> None:
    line = f"curl {text}".rstrip()
    [token] = PARSER.parse(fenced(line))

    assert token.type == "fence"
    assert token.content == " ".join(line.split()) + "\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "`plain`"),
        ("a `tick` and ``two``", "``` a `tick` and ``two`` ```"),
        ("", "*nothing*"),
        ("`" * 9, "`" + r"\x60" * 9 + "`"),
    ],
)
def test_code_has_more_ticks_than_its_text(text: str, written: str) -> None:
    assert code(text) == written


@pytest.mark.parametrize(
    "text", ["A write's 200 has a blank body, in its `data` envelope.", "All 82 MUST clauses held."]
)
def test_plain_sentence_stays_one(text: str) -> None:
    assert prose(text) == text


@pytest.mark.parametrize("name", ["clean", "broken", "hostile"])
def test_summary_holds_no_tag_link_or_mention(name: str, request: pytest.FixtureRequest) -> None:
    text = render(request.getfixturevalue(name)).decode("utf-8")

    assert not re.search(r"[@#<>`\\|\[\]]|//|www\.", outside_code(text))


def test_verdict_and_counts_come_first(broken: RunRecord) -> None:
    text = render(broken).decode("utf-8")

    assert text.startswith("## VIOLATED\n\n**API contract.** 14 MUST and 1 SHOULD clauses are violated; 12 of them may")
    assert "| MUST | 48 | 14 | 0 | 5 |" in text


def test_finding_shows_expectation_sight_and_a_line_to_send(broken: RunRecord) -> None:
    text = render(broken).decode("utf-8")

    for part in (
        "#### `write-is-stored` (MUST)\n",
        "- clause: The sentence of write is stored says what the API promises.\n",
        "- expected: `the read after it says b-1`\n",
        "- seen: `the read after it says null`\n",
        "#### `post-success-is-blank` (SHOULD, does not fail the run)\n",
        "12 violated clauses that may follow from it: `follows-0`, ",
        f"```sh\n{curl_line(broken.exchanges[1], broken.target.url)}\n```",
    ):
        assert part in text


def test_observations_name_the_entries_they_settle(clean: RunRecord) -> None:
    text = render(clean).decode("utf-8")

    assert "<details><summary>17 observations of what the contract leaves open</summary>" in text
    assert "- `open-question-3`: `answers 400 validation_error, variant 3` (ledger: `entry-3`)" in text


def test_patience_warnings_and_what_was_left_behind_are_told(clean: RunRecord) -> None:
    left = RestorationRecord(Profile(None, "b"), Restoration.NOT_UNSET, ("branch_id",))
    text = render(replace(clean, warnings=("HTTP_PROXY is set",), restoration=(left,))).decode("utf-8")

    for part in (
        "- tolerated: writes seen up to 0.40 s late (waited for at most 5.00 s)\n",
        "- tolerated: 2 throttled answers (status 429), 2.00 s waited\n",
        "- warning: `HTTP_PROXY is set`\n",
        "- afterwards: `profile b` could not be unset: `branch_id`",
    ):
        assert part in text


def test_untestable_target_is_told_in_words_and_its_clauses_folded(clean: RunRecord, make: SimpleNamespace) -> None:
    left = tuple(make.report(make.clause(f"left-{n}"), Verdict.NOT_EXERCISED, why="it ended") for n in range(40))
    url = "http://127.0.0.1:4702"
    stopped = f"{url}/api/v2/ refuses the API key (status 401); give the key in ADAPTY_API_KEY or with --key-file"
    target = TargetRecord(TargetKind.URL, url)
    record = replace(clean, target=target, clauses=left, complete=False, stopped=stopped, exit_code=3)
    text = render(record).decode("utf-8")

    assert f"**API contract.** `{url}` refuses the API key (status 401).\n" in text
    assert "**What to do.** Give the key in `ADAPTY_API_KEY` or with --key-file.\n" in text
    assert "<details><summary>40 clauses not exercised</summary>\n\n- because the target could not be tested: " in text
    assert "it ended" not in text


def test_profiles_that_were_not_put_back_come_first(clean: RunRecord) -> None:
    text = render(replace(clean, warnings=("left: `adapty-contract restore r-1` puts them back",))).decode("utf-8")

    assert "**What to do first.** Put the test profiles back: `adapty-contract restore r-1`\n" in text
    assert "- warning: left: `adapty-contract restore r-1` puts them back\n" in text


@pytest.mark.parametrize(
    "text", [*ATTACKS, "`a``b`", "http:/`/evil.test`", "`x` www.evil.test `y`", "A_B `C_D", "x_Y_Z"]
)
def test_addressed_text_stays_text(text: str) -> None:
    for piece in (addressed(text, "https://evil.test"), addressed(text, "`"), addressed(text, "")):
        assert not re.search(r"[@#<`\\|]|//|www\.", outside_code(f"**So.** {piece}"))


def test_clauses_without_a_verdict_stand_under_their_reason(clean: RunRecord) -> None:
    text = render(clean).decode("utf-8")

    assert (
        "### Not exercised\n\n- because needs a second profile (--other-customer-user-id): `needs-0`, `needs-1`" in text
    )


@pytest.mark.parametrize("fill", ["x", "`", "😀", "\u202e", "<"])
def test_largest_summary_is_well_below_the_limit(clean: RunRecord, make: SimpleNamespace, fill: str) -> None:
    text = fill * 5000
    found = tuple(make.violated(make.clause(f"{n}{text}"), text, *range(9), expected=text) for n in range(200))
    unsure = tuple(make.report(make.clause(f"u{n}"), Verdict.INCONCLUSIVE, why=f"{n}{text}") for n in range(200))
    record = replace(
        clean,
        clauses=(*found, *unsure),
        exit_code=1,
        observations=tuple(Observation(f"{n}{text}", text, (text,) * 30) for n in range(300)),
        exchanges=tuple(make.write(n, b"x" * 900) for n in range(9)),
        warnings=(text,) * 100,
    )
    content = render(record)

    assert len(content) < LIMIT
    for words in ("175 more findings in report.json.", "200 more observations in report.json."):
        assert words in content.decode("utf-8")


def test_line_makes_the_same_run(clean: RunRecord) -> None:
    profile, other = Profile("it's me", None), Profile(None, "11111111-1111-4111-8111-111111111111")
    server = TargetRecord(TargetKind.URL, "https://api.example.test", profile, other)
    chosen = {"writes": True, "strict": True, "only": ["reading"], "budget_s": 2.5, "faults": [], "dialects": None}

    assert verify_line(clean) == "adapty-contract verify --seed 20260131"
    assert verify_line(replace(clean, settings={"dialects": ["throttled"], "budget_s": 10.0})) == (
        "adapty-contract verify --dialect throttled --budget 10s --seed 20260131"
    )
    assert verify_line(replace(clean, target=server, settings=chosen)) == (
        r"adapty-contract verify https://api.example.test --customer-user-id $'it\'s me' --other-profile-id "
        "11111111-1111-4111-8111-111111111111 --allow-writes --strict --only reading --budget 2.5s --seed 20260131"
    )
