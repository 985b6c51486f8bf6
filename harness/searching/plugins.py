"""Searchers from elsewhere: one file, or a package that declares entry points."""

from __future__ import annotations

from pathlib import Path

from proxies import load_entry_points
from proxies.plugins.files import load
from searchers.registry import SEARCHERS, Searcher, clashes, load_all

GROUP = "nas_proxy_harness.searchers"
"""Entry points in this group name modules, or functions, that register searchers."""


def load_searcher_file(path: Path) -> list[Searcher]:
    """Import a file and return the searchers that it registers, as ``load_file`` does proxies.

    Raises:
        proxies.UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    load_all()
    return [SEARCHERS[name] for name in load(path, "searcher", SEARCHERS, clashes)]


def load_searcher_entry_points() -> list[str]:
    """Import what installed packages declare; return a sentence for each that cannot be."""
    return load_entry_points(GROUP, "searcher", load_all)
