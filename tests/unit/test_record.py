"""The record of a run survives its way to JSON and back, and says where foreign data does not fit."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapty_contract.errors import ContractDataError
from adapty_contract.model import (
    Clause,
    ClauseReport,
    Exchange,
    Level,
    Observation,
    Profile,
    Request,
    Response,
    Verdict,
)
from adapty_contract.record import (
    FORMAT_VERSION,
    SCHEMA_FILE,
    ContractStamp,
    Restoration,
    RestorationRecord,
    RunRecord,
    TargetKind,
    TargetRecord,
    Tool,
    counts,
    fails_run,
    findings,
    from_json,
    to_json,
)
from adapty_contract.resources import data_root

SCHEMA = json.loads((data_root() / SCHEMA_FILE).read_text(encoding="utf-8"))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SETTINGS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
IDS = st.lists(TEXT.filter(len), max_size=2).map(tuple)
BY_FIELD = {
    ("format_version", int): st.just(FORMAT_VERSION),
    ("exit_code", int): st.integers(0, 255),
    ("status", int): st.integers(-1, 9999),
    **{(name, str): TEXT.filter(len) for name in ("id", "run_id", "clause")},
    **{(name, tuple[str, ...]): IDS for name in ("after", "ledger")},
}
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(1, 10_000),
    float: st.floats(0, 1e9),
    bool: st.booleans(),
    bytes: st.binary(max_size=12) | TEXT.map(str.encode),
    Mapping[str, Any]: st.dictionaries(TEXT, SETTINGS, max_size=3),
    types.NoneType: st.none(),
}


def strategy(kind: Any, field: str = "") -> st.SearchStrategy[Any]:
    """Any value of a field, by its annotation; numbers and ids as the schema wants them."""
    if (field, kind) in BY_FIELD:
        return BY_FIELD[field, kind]
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(
            kind, **{part.name: strategy(hints[part.name], part.name) for part in dataclasses.fields(kind)}
        )
    origin = typing.get_origin(kind)
    return st.sampled_from(kind) if origin is None else generic(origin, typing.get_args(kind))


def generic(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Any value of a union or collection."""
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(strategy, arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*map(strategy, arguments))
    return st.lists(strategy(arguments[0]), max_size=2).map(origin)


def made(*reports: ClauseReport, **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "tool": Tool("adapty-contract", "0.1.0"),
        "contract": ContractStamp("1.0.0", "00"),
        "run_id": "run-1",
        "target": TargetRecord(TargetKind.URL, "https://api.example.test"),
        "settings": {},
        "seed": 1,
        "started": "2026-01-31T12:00:00Z",
        "ended": "2026-01-31T12:00:01Z",
        "duration": 1.0,
        "complete": True,
        "stopped": None,
        "exit_code": 0,
        "clauses": reports,
    }
    return RunRecord(**{**values, **changes})


def said(name: str, verdict: Verdict = Verdict.VIOLATED, level: Level = Level.MUST, after: str = "") -> ClauseReport:
    return ClauseReport(Clause(name, "topic", level, "A sentence.", (), (), after=tuple(after.split())), verdict)


def through_text(record: RunRecord) -> RunRecord:
    return from_json(json.loads(json.dumps(to_json(record), allow_nan=False)))


@given(record=strategy(RunRecord))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_record_comes_back_from_json_as_it_was(record: RunRecord) -> None:
    assert through_text(record) == record


@given(text=st.text(max_size=20), body=st.binary(max_size=40))
@settings(max_examples=100, derandomize=True)
def test_any_text_and_body_survive_and_any_reader_can_take_them(text: str, body: bytes) -> None:
    exchange = Exchange(1, Request("POST", text, ((text, text),), body), Response(200, body=body), label=text)
    written = json.dumps(to_json(made(exchanges=(exchange,), warnings=(text,))), ensure_ascii=False)
    written.encode("utf-8")  # a lone surrogate would raise
    back = from_json(json.loads(written))

    assert back.exchanges[0].request.body == body
    assert through_text(back) == back
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert back.warnings == (text,)


def test_lone_surrogate_becomes_visible() -> None:
    assert to_json(made(warnings=("a\ud800b",)))["warnings"] == ["a\\ud800b"]


@pytest.mark.parametrize(
    ("body", "data"),
    [
        pytest.param(b'{"a": 1}\r\n', {"text": '{"a": 1}\r\n'}, id="text"),
        pytest.param("é 😀".encode(), {"text": "é 😀"}, id="beyond ASCII"),
        pytest.param(b"", {"text": ""}, id="empty"),
        pytest.param(b"\xff", {"text": "/w==", "encoding": "base64"}, id="no UTF-8"),
        pytest.param(b"a\x1b[31m", {"text": "YRtbMzFt", "encoding": "base64"}, id="control characters"),
    ],
)
def test_body_is_text_where_it_can_be_read_as_text(body: bytes, data: dict[str, str]) -> None:
    record = to_json(made(exchanges=(Exchange(1, Request("POST", "/", (), body), None),)))

    assert record["exchanges"][0]["request"]["body"] == data


def test_whole_number_of_seconds_comes_back_as_a_duration() -> None:
    data = to_json(made())
    data["duration"] = 2

    assert isinstance(from_json(data).duration, float)


def corrupted(pointer: str, value: Any) -> dict[str, Any]:
    """The data of a small record with one member replaced, added or (`...`) taken out."""
    exchange = Exchange(1, Request("POST", "/", (), b"\xff"), Response(200))
    data = to_json(made(said("a"), exchanges=(exchange,), observations=(Observation("q", "a"),)))
    *path, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    inner: Any = data
    for step in path:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return data


