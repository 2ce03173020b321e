"""Words by which a text says more than the name that is looked for in it."""

from __future__ import annotations

_TELLING = (
    *("deprecated", "obsolete", "discontinued", "retired", "removed", "no longer", "do not use", "don t use"),
    *("ignored", "ignores", "has no effect", "not supported", "unsupported", "not stored", "read only"),
    *("required", "mandatory", "must", "must not", "cannot", "only if", "except", "unless"),
    *("all profiles", "every profile", "other profiles", "any profile", "deletes", "clears", "resets"),
)


def says_more(text: str) -> bool:
    """Whether a text has words that change what it means, so that naming the right thing is no agreement."""
    letters = "".join(letter if letter.isalnum() else " " for letter in text.lower())
    padded = f" {' '.join(letters.split())} "
    return any(f" {words} " in padded for words in _TELLING)
