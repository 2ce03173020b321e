"""What is known of a made-up request, and that it is safe to send."""

from __future__ import annotations

from typing import Any

import pytest

from adapty_contract.fuzz.boundaries import boundaries
from adapty_contract.fuzz.samples import Address, Sample, facts_of, ids_of_sample, made_up, simpler_samples, told
from adapty_contract.model import BodyFact, Headers, KeyFact, Operation, Profile, ProfileFact
from support.bent import BentBench

CUSTOMER, PROFILE, PLATFORM = "adapty-customer-user-id", "adapty-profile-id", "adapty-platform"
UUID = "b0e7a5f4-63c1-4d29-8f0a-7c95d2e1a846"
EXAMPLES = frozenset({"user-4711"})


@pytest.mark.parametrize(
    ("headers", "profile"),
    [
        ((), ProfileFact.NEITHER),
        (((CUSTOMER, "ac-nobody-x"),), ProfileFact.UNKNOWN),
        (((PROFILE, UUID),), ProfileFact.UNKNOWN),
        (((PROFILE, UUID.upper()),), ProfileFact.UNKNOWN),
        (((PROFILE, "x"),), ProfileFact.MALFORMED),
        (((PROFILE, f"{UUID}0"),), ProfileFact.MALFORMED),
        (((PROFILE, UUID.replace("-", "")),), ProfileFact.OPEN),
        (((PROFILE, f"{{{UUID}}}"),), ProfileFact.OPEN),
        (((PROFILE, f"urn:uuid:{UUID}"),), ProfileFact.OPEN),
        (((CUSTOMER, ""),), ProfileFact.OPEN),
        (((CUSTOMER, "ac-nobody-é"),), ProfileFact.OPEN),
        (((CUSTOMER, "ac-nobody-<x>"),), ProfileFact.OPEN),
        (((CUSTOMER, "ac-nobody-" + "x" * 500),), ProfileFact.OPEN),
        (((CUSTOMER, "ac-nobody-x"), (PROFILE, UUID)), ProfileFact.OPEN),
    ],
)
def test_profile_that_headers_name(headers: Headers, profile: ProfileFact) -> None:
    sample = Sample(Operation.GET, Address.MADE_UP, headers)
    facts = facts_of(sample, BentBench().session)
    assert (facts.key, facts.profile, facts.body) == (KeyFact.VALID, profile, None)


@pytest.mark.parametrize(
    ("address", "body", "fact"),
    [
        (Address.MADE_UP, b'{"branch_id":"x"}', None),
        (Address.MADE_UP, b"[]", BodyFact.OPEN),
        (Address.MADE_UP, b"{", BodyFact.OPEN),
        (Address.MADE_UP, b'{"branch_id":null}', BodyFact.OPEN),
        (Address.CUSTOMER, b"[]", None),
    ],
)
def test_where_profile_and_body_may_be_wrong_nobody_knows_which_is_told(
    address: Address, body: bytes, fact: BodyFact | None
) -> None:
    headers = ((PROFILE, UUID),) if address is Address.MADE_UP else ()
    assert facts_of(Sample(Operation.SET, address, headers, body), BentBench().session).body is fact


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ((PLATFORM, "iOS"), KeyFact.VALID),
        ((PLATFORM, "ios"), KeyFact.OPEN),
        ((PLATFORM, ""), KeyFact.OPEN),
        (("x-other", "1"), KeyFact.OPEN),
    ],
)
def test_status_is_not_judged_where_a_header_may_be_refused(header: tuple[str, str], key: KeyFact) -> None:
    facts = facts_of(Sample(Operation.GET, Address.CUSTOMER, (header,)), BentBench().session)
    assert (facts.key, facts.profile) == (key, ProfileFact.KNOWN)


def test_request_without_a_key_must_be_refused() -> None:
    facts = facts_of(Sample(Operation.GET, Address.CUSTOMER, key=False), BentBench().session)
    assert (facts.key, facts.clause) == (KeyFact.REFUSED, "key-missing-is-401")


@pytest.mark.parametrize(
    ("operation", "address", "headers", "body", "clause"),
    [
        (Operation.GET, Address.CUSTOMER, (), b"", None),
        (Operation.GET, Address.PROFILE, (), b"", "found-by-profile-id"),
        (Operation.GET, Address.PROFILE, ((PLATFORM, "iOS"),), b"", "platform-is-taken"),
        (Operation.GET, Address.MADE_UP, ((PROFILE, UUID),), b"", None),
        (Operation.SET, Address.CUSTOMER, ((PLATFORM, "iOS"),), b'{"branch_id":"x"}', "platform-is-taken"),
        (Operation.SET, Address.CUSTOMER, ((PLATFORM, "iOS"),), b"{", None),
        (Operation.SET, Address.PROFILE, (), b"[]", None),
    ],
)
def test_status_is_judged_under_the_clause_of_what_is_peculiar_and_right(
    operation: Operation, address: Address, headers: Headers, body: bytes, clause: str | None
) -> None:
    assert facts_of(Sample(operation, address, headers, body), BentBench().session).clause == clause


def test_other_media_type_is_a_probe() -> None:
    sample = Sample(Operation.SET, Address.CUSTOMER, body=b"{}", media_type="text/plain")
    assert facts_of(sample, BentBench().session).probe


