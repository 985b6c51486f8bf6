"""Files with proxies or searchers of one's own: imported once, and again where they changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from proxies.plugins import beside
from proxies.plugins.program import program_kept
from proxies.plugins.reading import editable, files_read, forget, keep, present, read_by


class UnusablePlugin(ValueError):
    """A file or package that should register something does not; the message says why."""


class LoadedFile(NamedTuple):
    """What a file registers; digests of all that was read as it was imported, and their times."""

    names: list[str]
    contents: dict[str, str]
    times: dict[str, int]


_loaded: dict[str, LoadedFile] = {}
"""Files by the names of their modules."""


def load(path: Path, kind: str, registry: dict[str, Any], left_out: list[str]) -> list[str]:
    """Import a file once, and again where it, what it imports or what it reads has changed.

    Returns:
        The names that it has in the registry. What it registered before is taken back first.

    Args:
        path: the file, given as ``--KIND-file``.
        kind: of what it should register, with the decorator of that name.
        registry: what is known by name.
        left_out: grows where a built-in has the name.

    Raises:
        UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    path = absolute(path)
    module = module_of(path, kind)
    before = _loaded.get(module)
    if before and _contents(path, module) != before.contents:
        for name in _loaded.pop(module).names:
            registry.pop(name, None)
        for name in _modules(path, module):
            del sys.modules[name]
            forget(name)
    if module not in _loaded:
        with files_read(importing=True) as read:
            names = imported(path, kind, registry, left_out)
        keep(module, read)
        contents = _contents(path, module)
        times = {file: os.stat(file).st_mtime_ns for file in contents}  # noqa: PTH116
        _loaded[module] = LoadedFile(names, contents, times)
    return [name for name in _loaded[module].names if name in registry]


def absolute(path: Path) -> Path:
    """Return a file's place; a link's own, as other modules lie beside it than beside its file."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def changed_files(modules: Collection[str]) -> list[str]:
    """Return what was read as files were imported and holds something else now.

    Args:
        modules: of the files, as :func:`module_of` calls them; others are passed over.
    """
    return [
        file
        for module in _loaded.keys() & set(modules)
        for loaded in [_loaded[module]]
        for file, digest in loaded.contents.items()
        if not os.path.isfile(file)  # noqa: PTH113
        or (
            os.stat(file).st_mtime_ns != loaded.times[file]  # noqa: PTH116
            and digest_of_bytes(Path(file)) != digest
        )
    ]


def module_of(path: Path, kind: str) -> str:
    """Return what the module of a file is called, whatever signs the file's name has."""
    stem = re.sub(r"\W", "_", path.stem)
    return f"{kind}_file_{stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def _modules(path: Path, module: str) -> dict[str, Path]:
    """Return the modules of a file and of what lies beside it that are imported, by name."""
    return ({module: path} if module in sys.modules else {}) | beside.helpers(path.parent)


def _contents(path: Path, module: str) -> dict[str, str]:
    """Digest a file with what it imports beside it and what else it reads."""
    every = {*_modules(path, module).values(), *editable(read_by([module]), path.parent)}
    return {str(file): digest_of_bytes(file) for file in present(every)}


def digest_of_bytes(path: Path) -> str:
    """Return the sha256 of what a file holds, or that it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"


def imported(path: Path, kind: str, registry: dict[str, Any], left_out: list[str]) -> list[str]:
    """Import a file and return the names that it added to a registry.

    What lies beside it can be imported too, and goes first but for Python's own modules and ours.

    Args:
        path: the file, given as ``--KIND-file``.
        kind: of what it should register, with the decorator of that name.
        registry: what is known by name; where the file raises, what it added is taken back.
        left_out: grows where a built-in has the name.

    Raises:
        UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    name = module_of(path, kind)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UnusablePlugin(
            f"`--{kind}-file` should name a Python file. Found `{path}`"
            f"{'' if path.exists() else ', which does not exist'}."
        )
    before, noted = set(registry), len(left_out)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    beside.FOLDERS.setdefault(path.parent, {})
    there = set(sys.modules)
    try:
        beside.check(path)
        with program_kept(), beside.first(path.parent):
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # someone else's code: it may raise, or end the program
        for half_loaded in {name, *beside.helpers(path.parent)} - there | {name}:
            del sys.modules[half_loaded]
            forget(half_loaded)
        for half_made in set(registry) - before:
            del registry[half_made]
        raise UnusablePlugin(
            f"`{path}` should register {plural(kind)} when it is imported. It {what_it_did(error)}"
        ) from error
    added = sorted(set(registry) - before)
    if not added and len(left_out) == noted:
        raise UnusablePlugin(
            f"`{path}` should register a {kind}. It registers none: decorate a function with "
            f"`@{kind}(...)` from `{plural(kind)}`."
        )
    return added


def plural(kind: str) -> str:
    """Return the plural of what a file registers."""
    return {"proxy": "proxies"}.get(kind, f"{kind}s")


def what_it_did(error: BaseException) -> str:
    """Return, in a clause, how somebody else's code ended where it should have been imported."""
    if isinstance(error, SystemExit):
        return f"ends the program with exit code {error.code}: take that call out."
    try:
        said = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # someone else's code here too
        said = "what it says cannot be printed"
    return f"raises {type(error).__name__}: {said}"
