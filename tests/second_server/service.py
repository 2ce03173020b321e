"""The two operations, right by the vendor's public material and nothing else; no HTTP library, no other module.

Where the sources leave a choice, this server takes the one that a lenient framework would take.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Never

PATH = "/api/v2/server-side-api/integration/profile/set/integration-identifiers/"
KEY = "secret_live_Wq7Lr2Zd.4mTnV8yBkH1sXcJ6pGfR3uEa9oQw5iYz"
ALLOW = {"Allow": "GET, POST, HEAD, OPTIONS"}

NAMES = (
    # A second home of the names, on purpose: a server that took them from the contract under test could not
    # contradict it. They are those of the table of the vendor's GET page, in the order of its example.
    "facebook_anonymous_id",
    "amplitude_user_id",
    "amplitude_device_id",
    "mixpanel_user_id",
    "appmetrica_profile_id",
    "appmetrica_device_id",
    "one_signal_player_id",
    "one_signal_subscription_id",
    "pushwoosh_hwid",
    "firebase_app_instance_id",
    "airbridge_device_id",
    "appsflyer_id",
    "branch_id",
    "adjust_device_id",
    "tenjin_analytics_installation_id",
    "posthog_distinct_user_id",
)


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes
    connection: str
    """What is the same for all requests of one connection."""

    @property
    def ids(self) -> tuple[str, str]:
        """The profile id and the customer user id that the request names; empty is as good as not there."""
        return self.headers.get("adapty-profile-id", ""), self.headers.get("adapty-customer-user-id", "")


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Profile:
    """A customer's profile; `values` holds what is set."""

    profile_id: str
    customer_user_id: str
    values: dict[str, str] = field(default_factory=dict)


