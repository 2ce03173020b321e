"""Faults in what a refusal tells: the error envelope, its code, its texts, its bytes."""

from __future__ import annotations

from dataclasses import replace

from adapty_contract.mock.faults.shorthands import answering, refuses, relabelled
from adapty_contract.model import Response

_JSON = "refusal-is-json"
_ENVELOPE = "refusal-is-an-envelope"
_WHY = "refusal-says-why"
_FITS = "refusal-code-fits"
_REPEATS = "refusal-repeats-its-status"
_OF_PROFILE = "not-found-code-is-of-the-profile"
_TRACE = "answer-holds-no-trace"


def _html(response: Response) -> Response:
    page = b"<!doctype html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>"
    return replace(relabelled(response, "text/html; charset=utf-8"), body=page)


answering("refusals-in-html", "Every refusal is a page of HTML.", _JSON, to=refuses())(_html)
answering("unknown-profile-in-html", "A 404 is a page of HTML.", _JSON, to=refuses(404))(_html)
answering("refused-key-in-html", "A 401 is a page of HTML.", _JSON, to=refuses(401))(_html)


@answering("refused-key-in-text", "A 401 is plain text.", _JSON, to=refuses(401))
def _refused_key_in_text(response: Response) -> Response:
    return replace(relabelled(response, "text/plain"), body=b"Unauthorized")


@answering("unknown-profile-in-silence", "A 404 has no body.", _JSON, to=refuses(404))
def _unknown_profile_in_silence(response: Response) -> Response:
    return replace(response, body=b"")


@answering("refused-body-in-silence", "A 400 has no body.", _JSON, to=refuses(400))
def _refused_body_in_silence(response: Response) -> Response:
    return replace(response, body=b"")


@answering("refusals-as-problem-json", "Refusals are labelled application/problem+json.", _JSON, to=refuses())
def _refusals_as_problem_json(response: Response) -> Response:
    return relabelled(response, "application/problem+json")


def _statuses(name: str, description: str, old: int, new: int, *violates: str) -> None:
    """Registers the fault that answers one status instead of another."""
    answering(name, description, *violates, to=refuses(old))(lambda response: replace(response, status=new))


_BODIES = ("broken-json-is-400", "body-in-other-encoding-is-400", "non-object-body-is-400", "container-value-is-400")
_statuses(
    "refused-body-422", "A 400 is a 422.", 400, 422, *_BODIES, "malformed-profile-id-is-refused", "status-is-documented"
)
_statuses("refused-body-404", "A 400 is a 404.", 400, 404, *_BODIES, _REPEATS)
_statuses("unknown-profile-400", "A 404 is a 400.", 404, 400, "unknown-profile-is-404", _REPEATS)
_statuses("unknown-profile-200", "A 404 is a 200, with the refusal in the body.", 404, 200,
          "unknown-profile-is-404", "unknown-profile-on-write-is-refused", "read-is-flat", "write-answer-is-blank-or-profile")  # fmt: skip
