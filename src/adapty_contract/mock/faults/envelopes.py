"""Faults in what a refusal tells: the error envelope, its code, its texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapty_contract.mock import problems
from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import Document, of_object
from adapty_contract.mock.problems import Problem
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Operation

_ENVELOPE = "refusal-is-an-envelope"
_WHY = "refusal-says-why"
_FITS = "refusal-code-fits"
_REPEATS = "refusal-repeats-its-status"
_OF_PROFILE = "not-found-code-is-of-the-profile"
_TRACE = "answer-holds-no-trace"

_TRACEBACK = """Traceback (most recent call last):
  File "/app/api/views.py", line 87, in post
    body = json.loads(request.body)
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
"""


def _envelopes(
    name: str, description: str, *violates: str, of: frozenset[int] = frozenset({400, 401, 404})
) -> Callable[[Callable[[Document], Any]], None]:
    """Registers the fault that changes the envelope of refusals with a status in `of`."""

    def register(spoil: Callable[[Document], Any]) -> None:
        class Spoilt(Steps):
            def envelope(self, call: Call, problem: Problem) -> Any:
                document = super().envelope(call, problem)
                return of_object(document, spoil) if problem.status in of else document

        fault(name, description, violates=violates)(Spoilt)

    return register


@_envelopes("refusal-without-code", "Refusals have no error_code.", _ENVELOPE)
def _refusal_without_code(document: Document) -> Any:
    return {name: value for name, value in document.items() if name != "error_code"}


@_envelopes("refusal-without-status", "Refusals have no status_code.", _ENVELOPE)
def _refusal_without_status(document: Document) -> Any:
    return {name: value for name, value in document.items() if name != "status_code"}


@_envelopes("refused-key-as-detail", "A 401 has a `detail` instead of the envelope.", _ENVELOPE, of=frozenset({401}))
def _refused_key_as_detail(_: Document) -> Any:
    return {"detail": "Authentication credentials were not provided."}


@_envelopes("refused-body-as-detail", "A 400 tells fields and texts alone.", _ENVELOPE, of=frozenset({400}))
def _refused_body_as_detail(_: Document) -> Any:
    return {"non_field_errors": ["Invalid data."]}


@_envelopes("refusal-wrapped", "Refusals wrap the envelope in `error`.", _ENVELOPE)
def _refusal_wrapped(document: Document) -> Any:
    return {"error": document}


@_envelopes("refusal-in-a-list", "Refusals are a list of envelopes.", _ENVELOPE)
def _refusal_in_a_list(document: Document) -> Any:
    return [document]


@_envelopes("errors-as-text", "`errors` is a text.", _ENVELOPE)
def _errors_as_text(document: Document) -> Any:
    return {**document, "errors": "Invalid request."}


@_envelopes("errors-as-null", "`errors` is null.", _ENVELOPE)
def _errors_as_null(document: Document) -> Any:
    return {**document, "errors": None}


@_envelopes("errors-in-lists", "`errors` is a list of lists.", _ENVELOPE)
def _errors_in_lists(document: Document) -> Any:
    return {**document, "errors": [["Invalid request."]]}


@_envelopes("code-as-number", "error_code is a number.", _ENVELOPE)
def _code_as_number(document: Document) -> Any:
    return {**document, "error_code": 17}


@_envelopes("code-as-null", "error_code is null.", _ENVELOPE)
def _code_as_null(document: Document) -> Any:
    return {**document, "error_code": None}


@_envelopes("status-as-text", "status_code is a text.", _ENVELOPE)
def _status_as_text(document: Document) -> Any:
    return {**document, "status_code": str(document.get("status_code", ""))}


@_envelopes("errors-empty", "`errors` is empty.", _WHY)
def _errors_empty(document: Document) -> Any:
    return {**document, "errors": []}


@_envelopes(
    "texts-empty", "The texts of a refusal are empty strings, and no objects.", _WHY, "refusal-items-are-objects"
)
def _texts_empty(document: Document) -> Any:
    return {**document, "errors": [""]}


@_envelopes("code-empty", "error_code is an empty string.", _WHY, _OF_PROFILE, "unauthorized-code-is-not-authenticated")
def _code_empty(document: Document) -> Any:
    return {**document, "error_code": ""}


@_envelopes("status-zero", "status_code is 0, as in one example of the vendor.", _REPEATS)
def _status_zero(document: Document) -> Any:
    return {**document, "status_code": 0}


@_envelopes("status-of-success", "status_code is 200.", _REPEATS)
def _status_of_success(document: Document) -> Any:
    return {**document, "status_code": 200}


@_envelopes("unknown-profile-called-400", "A 404 says it is a 400, and has the later code.", _REPEATS,
            "not-found-code-is-profile-does-not-exist", of=frozenset({404}))  # fmt: skip
def _unknown_profile_called_400(document: Document) -> Any:
    return {**document, "error_code": "profile_not_found", "status_code": 400}


@_envelopes("refused-key-called-unknown", "A 401 has the code of an unknown profile.", _FITS,
            "unauthorized-code-is-not-authenticated", of=frozenset({401}))  # fmt: skip
def _refused_key_called_unknown(document: Document) -> Any:
    return {**document, "error_code": "profile_does_not_exist"}


@_envelopes("refused-body-called-unauthorized", "A 400 has the code of a refused key.", _FITS, of=frozenset({400}))
def _refused_body_called_unauthorized(document: Document) -> Any:
    return {**document, "error_code": "not_authenticated"}


@_envelopes("unknown-profile-called-a-path", "A 404 has the code of any path that is not there.", _OF_PROFILE,
            of=frozenset({404}))  # fmt: skip
def _unknown_profile_called_a_path(document: Document) -> Any:
    return {**document, "error_code": "not_found"}


@fault("unknown-profile-on-write-called-invalid", "A write to an unknown profile answers 404 `validation_error`.",
       violates=(_OF_PROFILE,))  # fmt: skip
class UnknownProfileOnWriteCalledInvalid(Steps):
    """The writing view has an error of its own."""

    def unknown_profile(self, call: Call) -> Problem:
        """See Lookup."""
        problem = super().unknown_profile(call)
        return replace(problem, code="validation_error") if call.operation is Operation.SET else problem


@_envelopes("refused-body-shows-trace", "A 400 shows the stack.", _TRACE, of=frozenset({400}))
def _refused_body_shows_trace(document: Document) -> Any:
    return {**document, "trace": _TRACEBACK}


@_envelopes("refused-body-names-exception", "A 400 names the exception.", _TRACE, of=frozenset({400}))
def _refused_body_names_exception(document: Document) -> Any:
    return {**document, "errors": [{"source": None, "errors": ["JSONDecodeError('Expecting value')"]}]}


@_envelopes("unknown-profile-shows-query", "A 404 shows the database's error.", _TRACE, of=frozenset({404}))
def _unknown_profile_shows_query(document: Document) -> Any:
    text = 'psycopg2.errors.InvalidTextRepresentation: syntax error at or near "profile"'
    return {**document, "errors": [{"source": None, "errors": [text]}]}


@fault("refused-key-repeated", "A 401 repeats the header field that it refuses.", violates=("answer-holds-no-secret",))
class RefusedKeyRepeated(Steps):
    """A key with a character too many still holds the key."""

    def envelope(self, call: Call, problem: Problem) -> Any:
        """See Answers."""
        if problem.status == 401:
            text = f"Invalid credentials: {call.request.header('authorization') or 'none'}"
            problem = replace(problem, items=((problems.WHOLE, text),))
        return super().envelope(call, problem)


@_envelopes("errors-as-map-of-texts", "`errors` maps a source to a single text.", _ENVELOPE)
def _errors_as_map_of_texts(document: Document) -> Any:
    return {**document, "errors": {"non_field_errors": "Invalid request."}}


@_envelopes("status-as-boolean", "status_code is true.", _ENVELOPE)
def _status_as_boolean(document: Document) -> Any:
    return {**document, "status_code": True}


@_envelopes("code-in-capitals", "The code of an unknown profile is in capitals.", _OF_PROFILE, of=frozenset({404}))
def _code_in_capitals(document: Document) -> Any:
    return {**document, "error_code": str(document.get("error_code", "")).upper()}
