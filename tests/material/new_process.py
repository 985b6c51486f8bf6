"""What a test has imported and registered is gone, as in a new process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import proxies.registry
import searchers.registry
from proxies import plugin_files
from proxies.reading import installed
from proxies.registry import PROXIES
from searchers.registry import SEARCHERS

APART = (str(Path(__file__).parents[2]), sys.base_prefix)
"""Where modules lie that stay imported."""


def begun() -> Callable[[], None]:
    """Return what puts this process back to where it is now."""
    known = {**proxies.registry.load_all()}, {**searchers.registry.load_all()}
    modules, places = set(sys.modules), list(sys.path)

    def back() -> None:
        for registry, before in zip((PROXIES, SEARCHERS), known, strict=True):
            registry.clear()
            registry.update(before)
        proxies.registry.clashes.clear()
        plugin_files._loaded.clear()
        plugin_files._beside.clear()
        sys.path[:] = places
        for name in set(sys.modules) - modules:
            file = str(getattr(sys.modules[name], "__file__", None) or APART[0])
            if not file.startswith(APART) and not installed(Path(file)):
                del sys.modules[name]
        importlib.invalidate_caches()

    return back
