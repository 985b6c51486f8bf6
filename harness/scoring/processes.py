"""One process that scores: how it is set up, and what it does when memory runs out."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch
from tqdm import tqdm

from harness.scoring.engine import score_group
from harness.scoring.store import Score
from harness.scoring.tasks import Setting, Task
from proxies import load_entry_points, load_file


class Scorer:
    """Scores blocks of tasks in this process, fewer at once after memory has run out."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting.prepared()
        self.most = sys.maxsize
        self.said: set[str] = set()

    def __call__(self, block: list[Task]) -> Iterator[list[Score]]:
        """Yield each task's scores.

        A block that raises is halved, and so on, which finds the task whose fault it is. Where the
        fault was that memory ran out, the blocks that follow are no larger.
        """
        size = min(self.most, len(block))
        if size == len(block):
            try:
                yield from score_group(self.setting, block)
                return
            except Exception as error:
                if size == 1:
                    raise
                memory = _ran_out(error)
                reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            size = size // 2
            if memory:
                self.most = size
                reason = f"memory ran out; from here on at most {size} are"
            if reason not in self.said:
                self.said.add(reason)
                said = f"{len(block)} candidates were not scored side by side: {reason}"
                tqdm.write(f"harness: {said}.", file=sys.stderr)
            if self.setting.device.startswith("cuda"):
                torch.cuda.empty_cache()  # what the error held is free now
        for i in range(0, len(block), size):
            yield from self(block[i : i + size])


def _ran_out(error: Exception) -> bool:
    """Whether memory ran out; its libraries have no common type for that, only words."""
    words = ("out of memory", "can't allocate memory", "alloc_failed", "unable to find an engine")
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in words)


_scorer: list[Scorer] = []
_run: list[str] = []


def set_up(setting: Setting) -> None:
    """Set this process up to score in a setting."""
    deterministic()
    keep_memory()
    load_entry_points()
    for path in setting.plugins:
        load_file(Path(path))
    _scorer[:] = [Scorer(setting)]


def work(block: list[Task]) -> list[list[Score]]:
    """Score a block in the setting that :func:`set_up` was given."""
    return list(_scorer[0](block))


def serve(run: str, setting: Setting, some: list[list[Task]]) -> list[list[Score]]:
    """Score blocks of a run that this process may not have seen before."""
    if _run != [run]:
        set_up(replace(setting, plugins=()))  # a file's proxies come with the tasks
        _run[:] = [run]
    return [rows for block in some for rows in work(block)]


def deterministic() -> None:
    """Let PyTorch add in one order alone, so that a network scores the same again to the bit."""
    torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def keep_memory() -> None:
    """Let glibc keep freed memory: giving it back costs a page fault for every page used again."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # another C library
    # older versions take no more than 32 MiB; once one is set, neither adapts by itself
    if mallopt(MMAP_THRESHOLD, 2**30) or mallopt(MMAP_THRESHOLD, 2**25):
        mallopt(TRIM_THRESHOLD, 2**31 - 1)


TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's ``mallopt``."""
