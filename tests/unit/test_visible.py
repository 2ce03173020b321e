"""Text from a server is shown, never obeyed."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.visible import one_line, shortened, visible, well_formed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain é ё 😀 \n\t", "plain é ё 😀 \n\t", id="readable"),
        pytest.param("\x1b[31m\x07", r"\x1b[31m\x07", id="escape sequence"),
        pytest.param("\x9b2J\x7f\r", r"\x9b2J\x7f\x0d", id="other controls"),
        pytest.param("\u202egnp.exe\u2066", r"\u202egnp.exe\u2066", id="bidi"),
        pytest.param("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028", id="not seen"),
        pytest.param("a\xadb\u034f\u3164\uffa0", r"a\xadb\u034f\u3164\uffa0", id="seen as nothing"),
        pytest.param(
            "e\u0301\u0302 \u0e19\u0e49\u0e33 \u2764\ufe0f",
            "e\u0301\u0302 \u0e19\u0e49\u0e33 \u2764\ufe0f",
            id="marks of scripts",
        ),
        pytest.param("Z" + "\u0336" * 10 + "a", "Z" + "\u0336" * 8 + r"\u0336\u0336a", id="pile of marks"),
        pytest.param("\U0001f600" * 12, "\U0001f600" * 12, id="many symbols"),
        pytest.param("\ud800\ufffe", r"\ud800\ufffe", id="no characters"),
        pytest.param("\U000e0041", r"\U000e0041", id="tags"),
        pytest.param("שלום", "שלום", id="right to left"),
    ],
)
def test_what_would_be_obeyed_becomes_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_other_sinks_get_ascii() -> None:
    assert visible("é 😀", ascii_only=True) == r"\xe9 \U0001f600"


@given(text=st.text(max_size=50))
@settings(max_examples=200, derandomize=True)
def test_visible_text_is_well_formed_everywhere(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    element = ET.Element("a")
    element.text = shown

    assert ET.fromstring(ET.tostring(element)).text == (shown or None)  # noqa: S314  (ours)
    assert visible(shown) == shown
    assert visible(text, ascii_only=True).isascii()


@given(text=st.text(max_size=300), limit=st.integers(20, 200))
@settings(max_examples=200, derandomize=True)
def test_one_line_is_one_line_of_at_most_the_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)

    assert len(line) <= limit
    assert not re.search(r"[\n\t\r]", line)


def test_long_text_keeps_both_ends_and_its_length() -> None:
    line = one_line("start" + "x" * 1_000_000 + "end", 100)

    assert line.startswith("startx")
    assert line.endswith("xend")
    assert "1000008 characters in all" in line


def test_short_room_has_dots_only() -> None:
    assert shortened("abcdefghijklmnopqrstuvwxyz", 12) == "abcde ... yz"
    assert shortened("abc", 3) == "abc"


def test_well_formed_text_stays() -> None:
    assert well_formed("é\x1b") == "é\x1b"
    assert well_formed("\ud83d") == r"\ud83d"
