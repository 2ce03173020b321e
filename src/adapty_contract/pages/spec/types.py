"""What a schema says of the value it describes: its types, and whether null is one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adapty_contract.pages.spec.document import Document, Place

_CHOICES = ("anyOf", "oneOf")
_UNREAD = frozenset({
    "not", "if", "then", "else", "patternProperties", "propertyNames", "dependentSchemas", "dependentRequired",
    "unevaluatedProperties", "contains", "$dynamicRef", "$recursiveRef",
})  # fmt: skip
_DEEPEST = 48  # references and `allOf` within each other


@dataclass(frozen=True, slots=True)
class Says:
    """The types as they are written, whether null is allowed, and where both stand; None where nothing is said."""

    names: tuple[str, ...] = ()
    nullable: bool | None = None
    named_at: Place | None = None
    nullable_at: Place | None = None

    @property
    def type(self) -> str | None:
        """The types in one text."""
        return " | ".join(self.names) or None


def parts_of(document: Document, place: Place, above: frozenset[str] = frozenset()) -> Iterator[Place]:
    """A schema and all that it must fit besides: what it refers to, and what stands in `allOf`."""
    if place.pointer in above or len(above) >= _DEEPEST:
        document.unread(place, "a schema that consists of itself")
        return
    document.spend()
    above |= {place.pointer}
    refers = place.text("$ref") is not None
    if not refers or document.is_json_schema:
        _tell_keywords(document, place)
        yield place
    target = document.target(place) if refers else None
    if target is not None:
        yield from parts_of(document, target, above)
    if refers and not document.is_json_schema:
        return  # in 3.0, nothing beside a reference counts
    for member in document.items(place, "allOf"):
        yield from parts_of(document, member, above)


def choices_of(part: Place) -> Iterator[list[Place]]:
    """The alternatives of a schema, each list of which it must fit one."""
    for name in _CHOICES:
        found = part.get(name)
        if found is not None and found.node.items:
            yield list(found.items())


def read_type(document: Document, place: Place, above: frozenset[str] = frozenset()) -> Says:
    """The types that a schema allows."""
    says = Says()
    if place.pointer in above or len(above) >= _DEEPEST:
        return says
    above |= {place.pointer}
    for part in parts_of(document, place):
        says = _both(says, _own(document, part))
        for branches in choices_of(part):
            says = _both(says, _either([read_type(document, branch, above) for branch in branches], branches))
    return says


def _own(document: Document, part: Place) -> Says:
    """What a schema says by its own keywords."""
    told = part.get("type")
    names = [] if told is None else [item.node.text for item in told.items()] or [told.node.text]
    keyword = part.get("nullable")
    nullable = None if told is None else "null" in names
    at = told
    if keyword is not None and told is not None:
        at = keyword
        if not document.is_json_schema and keyword.node.value is True:
            nullable = True
    values = allowed(part)
    if values is not None and None not in values[1]:
        nullable, at = False, values[0] if told is None else at
    return Says(tuple(name for name in names if name), nullable, told, at)


def allowed(part: Place) -> tuple[Place, list[object]] | None:
    """The values that a schema lists, and where."""
    enum, const = part.get("enum"), part.get("const")
    if enum is not None and enum.node.items:
        return enum, enum.node.plain()
    return None if const is None else (const, [const.node.plain()])


def _both(first: Says, second: Says) -> Says:
    known = [says for says in (first, second) if says.nullable is not None]
    decisive = next((says for says in known if not says.nullable), known[0] if known else Says())
    common = tuple(name for name in first.names if name in second.names)
    names = common or tuple(dict.fromkeys((*first.names, *second.names)))
    return Says(names, decisive.nullable, first.named_at or second.named_at, decisive.nullable_at)


def _either(told: list[Says], branches: list[Place]) -> Says:
    names = tuple(dict.fromkeys(name for says in told for name in says.names))
    at = next((says.named_at for says in told if says.named_at is not None), branches[0])
    nulls = next((says.nullable_at for says in told if says.nullable), None)
    if not any(says.names or says.nullable is not None for says in told):
        return Says()
    return Says(names, any(says.nullable is not False for says in told), at, nulls or at)


def _tell_keywords(document: Document, place: Place) -> None:
    """Notes keywords that mean nothing in the version that the document declares."""
    for name in sorted(_UNREAD & place.node.members.keys()):
        document.unread(place.get(name) or place, f"the keyword `{name}`")
    keyword, told = place.get("nullable"), place.get("type")
    if keyword is not None and document.is_json_schema:
        document.claim_once(keyword, "spec.nullable", keyword.pointer)
    if told is not None and told.node.kind == "sequence" and not document.is_json_schema:
        document.claim_once(told, "spec.type", told.pointer)
