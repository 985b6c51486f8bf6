"""Modules that lie beside files of one's own, and are imported by them."""

from __future__ import annotations

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


FOLDERS: set[Path] = set()
"""Folders of files: what lies in them can be imported."""


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
            return PathFinder.find_spec(name, [str(folder)])

    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def check(path: Path) -> None:
    """Refuse a file beside which something has the name of what lies beside another one."""
    for folder in FOLDERS - {path.parent}:
        for name, file in helpers(folder).items():
            inside = file.relative_to(folder).with_suffix("")
            called = inside.parent if inside.name == "__init__" else inside
            twin = path.parent / file.relative_to(folder)
            if twin.exists() and name == ".".join(called.parts):  # it is imported from there
                raise ImportError(
                    f"`{twin}` has the name of `{file}`, which is imported already; rename one"
                )
