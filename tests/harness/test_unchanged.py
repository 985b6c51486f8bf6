"""The same command again: at once where nothing changed, and never where anything did."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import unchanged
from harness.cli.unchanged import unchanged_table
from harness.options.parser import parser

MINE = '''
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients
from pathlib import Path
try:
    from faster_of_mine import part
except ImportError:
    part = None
TEXT = Path(__file__).with_name("data").read_text()
MORE = [path.read_text() for path in Path(__file__).parent.glob("more/*.txt")]
try:
    WISH = Path(__file__).with_name("wish").read_text()
except OSError:
    WISH = ""

@proxy(larger_is_better=True, source="nobody")
def halved(loss: LossGradients) -> Tensor:
    """Half of something."""
    from later_of_mine import part
    return loss.grads[0].norm() * part()
'''


def words(folder: Path) -> list[str]:
    files = ["--proxy-file", str(folder / "mine.py"), "--cells", f"@{folder / 'cells'}"]
    return ["run", *files, "--proxies", "halved,params", "--out", str(folder / "out")]


def ran(folder: Path, code: str) -> str:
    """Run a program with a command line; return its output."""
    done = subprocess.run(
        [
            sys.executable,
            "-P",
            "-c",
            f"import sys\nfrom harness.cli import main\n{code}",
            *words(folder),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the program is: modules are not looked for in the folder where it is called."""
    monkeypatch.setattr(sys, "path", [sys.prefix, *sys.path])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a run by a proxy that imports a module of its own while it scores."""
    folder = tmp_path_factory.mktemp("again")
    (folder / "mine.py").write_text(MINE)
    (folder / "later_of_mine.py").write_text("def part(): return +.5\n")
    (folder / "data").write_text("1")
    (folder / "more").mkdir()
    (folder / "more" / "one.txt").write_text("1")
    (folder / "cells").write_text("0\n11\n284\n551\n")
    return folder, ran(folder, "sys.exit(main(sys.argv[1:]))")


def test_again_it_answers_the_same_without_pytorch(finished: tuple[Path, str]) -> None:
    folder, printed = finished
    assert "halved" in printed
    again = (
        "code = main(sys.argv[1:])\nsys.exit(code or len({'torch', 'pandas'} & set(sys.modules)))"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ran(folder, again) == printed
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 5


def _flip(folder: Path) -> None:
    """Another helper of the same length, with the old one's times."""
    file = folder / "later_of_mine.py"
    before = file.stat()
    file.write_text("def part(): return -.5\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def _write(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text("0\n11\n284\n", encoding="utf-8")


CHANGES: dict[str, Callable[[Path], object]] = {
    "helper": _flip,
    "formula": lambda folder: (folder / "mine.py").write_text(MINE.replace("norm", "sum")),
    "cells": _write("cells"),
    "table": _write("out/table.md"),
    "page removed": lambda folder: (folder / "out/report.html").unlink(),
    "figure removed": lambda folder: shutil.rmtree(folder / "out/figures"),
    "scores": lambda folder: os.utime(folder / "out/scores.parquet"),
    "a file more": _write("out/more.csv"),
    "a faster module": _write("faster_of_mine.py"),
    "data of the formula": _write("data"),
    "more data of the formula": _write("more/two.txt"),
    "data that was looked for": _write("wish"),
    "note damaged": _write("out/unchanged.json"),
}


def test_from_another_folder_it_is_the_same_command(
    finished: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what an option's word would name there is no part of it."""
    folder, printed = finished
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mini").write_text("")
    monkeypatch.chdir(tmp_path)
    assert unchanged_table(parser().parse_args(words(folder))) == printed


@pytest.mark.parametrize("change", CHANGES)
def test_where_anything_changed_it_looks_closer(
    change: str, finished: tuple[Path, str], tmp_path: Path
) -> None:
    folder, printed = finished
    shutil.copytree(folder, kept := tmp_path / "kept", copy_function=shutil.copy2)
    try:
        options = parser().parse_args(words(folder))
        assert unchanged_table(options) == printed
        CHANGES[change](folder)
        assert unchanged_table(options) is None
    finally:
        shutil.rmtree(folder)
        shutil.copytree(kept, folder, copy_function=shutil.copy2)


def test_where_modules_come_from_the_present_folder_it_is_part_of_the_command(
    finished: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of ``python -m``."""
    options = parser().parse_args(words(finished[0]))
    assert unchanged_table(options) == finished[1]
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert unchanged_table(options) is None


def test_what_an_option_names_and_is_not_there_is_looked_for(
    finished: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same words from a folder that has no such file: they should be refused."""
    folder, printed = finished
    monkeypatch.chdir(folder)
    options = parser().parse_args(words(folder))
    options.proxy_file = [Path("mine.py")]
    note = folder / "out" / "unchanged.json"
    before = note.read_text()
    try:
        note.write_text(json.dumps(json.loads(before) | {"options": unchanged._options(options)}))
        assert unchanged_table(options) == printed
        monkeypatch.chdir(tmp_path)
        assert unchanged_table(options) is None
    finally:
        note.write_text(before)


@pytest.mark.parametrize(
    "more", [["--seeds", "2"], ["--batch", "8"], ["--retry-failed"], ["--split", "x-valid"]]
)
def test_another_command_is_another_run(more: list[str], finished: tuple[Path, str]) -> None:
    assert unchanged_table(parser().parse_args([*words(finished[0]), *more])) is None
