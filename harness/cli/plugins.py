"""What comes from elsewhere: proxies and searchers of files and of installed packages."""

from __future__ import annotations

import argparse

from benchmarks.streams import say

ENTRY_POINTS = ("nas_proxy_harness.proxies", "nas_proxy_harness.searchers")


def has_plugins() -> bool:
    """Whether other installed packages declare proxies or searchers."""
    from importlib.metadata import entry_points

    return any(entry_points(group=group) for group in ENTRY_POINTS)


def plug_in(options: argparse.Namespace, *, refuse: bool = False) -> None:
    """Register the proxies and searchers from elsewhere, and say what was left out.

    Raises:
        BadInput: with ``refuse``, where a file of the command was left out: what the command is
            about would be the built-in of that name.
    """
    from proxies import load_entry_points, load_file
    from proxies.registry import clashes

    problems = load_entry_points()
    installed = len(clashes)
    for path in getattr(options, "proxy_file", []):
        load_file(path)
    left_out, of_files = list(clashes), clashes[installed:]
    if hasattr(options, "searcher_file"):
        from harness.searching.plugins import load_searcher_entry_points, load_searcher_file
        from searchers.registry import clashes as taken

        problems += load_searcher_entry_points()
        installed = len(taken)
        for path in options.searcher_file:
            load_searcher_file(path)
        left_out += taken
        of_files += taken[installed:]
    if refuse and of_files:
        from benchmarks.errors import BadInput

        raise BadInput(f"A file should register names of its own: {of_files[0]}.")
    for sentence in (*problems, *dict.fromkeys(left_out)):
        say(f"{sentence}.")


def check_files(proxies: str) -> None:
    """Refuse formulas that other processes cannot have.

    Raises:
        BadInput: one was typed in this session.
    """
    from benchmarks.errors import BadInput
    from proxies import choose
    from proxies.registry import typed

    for entry in choose(proxies)[0]:
        if typed(entry.function):
            raise BadInput(
                f"`{entry.name}` should be scored by one worker, as it was typed in this session. "
                "Give `workers=1`, or put it into a file that `proxy_file` names."
            )
