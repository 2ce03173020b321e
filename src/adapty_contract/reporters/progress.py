"""Tell a person on stderr how far a run is: one live line on a terminal, a line per layer elsewhere, or nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from adapty_contract.reporters.terminal_parts import plural, seconds
from adapty_contract.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

_REDRAW = 0.1  # seconds between two drawings of the live line
_NOTE = 400


class Progress(Protocol):
    """What a runner tells while it runs. No call blocks or raises because nobody listens."""

    def start(self, layer: str, total: int | None = None) -> None:
        """A layer begins; `total` steps are ahead, `None` if nobody knows. It ends the layer before."""

    def advance(self, steps: int = 1) -> None:
        """So many steps of the layer are done."""

    def note(self, text: str) -> None:
        """Something a person should know now; text from a server is made harmless."""

    def stop(self) -> None:
        """The last layer has ended; nothing is left on the line. May be called again."""


def progress_for(stream: TextIO, *, silent: bool = False) -> Progress:
    """The progress that fits `stream` (stderr): live on a terminal that can move its cursor, lines elsewhere."""
    if silent:
        return SilentProgress()
    if not stream.isatty():
        return LineProgress(stream)
    from rich.console import Console

    console = Console(file=stream)
    return LineProgress(stream) if console.is_dumb_terminal else LiveProgress(console)


class SilentProgress:
    """Says nothing."""

    def start(self, layer: str, total: int | None = None) -> None:
        """See Progress."""

    def advance(self, steps: int = 1) -> None:
        """See Progress."""

    def note(self, text: str) -> None:
        """See Progress."""

    def stop(self) -> None:
        """See Progress."""


class LineProgress:
    """Plain lines at the start and the end of each layer, for logs."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Lines go to `stream`; `clock` is monotonic, in seconds."""
        self._stream = stream
        self._clock = clock
        self._layer: str | None = None
        self._done = 0
        self._begun = 0.0

    def start(self, layer: str, total: int | None = None) -> None:
        """See Progress."""
        self.stop()
        self._layer, self._done, self._begun = layer, 0, self._clock()
        self._say(layer if total is None else f"{layer}: {plural(total, 'step')}")

    def advance(self, steps: int = 1) -> None:
        """See Progress."""
        self._done += steps

    def note(self, text: str) -> None:
        """See Progress."""
        self._say(one_line(text, _NOTE, ascii_only=True))

    def stop(self) -> None:
        """See Progress."""
        if self._layer is not None:
            self._say(f"{self._layer}: {plural(self._done, 'step')} in {seconds(self._clock() - self._begun)}")
            self._layer = None

    def _say(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()


class LiveProgress:
    """One line that is drawn again and again, by the calls themselves: no thread draws, so none delays the exit."""

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        """The line stands on `console`; `clock` is monotonic, in seconds."""
        self._console = console
        self._clock = clock
        self._bar: Any = None
        self._task: Any = None
        self._drawn = 0.0

    def start(self, layer: str, total: int | None = None) -> None:
        """See Progress."""
        from rich import progress

        self.stop()
        columns = (
            progress.TextColumn("{task.description}", style="bold", markup=False),
            progress.BarColumn(bar_width=32),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
        )
        self._bar = progress.Progress(
            *columns,
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            get_time=self._clock,
        )
        self._task = self._bar.add_task(layer.ljust(10), total=total)
        self._bar.start()
        self._draw()

    def advance(self, steps: int = 1) -> None:
        """See Progress."""
        if self._bar is not None:
            self._bar.advance(self._task, steps)
            if self._clock() - self._drawn >= _REDRAW:
                self._draw()

    def note(self, text: str) -> None:
        """See Progress."""
        self._console.print(one_line(text, _NOTE), markup=False, highlight=False)

    def stop(self) -> None:
        """See Progress."""
        if self._bar is not None:
            bar, self._bar = self._bar, None
            bar.stop()

    def _draw(self) -> None:
        self._drawn = self._clock()
        self._bar.refresh()
