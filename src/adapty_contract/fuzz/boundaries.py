"""Cases at the boundaries of the spec, one by one: every keyword of its schemas, every header missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adapty_contract.contract import Contract
from adapty_contract.fuzz.samples import PLATFORM, Address, Sample, nobody
from adapty_contract.model import Operation
from adapty_contract.scenarios.spelling import CUSTOMER, PROFILE, dump

_OTHER_TYPES: tuple[Any, ...] = (None, True, 1, 1.5, [], {}, ["x"], {"x": "y"})
_FOR_EACH: tuple[Any, ...] = ("", None, True, 7, 2.5, ["x"], {"x": "y"})
"""What every identifier is given: the wrong type is often taken by one column alone."""
_BEYOND_OBJECT: tuple[Any, ...] = (None, True, 0, 1.5, "x", [], [{}])
_UUIDS = {
    Operation.GET: "b0e7a5f4-63c1-4d29-8f0a-7c95d2e1a846",
    Operation.SET: "5d1c9e72-0f4b-4a86-b3d7-e82a6c40f915",
}


def boundaries(contract: Contract, operation: Operation) -> Iterator[Sample]:
    """The boundary cases of an operation, always the same ones."""
    yield from _headers(contract, operation)
    if operation is Operation.SET:
        yield from _bodies(contract)


def _headers(contract: Contract, operation: Operation) -> Iterator[Sample]:
    """Each parameter left out, and at the edges of its schema."""
    body = dump({contract.identifiers[0]: "boundary"}) if operation is Operation.SET else b""
    uuid = _UUIDS[operation]
    platforms = contract.spec["components"]["parameters"][PLATFORM]["schema"]["enum"]
    yield Sample(operation, Address.CUSTOMER, body=body, why="no optional header")
    if operation is Operation.GET:
        yield Sample(operation, Address.PROFILE, why="no optional header")
    for value in platforms:
        yield Sample(operation, Address.CUSTOMER, ((PLATFORM, value),), body, why="enum")
    for value in ("", "x", platforms[0].swapcase(), f"{platforms[0]},{platforms[-1]}"):
        yield Sample(operation, Address.CUSTOMER, ((PLATFORM, value),), body, why="not in the enum")
    yield Sample(operation, Address.MADE_UP, body=body, why="neither id")
    yield Sample(operation, Address.CUSTOMER, body=body, key=False, why="no key")
    for name, value, why in (
        (PROFILE, uuid, "format: an unknown UUID"),
        (PROFILE, "x", "not of the format"),
        (PROFILE, uuid[:-1], "format: a digit less"),
        (PROFILE, f"{uuid}0", "format: a digit more"),
        (PROFILE, uuid.replace("-", ""), "format: without hyphens"),
        (PROFILE, f"{{{uuid}}}", "format: in braces"),
        (PROFILE, "g" + uuid[1:], "format: no hexadecimal digit"),
        (CUSTOMER, nobody(operation, "else"), "an unknown id"),
        (CUSTOMER, nobody(operation, "x" * 1000), "a long id"),
        (CUSTOMER, "", "minLength"),
        (PROFILE, "", "not of the format"),
    ):
        yield Sample(operation, Address.MADE_UP, ((name, value),), body, why=why)


def _bodies(contract: Contract) -> Iterator[Sample]:
    """Each keyword of the schema of a write, kept and broken."""
    names = contract.identifiers
    valid: Mapping[str, Any] = {name: f"boundary-{at}" for at, name in enumerate(names)}
    for at, name in enumerate(names):
        yield _write({name: valid[name]}, "properties")
        yield _write({name: _OTHER_TYPES[at % len(_OTHER_TYPES)]}, "type")
    yield _write(valid, "all properties")
    yield _write({}, "minProperties")
    yield _write({"x": "boundary"}, "additionalProperties")
    yield _write({**valid, "x": "boundary"}, "additionalProperties")
    yield _write({names[0]: ""}, "an empty string")
    yield from (_write(other, "type") for other in _BEYOND_OBJECT)
    for media_type in ("text/plain", "application/xml", None):
        yield Sample(Operation.SET, Address.CUSTOMER, (), dump({names[1]: "labelled"}), media_type, why="media type")
    yield Sample(Operation.SET, Address.CUSTOMER, (), b"", why="required")
    yield Sample(Operation.SET, Address.CUSTOMER, (), b"{", why="no JSON")
    for other in _FOR_EACH:
        yield from (_write({name: other}, "type, for each property") for name in names)


def _write(body: Any, why: str) -> Sample:
    return Sample(Operation.SET, Address.CUSTOMER, (), dump(body), why=why)
