"""Modules that lie beside files of one's own, and are imported by them."""

from __future__ import annotations

import ast
import importlib.abc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

from proxies.plugins.reading import PACKAGES, installed

FILE_PREFIX = "proxy_file_"
"""What the module of a file is called before the file's own name."""


PREFIXES = (FILE_PREFIX, "searcher_file_", "__main__", "__mp_main__")
"""What modules are called that nobody imports by their name."""

OURS = frozenset({*PACKAGES, "studies", "tests"})
"""Packages of this project's checkout."""


FOLDERS: dict[Path, dict[str, Path]] = {}
"""Folders of files: what lies in them can be imported, and what is, by name."""


def helpers(folder: Path) -> dict[str, Path]:
    """Return the modules in a folder that files of proxies have imported, by name.

    Those of this project, of the standard library and of installed packages are left out, wherever
    they lie.
    """
    modules, inside = {}, os.path.join(folder, "")  # noqa: PTH118, a prefix with its separator
    for name, module in list(sys.modules.items()):
        file, top = str(getattr(module, "__file__", None) or ""), name.partition(".")[0]
        if not file.startswith(inside) or name.startswith(PREFIXES):
            continue
        if not installed(Path(file)) and top not in OURS and top not in sys.stdlib_module_names:
            modules[name] = Path(file)
    return modules


def by_value() -> list[str]:
    """Return the names of all modules that were imported for files: no other machine has them."""
    own = [name for name in sys.modules if name.startswith(FILE_PREFIX)]
    return own + [name for folder in sorted(FOLDERS) for name in helpers(folder)]


@contextmanager
def first(folder: Path) -> Iterator[None]:
    """Look for modules in a folder before anywhere else, but for Python's own and ours."""

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(
            self, name: str, path: Sequence[str] | None, _: ModuleType | None = None
        ) -> ModuleSpec | None:
            if path is not None or name in OURS or name in sys.stdlib_module_names:
                return None
            spec = PathFinder.find_spec(name, [str(folder)])
            return spec if spec and spec.loader else None  # a mere folder hides nothing

    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def check(path: Path) -> None:
    """Refuse a file that imports from beside it what has the name of something else imported.

    One name is one module in a process: another file's, of a folder where that lies too, or one
    that the session has imported.

    Raises:
        ImportError: names both.
    """
    names = _stated(path)
    for name, file in names.items():
        others = [str(theirs[name]) for theirs in FOLDERS.values() if name in theirs]
        if file.is_file():  # a mere folder gives way to what is installed
            others.append(str(getattr(sys.modules.get(name), "__file__", None) or file))
        for other in others:
            if os.path.realpath(other) != os.path.realpath(file):
                raise ImportError(
                    f"`{file}` has the name of `{other}`, which is imported already; rename one"
                )
    FOLDERS.setdefault(path.parent, {}).update(names)


def _stated(path: Path) -> dict[str, Path]:
    """Return the modules beside a file that it imports wherever, and so on, by name."""
    names: dict[str, Path] = {}
    waiting = [path]
    while waiting:
        for name in _tops(waiting.pop()) - names.keys() - OURS - sys.stdlib_module_names:
            inside = path.parent / name
            places = inside, inside / "__init__.py", inside.with_name(f"{name}.py")
            for place in places:  # the last of them goes first
                if place.exists():
                    names[name] = place
                    waiting.append(place)
    return names


def _tops(path: Path) -> set[str]:
    """Return the first parts of the names that a source imports; none where it cannot be read."""
    try:
        nodes = list(ast.walk(ast.parse(path.read_bytes())))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) and not n.level]
    return {name.partition(".")[0] for name in names} - {""}
