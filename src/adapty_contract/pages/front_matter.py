"""The front matter of a page."""

from __future__ import annotations

from adapty_contract.pages.blocks import Block
from adapty_contract.pages.notes import Notes

_LONGEST = 20_000


def claim_front_matter(block: Block, method: str, notes: Notes) -> str | None:
    """Notes the title and the description; the title, if there is one."""
    title: str | None = None
    for key, value, line in _entries(block, notes):
        if key in ("title", "description") and value.strip():
            notes.claim(line, f"page.{method}.{key}", value.strip(), value.strip())
            title = value.strip() if key == "title" else title
    return title


def _entries(block: Block, notes: Notes) -> list[tuple[str, str, int]]:
    """The entries whose values are texts, with their lines."""
    import yaml

    if len(block.text) > _LONGEST:
        notes.unread(block.line, "front matter that is too long")
        return []
    try:
        root = yaml.compose(block.text, Loader=yaml.SafeLoader)  # the one in C crashes on deep nesting
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        notes.unread(block.line + 1 + (0 if mark is None else mark.line), "front matter that is no YAML")
        return []
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        notes.unread(block.line, "front matter that is no mapping")
        return []
    return [
        (str(key.value), value.value, block.line + 1 + int(key.start_mark.line))
        for key, value in root.value
        if isinstance(value, yaml.ScalarNode)
    ]
