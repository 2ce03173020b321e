"""Whatever a server sends, every report is well-formed and harmless, and holds no key."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from adapty_contract.model import Level, Observation, Request, Response, TransportFault, Verdict
from adapty_contract.redact import Redactor
from adapty_contract.reporters import formats
from adapty_contract.reporters.terminal import print_summary, summary
from support.codings import CODINGS, betrayed

if TYPE_CHECKING:
    from types import SimpleNamespace

    from adapty_contract.record import RunRecord

KEY = "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\ufffe\uffff]")
STYLE = re.compile(r"\x1b\[[0-9;]*m")


SAYS_LITTLE = frozenset({"badge"})
"""Formats that show no text of a server."""
MARKS = "<img src=x onerror=alert(1)> ![i](https://evil.test) @octocat #1 ``` ` </details></textarea></style>"


class Tags(HTMLParser):
    """The texts and the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: set[str] = set()
        self.handlers: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.handlers |= {name for name, _ in attrs if name.startswith("on")}
        self.texts += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def parsed(name: str, content: bytes) -> str:
    """All texts of a report that a parser found well-formed, in one string."""
    kind = formats()[name].filename.rpartition(".")[2]
    text = content.decode("utf-8")
    if kind == "xml":
        root = ET.fromstring(content)  # noqa: S314  (ours)
        return "\n".join(text for part in root.iter() for text in (part.text or "", *part.attrib.values()))
    if kind == "html":
        page = Tags(text)
        assert page.handlers == set()
        return "\n".join(page.texts)
    if kind == "md":
        return "\n".join(token.content for token in MarkdownIt("commonmark").parse(text))
    return json.dumps(json.loads(content), ensure_ascii=False)


@pytest.mark.parametrize("name", formats())
def test_report_of_a_hostile_server_is_well_formed(hostile: RunRecord, name: str) -> None:
    content = formats()[name].render(hostile)
    text = parsed(name, content)

    if name not in SAYS_LITTLE:
        assert "</script>" in text
        assert "]]>" in text
        assert "שלום" in text
    assert not DANGEROUS.search(content.decode("utf-8"))


@pytest.mark.parametrize("name", formats())
def test_marks_of_a_server_make_no_element(clean: RunRecord, make: SimpleNamespace, name: str) -> None:
    """What would be markup in HTML or Markdown adds nothing to a report that plain words do not add."""

    def rendered(text: str) -> bytes:
        answer = Response(500, (("Content-Type", "text/html"), ("X-Evil", text)), text.encode(), text)
        return formats()[name].render(
            replace(
                clean,
                clauses=(
                    make.violated(make.clause("must"), text, 1, expected=text),
                    make.report(make.clause("may"), Verdict.INCONCLUSIVE, why=text),
                ),
                observations=(Observation("open", text),),
                warnings=(text,),
                stopped=text,
                complete=False,
                exchanges=(make.exchange(1, label=text, response=answer),),
            )
        )

    hostile, tame = rendered(MARKS), rendered("plain words")
    if formats()[name].filename.endswith(".html"):
        assert Tags(hostile.decode()).elements == Tags(tame.decode()).elements
    elif formats()[name].filename.endswith(".md"):
        html = [MarkdownIt("commonmark").render(content.decode()) for content in (hostile, tame)]
        assert Tags(html[0]).elements == Tags(html[1]).elements
    else:
        assert parsed(name, hostile)


@pytest.mark.parametrize("name", ["badge", "ctrf", "junit", "markdown", "sarif"])
def test_megabyte_of_a_server_is_shortened(hostile: RunRecord, name: str) -> None:
    assert len(formats()[name].render(hostile)) < 200_000


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


@pytest.mark.parametrize("coding", CODINGS)
def test_no_report_holds_a_key_that_the_server_echoed(clean: RunRecord, make: SimpleNamespace, coding: str) -> None:
    record = echoed(clean, make, CODINGS[coding].write(KEY), Redactor([KEY]))

    for name, kind in formats().items():
        assert betrayed(kind.render(record), KEY) == [], name
    assert betrayed(summary(record).encode(), KEY) == []
    assert "$ADAPTY_API_KEY" in summary(record)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_key_that_nobody_took_out_is_seen_in_every_report(
    clean: RunRecord, make: SimpleNamespace, coding: str
) -> None:
    """The eye of the test above is not blind."""
    record = echoed(clean, make, CODINGS[coding].write(KEY), Redactor([]))

    for name, kind in formats().items():
        assert bool(betrayed(kind.render(record), KEY)) == (name not in SAYS_LITTLE), name
    assert betrayed(summary(record).encode(), KEY)


def echoed(clean: RunRecord, make: SimpleNamespace, echo: str, redactor: Redactor) -> RunRecord:
    """A run whose server sent `echo` back wherever it could, as capture by `redactor` leaves it."""
    body = redactor.bytes(echo.encode())
    answer = Response(200, redactor.headers((("X-Echo", echo),)), body, redactor.text(echo))
    found = make.violated(make.clause("secret-not-echoed"), redactor.text(echo), 1)
    return replace(
        clean,
        clauses=(found,),
        exchanges=(make.write(1, body, answer),),
        observations=(Observation("echo", redactor.text(echo)),),
        exit_code=1,
    )
