"""Faults in what a read tells: the document, before it becomes bytes."""

from __future__ import annotations

import json
import re
from typing import Any

from adapty_contract.mock.answers import Call
from adapty_contract.mock.faults import fault
from adapty_contract.mock.faults.shorthands import Document, of_object, telling
from adapty_contract.mock.steps import Steps
from adapty_contract.model import Identifiers

_FLAT = "read-is-flat"
_NAMED = "read-names-every-identifier"
_STRINGS = "read-values-are-strings-or-null"
_UNSET = "unset-identifier-is-null"
_PRIVATE = "read-holds-nothing-private"


def _instead_of_null(document: Document, stand_in: Any) -> Document:
    return {name: stand_in if value is None else value for name, value in document.items()}


def _instead_of_text(document: Document, change: Any) -> Document:
    return {name: change(value) if isinstance(value, str) else value for name, value in document.items()}


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(map(str.title, tail))


@telling("unset-told-as-empty", "Reads tell an unset identifier as an empty string.", _UNSET)
def _unset_told_as_empty(document: Document) -> Any:
    return _instead_of_null(document, "")


@telling("unset-told-as-null-text", "Reads tell an unset identifier as the text null.", _UNSET)
def _unset_told_as_null_text(document: Document) -> Any:
    return _instead_of_null(document, "null")


@telling("unset-told-as-none-text", "Reads tell an unset identifier as the text None.", _UNSET)
def _unset_told_as_none_text(document: Document) -> Any:
    return _instead_of_null(document, "None")


@telling("unset-told-as-false", "Reads tell an unset identifier as false.", _STRINGS)
def _unset_told_as_false(document: Document) -> Any:
    return _instead_of_null(document, stand_in=False)


@telling("unset-told-as-zero", "Reads tell an unset identifier as the number 0.", _STRINGS)
def _unset_told_as_zero(document: Document) -> Any:
    return _instead_of_null(document, 0)


@telling("unset-told-as-empty-list", "Reads tell an unset identifier as an empty list.", _STRINGS)
def _unset_told_as_empty_list(document: Document) -> Any:
    return _instead_of_null(document, [])


@telling("one-unset-told-as-empty", "Reads tell one identifier, while it is unset, as an empty string.", _UNSET)
def _one_unset_told_as_empty(document: Document) -> Any:
    return {**document, "branch_id": document["branch_id"] or ""} if "branch_id" in document else document


@telling("identifier-not-told", "Reads leave one identifier out, set or not.", _NAMED, "every-identifier-is-writable")
def _identifier_not_told(document: Document) -> Any:
    return {name: value for name, value in document.items() if name != "posthog_distinct_user_id"}


@telling("thirteen-told", "Reads tell the thirteen identifiers of the old table alone.", _NAMED)
def _thirteen_told(document: Document) -> Any:
    newer = {"one_signal_player_id", "posthog_distinct_user_id", "tenjin_analytics_installation_id"}
    return {name: value for name, value in document.items() if name not in newer}


@telling("one-unset-left-out", "Reads leave one identifier out while it is unset.", _NAMED)
def _one_unset_left_out(document: Document) -> Any:
    return {name: value for name, value in document.items() if value is not None or name != "pushwoosh_hwid"}


@telling("identifier-renamed", "Reads tell mixpanel_user_id under the page's misspelt name.", _NAMED)
def _identifier_renamed(document: Document) -> Any:
    return {"mixpanel_user_i" if name == "mixpanel_user_id" else name: value for name, value in document.items()}


@telling("names-in-camel-case", "Reads tell the names in camel case.", _FLAT)
def _names_in_camel_case(document: Document) -> Any:
    return {_camel(name): value for name, value in document.items()}


@telling("names-with-hyphens", "Reads tell the names with hyphens.", _FLAT)
def _names_with_hyphens(document: Document) -> Any:
    return {name.replace("_", "-"): value for name, value in document.items()}


@telling("wrapped-in-data", "Reads wrap the identifiers in `data`.", _FLAT)
def _wrapped_in_data(document: Document) -> Any:
    return {"data": document}


@telling("wrapped-beside-them", "Reads tell the identifiers and, once more, in `integration_identifiers`.", _FLAT)
def _wrapped_beside_them(document: Document) -> Any:
    return {**document, "integration_identifiers": document}


@telling("told-in-a-list", "Reads put the object of the identifiers into a list.", _FLAT)
def _told_in_a_list(document: Document) -> Any:
    return [document]


@telling("told-as-pairs", "Reads tell a list of names and values.", _FLAT)
def _told_as_pairs(document: Document) -> Any:
    return [{"name": name, "value": value} for name, value in document.items()]


