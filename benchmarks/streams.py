"""What is said on the two standard streams, whatever has become of them."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

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


STOPPED = "stopped; the same command resumes."

AGAIN = 0.01
"""Seconds until a Ctrl-C that was dropped is repeated."""


@contextmanager
def interruptible(whole: bool) -> Iterator[list[int]]:
    """Let Ctrl-C stop what runs in order, and a second one stop it at once.

    Yields a list that holds something once it was pressed: a library that is being imported then
    may raise anything. Python drops what is raised while it frees an object, so that a press that
    falls there would be lost: it is repeated a moment later.

    Args:
        whole: whether this process does nothing else; then what it still does at its end is not
            to be interrupted either.
    """
    pressed: list[int] = []
    alone = threading.current_thread() is threading.main_thread()
    if not alone or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield pressed
        return

    def stop(number: int, _: object) -> None:
        pressed.append(number)
        if len(pressed) > 1:
            with suppress(OSError):  # buffers may be in use
                os.write(2, f"harness: {STOPPED}\n".encode())
            os._exit(128 + number)
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
