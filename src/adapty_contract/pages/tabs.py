"""Tabs: which group they belong to, and which of them is shown first."""

from __future__ import annotations

from collections.abc import Sequence

from adapty_contract.pages.blocks import Block
from adapty_contract.pages.notes import Notes


def read_tabs(blocks: Sequence[Block], notes: Notes, method: str) -> None:
    """Notes of every group of tabs the `groupId`, or None, and the values of the tabs that are `default`."""
    groups: list[tuple[Block, list[str]]] = []
    for block in blocks:
        tag = block.tag
        if tag is None or tag.kind == "close":
            continue
        if tag.name == "Tabs":
            groups.append((block, []))
        elif tag.name == "TabItem" and groups and "default" in tag.attributes:
            groups[-1][1].append(str(tag.attributes.get("value", tag.attributes.get("label", ""))))
    for block, defaults in groups:
        group = block.tag.attributes.get("groupId") if block.tag is not None else None
        subject = notes.findings.unique(f"page.{method}.tabs")
        notes.claim(block.line, subject, {"group": group, "defaults": list(defaults)}, "<Tabs")
