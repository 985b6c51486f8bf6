"""Searchers from elsewhere: one file, or a package that declares entry points."""

from __future__ import annotations

from pathlib import Path

from proxies import load_entry_points
from proxies.plugins import imported
from searchers.registry import SEARCHERS, Searcher, clashes, load_all

GROUP = "nas_proxy_harness.searchers"
"""Entry points in this group name modules, or functions, that register searchers."""

_loaded: dict[Path, list[str]] = {}


def load_searcher_file(path: Path) -> list[Searcher]:
    """Import a file, once a process, and return the searchers that it registers.

    Raises:
        proxies.UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    load_all()
    path = path.resolve()
    if path not in _loaded:
        _loaded[path] = imported(path, "searcher", SEARCHERS, clashes)
    return [SEARCHERS[name] for name in _loaded[path] if name in SEARCHERS]


def load_searcher_entry_points() -> list[str]:
    """Import what installed packages declare; return a sentence for each that cannot be."""
    return load_entry_points(GROUP, "searcher", load_all)
