"""Whatever a server sends, every report is well-formed and harmless, and holds no key."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from adapty_contract.model import Level, Observation, Request, Response, TransportFault, Verdict
from adapty_contract.redact import Redactor
from adapty_contract.reporters import formats
from adapty_contract.reporters.terminal import print_summary, summary

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\ufffe\uffff]")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


def parsed(name: str, content: bytes) -> str:
    """All texts of a report that a parser found well-formed, in one string."""
    if name == "junit":
        root = ET.fromstring(content)  # noqa: S314  (ours)
        return "\n".join(text for part in root.iter() for text in (part.text or "", *part.attrib.values()))
    return json.dumps(json.loads(content), ensure_ascii=False)


@pytest.mark.parametrize("name", formats())
def test_report_of_a_hostile_server_is_well_formed(hostile: RunRecord, name: str) -> None:
    content = formats()[name].render(hostile)

    content.decode("utf-8")
    assert "</script>" in parsed(name, content)
    assert "]]>" in parsed(name, content)
    assert "שלום" in parsed(name, content)
    assert not DANGEROUS.search(content.decode("utf-8"))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_terminal_shows_no_character_that_it_would_obey(hostile: RunRecord, width: int) -> None:
    file = io.StringIO()
    print_summary(hostile, Console(file=file, force_terminal=True, color_system="truecolor", width=width))

    assert STYLE.search(file.getvalue())
    assert not DANGEROUS.search(STYLE.sub("", file.getvalue()))
    assert r"\x1b[31mred" in file.getvalue()
    assert r"\u202eevil" in re.sub(r"\s+", "", STYLE.sub("", file.getvalue()))


def test_terminal_shortens_a_megabyte(hostile: RunRecord) -> None:
    assert len(summary(hostile)) < 10_000
    assert "1000" in summary(hostile)


@given(text=st.text(max_size=60), body=st.binary(max_size=60))
@settings(
    max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_gives_well_formed_reports(clean: RunRecord, make: SimpleNamespace, text: str, body: bytes) -> None:
    wire = text.encode("utf-8", "surrogatepass").decode("latin-1")
    record = replace(
        clean,
        clauses=(
            make.violated(make.clause("must"), text, 1, expected=text),
            make.violated(make.clause("should", level=Level.SHOULD), text, 1),
            make.report(make.clause("may", text or "topic"), Verdict.INCONCLUSIVE, why=text),
        ),
        observations=(Observation("open", text),),
        warnings=(text,),
        stopped=text or None,
        exchanges=(
            make.exchange(1, label=text, response=Response(200, (("X", wire),), body, wire)),
            make.exchange(2, request=Request("POST", "/" + wire, (("X", wire),), body), response=None),
            make.exchange(3, response=None, fault=TransportFault("framing", text)),
        ),
    )

    for name, kind in formats().items():
        parsed(name, kind.render(record))
    assert not DANGEROUS.search(summary(record))


def test_no_report_holds_a_key_that_the_server_echoed(clean: RunRecord, make: SimpleNamespace) -> None:
    redactor = Redactor([KEY])
    echoes = [KEY, KEY.replace(".", "%2E"), json.dumps({"you sent": KEY}), f"...{KEY[5:30]}..."]
    exchanges = tuple(
        make.write(
            number,
            redactor.bytes(echo.encode()),
            Response(200, redactor.headers((("X-Echo", echo),)), redactor.bytes(echo.encode()), redactor.text(echo)),
        )
        for number, echo in enumerate(echoes, 1)
    )
    found = make.violated(make.clause("secret-not-echoed"), redactor.text(echoes[2]), 1, 2, 3, 4)
    record = replace(clean, clauses=(found,), exchanges=exchanges, exit_code=1)

    for name, kind in formats().items():
        assert not redactor.found_in(kind.render(record)), name
    assert not redactor.found_in(summary(record))
    assert "$ADAPTY_API_KEY" in summary(record)