class RefusalError(Exception):
    """The request is refused."""

    def __init__(self, status: int, code: str, *texts: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(*texts)
        self.status = status
        self.code = code
        self.headers = headers or {}

    @property
    def answer(self) -> Answer:
        """Texts as plain strings, which is how the vendor's OpenAPI document shows them for these operations."""
        body = {"errors": list(self.args), "error_code": self.code, "status_code": self.status}
        return Answer(self.status, json.dumps(body), {"Content-Type": "application/json", **self.headers})


def _profiles() -> list[Profile]:
    held = {"appsflyer_id": "1415211453000-6513894", "mixpanel_user_id": "$device:17b845b0-8de7-4033-a49c-ed2753c35667"}
    return [
        Profile("6f1a0c52-9d3b-4e7f-8a64-b21c5de09f73", "ada.lovelace@example.com", held),
        Profile("c4e8d7b1-02f6-4a95-9b3d-7e5f18a0c6d2", "Grace-Hopper_1906"),
    ]


def _not_a_number(spelling: str) -> Never:
    raise ValueError(f"{spelling} is not JSON")


class Service:
    """The server's mind: `answer` takes a request through steps that a defect may override."""

    def __init__(self) -> None:
        self.profiles = _profiles()
        self.lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """What to send back, whatever was asked."""
        try:
            return self.route(asked)
        except RefusalError as refusal:
            return refusal.answer

    def route(self, asked: Asked) -> Answer:
        """A path without its slash is another path, and as unknown as any."""
        if asked.path != PATH:
            return Answer(404, "<!doctype html><title>Not Found</title><h1>Not Found</h1>")
        if asked.method == "OPTIONS":
            return Answer(204, headers=ALLOW)
        if asked.method not in {"GET", "HEAD", "POST"}:
            raise RefusalError(405, "method_not_allowed", f'Method "{asked.method}" not allowed.', headers=ALLOW)
        self.sign_in(asked)
        profile = self.find(asked)
        return self.write(asked, profile) if asked.method == "POST" else self.read(asked, profile)

    def sign_in(self, asked: Asked) -> None:
        """Refuses a request without the key."""
        scheme, _, key = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "api-key" or not self.is_key(key.strip()):
            raise RefusalError(401, "unauthorized", "Invalid API key", headers={"WWW-Authenticate": "Api-Key"})

    def is_key(self, key: str) -> bool:
        """Whether it is the key, in a time that does not tell how much of it is right."""
        return hmac.compare_digest(key.encode(), KEY.encode())

    def find(self, asked: Asked) -> Profile:
        """The profile that is asked about; of two ids the profile id counts."""
        profile_id, customer_user_id = asked.ids
        if not profile_id and not customer_user_id:
            raise RefusalError(
                400, "validation_error", "Either adapty-customer-user-id or adapty-profile-id is required."
            )
        found = self.by_profile_id(profile_id) if profile_id else self.by_customer_user_id(customer_user_id)
        if found is None:
            raise RefusalError(404, "profile_not_found", "Profile not found")
        return found

    def by_profile_id(self, text: str) -> Profile | None:
        """The profile with this id, in any spelling that Python takes for a UUID; what is no UUID is nobody's."""
        try:
            wanted = str(uuid.UUID(text))
        except ValueError:
            return None
        return next((each for each in self.profiles if each.profile_id == wanted), None)

    def by_customer_user_id(self, text: str) -> Profile | None:
        """The profile of this customer."""
        return next((each for each in self.profiles if each.customer_user_id == text), None)

    def read(self, asked: Asked, profile: Profile) -> Answer:
        """All identifiers, those that are not set as null; a client that has them already gets a 304."""
        body = json.dumps(self.told(profile))
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
        headers = {"Cache-Control": "private, no-cache", "ETag": tag}
        if asked.headers.get("if-none-match") == tag:
            return Answer(304, headers=headers)
        return Answer(200, body, {"Content-Type": "application/json", **headers})

    def told(self, profile: Profile) -> dict[str, str | None]:
        """The profile's identifiers."""
        with self.lock:
            return {name: profile.values.get(name) for name in NAMES}

    def write(self, asked: Asked, profile: Profile) -> Answer:
        """Adds what the body names, and says nothing."""
        self.store(profile, self.validated(self.parsed(asked)))
        return Answer(200)

    def store(self, profile: Profile, values: Mapping[str, str]) -> None:
        """Values into the profile, all at once."""
        with self.lock:
            profile.values.update(values)

    def parsed(self, asked: Asked) -> Any:
        """The JSON of the body; no body is as good as an empty object. Numbers keep their spelling, as strings."""
        media_type = asked.headers.get("content-type", "")
        if media_type.partition(";")[0].strip().lower() != "application/json":
            raise RefusalError(415, "unsupported_media_type", f'Unsupported media type "{media_type}" in request.')
        if not asked.body:
            return {}
        try:
            text = asked.body.decode()
            return json.loads(text, parse_int=self.number, parse_float=self.number, parse_constant=_not_a_number)
        except (ValueError, RecursionError) as problem:
            raise RefusalError(400, "parse_error", f"JSON parse error - {problem}") from problem

    def number(self, spelling: str) -> str:
        """A number as it is kept."""
        return spelling

    def validated(self, document: Any) -> dict[str, str]:
        """The identifiers that a document sets: unknown members and nulls count as not there."""
        if not isinstance(document, dict):
            raise RefusalError(400, "validation_error", "value is not a valid dict")
        named = {name: document[name] for name in NAMES if document.get(name) is not None}
        wrong = [f"{name}: str type expected" for name, value in named.items() if not self.is_text(value)]
        if wrong:
            raise RefusalError(400, "validation_error", *wrong)
        if not named:
            raise RefusalError(400, "validation_error", "At least one integration identifier must be provided.")
        return {name: str(value) for name, value in named.items()}

    def is_text(self, value: object) -> bool:
        """Whether a value can be kept as text, as booleans can, and half of a surrogate pair cannot."""
        if not isinstance(value, str):
            return isinstance(value, bool)
        return not any("\ud800" <= character <= "\udfff" for character in value)
