"""What a command reads has to be there: said at once, before anything is imported for it."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from benchmarks.catalogue import SOURCES
from benchmarks.errors import BadInput, suggestion
from benchmarks.fetching import ARCHIVES
from harness.options.arguments import IMAGES, NAMES

RUN = "a run folder, made by `harness run`"

READ = {
    "run": RUN,
    "runs": RUN,
    "beside": RUN,
    "truth": SOURCES,
    "source": SOURCES,
    "images": IMAGES,
    "proxy_file": "a Python file that registers proxies",
    "searcher_file": "a Python file that registers searchers",
    "scores": "a CSV file of scores",
    "baseline": "a baseline that `harness baseline` wrote, or `atlas`",
}
"""Options that name what is read, and what each should be."""

SCORES_TO_SEARCH_BY = "a run folder, a CSV file of scores, or `atlas`"


def check_paths(options: argparse.Namespace) -> None:
    """Refuse a command that names a file or folder to read that does not exist.

    Raises:
        BadInput: names the first such.
    """
    for name, what in READ.items():
        given = getattr(options, name, None) or []
        for each in given if isinstance(given, list) else [given]:
            if str(each) not in NAMES:
                searched = name == "scores" and options.command == "search"
                near = suggestion(str(each), ARCHIVES) if name == "images" else ""
                _check(str(each), SCORES_TO_SEARCH_BY if searched else what, near)
    if options.command == "report" and options.out:
        _check(str(options.out), RUN)
    if (cells := getattr(options, "cells", None) or "").startswith("@"):
        _check(cells.removeprefix("@"), "a text file with an index or a string a line")


def _check(path: str, what: str, near: str = "") -> None:
    with suppress(OSError):  # whoever reads it says what is wrong with it
        if not Path(path).exists():
            raise BadInput(f"`{path}` should be {what}. There is no such file or folder.{near}")
