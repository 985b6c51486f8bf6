"""Files that are put in their place whole, whoever else writes them meanwhile."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import files


def test_a_crowd_of_writers_leaves_one_whole_file(tmp_path: Path) -> None:
    """Each makes its own unfinished one; nobody removes another's."""
    path = tmp_path / "table.md"

    def write(number: int) -> None:
        def slowly(unfinished: Path) -> None:
            with unfinished.open("w") as stream:
                for _ in range(5):
                    stream.write(f"{number} " * 1000)
                    stream.flush()
                    time.sleep(0.001)

        files.replace(path, slowly)

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(write, range(40)))
    words = path.read_text().split()
    assert len(words) == 5000
    assert len(set(words)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    old, young = (tmp_path / f"table.md.{name}{files.UNFINISHED}" for name in ("old", "young"))
    other = tmp_path / f"table.mdx.old{files.UNFINISHED}"
    for left in (old, young, other):
        left.write_text("half")
    past = time.time() - files.ABANDONED - 1
    for left in (old, other):
        os.utime(left, (past, past))
    files.replace(path, lambda unfinished: unfinished.write_text("whole"))
    assert sorted(tmp_path.iterdir()) == sorted([path, young, other])


def test_what_cannot_be_written_leaves_the_former_file(tmp_path: Path) -> None:
    path = tmp_path / "table.md"
    path.write_text("former")

    def full(unfinished: Path) -> None:
        unfinished.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        files.replace(path, full)
    assert path.read_text() == "former"
    assert list(tmp_path.iterdir()) == [path]
