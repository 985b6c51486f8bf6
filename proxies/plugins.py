"""Proxies from elsewhere: one file, or a package that declares entry points."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from proxies.registry import PROXIES, Proxy, clashes, load_all

GROUP = "nas_proxy_harness.proxies"
"""Entry points in this group name modules, or functions, that register proxies."""


FILE_PREFIX = "proxy_file_"
"""What the module of a file is called before the file's own name."""


class UnusablePlugin(ValueError):
    """A file or package that should register proxies does not; the message says why."""


_loaded: dict[Path, list[str]] = {}


def load_file(path: Path) -> list[Proxy]:
    """Import a file and return the proxies that it registers.

    The file is imported once a process. A proxy whose name a built-in has is left out and noted in
    :data:`proxies.registry.clashes`.

    Raises:
        UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    load_all()
    path = path.resolve()
    if path not in _loaded:
        _loaded[path] = _imported(path)
    return [PROXIES[name] for name in _loaded[path] if name in PROXIES]


def _imported(path: Path) -> list[str]:
    """Import a file and return the names of the proxies that came with it."""
    name = f"{FILE_PREFIX}{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UnusablePlugin(
            f"`--proxy-file` should name a Python file. Found `{path}`"
            f"{'' if path.exists() else ', which does not exist'}."
        )
    before, noted = set(PROXIES), len(clashes)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # someone else's code: it may raise, or end the program
        del sys.modules[name]
        for added in set(PROXIES) - before:
            del PROXIES[added]
        raise UnusablePlugin(
            f"`{path}` should register proxies when it is imported. It {_said(error)}"
        ) from error
    found = sorted(set(PROXIES) - before)
    if not found and len(clashes) == noted:
        raise UnusablePlugin(
            f"`{path}` should register a proxy. It registers none: decorate a function with "
            "`@proxy(...)` from `proxies`."
        )
    return found


def load_entry_points() -> list[str]:
    """Import what installed packages declare; return a sentence for each that cannot be."""
    load_all()
    problems = []
    for declared in entry_points(group=GROUP):
        try:
            declared.load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # someone else's code: it may raise, or end the program
            problems.append(_problem(declared, error))
    return problems


def _problem(declared: EntryPoint, error: BaseException) -> str:
    return f"the entry point `{declared.name}` should register proxies; it {_said(error)}"


def _said(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return f"ends the program with exit code {error.code}: take that call out."
    return f"raises {type(error).__name__}: {error}"
