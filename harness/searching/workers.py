"""Searches in this process or in several: the numbers are the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import Lost, Pool, completed
from harness.searching.driver import Terms, runs
from harness.searching.plugins import load_searcher_entry_points, load_searcher_file
from harness.searching.problem import Problem
from harness.searching.search_run import SearchRun
from searchers import ConfiguredSearcher, choose

BLOCK = 20
"""Searches that are made, sent and stored at once."""


class Block(NamedTuple):
    """One searcher from several seeds."""

    chosen: ConfiguredSearcher
    seeds: tuple[int, ...]


class SearchSetting(NamedTuple):
    """What every search of a run shares; ``files`` register searchers."""

    problem: Problem
    terms: Terms
    files: tuple[str, ...]


def blocks(chosen: ConfiguredSearcher, seeds: Sequence[int]) -> list[Block]:
    """Cut seeds into blocks."""
    return [Block(chosen, tuple(seeds[i : i + BLOCK])) for i in range(0, len(seeds), BLOCK)]


def searched(
    setting: SearchSetting, work: Sequence[Block], workers: int
) -> Iterator[tuple[Block, list[SearchRun]]]:
    """Yield the runs of each block as it is done, in no particular order.

    A block whose process dies is run once more alone, seed by seed: what ends it again is failed.

    Raises:
        BadInput: worker processes die before they have done anything.
    """
    if workers == 1 or len(work) < 2:
        for block in work:
            yield block, list(runs(setting.problem, block.chosen, block.seeds, setting.terms))
        return
    suspects = Lost[Block]()
    yield from _pooled(setting, work, workers, suspects)
    for block in suspects.items:
        for seed in block.seeds:
            alone, lost = block._replace(seeds=(seed,)), Lost[Block]()
            yield from _pooled(setting, [alone], 1, lost)
            if lost.items:
                yield alone, [died(block.chosen.row, seed, lost.death)]


def died(row: str, seed: int, death: str) -> SearchRun:
    """Return the run of a process that died, and of what."""
    reason = f"the process that ran it died: {death}"
    return SearchRun(row, seed, "failed", reason, -1, math.nan, 0.0, 0, 0, 0, "{}", ())


def _pooled(
    setting: SearchSetting, work: Sequence[Block], workers: int, lost: Lost[Block]
) -> Iterator[tuple[Block, list[SearchRun]]]:
    return completed(
        lambda size: Pool(size, _begin, setting),
        lambda pool, block: pool.submit(_work, block.chosen.row, block.seeds),
        work,
        workers,
        2 * workers,
        lost,
    )


_setting: list[SearchSetting] = []


def _begin(setting: SearchSetting) -> None:
    load_searcher_entry_points()
    for file in setting.files:
        load_searcher_file(Path(file))
    _setting[:] = [setting]


def _work(row: str, seeds: tuple[int, ...]) -> list[SearchRun]:
    (setting,) = _setting
    (chosen,) = choose(row)
    return list(runs(setting.problem, chosen, seeds, setting.terms))
