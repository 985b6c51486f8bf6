"""As in a new process: nothing from elsewhere is imported or registered."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import proxies.registry
import searchers.registry
from proxies.plugins import beside, files, reading

ROOT = Path(__file__).parents[2]

STAYING = (f"{ROOT}/tests/", f"{ROOT}/studies/", f"{sys.base_prefix}/", *reading._libraries())
"""Where modules lie that no test has made, besides what is installed."""


def forget() -> None:
    """Forget files of proxies and searchers, what they import, and what they register."""
    for registry in (proxies.registry, searchers.registry):
        registry.clashes.clear()
    for known in (proxies.registry.PROXIES, searchers.registry.SEARCHERS):
        for name, entry in list(known.items()):
            if not entry.ours:  # type: ignore[attr-defined]
                del known[name]
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        inside = getattr(spec, "submodule_search_locations", None) or []
        if any(foreign(str(place)) for place in [getattr(spec, "origin", None), *inside]):
            del sys.modules[name]
    sys.path[:] = [place for place in sys.path if Path(place) not in beside.FOLDERS]
    files._loaded.clear()
    beside.FOLDERS.clear()
    reading._of_module.clear()
    importlib.invalidate_caches()


def foreign(place: str) -> bool:
    """Whether a test has made a module, by where it lies."""
    inside = f"{place}/".startswith(STAYING) or reading.installed(Path(place))
    return place.startswith("/") and not inside
