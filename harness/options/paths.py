"""What a command reads has to be there: said at once, before anything is imported for it."""

from __future__ import annotations

import argparse
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.machinery import all_suffixes
from pathlib import Path

from benchmarks.catalogue import ATLAS, SOURCES
from benchmarks.errors import BadInput, suggestion
from benchmarks.fetching import ARCHIVES
from harness.options.arguments import IMAGES
from harness.runs.forms import IMAGES as NAMED_IMAGES
from harness.runs.forms import TRUTHS
from harness.runs.run_files import RunFile


@dataclass(frozen=True)
class Readable:
    """What an option names: in words, how a file's name may end, what a folder has one of.

    Without ``endings`` it is no file, without ``holds`` no folder; an empty text stands for any.
    ``names`` are no paths.
    """

    what: str
    endings: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


SCORED = Readable("a run folder, made by `harness run`", holds=(RunFile.PLAN,))
FOLDER = Readable(
    "a run folder, made by `harness run` or `harness search`",
    holds=(RunFile.PLAN, RunFile.SEARCH_PLAN),
)
TABLE = Readable(SOURCES, (".pickle.pbz2", ".pth", ".parquet"), ("",))
MODULE = tuple(all_suffixes())

READ = {
    "beside": FOLDER,
    "run": FOLDER,
    "runs": SCORED,
    "truth": replace(TABLE, names=TRUTHS),
    "source": TABLE,
    "images": Readable(IMAGES, (".npz",), ("",), NAMED_IMAGES),
    "proxy_file": Readable("a Python file that registers proxies", MODULE),
    "searcher_file": Readable("a Python file that registers searchers", MODULE),
    "scores": Readable("a CSV file of scores", ("",)),
    "baseline": Readable(
        "a baseline that `harness baseline` wrote, or `atlas`", ("",), names=frozenset({ATLAS})
    ),
}
"""Options that name what is read, and what each should be."""

CELLS = Readable("a text file with an index or a string a line", ("",))
SCORES_TO_SEARCH_BY = Readable(
    "a run folder, a CSV file of scores, or `atlas`", (".csv",), (RunFile.PLAN,), frozenset({ATLAS})
)


def check_paths(options: argparse.Namespace) -> None:
    """Refuse a command that names a file or folder to read which is not there, or another kind.

    Raises:
        BadInput: names the first such.
    """
    for name, readable in READ.items():
        given = getattr(options, name, None) or []
        for each in given if isinstance(given, list) else [given]:
            searched = name == "scores" and options.command == "search"
            near = suggestion(str(each), ARCHIVES) if name == "images" else ""
            if name == "scores" and str(each) == ATLAS:
                near = " Scores that come with the project stand beside a run's by `run --atlas`."
            _check(str(each), SCORES_TO_SEARCH_BY if searched else readable, near)
    if options.command == "report" and options.out:
        _check(str(options.out), FOLDER)
    if (cells := getattr(options, "cells", None) or "").startswith("@"):
        _check(cells.removeprefix("@"), CELLS)


def _check(given: str, readable: Readable, near: str = "") -> None:
    path, found = Path(given), ""
    if given in readable.names:
        return
    with suppress(OSError):  # whoever reads it says what is wrong with it
        if not path.exists():
            found = f"There is no such file or folder.{near}"
        elif not path.is_dir():
            if not readable.endings:
                found = "It is a file."
            elif not path.name.endswith(readable.endings):
                found = f"Its name ends in `{path.suffix}`." if path.suffix else "It has no ending."
        elif not readable.holds:
            found = "It is a folder."
        elif not any((path / name).exists() for name in readable.holds):
            found = f"It has no `{'` or `'.join(readable.holds)}`."
    if found:
        raise BadInput(f"`{given}` should be {readable.what}. {found}")
