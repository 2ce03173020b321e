"""Progress is a live line on a terminal, lines in a log, nothing on request; and no thread."""

from __future__ import annotations

import io
import threading
from itertools import count

import pytest
from rich.console import Console

from adapty_contract.reporters.progress import LineProgress, LiveProgress, Progress, SilentProgress, progress_for


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def use(progress: Progress) -> None:
    progress.start("scenarios", 3)
    for _ in range(3):
        progress.advance()
    progress.note("throttled\x1b[31m: waiting 2 s")
    progress.start("model")
    progress.advance(5)
    progress.stop()
    progress.stop()


def live(file: io.StringIO, seconds: float) -> LiveProgress:
    ticks = count()
    console = Console(file=file, force_terminal=True, width=80, color_system=None, legacy_windows=False)
    return LiveProgress(console, clock=lambda: next(ticks) * seconds)


def test_log_gets_a_line_at_each_end_of_a_layer() -> None:
    stream = io.StringIO()
    ticks = count()
    use(LineProgress(stream, clock=lambda: next(ticks) * 1.5))

    assert stream.getvalue().splitlines() == [
        "scenarios: 3 steps",
        r"throttled\x1b[31m: waiting 2 s",
        "scenarios: 3 steps in 1.50 s",
        "model",
        "model: 5 steps in 1.50 s",
    ]


def test_nothing_is_said_on_request() -> None:
    stream = Terminal()
    use(progress_for(stream, silent=True))

    assert stream.getvalue() == ""


def test_terminal_shows_how_far_the_run_is() -> None:
    file = io.StringIO()
    use(live(file, seconds=1.0))

    assert "scenarios" in file.getvalue()
    assert "3/3" in file.getvalue()
    assert r"throttled\x1b[31m: waiting 2 s" in file.getvalue()
    assert file.getvalue().endswith("\x1b[2K")  # the line is gone when it is over
    assert file.getvalue().rindex("\x1b[?25h") > file.getvalue().rindex("\x1b[?25l")  # and the cursor is back


def test_live_line_is_drawn_a_few_times_a_second_only() -> None:
    file = io.StringIO()
    progress = live(file, seconds=0.0001)
    progress.start("schema", 1000)
    for _ in range(1000):
        progress.advance()
    drawn = file.getvalue().count("schema")
    progress.stop()

    assert drawn <= 5


def test_no_thread_draws() -> None:
    before = threading.active_count()
    progress = live(io.StringIO(), seconds=1.0)
    progress.start("schema", 10)

    assert threading.active_count() == before
    progress.stop()


def test_streams_stay_as_they_are_while_the_line_lives(capsys: pytest.CaptureFixture[str]) -> None:
    progress = live(io.StringIO(), seconds=1.0)
    progress.start("schema", 10)
    print("a result")  # noqa: T201
    progress.stop()

    assert capsys.readouterr().out == "a result\n"


@pytest.mark.parametrize(
    ("stream", "term", "kind"),
    [
        pytest.param(Terminal(), "xterm-256color", LiveProgress, id="terminal"),
        pytest.param(Terminal(), "dumb", LineProgress, id="dumb terminal"),
        pytest.param(io.StringIO(), "xterm-256color", LineProgress, id="pipe"),
    ],
)
def test_stream_decides_the_kind(stream: io.StringIO, term: str, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)

    assert type(progress_for(stream)) is kind


def test_advance_without_a_layer_is_harmless() -> None:
    for progress in (SilentProgress(), LineProgress(io.StringIO()), live(io.StringIO(), 1.0)):
        progress.advance()
        progress.stop()
