"""Files that code from elsewhere reads, as Python's audit events tell."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import source_from_cache
from pathlib import Path
from threading import get_ident

INSTALLED = ("site-packages", "dist-packages")
"""Folders that an installer fills, of this environment or of one behind it."""

SYSTEM = ("/dev/", "/etc/", "/proc/", "/sys/")
"""Folders of what is no data of a formula's."""

COMPILED = "torchinductor_"
"""Begins the name of the folder into which PyTorch compiles."""

_watchers: list[tuple[int, set[str]]] = []


def installed(path: Path) -> bool:
    """Whether an installer has put a file where it is."""
    return any(folder in path.parts for folder in INSTALLED)


@contextmanager
def files_read() -> Iterator[set[str]]:
    """Yield a set that grows by each file which this thread opens for reading inside.

    A module whose bytecode is read counts as its source. What a library opens without Python, as a
    reader of Parquet does, is not seen.
    """
    _listen()
    watcher = (get_ident(), set[str]())
    _watchers.append(watcher)
    try:
        yield watcher[1]
    finally:
        _watchers.remove(watcher)


def data_and_sources(paths: set[str]) -> tuple[str, ...]:
    """Return those of the files that somebody may edit, resolved and sorted.

    Left out are files of Python, of the system, of this project and of installed packages, what
    lies in a hidden folder, as caches do, and what is gone again.
    """
    kept = (_source(Path(path)).resolve() for path in paths)
    return tuple(sorted({str(path) for path in kept if path.is_file() and not _apart(path)}))


def _source(path: Path) -> Path:
    if path.suffix == ".pyc":
        with suppress(ValueError, NotImplementedError):
            return Path(source_from_cache(path))
    return path


def _apart(path: Path) -> bool:
    hidden = any(part.startswith((".", COMPILED)) for part in path.parts)
    return hidden or installed(path) or str(path).startswith((*SYSTEM, *_libraries()))


@cache
def _libraries() -> tuple[str, ...]:
    """Return the folders of Python's library and of this project's packages."""
    home = Path(__file__).resolve().parents[1]
    ours = [home / name for name in ("benchmarks", "harness", "proxies", "reports", "searchers")]
    python = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    return tuple(os.path.join(folder, "") for folder in (*python, *ours))  # noqa: PTH118


@cache
def _listen() -> None:
    """Hear of audit events from now on: what listens to them cannot be taken away."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _watchers:
        return
    path, mode, flags = arguments
    writes = {*"wax"} & {*mode} if isinstance(mode, str) else int(str(flags)) & os.O_WRONLY
    if writes or not isinstance(path, str | bytes | os.PathLike):
        return
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100, it may be no path at all
    for thread, seen in _watchers:
        if thread == get_ident():
            seen.add(name)
