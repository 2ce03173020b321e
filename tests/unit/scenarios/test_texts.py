"""What a whole run tells people: texts that read as texts, observations with evidence, lines that can be pasted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from adapty_contract.curl import curl_line
from adapty_contract.mock.settings import MOCK_KEY, MockSettings
from adapty_contract.model import Exchange, Observation, Request, Response, Result, TransportFault, Verdict
from adapty_contract.passive import passive_observations
from adapty_contract.redact import Redactor
from adapty_contract.scenarios import all_scenarios
from support.senders import Answer, Bench

SILENCE = TransportFault("read-timeout", "nothing came")
ORIGIN = "http://127.0.0.1:8080"
JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
PRINTED = re.compile(
    r"\b(?:None|True|False)\b"  # values of Python
    r"|(?<![\w'])'|\(\d+,|\[\d+\]|\['"  # its quotes, tuples and lists
    r"|Profile\(|HTTPStatus|<[A-Z]\w+\."  # its objects
)


class Told:
    """A whole run, and everything that it told."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.results: list[Result] = []
        self.observations: list[Observation] = []
        add, observe = bench.tally.add, bench.tally.observe

        def adding(results: Iterable[Result]) -> None:
            kept = list(results)
            self.results += kept
            add(kept)

        def observing(observation: Observation) -> None:
            self.observations.append(observation)
            observe(observation)

        bench.tally.add, bench.tally.observe = adding, observing  # type: ignore[method-assign]
        for item in all_scenarios():
            item.function(bench.session)
        self.observations += passive_observations(bench.exchanges, ())

    @property
    def texts(self) -> Iterator[str]:
        """Everything for people, each with what it is about."""
        for result in self.results:
            if result.verdict is not Verdict.HELD:
                yield f"{result.clause}: {result.expected}"
                yield f"{result.clause}: {result.seen}"
        for observation in self.observations:
            yield f"{observation.id}: {observation.answer}"


def silent_on(*words: str) -> Bench:
    """A bench whose server does not answer what is labelled so."""
    bench = Bench(lag=0.1)
    send = bench.sender.send

    def sending(request: Request, **parts: object) -> Exchange:
        def change(_: Request, answer: Answer) -> Answer:
            return SILENCE if any(word in str(parts["label"]) for word in words) else answer

        bench.sender.change = change
        return send(request, **parts)  # type: ignore[arg-type]

    bench.sender.send = sending  # type: ignore[method-assign]
    return bench


def telling(answer: Answer) -> Bench:
    """A bench whose server answers every read so."""
    return Bench(change=lambda request, right: answer if request.method == "GET" else right, lag=0.1)


def faulty(*names: str) -> Bench:
    return Bench(mock=MockSettings(faults=names), lag=0.1)


JSON = (("content-type", "application/json"),)
RUNS: dict[str, Callable[[], Bench]] = {
    "right": Bench,
    "silent": lambda: Bench(change=lambda _, __: SILENCE, lag=0.1),
    "silent on writes": lambda: Bench(change=lambda request, right: SILENCE if request.body else right, lag=0.1),
    "silent now and then": lambda: silent_on(
        "characters", "bytes", "HEAD", "two profiles", "as a value", "null", "a blank"
    ),
    "a web page": lambda: telling(Response(418, (("content-type", "text/html"),), b"<html>it's</html>")),
    "a list": lambda: telling(Response(200, JSON, b"[null, true]")),
    **{
        name: partial(faulty, name)
        for name in (
            "null-kept-as-text",
            "writes-lost",
            "neighbours-swapped-on-reads",
            "unset-told-as-empty",
            "unset-told-as-empty-list",
            "write-replaces",
            "head-needs-no-key",
            "write-tells-the-first-profile",
        )
    },
}


@pytest.fixture(scope="module")
def right() -> Told:
    """A whole run against a right server."""
    return Told(Bench())


@pytest.mark.parametrize("name", RUNS)
def test_texts_are_spelled_as_json_and_not_as_python_prints(name: str) -> None:
    told = Told(RUNS[name]())
    assert [text for text in dict.fromkeys(told.texts) if PRINTED.search(JSON_TEXT.sub('""', text))] == []


@pytest.mark.parametrize("name", ["right", "silent", "silent on writes", "writes-lost"])
def test_every_observation_names_the_exchanges_that_show_it(name: str) -> None:
    told = Told(RUNS[name]())
    numbers = {exchange.number for exchange in told.bench.exchanges}
    assert [each for each in told.observations if not each.exchanges or not numbers.issuperset(each.exchanges)] == []


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_every_line_sends_the_credentials_that_were_sent(right: Told) -> None:
    """bash expands the lines of all exchanges, with a `curl` that prints its arguments."""
    printing = "curl() { printf '%s\\0' \"$@\"; printf '\\0'; }"
    lines = [curl_line(redacted(exchange), ORIGIN) for exchange in right.bench.exchanges]
    done = subprocess.run(
        ["bash"],
        input="\n".join([printing, *lines]).encode(),
        env={"PATH": os.environ["PATH"], "ADAPTY_API_KEY": MOCK_KEY},
        capture_output=True,
        timeout=60,
        check=True,
    )
    printed = [words.split(b"\0") for words in done.stdout.removesuffix(b"\0\0").split(b"\0\0")]
    assert len(printed) == len(lines)
    wrong = [
        exchange.label
        for exchange, words in zip(right.bench.exchanges, printed, strict=True)
        if credentials(exchange) != [word for word in words if word.lower().startswith(b"authorization:")]
    ]
    assert wrong == []


def redacted(exchange: Exchange) -> Exchange:
    """The exchange as the client records it."""
    clean, sent = Redactor([MOCK_KEY]), exchange.request
    request = replace(
        sent, target=clean.text(sent.target), headers=clean.headers(sent.headers), body=clean.bytes(sent.body)
    )
    return replace(exchange, request=request)


def credentials(exchange: Exchange) -> list[bytes]:
    """The Authorization fields that were sent, as a line has them."""
    fields = exchange.request.headers
    return [f"{name}: {value}".encode("latin-1") for name, value in fields if name.lower() == "authorization"]


def test_two_refusals_are_told_by_where_they_differ() -> None:
    told = Told(faulty("stranger-told-another-code"))
    clause = "refused-key-learns-nothing"
    seen = {each.seen for each in told.results if each.clause == clause and each.verdict is Verdict.VIOLATED}
    known = '…{"error_code": "not_authenticated", "errors": [{"errors"… for a known profile'
    unknown = '…{"error_code": "authentication_failed", "errors": [{"err… for an unknown one'
    assert seen == {f"401 for both, with {known}, {unknown}"}


def test_what_was_never_answered_is_not_taken_for_a_choice_of_the_server() -> None:
    told = Told(Bench(change=lambda request, right: SILENCE if request.method == "POST" else right, lag=0.1))
    observed = {each.id: each.answer for each in told.observations}
    assert {"merge", "write-visibility-lag", "longest-accepted-value"}.isdisjoint(observed)
    assert observed["null-value"] == "beside a string: no answer: read-timeout"
