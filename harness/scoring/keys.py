"""What a score depends on besides its inputs: digests of the sources behind it.

One walk serves formulas and passes. It follows imports into every module whose source may be
edited: those of this project, of a proxy's own file or package, and whatever else is neither the
standard library nor installed. Of another installed distribution it takes the version. PyTorch's
stands in the identity of a store.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks.space import Benchmark
from harness.passes import Pass, passes_behind
from harness.scoring import networks
from harness.scoring.imports import ImportClosure, path_of, source_of, spec_of, walk
from harness.scoring.installed import version_of
from harness.scoring.session import session_name
from harness.scoring.syntax import syntax_digest
from proxies import Combination, Proxy, load_all
from proxies.plugins.files import digest_of_bytes
from proxies.plugins.reading import INSTALLED, PACKAGES, editable, present, read_by
from proxies.registry import typed

FRAME = frozenset({"proxies", "proxies.registry", "proxies.records"})
"""What every formula imports to be one; the types of its records are in the keys of the passes."""


def key(proxy: Proxy, benchmark: Benchmark) -> str:
    """Digest what a score depends on besides the plan: formula, passes, networks and seeding."""
    return key_of(formula(proxy), proxy.records, benchmark)


def key_of(digest: str, records: Iterable[type], benchmark: Benchmark) -> str:
    """Digest what a score depends on besides the plan, the formula being known by its digest."""
    behind = tuple(passes_behind(record for record in records if record not in networks.COUNTED))
    return _joined(digest, _sources(behind, type(benchmark).__module__))[:16]


class Behind(NamedTuple):
    """All that a formula is made of besides what comes with us, and what would make it another.

    Attributes:
        marks: of its files, of folders that it listed and of what it looked for in vain, by path.
        missing: modules that it names and that are not there, and where they would be.
        versions: of installed packages that it imports, by name.
    """

    marks: dict[str, str]
    missing: dict[str, list[str]]
    versions: dict[str, str]


def behind(proxy: Proxy) -> Behind:
    """Return what a formula is made of."""
    walked = walk(proxy.homes, FRAME)
    marks = {str(path): mark_of(path) for path in paths_behind(proxy)}
    versions = {name: version_of(name) for name in sorted(walked.installed)}
    return Behind(dict(sorted(marks.items())), _missing(walked.modules), versions)


def mark_of(path: Path) -> str:
    """Return what tells of a change: of a file, of a folder's names, or of what is not there."""
    try:
        if path.is_dir():
            return _joined("folder", *sorted(inner.name for inner in path.iterdir()))
        return source_digest_of(path) if present([path]) else "absent"
    except OSError:
        return "unreadable"


def paths_behind(proxy: Proxy) -> list[Path]:
    """Return the files that a formula is made of, what it looked for in vain, folders it listed."""
    modules = walk(proxy.homes, FRAME).modules
    return [*_stated(modules), *_read_besides(proxy, modules)]


def _missing(modules: Iterable[str]) -> dict[str, list[str]]:
    """Return those of the modules that are not there, as in a ``try``, and where they would be."""
    missing = {}
    for name in modules:
        package = sys.modules.get(name.rpartition(".")[0])
        if name not in sys.modules and spec_of(name) is None and (package or "." not in name):
            missing[name] = [str(at) for at in getattr(package, "__path__", sys.path)]
    return missing


def _stated(modules: Iterable[str]) -> list[Path]:
    paths = [path_of(name) for name in modules if name.partition(".")[0] not in PACKAGES]
    return [path for path in paths if path is not None]


def _read_besides(proxy: Proxy, modules: Collection[str]) -> list[Path]:
    """Return what was read as modules of a proxy were imported, besides the modules themselves."""
    names = read_by(modules)
    stated = {path.resolve() for path in _stated(modules)} if names else set()
    there = editable(names, own_folder(proxy)) if names else []
    return [path for path in there if path.resolve() not in stated]


def own_folder(proxy: Proxy) -> Path:
    """Return the folder of a proxy's file, or of its package."""
    home = proxy.homes[-1]
    path = path_of(home.partition(".")[0]) or path_of(home) or Path(os.devnull)
    return path if path.parent.name in INSTALLED else path.parent  # of one module is itself


def sources(*modules: str) -> str:
    """Digest modules and what they import."""
    return _digest(modules)


def stale(scores: pd.DataFrame, benchmark: Benchmark) -> list[str]:
    """Return the proxies whose stored scores were made by other sources than there are now.

    What is no proxy is passed over.

    Args:
        scores: rows of ``scores.parquet``; those of an older version lack keys, and are all stale.
        benchmark: what the scored candidates belong to.
    """
    if "key" not in scores:
        return sorted(set(scores["proxy"]))
    known = load_all()
    pairs = scores[["proxy", "key"]].drop_duplicates().itertuples(index=False, name=None)
    ours = ((name, old) for name, old in pairs if name in known)
    return sorted({name for name, old in ours if key(known[name], benchmark) != old})


def formula(entry: Proxy | Combination, known: Mapping[str, str] | None = None) -> str:
    """Digest a formula: its module and what that imports; of a combination, its members' too.

    ``known`` are digests by name of members that are not registered here.
    """
    home = entry.function.__module__
    homes = entry.homes if isinstance(entry, Proxy) else []
    walked = walk([home, *homes], FRAME)
    own = _formula(home, walked)
    if isinstance(entry, Proxy):
        besides = present(_read_besides(entry, walked.modules))
        parts = sorted((path.name, digest_of_bytes(path)) for path in besides)
        own = _joined(own, *(part for pair in parts for part in pair)) if parts else own
    if typed(entry.function):  # nothing can tell what it was
        own = _joined(own, session_name(entry.function))
    if isinstance(entry, Proxy):
        return own
    return _joined(
        own, *((known or {}).get(name) or formula(load_all()[name]) for name in entry.members)
    )


def _formula(home: str, walked: ImportClosure) -> str:
    others = [source_digest(name) for name in sorted(walked.modules - {home})]
    others += [version_of(name) for name in sorted(walked.installed)]
    own = source_digest(home)
    return _joined(own, *others) if others else own


@cache
def _sources(passes: tuple[Pass, ...], benchmark: str) -> str:
    roots = [benchmark, networks.__name__, *(pass_.function.__module__ for pass_ in passes)]
    settings = (
        f"{pass_.name} {pass_.initialisation} {pass_.batchnorm} {pass_.kind}" for pass_ in passes
    )
    return _digest(roots, *settings)


def made_by(roots: Iterable[str], *settings: str) -> str:
    """Digest settings, and modules with all that they import."""
    return _digest(roots, *settings)[:16]


def _digest(roots: Iterable[str], *settings: str) -> str:
    walked = walk(roots)
    versions = map(version_of, sorted(walked.installed))
    return _joined(*settings, *map(source_digest, sorted(walked.modules)), *versions)


def source_digest(name: str) -> str:
    """Return the digest of a module's source; of its name where it has none."""
    path = path_of(name)
    return _joined(name) if path is None else source_digest_of(path)


def source_digest_of(path: Path) -> str:
    """Return the digest of a source, or of what a compiled module or any other file holds."""
    if path.suffix == ".py":
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):  # it is none of ours
            return syntax_digest(source_of(path))
    return digest_of_bytes(path)


def _joined(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()
