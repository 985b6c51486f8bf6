"""What code reads is heard, by whom, and nothing that is said there is an error."""

from __future__ import annotations

import os
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pytest

from proxies.plugins.reading import editable, files_read, present


def read(path: Path) -> None:
    path.read_text()


def test_the_inner_of_two_watchers_takes_nothing_from_the_outer(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).write_text("")
    with files_read() as outer:
        with files_read() as inner:
            pass
        read(tmp_path / "one")
        with files_read() as inner:
            read(tmp_path / "two")
    read(tmp_path / "three")
    assert outer == {str(tmp_path / "one"), str(tmp_path / "two")}
    assert inner == {str(tmp_path / "two")}


def test_what_another_thread_reads_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("")
    with files_read() as names:
        thread = Thread(target=read, args=[tmp_path / "one"])
        thread.start()
        thread.join()
    assert names == set()


def test_what_another_thread_reads_for_an_import_is_the_imports(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("")
    with files_read(importing=True) as names, ThreadPoolExecutor(1) as pool:
        pool.submit(read, tmp_path / "one").result()
        sqlite3.connect(tmp_path / "two").close()
    assert names == {str(tmp_path / "one"), str(tmp_path / "two")}


def test_what_is_written_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    with files_read() as names:
        for mode in ("w", "a", "x", "w+"):
            with (tmp_path / f"new_{mode}").open(mode):
                pass
        os.close(os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT))
        read(tmp_path / "new_w")
        with (tmp_path / "log").open("r+"):
            pass
    assert names == {str(tmp_path / "log")}


def test_any_name_may_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, descriptors, relative and endless names, and what others say in the same words."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("")
    with files_read() as names:
        with open(b"there") as file, open(file.fileno(), closefd=False):  # noqa: PTH123
            pass
        for name in ("x" * 5000, "absent", "there/inside"):
            with pytest.raises(OSError, match=r"too long|No such|Not a directory"):
                open(name)  # noqa: PTH123, SIM115
        sys.audit("open", "there")
        sys.audit("open")
        os.listdir(b".")  # noqa: PTH208
    there = editable(names, tmp_path)
    assert present(there) == [tmp_path / "there"]
    assert {tmp_path / "absent", tmp_path} <= set(there)


def test_what_lies_below_the_own_folder_counts_wherever_that_is(tmp_path: Path) -> None:
    for home in (".worktrees/mine", "site-packages/mine", "mine"):
        folder = tmp_path / home
        inner = [folder / name for name in ("data", ".cache/x", "venv/site-packages/y", "a/data")]
        outer = [tmp_path / name for name in (".cache/z", "data", "site-packages/theirs/w")]
        kept = editable(map(str, [*inner, *outer, Path("/proc/cpuinfo"), Path(__file__)]), folder)
        assert set(kept) == {inner[0], inner[3], outer[1], Path(__file__)}
