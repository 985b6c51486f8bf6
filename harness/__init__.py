"""The only place with devices, processes and files: it moves data between the other packages.

In a notebook, ``import harness`` offers :func:`accuracies`, :func:`score`, :func:`atlas`,
:func:`judge`, :func:`plot` and :func:`search`, which do on data frames what the command line does
on files.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.notebook import accuracies, atlas, judge, plot, score, search

__all__ = ["accuracies", "atlas", "judge", "plot", "score", "search"]

PACKAGES = ("benchmarks", "harness", "proxies", "reports", "searchers")


class StrangePackage(ImportError):
    """A package of this project's name is not this project's; the message says which and where."""


def check_siblings() -> None:
    """Refuse to go on with packages that are not of one installation.

    Raises:
        StrangePackage: a folder on Python's path, perhaps the present one, hides one of them.
    """
    home = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        places = [*(spec.submodule_search_locations or ())] if spec else []
        if [Path(place).resolve() for place in places] != [home / name]:
            there = places[0] if places else spec.origin if spec else None
            raise StrangePackage(
                f"The package `{name}` should be the one in `{home}`. Found "
                f"{f'`{there}`' if there else 'nothing'}: what has that name comes first on "
                "Python's path. Run elsewhere, or rename it."
            )


def __getattr__(name: str) -> Any:
    """Import the functions for notebooks when one is asked for: that takes seconds."""
    if name in __all__:
        check_siblings()
        from harness import notebook

        return getattr(notebook, name)
    raise AttributeError(f"module `harness` has no attribute `{name}`")
