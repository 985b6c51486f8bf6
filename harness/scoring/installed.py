"""What is installed and in which version, told without importing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, version


def others_are_installed(missing: Mapping[str, Sequence[str]], versions: Mapping[str, str]) -> bool:
    """Whether a module that was missing is there now, or a package has another version.

    Args:
        missing: folders in which modules were looked for, by name.
        versions: what :func:`version_of` said of packages.
    """
    return any(PathFinder.find_spec(name, places) for name, places in missing.items()) or any(
        version_of(name) != version for name, version in versions.items()
    )


def version_of(name: str) -> str:
    """Return the name and version of what has installed a top-level package."""
    for distribution in _distributions(name):
        with suppress(PackageNotFoundError):
            return f"{name} {version(distribution)}"
    return f"{name} of no known version"


def _distributions(name: str) -> Iterator[str]:
    """Yield what may have installed a package: mostly what is called as it is."""
    yield name
    yield from _installers().get(name, [])


@cache
def _installers() -> Mapping[str, list[str]]:
    """Return the distributions of each package: reads what every distribution has installed."""
    return packages_distributions()
