"""Readers of files that do what a hostile file could make one do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path


def killed(path: Path) -> Iterator[str]:
    yield path.name
    os.kill(os.getpid(), signal.SIGSEGV)


def names(path: Path) -> list[str]:
    return [path.name]


def paths(path: Path) -> list[Path]:
    return [path]


def sleeping(path: Path) -> list[str]:
    time.sleep(3600)
    return [path.name]


def endless(path: Path) -> Iterator[int]:
    return count(len(path.name))


def greedy(path: Path) -> list[int]:
    return [len(bytearray(2**40)), len(path.name)]
