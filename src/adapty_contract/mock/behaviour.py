"""Every choice that the sources leave to a server, as one frozen value; the defaults are the strict reading."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the mock behaves where sources disagree or are silent. Each field is one choice; a dialect changes one."""

    write_answer: Literal["blank", "blank-typed", "profile"] = "blank"
    """What follows an accepted write: nothing, nothing under a JSON Content-Type, or the profile in an envelope."""
    error_items: Literal["objects", "strings", "map"] = "objects"
    """The form of `errors`: `[{source, errors}]`, `[text]`, or `{source: [text]}`."""
    unauthorized_code: Literal["not_authenticated", "unauthorized"] = "not_authenticated"
    not_found_code: Literal["profile_does_not_exist", "profile_not_found"] = "profile_does_not_exist"
    unknown_profile_on_write: HTTPStatus = HTTPStatus.NOT_FOUND
    """404 or 400."""
    malformed_profile_id: HTTPStatus = HTTPStatus.BAD_REQUEST
    """400 or 404."""
    profile_id_case: Literal["exact", "any"] = "exact"
    neither_header: HTTPStatus = HTTPStatus.BAD_REQUEST
    """400, 401 or 404."""
    both_headers: Literal["must-agree", "refused", "profile-id-wins"] = "must-agree"
    """Both id headers: accepted if they name one profile, never accepted, or the customer id ignored."""
    scheme_case: Literal["exact", "any"] = "exact"
    """Whether `api-key` is as good as `Api-Key`."""

    unknown_fields: Literal["ignored", "refused"] = "ignored"
    null_values: Literal["refused", "clears", "ignored"] = "refused"
    repeated_names: Literal["last-counts", "refused"] = "last-counts"
    empty_object: Literal["refused", "accepted"] = "refused"
    scalars: Literal["refused", "coerced"] = "refused"
    """Numbers and booleans as values: refused, or taken as their text."""
    blank_values: Literal["accepted", "refused", "clears"] = "accepted"
    """Values that are empty or only white space."""
    trim_values: bool = False
    max_value_length: int | None = None
    """The most characters (code points) a value may have; longer ones answer 400."""
    control_characters: Literal["accepted", "refused"] = "accepted"
    other_media_types: Literal["refused", "parsed"] = "refused"
    """A body that is not declared as JSON: 415, or read as JSON all the same."""

    missing_slash: Literal["redirect-301", "redirect-308", "not-found", "served"] = "redirect-301"
    method_refusal: Literal["json", "text"] = "json"
    """The body of a 405: the error envelope, or plain text."""
    head: Literal["served", "refused"] = "served"
    options: Literal["served", "refused"] = "served"
    accept: Literal["ignored", "honoured"] = "ignored"
    """Whether an Accept header that excludes JSON answers 406."""
    throttle_every: int | None = None
    """Each so many authenticated requests one is answered 429."""
    lag_s: float = 0.0
    """Seconds until a write is seen by reads."""
    copies: Literal["one", "two"] = "one"
    """Whether reads come from one copy of the data, or by turns from two of which one lags."""

    framing: Literal["length", "chunked"] = "length"
    compression: Literal["none", "accepted", "always"] = "none"
    """gzip: never, if the client accepts it, or unasked."""
    charset_parameter: bool = False
    escape_unicode: bool = False
    """Whether JSON answers write characters outside ASCII as escapes."""
    cache_control: bool = True
    """Whether answers forbid that they be stored."""
    unset: Literal["null", "omitted"] = "null"
    extra_identifier: bool = False
    """Whether reads tell an identifier that the contract does not know yet."""


STRICT = Behaviour()
"""The strict reading: what the mock does unless told otherwise."""
