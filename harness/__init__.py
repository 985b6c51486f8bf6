"""The only place with devices, processes and files: it moves data between the other packages."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PACKAGES = ("benchmarks", "harness", "proxies", "reports")


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
            found = f"`{places[0]}`" if places else "nothing"
            raise StrangePackage(
                f"The package `{name}` should be the one in `{home}`. Found {found}: another "
                "folder of that name comes first on Python's path. Run elsewhere, or rename it."
            )
