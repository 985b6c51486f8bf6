"""What versions a report was made with."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("torch", "numpy", "scipy", "pandas", "matplotlib", "seaborn", "nats_bench", "optuna")


def versions() -> list[str]:
    """Return the versions of what computes, judges and draws besides this project."""
    libraries = []
    for name in LIBRARIES:
        try:
            libraries.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            libraries.append(name)
    return libraries
