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
    Exchange,
    Observation,
    Profile,
    Request,
    Response,
)
from adapty_contract.record import (
    FORMAT_VERSION,
    SCHEMA_FILE,
    Restoration,
    RestorationRecord,
    RunRecord,
    from_json,
    to_json,
)
from adapty_contract.resources import data_root
from support.records import made, said

SCHEMA = json.loads((data_root() / SCHEMA_FILE).read_text(encoding="utf-8"))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SETTINGS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
IDS = st.lists(TEXT.filter(len), max_size=2).map(tuple)
BY_FIELD: dict[tuple[str, Any], st.SearchStrategy[Any]] = {
    ("format_version", int): st.just(FORMAT_VERSION),
    ("exit_code", int): st.integers(0, 255),
    ("status", int): st.integers(-1, 9999),
    **{(name, str): TEXT.filter(len) for name in ("id", "run_id", "clause", "observation")},
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
        return built(kind)
    origin = typing.get_origin(kind)
    return st.sampled_from(kind) if origin is None else generic(origin, typing.get_args(kind))


def built(kind: Any) -> st.SearchStrategy[Any]:
    """Any instance of a dataclass."""
    hints = typing.get_type_hints(kind)
    return st.builds(
        kind, **{field.name: strategy(hints[field.name], field.name) for field in dataclasses.fields(kind)}
    )


def generic(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Any value of a union or collection."""
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(strategy, arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return st.tuples(*map(strategy, arguments))
    collected: st.SearchStrategy[Any] = st.lists(strategy(arguments[0]), max_size=2).map(origin)
    return collected


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
