"""Whether a run folder already shows what its command would make, told without PyTorch.

A run leaves a list of what it was made from and of what it left: code, files that its options name,
the folder's own files. Where the same command finds all of them as they were, on the same machine
and with the same libraries, the table that stands there is its answer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path

from benchmarks.fetching import ARCHIVES, cache
from benchmarks.files import content_of_json
from harness import PACKAGES
from harness.cli.plugins import ENTRY_POINTS
from harness.reporting.versions import versions
from harness.runs.forms import located
from harness.runs.run_files import RunFile
from harness.scoring.installed import others_are_installed

HOW = ("workers", "time_limit", "out")
"""Options that say how a run is carried out and where, not what it makes."""

SOURCE = (".py", ".jinja", ".css", ".js")
"""Files that are told apart by what they hold; others by their size and time of change."""


def remember(options: argparse.Namespace) -> None:
    """Note what a run that has just ended was made from, and what it left."""
    from harness.runs.run_folder import RunFolder
    from harness.scoring.keys import behind  # imports PyTorch, as a run has
    from proxies import load_all
    from proxies.plugins.files import changed_files

    theirs = [proxy for proxy in load_all().values() if not proxy.ours]
    if changed_files({home for proxy in theirs for home in proxy.homes}):
        return  # what was scored is older than they are
    with suppress(OSError):  # a file has gone meanwhile: there is no short way then
        made = [behind(proxy) for proxy in theirs]
        files = {*_files(options), *(Path(name) for each in made for name in each.marks)}
        left = {
            "options": _options(options),
            "files": {str(file): _mark(file) for file in files},
            "missing": {name: at for each in made for name, at in each.missing.items()},
            "versions": {name: text for each in made for name, text in each.versions.items()},
        }
        RunFolder(options.out).text(RunFile.UNCHANGED, json.dumps(left) + "\n")


def unchanged_table(options: argparse.Namespace) -> str | None:
    """Return the table that a run folder shows, where the same command would print it again."""
    if options.retry_failed:
        return None
    try:
        left = content_of_json(options.out / RunFile.UNCHANGED)
        if left["options"] != _options(options):
            return None
        marks = left["files"]
        if any(str(file) not in marks for file in _files(options)):
            return None
        if any(_mark(Path(file)) != mark for file, mark in marks.items()):
            return None
        if others_are_installed(left["missing"], left["versions"]):
            return None
        return str((options.out / RunFile.TABLE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _options(options: argparse.Namespace) -> str:
    """Digest the options, the machine and the versions of what computes."""
    asked = {name: repr(value) for name, value in vars(options).items() if name not in HOW}
    context = [*versions(), sys.version, platform.node(), os.environ.get("PYTHONPATH", "")]
    context.append(str(Path.cwd()) if sys.path[:1] in ([""], [str(Path.cwd())]) else "")
    context += [os.environ.get(name, "") for name in ("CUDA_VISIBLE_DEVICES", "HARNESS_CACHE")]
    for group in ENTRY_POINTS:
        for entry in entry_points(group=group):
            context.append(f"{entry.name} {entry.value} {entry.dist.version if entry.dist else ''}")
    return hashlib.sha256(json.dumps([asked, context], sort_keys=True).encode()).hexdigest()


def _files(options: argparse.Namespace) -> Iterator[Path]:
    """Yield the files of this project, of the run folder, and those that options name."""
    home = Path(__file__).resolve().parents[2]
    places = [home / package for package in PACKAGES]
    if (images := ARCHIVES.get(options.images or "")) is not None:
        places.append(cache() / images.folder)
    for value in vars(options).values():
        each = value if isinstance(value, list | tuple) else [value]
        places += [path.absolute() for path in each if isinstance(path, Path)]
    named = [located(name) for name in (options.truth, options.images) if name]
    places += [Path(name) for name in named if Path(name).is_absolute()]  # others come with us
    if options.cells.startswith("@"):
        places.append(Path(options.cells[1:]).absolute())
    for place in dict.fromkeys(places):
        if not place.exists():  # it should be refused, or is new
            yield place
        files: Iterable[Path] = place.rglob("*") if place.is_dir() else [place]
        for file in files:
            if file.is_file() and not _passing(file):
                yield file


def _passing(file: Path) -> bool:
    """Whether a file is a log or a cache, which says nothing of what a run holds."""
    empty_log = file.name.endswith(("-wal", "-shm")) and not file.stat().st_size
    return file.name == RunFile.UNCHANGED or "__pycache__" in file.parts or empty_log


def _mark(path: Path) -> str:
    """Return what tells of a change: of a file, of a folder's names, or of what is not there."""
    if path.is_dir():
        names = sorted(one.name for one in path.iterdir())
        return hashlib.sha256("\0".join(names).encode()).hexdigest()
    if not path.exists():
        return "absent"
    if path.suffix in SOURCE:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    stat = path.stat()
    return f"{stat.st_size} {stat.st_mtime_ns}"
