"""What a sample did is held against what its page says; entries explain a difference where they quote its cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapty_contract.contract import load_contract
from adapty_contract.model import Exchange, Request, Response
from adapty_contract.pages.model import Page, Sample, Value
from adapty_contract.pages.reading import read_text
from adapty_contract.redact import Redactor
from adapty_contract.snippets.comparing import Done, compare
from adapty_contract.snippets.explaining import explain
from adapty_contract.snippets.model import Difference
from adapty_contract.snippets.preparing import Prepared
from adapty_contract.snippets.sandbox import Ended
from adapty_contract.snippets.statements import fits, statements_of

PATH = load_contract().path
WELL = Ended(0, "", "", 0.1)


def sampled(code: str, language: str = "bash", method: str = "POST") -> tuple[Page, Sample]:
    page = read_text("p.mdx", f"# T\n\n```\n{method} https://api.adapty.io{PATH}\n```\n\n```{language}\n{code}\n```\n")
    return page, page.samples[0]


def sentences(code: str, *requests: Request, status: int = 200, ended: Ended = WELL) -> list[str]:
    page, sample = sampled(code)
    exchanges = tuple(Exchange(at, each, Response(status)) for at, each in enumerate(requests, 1))
    done = Done(sample, statements_of(page, sample), Prepared(code, {}, ()), exchanges, ended, Redactor([]), True)  # noqa: FBT003
    return [difference.sentence for difference in compare(done)]


CODE = f"""curl 'https://api.adapty.io{PATH}' --header 'X-One: 1' --data '{{"a": 1}}'"""
SENT = Request("POST", PATH, (("x-one", "1"),), b'{ "a":1 }\n')


def test_the_same_request_is_no_difference_whatever_its_white_space() -> None:
    assert sentences(CODE, SENT) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (replace(SENT, method="GET"), "says POST, sends GET"),
        (replace(SENT, target="/x/"), f"says the path {PATH}, calls /x/"),
        (replace(SENT, headers=()), "says x-one: '1', sends no x-one"),
        (replace(SENT, headers=(("X-One", "2"),)), "says x-one: '1', sends x-one: '2'"),
        (replace(SENT, body=b'{"a": true}'), "says the body '{\"a\": 1}', sends '{\"a\": true}'"),
        (replace(SENT, body=b""), "says the body '{\"a\": 1}', sends no body"),
    ],
    ids=["method", "path", "no-header", "header", "body", "no-body"],
)
def test_each_difference_is_one_sentence(sent: Request, sentence: str) -> None:
    assert sentences(CODE, sent) == [sentence]


def test_an_answer_to_another_request_than_stated_says_nothing_more() -> None:
    assert sentences(CODE, SENT, status=400) == ["says a request that succeeds, is answered 400"]
    assert sentences(CODE, replace(SENT, method="GET"), status=400) == ["says POST, sends GET"]


def test_a_request_that_was_repeated_is_told() -> None:
    assert sentences(CODE, SENT, SENT) == ["says one request, sends 2: POST (answered 200), POST (answered 200)"]


@pytest.mark.parametrize(
    ("ended", "why"),
    [
        (Ended(None, "", "", 2.0), "it was still running after 2 s"),
        (Ended(1, "", "Traceback\n  x\nValueError: no\n", 0.1), "it prints 'ValueError: no' and ends with 1"),
        (Ended(0, "", "", 0.1), "it prints nothing and ends with 0"),
    ],
    ids=["timeout", "error", "silent"],
)
def test_silence_is_told_with_its_reason(ended: Ended, why: str) -> None:
    assert sentences(CODE, ended=ended) == [f"says POST, sends nothing: {why}"]


@pytest.mark.parametrize(
    ("path", "template", "expected"),
    [("/a/b/", "/a/b/", True), ("/a/b", "/a/b/", False), ("/a/b/", "/a/{id}/", True), ("/a//", "/a/{id}/", False)],
)
def test_a_part_in_braces_stands_for_any(path: str, template: str, expected: bool) -> None:  # noqa: FBT001
    assert fits(path, template) is expected


def explained(code: str, part: str) -> tuple[str, ...]:
    page, sample = sampled(code, method="GET")
    own = statements_of(page, sample).own
    difference = Difference((f"sample.get.curl.{part}",), 1, "says GET", "sends POST")
    return explain(difference, sample, own, load_contract().ledger.values()).explained_by


def test_an_entry_explains_the_part_that_it_is_about_where_its_quote_stands() -> None:
    url = f"curl 'https://api.adapty.io{PATH}'"
    assert explained(f"{url} --data ''", "method") == ("get-curl-sends-post",)
    assert explained(f"{url} --data ''", "url") == ()
    assert explained(f"{url} --request POST", "method") == ()


@pytest.mark.parametrize("value", ["{id}", "a {b} c"])
def test_what_only_a_run_can_tell_is_not_compared(value: Value) -> None:
    code = f"curl 'https://api.adapty.io{PATH}' --header 'X-One: {value}' --data '{{\"a\": \"{value}\"}}'"
    assert sentences(code, replace(SENT, body=b'{"a": "5"}')) == []
