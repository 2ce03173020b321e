"""The first signal asks a run to end well; outside a run signals do what they did before."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from adapty_contract.clock import Interrupted
from adapty_contract.interrupts import Interrupt

TWICE = """
import os, signal, time
from adapty_contract.interrupts import Interrupt
with Interrupt().listening():
    os.kill(os.getpid(), signal.SIGINT)
    print("still here", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    print("never said", flush=True)
"""


def test_nothing_happens_until_a_signal_comes() -> None:
    interrupt = Interrupt()
    interrupt.check()
    assert interrupt.exit_code == 130


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_is_remembered_and_ends_the_run_at_the_next_step(number: signal.Signals, code: int) -> None:
    interrupt = Interrupt()
    with interrupt.listening():
        signal.raise_signal(number)
        assert interrupt.event.is_set()
        with pytest.raises(Interrupted, match=number.name):
            interrupt.check()
    assert (interrupt.signal, interrupt.exit_code) == (number, code)


def test_afterwards_signals_are_handled_as_before() -> None:
    def own(*_: object) -> None: ...

    former = signal.signal(signal.SIGTERM, own)
    try:
        with Interrupt().listening():
            assert signal.getsignal(signal.SIGTERM) is not own
        assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, former)


def test_in_another_thread_signals_are_left_alone() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    seen: list[object] = []

    def listen() -> None:
        with Interrupt().listening():
            seen.extend(signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert seen == before


def test_the_caller_can_end_a_run_too() -> None:
    interrupt = Interrupt()
    interrupt.event.set()
    with pytest.raises(Interrupted, match="the caller"):
        interrupt.check()


def test_a_second_signal_ends_the_process_at_once() -> None:
    ended = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, ended.stdout) == (143, "still here\n")