@pytest.mark.parametrize(
    ("pointer", "value", "place", "word"),
    [
        ("/seed", "1", "/seed", "integer"),
        ("/seed", ..., "/", "seed"),
        ("/surprise", 1, "/", "surprise"),
        ("/format_version", 0, "/format_version", "1"),
        ("/clauses/0/verdict", "passed", "/clauses/0/verdict", "passed"),
        ("/clauses/0/clause/level", "must", "/clauses/0/clause/level", "must"),
        ("/exchanges/0/request/headers", [["a"]], "/exchanges/0/request/headers/0", "2"),
        ("/exchanges/0/request/body/text", "?", "/exchanges/0/request/body/text", "match"),
        ("/exchanges/0/request/body/encoding", "gzip", "/exchanges/0/request/body/encoding", "base64"),
        ("/exchanges/0/response/status", "200", "/exchanges/0/response/status", "integer"),
        ("/exchanges/0/number", 0, "/exchanges/0/number", "1"),
        ("/exchanges/0/elapsed", float("inf"), "/exchanges/0/elapsed", "number"),
        ("/target/profile", {"customer_user_id": 5, "profile_id": None}, "/target/profile/customer_user_id", "5"),
    ],
)
def test_misfit_is_told_with_its_place(pointer: str, value: Any, place: str, word: str) -> None:
    with pytest.raises(ContractDataError) as raised:
        from_json(corrupted(pointer, value))

    assert f"at {place}:" in raised.value.what
    assert word in raised.value.what
    assert SCHEMA_FILE in raised.value.hint


@pytest.mark.parametrize("data", [None, [], "x", 5, {}, {"format_version": True}])
def test_what_is_no_record_is_refused(data: Any) -> None:
    with pytest.raises(ContractDataError, match="no record of a run"):
        from_json(data)


def test_record_of_a_later_format_says_so() -> None:
    with pytest.raises(ContractDataError, match="format version 2; this program reads versions up to 1"):
        from_json(to_json(made()) | {"format_version": 2})


def test_schema_is_valid_closed_and_described() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name, part in {"record": SCHEMA, **SCHEMA["$defs"]}.items():
        assert part.get("description") or name == "operation", name
        if "properties" in part:
            assert part["additionalProperties"] is False, name
        for member, schema in part.get("properties", {}).items():
            target = SCHEMA["$defs"].get(schema.get("$ref", "").removeprefix("#/$defs/"), {})
            assert schema.get("description") or target.get("description"), f"{name}.{member}"


def test_schema_requires_every_member_but_the_encoding_of_a_body() -> None:
    for name, part in {"record": SCHEMA, **SCHEMA["$defs"]}.items():
        if "properties" in part:
            assert set(part["properties"]) - set(part["required"]) == ({"encoding"} if name == "body" else set()), name


def test_python_validator_agrees_with_the_fast_one() -> None:
    exchange = Exchange(1, Request("POST", "/", (), b"\xff"), Response(200))
    restored = RestorationRecord(Profile("a"), Restoration.NOT_UNSET, ("branch_id",))
    data = to_json(made(said("a"), exchanges=(exchange,), restoration=(restored,)))

    jsonschema.Draft202012Validator(SCHEMA).validate(data)


def test_findings_put_consequences_under_their_root() -> None:
    record = made(
        said("second", after="first"),
        said("first"),
        said("third", after="second"),
        said("alone", after="held"),
        said("held", Verdict.HELD),
        said("either", after="held alone first"),
    )

    assert [
        (finding.root.clause.id, [it.clause.id for it in finding.consequences]) for finding in findings(record)
    ] == [
        ("first", ["second", "third"]),
        ("alone", ["either"]),
    ]


def test_findings_of_more_binding_levels_come_first() -> None:
    record = made(
        said("may", level=Level.MAY),
        said("should", level=Level.SHOULD),
        said("other-should", level=Level.SHOULD),
        said("must", after="other-should"),
    )

    assert [finding.root.clause.id for finding in findings(record)] == ["other-should", "should", "may"]


@pytest.mark.parametrize("circle", [("b", "a"), ("b", "c", "a"), ("a",)])
def test_clauses_that_explain_each_other_are_told_once(circle: tuple[str, ...]) -> None:
    names = "abc"[: len(circle)]
    record = made(*(said(name, after=after) for name, after in zip(names, circle, strict=True)), said("d", after="a"))
    [finding] = findings(record)

    assert finding.root.clause.id == "a"
    assert [report.clause.id for report in finding.consequences] == [*names[1:], "d"]


def test_counts_have_every_level_and_verdict() -> None:
    table = counts(made(said("a"), said("b", Verdict.HELD), said("c", Verdict.HELD), said("d", level=Level.MAY)))

    assert table[Level.MUST] == {
        Verdict.HELD: 2,
        Verdict.VIOLATED: 1,
        Verdict.INCONCLUSIVE: 0,
        Verdict.NOT_EXERCISED: 0,
    }
    assert table[Level.MAY][Verdict.VIOLATED] == 1
    assert sum(table[Level.SHOULD].values()) == 0


@pytest.mark.parametrize(
    ("level", "verdict", "strict", "fails"),
    [
        (Level.MUST, Verdict.VIOLATED, False, True),
        (Level.MUST, Verdict.INCONCLUSIVE, True, False),
        (Level.SHOULD, Verdict.VIOLATED, False, False),
        (Level.SHOULD, Verdict.VIOLATED, True, True),
        (Level.MAY, Verdict.VIOLATED, True, False),
    ],
)
def test_only_binding_violations_fail_a_run(level: Level, verdict: Verdict, *, strict: bool, fails: bool) -> None:
    assert fails_run(made(settings={"strict": strict}), said("a", verdict, level)) is fails
