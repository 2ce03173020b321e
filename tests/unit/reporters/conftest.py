"""Records to render: a clean run, one with findings, one whose server was hostile."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from adapty_contract.model import (
    BodyFact,
    Clause,
    ClauseReport,
    Exchange,
    Facts,
    KeyFact,
    Level,
    Observation,
    Operation,
    Profile,
    ProfileFact,
    Request,
    Response,
    Result,
    Source,
    TransportFault,
    Verdict,
)
from adapty_contract.record import (
    ContractStamp,
    LayerRecord,
    Restoration,
    RestorationRecord,
    RunRecord,
    TargetKind,
    TargetRecord,
    Tolerated,
    Tool,
)

PATH = "/api/v2/server-side-api/integration/profile/set/integration-identifiers/"
HOSTILE = (
    "\x00\x01\x1b[31mred\x1b]0;title\x07 \x9b2J \ud800 \ufffe \u202eevil\u2066 </script><!--]]>&<&amp;'\"`$(id)\\ "
    "\r\nSet-Cookie: x \u05e9\u05dc\u05d5\u05dd \U0001f600 \x7f\u2028"
)
"""What a server may send to whoever shows it."""


def exchange(number: int, **changes: Any) -> Exchange:
    """A read that was answered well, or what `changes` make of it."""
    values: dict[str, Any] = {
        "number": number,
        "request": Request(
            "GET",
            PATH,
            (
                ("Host", "127.0.0.1:8080"),
                ("Authorization", "Api-Key [redacted]"),
                ("adapty-customer-user-id", "suite-1"),
                ("Accept", "application/json"),
                ("User-Agent", "adapty-contract/0.1.0"),
            ),
        ),
        "response": Response(200, (("Content-Type", "application/json"),), b'{"branch_id": null}', "OK"),
        "facts": Facts(KeyFact.VALID, ProfileFact.KNOWN, BodyFact.NONE),
        "operation": Operation.GET,
        "label": "read the profile",
        "started": "2026-01-31T12:00:00.250000Z",
        "elapsed": 0.0125,
    }
    return Exchange(**{**values, **changes})


def write(number: int, body: bytes, response: Response | None = None, **changes: Any) -> Exchange:
    """A write of `body`."""
    read = exchange(number)
    headers = (*read.request.headers, ("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    request = Request("POST", PATH, headers, body)
    values = {"request": request, "response": response or Response(200, reason="OK"), "operation": Operation.SET}
    return replace(read, **{**values, "label": "write", **changes})


def clause(name: str, topic: str = "writing", level: Level = Level.MUST, **changes: Any) -> Clause:
    """A clause."""
    values: dict[str, Any] = {
        "statement": f"The sentence of {name.replace('-', ' ')} says what the API promises.",
        "operations": (Operation.SET,),
        "sources": (Source("vendor-spec", 12, "a few words"),),
    }
    return Clause(name, topic, level, **{**values, **changes})


def report(about: Clause, verdict: Verdict = Verdict.HELD, **changes: Any) -> ClauseReport:
    """What the run says of a clause."""
    values: dict[str, Any] = {"exercised": 0 if verdict is Verdict.NOT_EXERCISED else 3}
    return ClauseReport(about, verdict, **{**values, **changes})


def violated(about: Clause, seen: str, *numbers: int, expected: str = "another answer") -> ClauseReport:
    """A violated clause with one result."""
    result = Result(about.id, Verdict.VIOLATED, expected, seen, numbers, case="write-then-read")
    return report(about, Verdict.VIOLATED, results=(result,))


@pytest.fixture
def clean() -> RunRecord:
    """A run in which everything held that could be exercised."""
    topics = ("authentication", "reading", "writing", "errors")
    reports = [report(clause(f"{topic}-holds-{number}", topic)) for topic in topics for number in range(12)]
    reports += [report(clause(f"should-{number}", "protocol", Level.SHOULD)) for number in range(9)]
    reports += [
        report(clause(f"may-{number}", "protocol", Level.MAY), Verdict.INCONCLUSIVE, why=f"the server departs {number}")
        for number in range(2)
    ]
    reports += [
        report(
            clause(f"needs-{number}", "isolation", needs=("other-profile",)),
            Verdict.NOT_EXERCISED,
            why="needs a second profile (--other-customer-user-id)",
        )
        for number in range(5)
    ]
    return RunRecord(
        tool=Tool("adapty-contract", "0.1.0"),
        contract=ContractStamp("1.0.0", "3f2a9c1b7e04" + "0" * 52),
        run_id="20260131-120000-5e1f",
        target=TargetRecord(
            TargetKind.EMBEDDED, "http://127.0.0.1:8080", Profile("suite-1", None), Profile("suite-2", None)
        ),
        settings={"strict": False, "budget": 30, "api-key": "[redacted]", "formats": ["har", "html", "json", "junit"]},
        seed=20260131,
        started="2026-01-31T12:00:00Z",
        ended="2026-01-31T12:00:02Z",
        duration=1.9375,
        complete=True,
        stopped=None,
        exit_code=0,
        layers=(
            LayerRecord("scenarios", 412, 0.8, 61),
            LayerRecord("model", 120, 0.5, 20),
            LayerRecord("schema", 80, 0.6, 80),
        ),
        tolerated=Tolerated(lag_seen=0.4, lag_tolerated=5.0, throttled=2, throttling_waited=2.0, retries=1),
        restoration=(RestorationRecord(Profile("suite-1", None), Restoration.RESTORED),),
        clauses=tuple(reports),
        observations=tuple(
            Observation(
                f"open-question-{number}", f"answers 400 validation_error, variant {number}", (f"entry-{number}",), (1,)
            )
            for number in range(17)
        ),
        exchanges=(exchange(1), write(2, b'{"branch_id": "b-1"}'), exchange(3)),
    )


@pytest.fixture
def broken(clean: RunRecord) -> RunRecord:
    """A run with two findings, one of them with consequences, and a SHOULD that does not fail it."""
    answers = Response(200, (("Content-Type", "application/json"),), b'{"ok": true}', "OK")
    root = clause("write-is-stored")
    found = [
        violated(root, "the read after it says null", 2, 3, expected="the read after it says b-1"),
        *(
            violated(clause(f"follows-{number}", after=("write-is-stored",)), f"null for write {number}", 3)
            for number in range(12)
        ),
        violated(clause("post-success-is-blank", level=Level.SHOULD), '{"ok": true}', 4, expected="a blank body"),
        violated(clause("read-is-private", "protocol"), "Cache-Control: public, max-age=600", 1),
    ]
    return replace(
        clean,
        clauses=(*clean.clauses, *found),
        exchanges=(*clean.exchanges, write(4, b'{"branch_id": "it\'s \xd1\x91"}', answers)),
        exit_code=1,
        warnings=("HTTP_PROXY is set and was ignored",),
    )


@pytest.fixture
def hostile(clean: RunRecord) -> RunRecord:
    """A run against a server that attacks whoever reads the reports, with a megabyte where a word is expected."""
    wire = HOSTILE.encode("utf-8", "surrogatepass").decode("latin-1")
    about = clause("body-is-json", "errors", statement=HOSTILE)
    huge = "A" * 1_000_000 + HOSTILE
    answer = Response(599, (("X-Evil", wire), ("Content-Type", wire)), huge.encode("utf-8", "surrogatepass"), wire)
    sent = Request(
        "POST",
        "/" + wire,
        (("X-Sent", "a\tb"), ("Content-Type", "text/plain")),
        HOSTILE[:30].encode("utf-8", "surrogatepass"),
    )
    return replace(
        clean,
        exit_code=1,
        stopped=HOSTILE,
        complete=False,
        warnings=(HOSTILE,),
        clauses=(
            *clean.clauses,
            violated(about, huge, 9, expected=HOSTILE),
            violated(clause("follows", "errors", after=("body-is-json",)), HOSTILE, 10),
            report(clause("unsure"), Verdict.INCONCLUSIVE, why=HOSTILE),
        ),
        observations=(Observation(HOSTILE, huge),),
        exchanges=(
            exchange(9, request=sent, response=answer, label=HOSTILE),
            exchange(10, response=None, fault=TransportFault("truncated", HOSTILE)),
        ),
    )


@pytest.fixture
def make() -> SimpleNamespace:
    """The builders of this file, for tests that need another record."""
    return SimpleNamespace(clause=clause, exchange=exchange, report=report, violated=violated, write=write)


@pytest.fixture
def hostile_text() -> str:
    """What a server may send to whoever shows it."""
    return HOSTILE
