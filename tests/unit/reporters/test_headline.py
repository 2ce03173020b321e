"""What happened, and what to do about it, are told apart and in short."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapty_contract.record import TargetKind, TargetRecord
from adapty_contract.reporters.headline import advice, lead, sentence

if TYPE_CHECKING:
    from adapty_contract.record import RunRecord

URL = "http://127.0.0.1:1/api/v2/server-side-api/"


@pytest.mark.parametrize(
    ("stopped", "told", "todo"),
    [
        (f"{URL} refuses the API key; give it; soon", "http://127.0.0.1:1 refuses the API key.", "Give it; soon."),
        (
            f"no answer from {URL}: refused, 127.0.0.1 port 1: Connection refused; check the URL",
            "No answer from http://127.0.0.1:1: refused, Connection refused.",
            "Check the URL.",
        ),
        ("interrupted", "Interrupted.", ""),
    ],
    ids=["key", "port", "no-hint"],
)
def test_what_happened_is_told_without_what_to_do(clean: RunRecord, stopped: str, told: str, todo: str) -> None:
    target = TargetRecord(TargetKind.URL, "http://127.0.0.1:1")
    record = replace(clean, target=target, stopped=stopped, complete=False, exit_code=3, clauses=())

    assert lead(record) == told
    assert advice(record) == todo


def test_whole_sentence_leaves_a_url_as_it_is(clean: RunRecord) -> None:
    assert sentence(replace(clean, stopped=f"{URL} refuses", complete=False, clauses=())).startswith(f"{URL} refuses. ")


@pytest.mark.parametrize("url", ["", "nowhere", "http://[", "https://api.example.test", "http://[::1]:80"])
def test_any_target_can_be_told(clean: RunRecord, url: str) -> None:
    record = replace(clean, target=TargetRecord(TargetKind.URL, url), stopped="it broke", complete=False, exit_code=4)

    assert lead(record).startswith("It broke. 48 of 53 MUST clauses held")


def test_run_that_did_not_stop_says_what_its_clauses_say(clean: RunRecord, broken: RunRecord) -> None:
    assert lead(clean) == sentence(clean)
    assert lead(broken) == sentence(broken)
    assert advice(clean) == ""