@pytest.mark.parametrize(
    ("given", "address", "sent"),
    [
        ({CUSTOMER: "J"}, Address.MADE_UP, ((CUSTOMER, "ac-nobody-post-J"),)),
        ({CUSTOMER.upper(): "J"}, Address.MADE_UP, ((CUSTOMER.upper(), "ac-nobody-post-J"),)),
        ({CUSTOMER: ""}, Address.MADE_UP, ((CUSTOMER, ""),)),
        ({CUSTOMER: "user-4711"}, Address.MADE_UP, ()),
        ({CUSTOMER: "J", PROFILE: UUID, PLATFORM: "iOS"}, Address.CUSTOMER, ((PLATFORM, "iOS"),)),
        ({PROFILE: UUID, PLATFORM: "iOS"}, Address.MADE_UP, ((PROFILE, UUID),)),
        ({PROFILE: "00000000-0000-0000-0000-000000000000"}, Address.MADE_UP, ()),
        ({PROFILE: "11111111-1111-4111-8111-111111111111"}, Address.MADE_UP, ()),
        ({PROFILE: "{FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF}"}, Address.MADE_UP, ()),
        ({PROFILE: "0"}, Address.MADE_UP, ((PROFILE, "0"),)),
        ({"Authorization": "x", "Cookie": "x", "Host": "x", "Content-Length": "1"}, Address.MADE_UP, ()),
        ({"Transfer-Encoding": "x", "Expect": "x", "Connection": "close"}, Address.MADE_UP, ()),
        ({"a b": "x", "": "x", "ä": "x"}, Address.MADE_UP, ()),
        ({"x": "a\r\nb", "y": "a\0", "z": "\u0100", "w": " a"}, Address.MADE_UP, ()),
        ({"x": "é", "y": "a\tb"}, Address.MADE_UP, (("x", "é"), ("y", "a\tb"))),
    ],
)
def test_only_harmless_headers_are_sent(given: dict[str, Any], address: Address, sent: Headers) -> None:
    assert made_up(given, Operation.SET, address, EXAMPLES) == sent


def test_id_that_a_read_may_have_created_is_another_than_a_write_is_tried_with() -> None:
    read, write = (made_up({CUSTOMER: "J"}, operation, Address.MADE_UP, EXAMPLES) for operation in Operation)
    assert read != write
    assert {name for name, _ in (*read, *write)} == {CUSTOMER}
    assert all(value.startswith("ac-nobody-") for _, value in (*read, *write))


@pytest.mark.parametrize(
    ("address", "profile", "ids"),
    [
        (Address.CUSTOMER, Profile("c", "p"), ((CUSTOMER, "c"),)),
        (Address.PROFILE, Profile("c", "p"), ((PROFILE, "p"),)),
        (Address.CUSTOMER, Profile(None, "p"), ((PROFILE, "p"),)),
        (Address.PROFILE, Profile("c"), ((CUSTOMER, "c"),)),
        (Address.MADE_UP, Profile("c", "p"), ()),
    ],
)
def test_profile_is_named_by_the_id_it_has(address: Address, profile: Profile, ids: Headers) -> None:
    assert ids_of_sample(Sample(Operation.GET, address), profile) == ids


@pytest.mark.parametrize(
    ("body", "members"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'{"a":1,"a":2}', {}),
        (b"[]", {}),
        (b"", {}),
        (b"{", {}),
        (b'{"a":NaN}', {}),
    ],
)
def test_members_are_those_that_every_server_reads_alike(body: bytes, members: dict[str, Any]) -> None:
    assert Sample(Operation.SET, Address.CUSTOMER, body=body).members == members


def test_simpler_samples_have_less_of_everything() -> None:
    sample = Sample(Operation.SET, Address.CUSTOMER, ((PLATFORM, "iOS"), ("x", "1")), b'{"branch_id":"xyz","a":"b"}')
    simpler = list(simpler_samples(sample))
    assert any(not each.headers for each in simpler)
    assert any(each.body == b'{"branch_id":"xyz"}' for each in simpler)
    assert any(b'"branch_id":"a"' in each.body for each in simpler)


def test_sample_is_told_in_printable_ascii() -> None:
    text = told(Sample(Operation.SET, Address.CUSTOMER, ((PLATFORM, "é"),), "ä\n\x1b".encode() + b"\xff" * 1000))
    assert text.isascii()
    assert text.isprintable()
    assert len(text) < 500


@pytest.mark.parametrize("operation", list(Operation))
def test_boundaries_are_many_different_and_always_the_same(operation: Operation) -> None:
    contract = BentBench().contract
    listed = list(boundaries(contract, operation))
    assert listed == list(boundaries(contract, operation))
    assert len(set(listed)) == len(listed) >= (24 if operation is Operation.GET else 70)


def test_boundaries_touch_every_identifier_and_every_json_type() -> None:
    contract = BentBench().contract
    members = [each.members for each in boundaries(contract, Operation.SET)]
    assert {next(iter(each)) for each in members if len(each) == 1} >= contract.identifier_set
    types = {type(value).__name__ for each in members for value in each.values()}
    assert types == {"str", "NoneType", "bool", "int", "float", "list", "dict"}