@telling("told-as-json-text", "Reads tell the object as JSON text inside a JSON string.", _FLAT)
def _told_as_json_text(document: Document) -> Any:
    return json.dumps(document)


@telling("told-as-null", "Reads tell null instead of an object.", _FLAT)
def _told_as_null(_: Document) -> Any:
    return None


@telling("nothing-told", "Reads tell an empty object.", "write-is-visible", "unset-identifier-is-named")
def _nothing_told(_: Document) -> Any:
    return {}


@telling("each-told-as-object", "Reads tell each set identifier as an object with its value.", _STRINGS)
def _each_told_as_object(document: Document) -> Any:
    return _instead_of_text(document, lambda text: {"value": text})


@telling("each-told-as-list", "Reads tell each set identifier as a list of one.", _STRINGS)
def _each_told_as_list(document: Document) -> Any:
    return _instead_of_text(document, lambda text: [text])


@telling("digits-told-as-number", "Reads tell a value of digits alone as a number.", _STRINGS)
def _digits_told_as_number(document: Document) -> Any:
    return _instead_of_text(document, lambda text: int(text) if re.fullmatch("[1-9][0-9]{0,18}|0", text) else text)


@telling("long-digits-told-as-number", "Reads tell a value of 19 digits and more as a number.", _STRINGS)
def _long_digits_told_as_number(document: Document) -> Any:
    return _instead_of_text(document, lambda text: int(text) if re.fullmatch("[1-9][0-9]{18,30}", text) else text)


@telling("true-told-as-boolean", "Reads tell the text true as a boolean.", _STRINGS)
def _true_told_as_boolean(document: Document) -> Any:
    return _instead_of_text(document, lambda text: True if text == "true" else text)


@telling("exponent-told-as-number", "Reads tell a value that looks like a decimal number as one.", _STRINGS)
def _exponent_told_as_number(document: Document) -> Any:
    pattern = r"[0-9]+(\.[0-9]+|e[0-9]+)"
    return _instead_of_text(document, lambda text: float(text) if re.fullmatch(pattern, text) else text)


@telling("json-text-told-as-document", "Reads tell a value that is a JSON object as an object.", _STRINGS)
def _json_text_told_as_document(document: Document) -> Any:
    return _instead_of_text(document, lambda text: json.loads(text) if text.startswith('{"') else text)


@telling("long-value-told-in-parts", "Reads tell a value over 64 characters as a list of parts.", _STRINGS)
def _long_value_told_in_parts(document: Document) -> Any:
    return _instead_of_text(document, lambda text: [text[:64], text[64:]] if len(text) > 64 else text)


@telling("null-word-told-as-null", "Reads tell the text null as null.", "values-round-trip")
def _null_word_told_as_null(document: Document) -> Any:
    return _instead_of_text(document, lambda text: None if text.lower() == "null" else text)


@telling(
    "zero-left-out",
    "Reads leave out what is unset, and values that are 0.",
    "values-round-trip",
    "unset-identifier-is-named",
)
def _zero_left_out(document: Document) -> Any:
    return {name: value for name, value in document.items() if value is not None and value != "0"}


@telling("secret-beside-them", "Reads add the app's secret key.", _PRIVATE)
def _secret_beside_them(document: Document) -> Any:
    return {**document, "secret_key": "secret_live_Pj1P1xzM.2CvSvE1IalQRFjsWy6csBVNpH33atnod"}


@telling("token-beside-them", "Reads add a member that holds a signed token.", _PRIVATE)
def _token_beside_them(document: Document) -> Any:
    return {**document, "ref": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"}


@telling("email-beside-them", "Reads add the customer's e-mail address.", _PRIVATE)
def _email_beside_them(document: Document) -> Any:
    return {**document, "email": "someone@example.com"}


@fault(
    "key-beside-them",
    "Reads add the request's header fields, the key among them.",
    violates=("answer-holds-no-secret",),
)
class KeyBesideThem(Steps):
    """A debugging aid that was left on."""

    def identifiers_document(self, call: Call, identifiers: Identifiers) -> Any:
        """See Answers."""
        debug = {"headers": dict(call.request.headers)}
        return of_object(super().identifiers_document(call, identifiers), lambda document: {**document, "debug": debug})


@fault("key-coded-beside-them", "Reads add the key, as Base64.", violates=("answer-holds-no-secret",))
class KeyCodedBesideThem(Steps):
    """A trace identifier made from the key."""

    def identifiers_document(self, call: Call, identifiers: Identifiers) -> Any:
        """See Answers."""
        from base64 import b64encode

        trace = b64encode(self.key.encode()).decode()
        return of_object(super().identifiers_document(call, identifiers), lambda document: {**document, "trace": trace})
