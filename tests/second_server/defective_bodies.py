"""Defects in what a write's body may be."""

from __future__ import annotations

from .defects import defect
from .service import NAMES, Answer, Asked, Profile, RefusalError, Service


@defect("refused-values-come-with-the-next-write")
class RefusedValuesComeWithTheNextWrite(Service):
    """What is valid in a refused write stays in the open transaction, and is saved with the profile's next write."""

    def __init__(self) -> None:
        super().__init__()
        self.pending: dict[Profile, dict[str, str]] = {}

    def write(self, asked: Asked, profile: Profile) -> Answer:
        document = self.parsed(asked)
        waiting = self.pending.setdefault(profile, {})
        try:
            values = self.validated(document)
        except RefusalError:
            if isinstance(document, dict):
                waiting.update({name: document[name] for name in NAMES if isinstance(document.get(name), str)})
            raise
        self.store(profile, {**waiting, **values})
        waiting.clear()
        return Answer(200)


@defect("numbers-pass-through-floats")
class NumbersPassThroughFloats(Service):
    """A number is parsed into a float and printed again, which rounds ids of 19 digits."""

    def number(self, spelling: str) -> str:
        return str(float(spelling)).removesuffix(".0")


@defect("lists-kept-as-text")
class ListsKeptAsText(Service):
    """A list or an object in place of a string is kept as the text that it prints as."""

    def is_text(self, value: object) -> bool:
        return isinstance(value, list | dict) or super().is_text(value)


@defect("parameter-of-the-media-type-refused")
class ParameterOfTheMediaTypeRefused(Service):
    """A label is compared as text, so that a charset behind application/json is a 415."""

    def parsed(self, asked: Asked) -> object:
        label = asked.headers.get("content-type", "")
        if label != "application/json":
            raise RefusalError(415, "unsupported_media_type", f'Unsupported media type "{label}" in request.')
        return super().parsed(asked)
