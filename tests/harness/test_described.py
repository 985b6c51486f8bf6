"""What stored descriptions of proxies know to be another now, without running anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.scoring.described import described, read_described
from proxies import load_file
from proxies.plugins import reading

pytestmark = pytest.mark.usefixtures("forgotten")

MINE = """
from pathlib import Path
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients
import helper_that_is_stated
import theirs_that_is_installed
try:
    import helper_that_is_missing
except ImportError:
    pass
HERE = Path(__file__).parent
DATA = [(HERE / name).read_text() for name in ("data", "link")]
PARTS = [part.read_text() for part in (HERE / "parts").glob("*.txt")]
try:
    WISH = (HERE / "wish").read_text()
except OSError:
    WISH = ""

@proxy(larger_is_better=True, source="nobody")
def mine(loss: LossGradients) -> Tensor:
    return loss.grads[0].sum()
"""


def relink(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to(folder / "other")


def _write(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text("VALUE = 2\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "itself": lambda folder: (folder / "mine.py").write_text(MINE.replace("sum", "prod")),
    "gone": lambda folder: (folder / "mine.py").unlink(),
    "a helper": _write("helper_that_is_stated.py"),
    "a module that was missing": _write("helper_that_is_missing.py"),
    "a package that was missing": lambda folder: (folder / "helper_that_is_missing").mkdir(),
    "a version": lambda folder: (
        folder / "site-packages" / "theirs_that_is_installed-1.dist-info" / "METADATA"
    ).write_text("Name: theirs-that-is-installed\nVersion: 2\n"),
    "data": _write("data"),
    "a link": relink,
    "what a link names": _write("one"),
    "one file more": _write("parts/two.txt"),
    "what was looked for": _write("wish"),
}


@pytest.mark.parametrize("change", [*CHANGES, "nothing", "what is beside"])
def test_whatever_would_make_it_another_is_seen(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    for name, text in {
        "mine.py": MINE,
        "helper_that_is_stated.py": "VALUE = 1\n",
        "data": "1",
        "one": "1",
        "other": "1",
        "parts/one.txt": "1",
        "site-packages/theirs_that_is_installed/__init__.py": "",
        "site-packages/theirs_that_is_installed-1.dist-info/METADATA": (
            "Name: theirs-that-is-installed\nVersion: 1\n"
        ),
        "site-packages/theirs_that_is_installed-1.dist-info/RECORD": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "link").symlink_to(tmp_path / "one")
    if change == "a link":
        (tmp_path / "other").write_text("2")
    folder = RunFolder(tmp_path / "run")
    folder.text(RunFile.DESCRIBED, described(load_file(tmp_path / "mine.py")))
    assert not read_described(folder)["mine"].moved
    if change == "what is beside":
        (tmp_path / "unrelated.py").write_text("")
        (tmp_path / "unrelated.txt").write_text("")
    elif change != "nothing":
        CHANGES[change](tmp_path)
    assert read_described(folder)["mine"].moved == (change in CHANGES)
    assert reading.installed(tmp_path / "site-packages" / "theirs_that_is_installed")
