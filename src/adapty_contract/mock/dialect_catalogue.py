"""The dialects, one entry each: id, what it does, the ledger entries that leave the choice open, the choice."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from adapty_contract.mock.dialects import Dialect, dialect
from adapty_contract.mock.lagging_store import COPY_LAG_S

MAX_VALUE_LENGTH: Final = 255
THROTTLE_EVERY: Final = 37
LAG_S: Final = 0.1

_ANSWERS = (
    dialect("post-200-profile", "POST 200 carries the profile.", "post-success-body", write_answer="profile"),
    dialect(
        "blank-200-typed",
        "POST 200 is blank, with a JSON Content-Type.",
        "content-type-of-blank",
        write_answer="blank-typed",
    ),
    dialect("errors-as-strings", "Items of `errors` are plain strings.", "error-items-form", error_items="strings"),
    dialect("errors-as-map", "`errors` maps a source to its texts.", "error-items-form", error_items="map"),
    dialect(
        "unauthorized-code", "401 has the code `unauthorized`.", "unauthorized-code", unauthorized_code="unauthorized"
    ),
    dialect(
        "not-found-code", "404 has the code `profile_not_found`.", "not-found-code", not_found_code="profile_not_found"
    ),
    dialect("unset-omitted", "Reads omit identifiers that are not set.", "unset-null-or-omitted", unset="omitted"),
    dialect("extra-identifier", "Reads tell one identifier more.", "new-identifiers", extra_identifier=True),
    dialect("escaped-unicode", "JSON answers escape what is not ASCII.", escape_unicode=True),
    dialect("charset-parameter", "JSON answers name their charset.", charset_parameter=True),
    dialect("cache-control-absent", "Answers say nothing about caching.", "caching", cache_control=False),
)

_PROFILES = (
    dialect(
        "unknown-profile-post-400",
        "POST to an unknown profile answers 400 `profile_does_not_exist`.",
        "not-found-forms",
        unknown_profile_on_write=HTTPStatus.BAD_REQUEST,
    ),
    dialect(
        "malformed-profile-id-404",
        "A profile id that is no UUID answers 404 like an unknown one.",
        "profile-id-format",
        malformed_profile_id=HTTPStatus.NOT_FOUND,
    ),
    dialect("profile-id-any-case", "Profile ids are found in either case.", "profile-id-format", profile_id_case="any"),
    dialect(
        "neither-header-401", "Neither id header answers 401.", "either-header", neither_header=HTTPStatus.UNAUTHORIZED
    ),
    dialect(
        "neither-header-404", "Neither id header answers 404.", "either-header", neither_header=HTTPStatus.NOT_FOUND
    ),
    dialect("both-headers-400", "Both id headers together answer 400.", "both-headers", both_headers="refused"),
    dialect(
        "both-headers-profile-id-wins",
        "Of both id headers only the profile id counts.",
        "both-headers",
        both_headers="profile-id-wins",
    ),
    dialect("scheme-case-insensitive", "`api-key` is as good as `Api-Key`.", "key-prefix", scheme_case="any"),
)

_BODIES = (
    dialect("unknown-fields-refused", "Unknown fields answer 400.", "unknown-fields", unknown_fields="refused"),
    dialect("repeated-names-refused", "A name given twice answers 400.", "duplicate-keys", repeated_names="refused"),
    dialect("null-clears", "null unsets an identifier.", "nullable-on-write", null_values="clears"),
    dialect("null-ignored", "null is accepted and changes nothing.", "nullable-on-write", null_values="ignored"),
    dialect("empty-object-accepted", "`{}` answers 200 and changes nothing.", "empty-object", empty_object="accepted"),
    dialect("scalars-coerced", "Numbers and booleans are taken as text.", "scalar-values", scalars="coerced"),
    dialect("blank-refused", "Empty and all-blank values answer 400.", "blank-values", blank_values="refused"),
    dialect("blank-clears", "Empty and all-blank values unset an identifier.", "blank-values", blank_values="clears"),
    dialect(
        "length-limit",
        f"Values over {MAX_VALUE_LENGTH} characters answer 400.",
        "example-values",
        max_value_length=MAX_VALUE_LENGTH,
    ),
    dialect("values-trimmed", "White space around a value is dropped.", "surrounding-whitespace", trim_values=True),
    dialect(
        "control-characters-refused",
        "Values with control characters answer 400.",
        "control-characters",
        control_characters="refused",
    ),
    dialect(
        "any-media-type-accepted",
        "A body is read as JSON whatever its Content-Type.",
        "request-media-type",
        other_media_types="parsed",
    ),
)

_PROTOCOL = (
    dialect("slash-redirect-308", "No trailing slash: 308.", "trailing-slash", missing_slash="redirect-308"),
    dialect("slash-404", "No trailing slash: 404.", "trailing-slash", missing_slash="not-found"),
    dialect("slash-served", "The path is served without its slash too.", "trailing-slash", missing_slash="served"),
    dialect(
        "method-not-allowed-plain", "405 has a body of plain text.", "undocumented-statuses", method_refusal="text"
    ),
    dialect("head-refused", "HEAD answers 405.", "head-and-options", head="refused"),
    dialect("options-refused", "OPTIONS answers 405.", "head-and-options", options="refused"),
    dialect("accept-honoured", "An Accept that excludes JSON answers 406.", "accept-header", accept="honoured"),
    dialect(
        "throttled",
        f"Each {THROTTLE_EVERY}th authenticated request answers 429 with Retry-After.",
        "rate-limit-figures",
        throttle_every=THROTTLE_EVERY,
    ),
    dialect("delayed-visibility", f"A write is seen by reads after {LAG_S} s.", "read-after-write", lag_s=LAG_S),
    dialect(
        "copies-by-turns",
        f"Every other read comes from a copy that sees a write after {COPY_LAG_S} s.",
        "read-after-write",
        copies="two",
    ),
    dialect("chunked", "Answers are chunked.", "body-framing", framing="chunked"),
    dialect("gzip", "Answers are compressed if the client accepts gzip.", "body-framing", compression="accepted"),
    dialect("gzip-unasked", "Answers are compressed though nobody asked.", "body-framing", compression="always"),
)

CATALOGUE: Final[tuple[Dialect, ...]] = (*_ANSWERS, *_PROFILES, *_BODIES, *_PROTOCOL)
"""Every dialect. In a group, the first one stands for the group where all are spoken together."""
