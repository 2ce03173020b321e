"""The pieces that terminal output is laid out with; every text from outside goes through `Page.text`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapty_contract.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

_LABEL = 11  # cells of the column of labels
_NAME = 34  # at most so many cells for the column of names
_VALUE = 600  # characters of a value that may take several lines


@dataclass(frozen=True, slots=True)
class Page:
    """What the output is written on: its cells a line, and whether it takes ASCII only."""

    console: Console
    width: int
    ascii_only: bool = False

    def text(self, text: str, *, limit: int | None = None, style: str = "") -> Text:
        """`text` on one line, harmless, shortened in the middle to `limit` characters; never read as markup."""
        from rich.text import Text

        return Text(one_line(text, limit, ascii_only=self.ascii_only), style=style)

    def labelled(self, label: str, value: str, *, indent: int = 2, style: str = "dim") -> Iterator[Text]:
        """A label and a value, which wraps within its column."""
        from rich.text import Text

        left = Text(" " * indent + label.ljust(_LABEL), style=style)
        for row in self.text(value, limit=_VALUE).wrap(self.console, max(self.width - left.cell_len, 20)):
            row.rstrip()
            yield Text.assemble(left, row)
            left = Text(" " * left.cell_len)

    def columns(self, rows: Sequence[tuple[str, str]]) -> Iterator[Text]:
        """Rows of a name and a text, each on one line, cut to fit."""
        from rich.text import Text

        names = [self.text(name, limit=4 * _NAME) for name, _ in rows]
        room = min(max((name.cell_len for name in names), default=0), _NAME)
        for name, (_, value) in zip(names, rows, strict=True):
            text = self.text(value, limit=4 * self.width)
            yield Text.assemble(
                "    ", self._fitted(name, room, pad=True), "  ", self._fitted(text, self.width - room - 6)
            )

    def _fitted(self, text: Text, room: int, *, pad: bool = False) -> Text:
        """`text` in at most `room` cells, with dots at its end if some of it is missing."""
        from rich.text import Text

        if text.cell_len > room:
            text.truncate(max(room - 3, 1), overflow="crop")
            text = Text.assemble(text, "...")
        if pad:
            text.pad_right(max(room - text.cell_len, 0))
        return text

    def symbol(self, sign: str, plain: str) -> str:
        """`sign`, or `plain` where only ASCII can be shown."""
        return plain if self.ascii_only else sign


def heading(text: str) -> Text:
    """The title of a section."""
    from rich.text import Text

    return Text(f"  {text}", style="bold")


def remark(text: str) -> Text:
    """A line of less weight beneath others; for texts of our own."""
    from rich.text import Text

    return Text(f"    {text}", style="dim")


def plural(number: int, noun: str) -> str:
    """`1 clause`, `2 clauses`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def seconds(value: float) -> str:
    """A duration as people read it: `0.42 s`, `12.3 s`, `3 min 20 s`."""
    if value < 10:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"
