"""Files that code from elsewhere reads, as Python's audit events tell."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import source_from_cache
from pathlib import Path
from threading import get_ident
from types import FrameType

PACKAGES = ("benchmarks", "harness", "proxies", "reports", "searchers")
"""Of this project."""

INSTALLED = ("site-packages", "dist-packages")
"""Folders that an installer fills, of this environment or of one behind it."""

SYSTEM = ("/dev/", "/etc/", "/lib", "/proc/", "/sys/", "/usr/")
"""Begin what is no data of a formula's."""

CACHES = (
    *("MPLCONFIGDIR", "NUMBA_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR"),
    "XDG_CACHE_HOME",
)
"""Environment variables that name folders of caches."""

MADE = ("__pycache__", ".dist-info", ".egg-info")
"""End the names of folders that Python and installers fill."""

COMPILED = "torchinductor_"
"""Begins the name of the folder into which PyTorch compiles."""

LISTING = ("os.listdir", "os.scandir")

EVENTS = ("open", "sqlite3.connect", "ctypes.dlopen", *LISTING)
"""Audit events of reading, whose first argument is a name."""

_ASKING = {str(Path(__file__).with_name(name)) for name in ("__init__.py", "files.py")}
"""Sources of what imports files and packages of others."""

WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_EXCL

_watchers: list[tuple[int, set[str], bool]] = []
"""Who hears what a thread reads, and whether its modules keep it."""

_written: set[str] = set()

_of_module: dict[str, set[str]] = {}
"""What was read while the code of a module ran that was imported under watch, by its name."""


def installed(path: Path) -> bool:
    """Whether an installer has put a file where it is."""
    return any(folder in path.parts for folder in INSTALLED)


@contextmanager
def files_read(*, importing: bool = False) -> Iterator[set[str]]:
    """Yield a set that grows by each file that this thread opens to read, or folder that it lists.

    They are absolute names, of what may not be there. What was written before is left out. Where
    it is ``importing``, other threads are heard too, and modules keep what is read for them, see
    :func:`read_by`. What a library opens without Python, as readers of Parquet do, is not seen.
    """
    global _watchers
    _listen()
    watcher = (get_ident(), set[str](), importing)
    _watchers = [*_watchers, watcher]
    try:
        yield watcher[1]
    finally:
        _watchers = [other for other in _watchers if other is not watcher]


def read_by(modules: Iterable[str]) -> set[str]:
    """Return what was read as modules were imported under watch, for them or what they import."""
    return {name for module in modules for name in _of_module.get(module, ())}


def keep(module: str, names: Iterable[str]) -> None:
    """Note what was read for a module, by whichever thread."""
    _of_module.setdefault(module, set()).update(names)


def forget(module: str) -> None:
    """Forget what a module read, which is to be imported again."""
    _of_module.pop(module, None)


def editable(names: Iterable[str], own: Path) -> list[Path]:
    """Return what somebody may edit of files and folders that were read, in order.

    A module's bytecode stands for its source. Left out are files of Python, of the system, of this
    project and of installed packages, and what lies in a hidden folder, as caches do; below their
    ``own`` folder, wherever that lies, only what is hidden or installed there.
    """
    paths = {_source(Path(name)) for name in names}
    return sorted(path for path in paths if not _apart(path, own))


def present(paths: Iterable[Path]) -> list[Path]:
    """Return the files among paths, of which some may be no file's name at all."""
    return [path for path in paths if os.path.isfile(path)]  # noqa: PTH113, it never raises


def _source(path: Path) -> Path:
    if path.suffix == ".pyc":
        with suppress(ValueError, NotImplementedError):
            return Path(source_from_cache(path))
    return path


def _apart(path: Path, own: Path) -> bool:
    inner = path.relative_to(own) if path.is_relative_to(own) else path
    cached = any(part.startswith((".", COMPILED)) or part.endswith(MADE) for part in inner.parts)
    outside = inner is path and str(path).startswith((*SYSTEM, *_caches()))
    real = os.path.realpath(path)
    return cached or outside or installed(inner) or real.startswith(_libraries())


def _caches() -> list[str]:
    named = [os.environ[name] for name in CACHES if os.environ.get(name)]
    return [os.path.join(os.path.abspath(name), "") for name in named]  # noqa: PTH100, PTH118


@cache
def _libraries() -> tuple[str, ...]:
    """Return the folders of Python's library and of this project's packages."""
    ours = [Path(__file__).resolve().parents[2] / name for name in PACKAGES]
    python = [Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")]
    return tuple(os.path.join(folder, "") for folder in (*python, *ours))  # noqa: PTH118


@cache
def _listen() -> None:
    """Hear of audit events from now on: what listens to them cannot be taken away."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if not _watchers or event not in EVENTS or not arguments:
        return
    here, path = get_ident(), arguments[0]
    sets = [seen for thread, seen, importing in _watchers if importing or thread == here]
    if not sets or not isinstance(path, str | bytes | os.PathLike):
        return
    name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100, it may be no path at all
    frame: FrameType | None = sys._getframe(1)
    if event == "open" and _writes(arguments):
        _written.add(name)
    elif event not in LISTING or not _imports(frame):
        importing = any(each for *_, each in _watchers)
        if name in _written and not importing:  # what is made to be read is made again
            return
        for module in _modules(frame) if importing else ():
            sets.append(_of_module.setdefault(module, set()))
        for seen in sets:
            seen.add(name)


def _modules(frame: FrameType | None) -> Iterator[str]:
    """Yield the modules whose code is running, from the one that reads to what imports the first.

    What has asked for the import is no part of it.
    """
    while frame is not None and frame.f_code.co_filename not in _ASKING:
        yield str(frame.f_globals.get("__name__"))
        frame = frame.f_back


def _writes(arguments: tuple[object, ...]) -> bool:
    mode, flags = (*arguments, None, None)[1:3]
    if isinstance(mode, str):
        return bool({*"wax"} & {*mode})
    return isinstance(flags, int) and bool(flags & WRITING)


def _imports(frame: FrameType | None) -> bool:
    """Whether it is the import system that looks, for whatever module or distribution."""
    name = str(frame.f_globals.get("__name__")) if frame is not None else ""
    return name.startswith(("importlib", "_frozen_importlib", "pkgutil", "zipimport"))
