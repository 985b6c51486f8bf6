"""Files from elsewhere, read in a process of their own under limits of memory and time.

What a file may do to its reader it does there: take gigabytes, never end, break the interpreter.
The process that asked learns it in a sentence. Only plain data come back: numbers, text, bytes,
and tuples, lists and dictionaries of them.
"""

from __future__ import annotations

import atexit
import io
import json
import os
import pickle
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.errors import BadInput
from benchmarks.files import check_regular
from benchmarks.printable import brief, printable

Item = TypeVar("Item")

GIGABYTE = 2**30

BLOCK = 5000
"""Items in one message."""

START = 300.0
"""Seconds that a process may take to be ready."""

IDLE = 30
"""Seconds after which a process that nobody asks ends by itself."""


@dataclass(frozen=True)
class Limits:
    """What reading a file may take: so much, and more by the file's size.

    Official files take a tenth of it: records of a few kB take milliseconds, and no pickle grows
    to sixteen times its compressed size in memory but one that was made to.
    """

    memory: int = 2 * GIGABYTE
    memory_per_byte: int = 16
    seconds: float = 60.0
    seconds_per_byte: float = 1e-5

    def of(self, path: Path) -> tuple[int, float]:
        """Return bytes and seconds for a file, or a folder of them."""
        files = path.iterdir() if path.is_dir() else [path]
        size = sum(file.stat().st_size for file in files if file.is_file())
        return (
            self.memory + self.memory_per_byte * size,
            self.seconds + self.seconds_per_byte * size,
        )


LIMITS = Limits()


def confined(
    read: Callable[..., Iterable[Item]], path: Path, what: str, *arguments: Any
) -> Iterator[Item]:
    """Yield the items of ``read(path, *arguments)``, which is called in another process.

    Args:
        read: a function of a module; its items are plain data, named tuples coming as tuples.
        path: the file.
        what: the noun for messages, as in "an official NATS-Bench record".
        arguments: further ones, which can be pickled.

    Raises:
        BadInput: the file is missing or is a pipe or device, ``read`` raises, or a limit is met.
    """
    try:
        check_regular(path)
        memory, seconds = LIMITS.of(path)
    except FileNotFoundError as error:
        raise BadInput(f"`{path}` should be {what}. There is no such file.") from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise BadInput(f"`{path}` should be {what}. It cannot be read: {said}.") from error
    reader = _Reader.free()
    try:
        reader.ask((read, (path.absolute(), *arguments), memory))  # its own folder is another
        reader.answer(time.monotonic() + START)  # it has imported what reads
        deadline = time.monotonic() + seconds
        while (kind := (answer := reader.answer(deadline))[0]) == "items":
            yield from answer[1]
    except BaseException:
        reader.end()
        raise
    if kind in ("time", "memory", "died"):
        reader.end()
    else:
        _idle.append(reader)
    if kind == "done":
        return
    if kind == "refused":
        raise BadInput(answer[1])
    took = {
        "time": f"Reading it took more than {seconds:.0f} s",
        "memory": f"Reading it took more than {memory / GIGABYTE:.1f} GB of memory",
        "died": "Reading it ended the process that did",
    }
    said = took.get(kind) or f"It cannot be read: {answer[1]}"
    raise BadInput(f"`{path}` should be {what}. {said}. Do not use this file; fetch it again.")


class _Reader:
    """A process that answers one question after another."""

    def __init__(self) -> None:
        code = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
        code += f"from {__name__} import _serve; _serve()"
        argv = [sys.executable, "-c", code, json.dumps(sys.path)]
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        one_thread = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.last = time.monotonic()
        self.process = subprocess.Popen(
            argv, stdin=pipe, stdout=pipe, stderr=nowhere, env=one_thread
        )

    @classmethod
    def free(cls) -> _Reader:
        """Return one that has nothing to do."""
        while _idle:
            reader = _idle.pop()
            if time.monotonic() - reader.last < IDLE / 2 and reader.process.poll() is None:
                return reader
            reader.end()
        return cls()

    def ask(self, question: object) -> None:
        assert self.process.stdin is not None
        _send(self.process.stdin, question)

    def answer(self, deadline: float) -> tuple[Any, ...]:
        """Return the next message, or what kept it from coming."""
        head = self._read(8, deadline)
        if isinstance(head, str):
            return (head,)
        content = self._read(struct.unpack(">Q", head)[0], deadline)
        if isinstance(content, str):
            return (content,)
        self.last = time.monotonic()
        return tuple(_Plain(io.BytesIO(content)).load())

    def _read(self, count: int, deadline: float) -> bytes | str:
        assert self.process.stdout is not None
        stream, parts = self.process.stdout.fileno(), []
        while count:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                return "time"
            if not (part := os.read(stream, min(count, 2**20))):
                return "died"
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # what was not sent cannot be any more
                if stream is not None:
                    stream.close()


_idle: list[_Reader] = []


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()


class _Plain(pickle.Unpickler):
    """What a process that read a hostile file answers is not trusted either."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"refused `{module}.{name}`")


def _send(stream: Any, message: object) -> None:
    content = pickle.dumps(message, protocol=5)
    stream.write(struct.pack(">Q", len(content)) + content)
    stream.flush()


def _serve() -> None:
    """Answer questions from standard input until there are none."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints
    source = sys.stdin.buffer
    while select.select([source], [], [], IDLE)[0]:
        if len(head := source.read(8)) < 8:
            return
        read, arguments, memory = pickle.loads(source.read(struct.unpack(">Q", head)[0]))
        _send(out, ("ready",))
        answer: tuple[str, ...]
        try:
            _limit(memory)
            items = iter(read(*arguments))
            while block := [_plain(item) for item in islice(items, BLOCK)]:
                _send(out, ("items", block))
            answer = ("done",)
        except BadInput as error:
            answer = ("refused", printable(error, 2000))
        except MemoryError:
            answer = ("memory",)
        except BaseException as error:  # a broken file can raise anything
            answer = ("raised", brief(error))
        _send(out, answer)


def _plain(item: Any) -> Any:
    return tuple(item) if isinstance(item, tuple) else item


def _limit(memory: int) -> None:
    """Let this process have no more memory, and not outlive the one that asked for long."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
