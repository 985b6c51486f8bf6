"""Proxies from elsewhere: one file, or a package that declares entry points."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from proxies.global_settings import settings_kept
from proxies.registry import PROXIES, Proxy, clashes, load_all

GROUP = "nas_proxy_harness.proxies"
"""Entry points in this group name modules, or functions, that register proxies."""


FILE_PREFIX = "proxy_file_"
"""What the module of a file is called before the file's own name."""


PREFIXES = (FILE_PREFIX, "searcher_file_", "__main__", "__mp_main__")
"""What modules are called that nobody imports by their name."""

OURS = frozenset({"benchmarks", "harness", "proxies", "reports", "searchers", "studies", "tests"})
"""Packages of this project's checkout."""


class UnusablePlugin(ValueError):
    """A file or package that should register something does not; the message says why."""


_loaded: dict[Path, list[str]] = {}

_read: dict[Path, dict[str, bytes]] = {}
"""What a file, and what it imports beside it, held when it was imported."""

_beside: set[Path] = set()
"""Folders of files: what lies in them can be imported."""


def load_file(path: Path) -> list[Proxy]:
    """Import a file and return the proxies that it registers.

    The file is imported once, and again where it or what it imports beside it has changed. A proxy
    whose name a built-in has is left out and noted in
    :data:`proxies.registry.clashes`.

    Raises:
        UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    load_all()
    path = path.resolve()
    if path in _loaded and _contents(path) != _read[path]:
        for name in _loaded.pop(path):
            PROXIES.pop(name, None)
        for name in _modules(path):
            del sys.modules[name]
    if path not in _loaded:
        _loaded[path] = imported(path, "proxy", PROXIES, clashes)
        _at_home(_loaded[path], module_of(path, "proxy"))
        _read[path] = _contents(path)
    return [PROXIES[name] for name in _loaded[path] if name in PROXIES]


def _at_home(names: Iterable[str], module: str) -> None:
    """Note of proxies which module registers them."""
    PROXIES.update({name: replace(PROXIES[name], home=module) for name in names})


def module_of(path: Path, kind: str) -> str:
    """Return what the module of a file is called."""
    return f"{kind}_file_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def _modules(path: Path) -> dict[str, Path]:
    """Return the modules of a file and of what lies beside it that are imported, by name."""
    own = {
        name: Path(str(module.__file__))
        for name, module in sys.modules.items()
        if name.startswith(FILE_PREFIX) and str(module.__file__) == str(path)
    }
    return own | helpers(path.parent)


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
        installed = {"site-packages", "dist-packages"} & {*Path(file).parts}
        if not installed and top not in OURS and top not in sys.stdlib_module_names:
            modules[name] = Path(file)
    return modules


def by_value() -> list[str]:
    """Return the names of all modules that were imported for files: no other machine has them."""
    own = [name for name in sys.modules if name.startswith(FILE_PREFIX)]
    return own + [name for folder in sorted(_beside) for name in helpers(folder)]


def _contents(path: Path) -> dict[str, bytes]:
    """Return what the files of these modules hold."""
    return {name: file.read_bytes() for name, file in _modules(path).items() if file.is_file()}


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
        with settings_kept():
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # someone else's code: it may raise, or end the program
        del sys.modules[name]
        for half_made in set(registry) - before:
            del registry[half_made]
        raise UnusablePlugin(
            f"`{path}` should register {_many(kind)} when it is imported. It {_said(error)}"
        ) from error
    added = sorted(set(registry) - before)
    if not added and len(left_out) == noted:
        raise UnusablePlugin(
            f"`{path}` should register a {kind}. It registers none: decorate a function with "
            f"`@{kind}(...)` from `{_many(kind)}`."
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


def load_entry_points(
    group: str = GROUP, kind: str = "proxy", load_ours: Callable[[], object] = load_all
) -> list[str]:
    """Import what installed packages declare; return a sentence for each that cannot be."""
    load_ours()
    problems = []
    for declared in entry_points(group=group):
        before = set(PROXIES)
        try:
            with settings_kept():
                declared.load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # someone else's code: it may raise, or end the program
            problems.append(_problem(declared, kind, error))
        _at_home(set(PROXIES) - before, declared.module)
    return problems


def packaged(proxies: Iterable[Proxy]) -> bool:
    """Whether any proxy is of a package that declares an entry point."""
    packages = {declared.module.partition(".")[0] for declared in entry_points(group=GROUP)}
    return any(proxy.function.__module__.partition(".")[0] in packages for proxy in proxies)


def _problem(declared: EntryPoint, kind: str, error: BaseException) -> str:
    named = f"the entry point `{declared.name}`"
    return f"{named} should register {_many(kind)}; it {_said(error)}"


def _many(kind: str) -> str:
    return {"proxy": "proxies"}.get(kind, f"{kind}s")


def _said(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"ends the program with exit code {error.code}: take that call out."
    try:
        said = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # someone else's code here too
        said = "what it says cannot be printed"
    return f"raises {type(error).__name__}: {said}"
