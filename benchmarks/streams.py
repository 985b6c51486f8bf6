"""What is said on the two standard streams, whatever has become of them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from benchmarks.printable import SENTENCE, encodable, printable


def say(sentence: object) -> None:
    """Write a sentence to standard error, on one printable line; where nobody listens, nothing."""
    line = f"harness: {printable(sentence, SENTENCE)}\n"
    if sys.stderr is not None:
        with suppress(OSError, ValueError):  # closed, or its reader is gone
            sys.stderr.write(encodable(line, sys.stderr.encoding or "utf-8"))
            sys.stderr.flush()


def show(text: str) -> None:
    """Write a result to standard output.

    What the stream's encoding lacks is written out. A reader that has left, as ``head`` does, is no
    fault: the rest goes nowhere, and the exit code is what it would have been.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(encodable(text, sys.stdout.encoding or "utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        # what is still in the buffer is flushed when Python ends, which would complain again
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


STOPPED = "stopped; the same command goes on from what is stored."

AGAIN = 0.01
"""Seconds until a Ctrl-C that was dropped is repeated."""


@contextmanager
def interruptible(whole: bool) -> Iterator[list[int]]:
    """Let Ctrl-C stop what runs in order, and a second one stop it at once.

    A library that is interrupted while it is imported may raise anything, or abort the program, as
    C++ does where no exception may pass. A process that does nothing else ends there at once,
    nothing of its own being half done; elsewhere, the list that this yields holds something once
    it was pressed. Python drops what is raised while it frees an object, so that a press that
    falls there would be lost: it is repeated a moment later.

    Args:
        whole: whether this process does nothing else; then what it still does at its end is not
            to be interrupted either.
    """
    pressed: list[int] = []
    leave = os._exit  # a file that is imported gets another one
    alone = threading.current_thread() is threading.main_thread()
    if not alone or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield pressed
        return

    def stop(number: int, frame: FrameType | None) -> None:
        pressed.append(number)
        if len(pressed) > 1 or (whole and _importing(frame)):
            with suppress(OSError):  # buffers may be in use
                os.write(2, f"harness: {STOPPED}\n".encode())
            leave(128 + number)
        raise KeyboardInterrupt

    ignored = sys.unraisablehook

    def again(lost: sys.UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            ignored(lost)
            return
        pressed.clear()
        threading.Timer(AGAIN, os.kill, (os.getpid(), signal.SIGINT)).start()

    signal.signal(signal.SIGINT, stop)
    sys.unraisablehook = again
    try:
        yield pressed
    finally:
        if not whole:
            sys.unraisablehook = ignored
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _importing(frame: FrameType | None) -> bool:
    """Return whether a module is being imported there."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
