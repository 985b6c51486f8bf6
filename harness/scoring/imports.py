"""What a module imports, and what that imports, as far as its source may be edited."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from pkgutil import iter_modules
from typing import NamedTuple

from benchmarks.files import check_regular
from proxies.plugins.reading import PACKAGES, installed

TYPES_ONLY = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING"})
"""Conditions of what is imported for a type checker alone."""


class ImportClosure(NamedTuple):
    """Modules whose sources count, and top-level packages whose versions do, by name."""

    modules: set[str]
    installed: set[str]


def walk(roots: Iterable[str], frame: frozenset[str] = frozenset()) -> ImportClosure:
    """Return modules and those that they import, and so on; the standard library left out.

    Of this project a package's ``__init__`` is followed where something is taken from it, not where
    only one of its modules is; of others it is always followed. What ``if TYPE_CHECKING`` imports
    is left out: it is not there when code runs. A call that imports a module whose name is written
    out counts as an import.

    Args:
        roots: names of modules, whose top-level packages are followed wherever they lie.
        frame: modules that are not followed.
    """
    waiting = list(roots)
    own = {*PACKAGES} | {name.partition(".")[0] for name in waiting}
    names = ImportClosure(set(), set())
    while waiting:
        name = waiting.pop()
        top = name.partition(".")[0]
        if name in names.modules | frame or top in sys.stdlib_module_names:
            continue
        if top in own or not _installed(name):
            names.modules.add(name)
            waiting += _imports(name)
            if top not in PACKAGES and "." in name:
                waiting.append(name.rpartition(".")[0])
        elif top != "torch":
            names.installed.add(top)
    return names


def _imports(name: str) -> list[str]:
    """Return what a module imports, as names of modules."""
    path = path_of(name)
    if path is None or path.suffix != ".py":
        return []
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    names: list[str] = []
    try:
        statements = _import_statements(source_of(path))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # it cannot be imported either
    for node in statements:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.Call):
            with suppress(ImportError):  # relative to nothing
                names.append(importlib.util.resolve_name(*_called(node, package)))
        else:
            base = package.split(".")[: len(package.split(".")) + 1 - node.level]
            source = ".".join([*(base if node.level else ()), *filter(None, [node.module])])
            taken = [alias.name for alias in node.names]
            taken += _within(source) if "*" in taken else []
            inner = [f"{source}.{name}" for name in taken]
            modules = [module for module in inner if path_of(module)]
            names += modules if len(modules) == len(inner) else [source, *modules]
    return names


def _within(name: str) -> list[str]:
    """Return the modules in a package, which ``import *`` may take; of ours none."""
    path = path_of(name)
    if path is None or path.name != "__init__.py" or name.partition(".")[0] in PACKAGES:
        return []
    return sorted(module.name for module in iter_modules([str(path.parent)]))


Importing = ast.Import | ast.ImportFrom | ast.Call


@cache
def _import_statements(source: str) -> tuple[Importing, ...]:
    nodes = _nodes(ast.parse(source))
    return tuple(
        node
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Call) and _called(node)[0])
    )


def _called(call: ast.Call, package: str = "") -> tuple[str, str]:
    """Return the module that a call imports by a name that is written out, and relative to what.

    The name is empty where it does not, the package the one that is given where it names none.
    """
    function = getattr(call.func, "id", getattr(call.func, "attr", ""))
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    first, second = (*call.args, None, None)[:2]
    name, anchor = first or named.get("name"), second or named.get("package")
    if function not in ("__import__", "import_module") or not isinstance(name, ast.Constant):
        return "", package
    return str(name.value), str(anchor.value) if isinstance(anchor, ast.Constant) else package


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those under ``if TYPE_CHECKING``; its ``else`` is yielded."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in TYPES_ONLY:
            for inner in node.orelse:
                yield inner
                yield from _nodes(inner)
        else:
            yield node
            yield from _nodes(node)


def path_of(name: str) -> Path | None:
    """Return the file of a module; none of a namespace, a built-in, or what is no module.

    Nothing is imported for it: whose module it is may end the program, or change it.
    """
    module = sys.modules.get(name)
    origin = getattr(module, "__file__", None)
    if module is None:
        spec = spec_of(name)
        origin = spec.origin if spec else None
    return Path(origin) if origin and Path(origin).is_file() else None


def spec_of(name: str) -> ModuleSpec | None:
    """Return where a module would be imported from, None where it is not there."""
    package = name.rpartition(".")[0]
    places: Iterable[str] | None = None
    if package:
        above = sys.modules.get(package) or spec_of(package)
        places = getattr(above, "__path__", getattr(above, "submodule_search_locations", None))
        if places is None:
            return None
    for finder in sys.meta_path:
        with suppress(Exception):  # a finder may be anybody's
            if spec := finder.find_spec(name, None if places is None else list(places)):
                return spec
    return None


def source_of(path: Path) -> str:
    """Return a module's source, in whatever encoding it declares.

    Raises:
        OSError, ValueError, SyntaxError: it cannot be read, or is none.
    """
    check_regular(path)
    return importlib.util.decode_source(path.read_bytes())


def _installed(name: str) -> bool:
    path = path_of(name)
    return path is not None and installed(path)
