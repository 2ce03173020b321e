"""What a run has touched of the contract."""

from __future__ import annotations

import json
from typing import Any

from adapty_contract.background import Place, PlaceKind
from adapty_contract.contract import load_contract
from adapty_contract.coverage import Covered, coverage, described_status
from adapty_contract.model import Exchange, Operation, Request, Response
from adapty_contract.record import ContractStamp
from adapty_contract.surface import questions, source_names, surface
from support.records import made

CONTRACT = load_contract()
SURFACE = surface(CONTRACT)
GET, SET = Operation.GET, Operation.SET


def covered(*exchanges: Exchange) -> dict[Place, Covered]:
    record = made(contract=ContractStamp("1", "0", SURFACE), exchanges=exchanges)
    return {each.place: each for each in coverage(record)}


def exchange(operation: Operation, status: int, body: Any = None, sent: Any = None, **parts: Any) -> Exchange:
    request = Request(
        parts.get("method", operation.method), "/", parts.get("headers", ()), b"" if sent is None else dump(sent)
    )
    response = Response(status, parts.get("answered", ()), b"" if body is None else dump(body))
    return Exchange(parts.get("number", 1), request, response, operation=operation)


def dump(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_the_surface_is_what_the_spec_describes() -> None:
    read = {place.name for place in SURFACE if place.kind is PlaceKind.RESPONSE_FIELD and place.status == "200"}
    written = {place.name for place in SURFACE if place.kind is PlaceKind.REQUEST_FIELD}
    assert read == written == set(CONTRACT.identifiers)
    statuses = {
        operation: {place.name for place in SURFACE if (place.operation, place.kind) == (operation, PlaceKind.STATUS)}
        for operation in Operation
    }
    item = CONTRACT.spec["paths"][CONTRACT.path]
    assert statuses == {operation: set(item[operation.method.lower()]["responses"]) for operation in Operation}
    assert Place(GET, PlaceKind.PARAMETER, "Authorization") in SURFACE
    assert Place(SET, PlaceKind.RESPONSE_HEADER, "Allow", "405") in SURFACE
    assert len(set(SURFACE)) == len(SURFACE)


def test_a_record_can_name_every_source_and_question_that_it_cites() -> None:
    cited = {source.source for clause in CONTRACT.clauses.values() for source in clause.sources}
    assert {source.id for source in source_names(CONTRACT)} == cited
    assert {question.id for question in questions(CONTRACT)} == {
        entry.id for entry in CONTRACT.ledger.values() if entry.settles
    }


def test_fields_are_counted_as_text_and_as_null() -> None:
    name = CONTRACT.identifiers[0]
    place = Place(GET, PlaceKind.RESPONSE_FIELD, name, "200")
    read = [exchange(GET, 200, {name: value}, number=number) for number, value in enumerate(["x", None, 7], 1)]
    assert covered(*read)[place] == Covered(place, (1, 2, 3), texts=1, nulls=1)


def test_a_refused_request_covers_what_it_sent() -> None:
    name = CONTRACT.identifiers[0]
    found = covered(exchange(SET, 400, sent={name: "x"}, headers=(("ADAPTY-Platform", "iOS"),)))
    assert found[Place(SET, PlaceKind.REQUEST_FIELD, name)].texts == 1
    assert found[Place(SET, PlaceKind.PARAMETER, "adapty-platform")].exchanges == (1,)
    assert found[Place(SET, PlaceKind.STATUS, "400", "400")].exchanges == (1,)


def test_a_header_sent_twice_is_one_exchange() -> None:
    found = covered(
        exchange(GET, 405, headers=(("Authorization", "a"), ("authorization", "b")), answered=(("ALLOW", ""),))
    )
    assert found[Place(GET, PlaceKind.PARAMETER, "Authorization")].exchanges == (1,)
    assert found[Place(GET, PlaceKind.RESPONSE_HEADER, "Allow", "405")].exchanges == (1,)


def test_another_method_shows_that_it_is_refused_and_nothing_else() -> None:
    name = CONTRACT.identifiers[0]
    refused = exchange(SET, 405, sent={name: "x"}, method="PUT")
    head = exchange(GET, 200, method="HEAD", headers=(("Authorization", "a"),), number=2)
    found = covered(refused, head)
    assert [place.name for place, each in found.items() if each.exchanges] == ["405"]


def test_an_undescribed_status_falls_into_its_class() -> None:
    assert described_status(418, {"200", "4XX"}) == "4XX"
    assert described_status(400, {"400", "4XX"}) == "400"
    assert covered(exchange(GET, 418))[Place(GET, PlaceKind.STATUS, "4XX", "4XX")].exchanges == (1,)


def test_what_is_no_object_covers_no_field() -> None:
    found = covered(exchange(GET, 200, ["x"]), exchange(SET, 200, sent=3), Exchange(3, Request("GET", "/"), None))
    assert {place.kind for place, each in found.items() if each.exchanges} == {PlaceKind.STATUS}
