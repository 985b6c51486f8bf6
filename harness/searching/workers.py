"""Searches in this process or in several: the numbers are the same."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import Pool
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
    """
    if workers == 1 or len(work) < 2:
        for block in work:
            yield block, list(runs(setting.problem, block.chosen, block.seeds, setting.terms))
        return
    suspects: list[Block] = []
    yield from _pooled(setting, list(work), workers, suspects)
    for block in suspects:
        for seed in block.seeds:
            alone, dead = block._replace(seeds=(seed,)), list[Block]()
            death = yield from _pooled(setting, [alone], 1, dead)
            for culprit in dead:
                yield culprit, [died(culprit.chosen.row, seed, death)]


def died(row: str, seed: int, death: str) -> SearchRun:
    """Return the run of a process that died, and of what."""
    reason = f"the process that ran it died: {death}"
    return SearchRun(row, seed, "failed", reason, -1, math.nan, 0.0, 0, 0, 0, "{}", ())


def _pooled(
    setting: SearchSetting, work: list[Block], workers: int, suspects: list[Block]
) -> Generator[tuple[Block, list[SearchRun]], None, str]:
    waiting, death = work[::-1], ""
    while waiting:
        running: dict[Future[list[SearchRun]], Block] = {}
        executor = Pool(min(workers, len(waiting)), _begin, setting)
        try:
            while waiting or running:
                while waiting and len(running) < 2 * workers:
                    block = waiting.pop()
                    running[executor.submit(_work, block.chosen.row, block.seeds)] = block
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    results = future.result()
                    yield running.pop(future), results
        except BrokenProcessPool:
            suspects.extend(running.values())
            death = executor.death()
        finally:
            executor.shutdown(wait=True, cancel_futures=True)
    return death


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
