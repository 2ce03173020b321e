"""What every SARIF log of ours has: a valid frame, messages that are only text, places that exist."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.sarif import log, message, place

SCHEMA = Path(__file__).parents[1] / "data/reports/published/sarif-2.1.0-rtm.5.schema.json"
VALIDATOR = jsonschema.Draft4Validator(
    json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
)


@given(text=st.text(max_size=40), uri=st.text(max_size=20))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_log_of_any_texts_is_valid(text: str, uri: str) -> None:
    result = {"ruleId": "r", "message": message(text), "locations": [place(uri, 3)]}
    content = log("1.0", [{"id": "r", "shortDescription": message(text)}], [result], properties={"seed": 1})

    assert content.isascii()
    VALIDATOR.validate(json.loads(content))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain {words} [here]", "plain {words} [here]"),
        ("[a link](https://evil.test)", "[a link] (https://evil.test)"),
        ("{0} and {12}", "{ 0} and { 12}"),
        ("two\nlines \x1b", r"two lines \x1b"),
    ],
)
def test_message_is_text_and_nothing_else(text: str, written: str) -> None:
    assert message(text) == {"text": written}


def test_place_has_the_line_it_was_given_and_no_other() -> None:
    assert place("a b\\c.yaml") == {"physicalLocation": {"artifactLocation": {"uri": "a%20b/c.yaml"}}}
    assert place("c.yaml", 0)["physicalLocation"]["region"] == {"startLine": 1}
    assert place("c.yaml", 7, base="B")["physicalLocation"] == {
        "artifactLocation": {"uri": "c.yaml", "uriBaseId": "B"},
        "region": {"startLine": 7},
    }
