"""Proxies from elsewhere: one file, or a package that declares entry points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from proxies.plugins.files import absolute, load, module_of, plural, what_it_did
from proxies.plugins.program import program_kept
from proxies.plugins.reading import files_read, keep
from proxies.registry import PROXIES, Proxy, clashes, load_all

GROUP = "nas_proxy_harness.proxies"
"""Entry points in this group name modules, or functions, that register proxies."""


def load_file(path: Path) -> list[Proxy]:
    """Import a file as :func:`proxies.plugins.files.load` does; return what it registers.

    A proxy whose name a built-in has is left out and noted in :data:`proxies.registry.clashes`.

    Raises:
        UnusablePlugin: the file cannot be imported, or registers nothing.
    """
    load_all()
    names = load(path, "proxy", PROXIES, clashes)
    _at_home(names, module_of(absolute(path), "proxy"))
    return [PROXIES[name] for name in names]


def _at_home(names: Iterable[str], module: str) -> None:
    """Note of proxies which module registers them."""
    PROXIES.update({name: replace(PROXIES[name], home=module) for name in names})


def load_entry_points(
    group: str = GROUP, kind: str = "proxy", load_ours: Callable[[], object] = load_all
) -> list[str]:
    """Import what installed packages declare; return a sentence for each that cannot be."""
    load_ours()
    problems = []
    for declared in entry_points(group=group):
        before = set(PROXIES)
        try:
            with files_read(importing=True) as read, program_kept():
                declared.load()
            keep(declared.module, read)
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
    return f"{named} should register {plural(kind)}; it {what_it_did(error)}"
