"""Files with proxies or searchers of one's own: imported once, and again where they changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Never

from proxies.global_settings import settings_kept
from proxies.reading import PACKAGES, editable, files_read, forget, installed, present, read_by

FILE_PREFIX = "proxy_file_"
"""What the module of a file is called before the file's own name."""


PREFIXES = (FILE_PREFIX, "searcher_file_", "__main__", "__mp_main__")
"""What modules are called that nobody imports by their name."""

OURS = frozenset({*PACKAGES, "studies", "tests"})
"""Packages of this project's checkout."""


class UnusablePlugin(ValueError):
    """A file or package that should register something does not; the message says why."""


class LoadedFile(NamedTuple):
    """What a file registers, and digests of all that was read as it was imported."""

    names: list[str]
    contents: dict[str, str]


_loaded: dict[str, LoadedFile] = {}
"""Files by the names of their modules."""

_beside: set[Path] = set()
"""Folders of files: what lies in them can be imported."""


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
    path = path.resolve()
    module = module_of(path, kind)
    before = _loaded.get(module)
    if before and _contents(path, module) != before.contents:
        for name in _loaded.pop(module).names:
            registry.pop(name, None)
        for name in _modules(path, module):
            del sys.modules[name]
            forget(name)
    if module not in _loaded:
        with files_read():
            names = imported(path, kind, registry, left_out)
        _loaded[module] = LoadedFile(names, _contents(path, module))
    return [name for name in _loaded[module].names if name in registry]


def module_of(path: Path, kind: str) -> str:
    """Return what the module of a file is called."""
    return f"{kind}_file_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def _modules(path: Path, module: str) -> dict[str, Path]:
    """Return the modules of a file and of what lies beside it that are imported, by name."""
    return ({module: path} if module in sys.modules else {}) | helpers(path.parent)


def helpers(folder: Path) -> dict[str, Path]:
    """Return the modules in a folder that files of proxies have imported, by name.

    Those of this project, of the standard library and of installed packages are left out, wherever
    they lie.
    """
    modules, inside = {}, os.path.join(folder, "")  # noqa: PTH118, a prefix with its separator
    for name, module in list(sys.modules.items()):
        file, top = getattr(module, "__file__", None) or "", name.partition(".")[0]
        if not file.startswith(inside) or name.startswith(PREFIXES):
            continue
        if not installed(Path(file)) and top not in OURS and top not in sys.stdlib_module_names:
            modules[name] = Path(file)
    return modules


def by_value() -> list[str]:
    """Return the names of all modules that were imported for files: no other machine has them."""
    own = [name for name in sys.modules if name.startswith(FILE_PREFIX)]
    return own + [name for folder in sorted(_beside) for name in helpers(folder)]


def _contents(path: Path, module: str) -> dict[str, str]:
    """Digest a file with what it imports beside it and what else it reads."""
    every = {*_modules(path, module).values(), *editable(read_by([module]), path.parent)}
    return {str(file): digest_of_bytes(file) for file in present(every)}


def digest_of_bytes(path: Path) -> str:
    """Return the sha256 of what a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def imported(path: Path, kind: str, registry: dict[str, Any], left_out: list[str]) -> list[str]:
    """Import a file and return the names that it added to a registry.

    What lies beside it can be imported too, where nothing else has its name.

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
    _beside.add(path.parent)
    try:
        _check_beside(path)
        with program_kept():
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # someone else's code: it may raise, or end the program
        del sys.modules[name]
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


def _check_beside(path: Path) -> None:
    """Refuse a file beside which something has the name of what lies beside another one."""
    for folder in _beside - {path.parent}:
        for file in helpers(folder).values():
            twin = path.parent / file.relative_to(folder)
            if twin.exists():
                raise ImportError(
                    f"`{twin}` has the name of `{file}`, which is imported already; rename one"
                )


@contextmanager
def program_kept() -> Iterator[None]:
    """Keep the program as it is, whatever is imported inside.

    PyTorch, the working folder and the places of modules stay, and ``os._exit`` raises as
    ``sys.exit`` does: a program that is gone says nothing.

    Raises:
        proxies.global_settings.ChangedSetting: PyTorch was changed; it is as it was before.
    """
    leave, process, places = os._exit, os.getpid(), list(sys.path)
    here = Path.cwd() if os.path.isdir(os.curdir) else None  # noqa: PTH112, somebody removed it
    inside = True

    def stay(status: int) -> Never:
        if not inside or os.getpid() != process:  # a child that the file forks may go
            leave(status)
        sys.exit(status)

    os._exit = stay
    try:
        with settings_kept():
            yield
    finally:
        inside, os._exit = False, leave
        if here is not None:
            os.chdir(here)
        sys.path += [place for place in places if place not in sys.path]


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
