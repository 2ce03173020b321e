"""The values that travel through the suite: exchanges, clauses, results. Frozen, and free of input and output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

Headers = tuple[tuple[str, str], ...]
"""Header fields in wire order; values are the wire's bytes decoded as ISO 8859-1, so any byte survives."""


class Operation(StrEnum):
    """An operation of the API, by its `operationId` in the spec."""

    GET = "getIntegrationIdentifiers"
    SET = "setIntegrationIdentifiers"

    @property
    def method(self) -> str:
        """The HTTP method of this operation."""
        return "GET" if self is Operation.GET else "POST"


class Level(StrEnum):
    """How binding a clause is: a source says so, an inference, or undocumented but worth recording."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Verdict(StrEnum):
    """What a run says of a clause."""

    HELD = "held"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"
    NOT_EXERCISED = "not exercised"


class KeyFact(StrEnum):
    """What the sender knows of the API key that a request carries."""

    VALID = "valid"
    REFUSED = "refused"  # must be answered 401: missing, wrong, mangled, in another place or under another scheme
    OPEN = "open"  # the sources leave it open: a public key, another case of the scheme's name


class ProfileFact(StrEnum):
    """What the sender knows of the profile that a request names."""

    KNOWN = "known"
    UNKNOWN = "unknown"  # must be answered 404
    MALFORMED = "malformed"  # 400 or 404: no source says which
    NEITHER = "neither"  # neither id header: some 4xx
    OPEN = "open"  # both headers, several values, odd encodings


class BodyFact(StrEnum):
    """What the sender knows of the body of a request."""

    NONE = "none"  # no body, as a read has none
    VALID = "valid"  # must be accepted
    REFUSED = "refused"  # must be answered 400
    OPEN = "open"  # the sources leave it open, or disagree


@dataclass(frozen=True, slots=True)
class Facts:
    """What the sender of a request knows beyond its bytes; `None` where it knows nothing (recorded traffic)."""

    key: KeyFact | None = None
    profile: ProfileFact | None = None
    body: BodyFact | None = None
    key_expression: str = "$ADAPTY_API_KEY"
    """How a shell spells the key that was sent, so that a curl line can show it without showing the key."""
    clause: str | None = None
    """The clause that the request was sent for: the status rules judge under it."""
    probe: bool = False
    """Whether method, path, media type or framing was bent on purpose, so that the status rules do not apply."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as its sender made it. `target` is the origin form: path and query.

    The fields that the transport adds to every request (Host, User-Agent, Accept, Accept-Encoding, Content-Length) are not
    among `headers` unless the sender set them.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in any case; `None` if absent."""
        return first_header(self.headers, name)

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Response:
    """A final HTTP response. `body` has its content coding removed and ends at the client's cap.

    `remarks` are kebab-case codes of what the client noticed on the wire and a check may judge
    (`body-over-cap`, `coding-mismatch`, `secret-echoed`, ...).
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    reason: str = ""
    http_version: str = "HTTP/1.1"
    remarks: frozenset[str] = frozenset()

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in any case; `None` if absent."""
        return first_header(self.headers, name)

    @property
    def media_type(self) -> str | None:
        """The media type without parameters, in lower case; `None` without a Content-Type."""
        value = self.header("content-type")
        return None if value is None else value.partition(";")[0].strip().lower()

    @cached_property
    def document(self) -> Document:
        """The body read as JSON, once."""
        from adapty_contract.jsontext import read_document

        return read_document(self.body)


@dataclass(frozen=True, slots=True)
class Document:
    """A body read as JSON: its value, or the fault that makes it no JSON; `faults` also names what JSON permits
    but no client survives unharmed (`duplicate-key`, `not-a-number`, `lone-surrogate`, `too-deep`, `bom`, ...).
    """

    value: Any = None
    ok: bool = False
    faults: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TransportFault:
    """Why an exchange has no response. `kind` is a kebab-case code (`refused`, `read-timeout`, `truncated`, ...)."""

    kind: str
    detail: str


@dataclass(frozen=True)
class Exchange:
    """One request and what came of it, redacted at capture: no secret of the run stands in it.

    `number` counts from 1 in the run; `label` says in words what it was sent for; `started` is the wall clock in UTC
    (ISO 8601), `elapsed` the monotonic duration in seconds.
    """

    number: int
    request: Request
    response: Response | None
    fault: TransportFault | None = None
    facts: Facts = Facts()
    operation: Operation | None = None
    label: str = ""
    started: str = ""
    elapsed: float = 0.0
    attempts: int = 1

    @property
    def status(self) -> int | None:
        """The response's status, or `None` without a response."""
        return None if self.response is None else self.response.status


@dataclass(frozen=True, slots=True)
class Source:
    """Who says so: a source's id in `contracts/sources.yaml`, the line if it has one, a short quote if it helps."""

    source: str
    line: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence that the API promises."""

    id: str
    topic: str
    level: Level
    statement: str
    operations: tuple[Operation, ...]
    sources: tuple[Source, ...]
    needs: tuple[str, ...] = ()
    """What a run must have to exercise it: `writes`, `profile-id`, `customer-user-id`, `other-profile`, `loopback`."""
    after: tuple[str, ...] = ()
    """Root clauses: where one of them is violated, a violation of this one is taken for its consequence."""
    ledger: tuple[str, ...] = ()
    open: bool = False
    """The stricter reading of a question the sources leave open: departing from it is *inconclusive* and recorded as an
    observation; `--strict` makes it a violation."""
    line: int | None = None
    """The line of `contracts/clauses/<topic>.yaml` on which it stands."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one check or scenario says of one clause after one or more exchanges."""

    clause: str
    verdict: Verdict
    expected: str = ""
    seen: str = ""
    exchanges: tuple[int, ...] = ()
    layer: str = "scenarios"
    case: str = ""
    """The scenario, check or generated case that found it, for people who look for it."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a run saw where the contract leaves it open. `id` is the question, `answer` what this server does.

    In a record `answers` has each different answer, in the order they were seen, and `answer` joins them.
    """

    id: str
    answer: str
    ledger: tuple[str, ...] = ()
    exchanges: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of the target, by the ids it can be addressed with (at least one of the two)."""

    customer_user_id: str | None = None
    profile_id: str | None = None


@dataclass(frozen=True, slots=True)
class ClauseReport:
    """The merged verdict of one clause in a run, with its results that matter.

    `exercised` counts all its results, `count` those that have its verdict; of these `results` keeps some.
    """

    clause: Clause
    verdict: Verdict
    why: str = ""
    exercised: int = 0
    results: tuple[Result, ...] = field(default=())
    count: int = 0


def first_header(headers: Headers, name: str) -> str | None:
    """The first value of header `name` (any case) in `headers`, or `None`."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


def header_values(headers: Headers, name: str) -> tuple[str, ...]:
    """Every value of header `name` (any case) in `headers`, in order."""
    wanted = name.lower()
    return tuple(value for key, value in headers if key.lower() == wanted)


Identifiers = Mapping[str, str | None]
"""What a profile holds: identifier name to value, `None` where it is unset."""
