"""What must hold for any input: no 5xx, the envelope, the merge law, the exact round trip."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapty_contract.contract import load_contract
from adapty_contract.mock.app import create_api
from adapty_contract.mock.caller import Caller
from adapty_contract.mock.dialects import by_group
from adapty_contract.mock.settings import MockSettings
from adapty_contract.mock.store import StoredProfile
from adapty_contract.model import Request, Response

CONTRACT = load_contract()
NAMES = CONTRACT.identifiers
EMPTY: dict[str, str | None] = dict.fromkeys(NAMES)

quick = settings(deadline=None)  # a busy machine is no failure

values = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
updates = st.dictionaries(st.sampled_from(NAMES), values, min_size=1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=3),
    max_leaves=8,
)
latin = st.text(st.characters(max_codepoint=255), max_size=20)
header_names = st.sampled_from(
    ["authorization", "adapty-customer-user-id", "adapty-profile-id", "content-type", "content-encoding", "accept",
     "accept-encoding", "adapty-platform", "content-length", "host"]
)  # fmt: skip
dialect_sets = st.sets(st.sampled_from(sorted(by_group()))).flatmap(
    lambda groups: st.tuples(*(st.sampled_from(by_group()[group]) for group in sorted(groups)))
)


def fresh(*dialects: str) -> Caller:
    mock = Caller(create_api(CONTRACT, MockSettings(dialects=dialects, lag_s=0.0)))
    mock.api.store.reset([StoredProfile("11111111-1111-4111-8111-111111111111", "customer-1")])
    return mock


def refused_in_the_envelope(response: Response) -> bool:
    return response.media_type == "application/json" and CONTRACT.is_valid("ErrorResponse", json.loads(response.body))


@quick
@given(json_values, dialect_sets)
@example({}, ())
@example({NAMES[0]: [[]]}, ("scalars-coerced",))
def test_any_json_is_written_or_refused(document: object, dialects: tuple[str, ...]) -> None:
    mock = fresh(*dialects)
    response = mock.write(document)
    assert response.status in (200, 400)
    if response.status == 400:
        assert refused_in_the_envelope(response)
        assert set(mock.api.store.every()[0].identifiers) == set()


@quick
@given(st.binary(max_size=200) | st.text(max_size=50).map(lambda text: json.dumps(text)[:-1].encode()))
def test_any_bytes_are_refused_in_the_envelope(body: bytes) -> None:
    mock = fresh()
    response = mock.write(body)
    assert response.status == 400
    assert refused_in_the_envelope(response)


@settings(quick, max_examples=200)
@given(
    st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "BREW"]),
    st.just(CONTRACT.path) | latin | st.just(CONTRACT.path[:-1]),
    st.lists(st.tuples(header_names, latin | st.just("customer-1")), max_size=5).map(tuple),
    st.binary(max_size=30),
    dialect_sets,
)
def test_no_request_is_a_server_error(
    method: str, target: str, headers: tuple[tuple[str, str], ...], body: bytes, dialects: tuple[str, ...]
) -> None:
    mock = fresh(*dialects)
    plain = Request(method, target, headers, body)
    response = mock.api.handle(plain)
    mock.api.transmission(plain, response)
    assert response.status < 500
    assert mock.call(method, body, target=target, more=headers).status < 500


@quick
@given(updates)
def test_what_is_written_is_read_exactly(update: dict[str, str]) -> None:
    mock = fresh()
    assert mock.write(update).status == 200
    assert mock.identifiers() == {**EMPTY, **update}
    assert mock.write(update).status == 200
    assert mock.identifiers() == {**EMPTY, **update}


@quick
@given(st.lists(updates, max_size=6))
def test_writes_merge_and_the_last_one_wins(writes: list[dict[str, str]]) -> None:
    mock = fresh()
    expected: dict[str, str | None] = {**EMPTY}
    for update in writes:
        assert mock.write(update).status == 200
        expected.update(update)
        assert mock.identifiers() == expected


@quick
@given(updates, dialect_sets)
def test_plain_values_round_trip_in_every_dialect(update: dict[str, str], dialects: tuple[str, ...]) -> None:
    mock = fresh(*dialects)
    plain = {name: f"x{value.encode().hex()}"[:64] for name, value in update.items()}
    assert mock.write(plain).status in (200, 429)
    told = json.loads(mock.read().body)
    assert {name: told.get(name) for name in NAMES} == {**EMPTY, **plain}
