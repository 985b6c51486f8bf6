"""A searcher of one's own: a file, its contract, and what its faults do to a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli import main
from tests.material.small_search import finals, search

MEAN = ("--signal-seed", "mean")

MINE = '''
"""Every second candidate."""
from numpy.random import Generator
from searchers import Search, Space, Train, searcher

@searcher(source="nobody yet")
def every_second(space: Space, rng: Generator, first: int = 0) -> Search:
    """Train every second candidate in a fixed order."""
    for candidate in space.candidates()[first::2]:
        yield Train(candidate)
    return None
'''

FAULTY = '''
from numpy.random import Generator
from searchers import Search, Space, Train, searcher

@searcher(source="nobody yet")
def faulty(space: Space, rng: Generator) -> Search:
    """Give up at once in every second run."""
    if rng.random() < 0.5:
        raise RuntimeError("no idea")
    while True:
        yield Train(space.random(rng))

@searcher(source="nobody yet")
def deadly(space: Space, rng: Generator) -> Search:
    """End the process."""
    import os
    yield Train(space.random(rng))
    os._exit(1)
'''


pytestmark = pytest.mark.usefixtures("forgotten", "undrawn")


def test_a_searcher_of_ones_own_is_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    more = ["--searcher-file", str(file)]
    assert main(["validate", "every_second", *more]) == 0
    assert "It has a docstring and a source." in capsys.readouterr().out
    names = "every_second,every_second:first=1"
    assert search(tmp_path / "run", "--searchers", names, *more, *MEAN) == 0
    found = finals(tmp_path / "run").query("searcher != 'random'")
    assert found.groupby("searcher")["index"].nunique().tolist() == [1, 1]
    assert main(["list", *more]) == 0
    assert "every_second" in capsys.readouterr().out
    file.write_text(MINE.replace("::2", "::3"))
    assert search(tmp_path / "run", "--searchers", "every_second", *more) == 0  # run again
    assert len(finals(tmp_path / "run").query("searcher == 'every_second'")) == 4


def test_what_fails_has_its_reason_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.py"
    file.write_text(FAULTY)
    more = ["--searcher-file", str(file), "--workers", "2"]
    assert search(tmp_path / "run", "--searchers", "faulty,deadly", *more, seeds=6) == 0
    rows = finals(tmp_path / "run")
    said = capsys.readouterr().err
    assert "`deadly` failed in 6 of 6 searches: the process that ran it died" in said
    assert (rows[rows["searcher"] == "random"]["status"] == "ok").all()
    deadly = rows[rows["searcher"] == "deadly"]
    assert set(deadly["reason"]) == {"the process that ran it died: exit code 1"}
    faulty = rows[rows["searcher"] == "faulty"]
    assert set(faulty["status"]) == {"ok", "failed"}
    reasons = set(faulty.loc[faulty["status"] == "failed", "reason"])
    assert reasons == {"it raises RuntimeError: no idea"}
    table = (tmp_path / "run" / "search.md").read_text("utf-8")
    (line,) = [line for line in table.splitlines() if line.startswith("| deadly")]
    assert line.endswith("| 6 |")


DEFAULTS = """
from numpy.random import Generator

from searchers import Score, Search, Space, searcher


@searcher(source="an example")
def asks(
    space: Space, rng: Generator, proxy: str = "params", proxies: str = "flops+live_flops"
) -> Search:
    \"\"\"Choose the better of two by the sum of three scores.\"\"\"
    rivals = [space.random(rng), space.random(rng)]
    total = []
    for rival in rivals:
        total.append(0.0)
        for name in (proxy, *proxies.split("+")):
            total[-1] += (yield Score(rival, name)).value
    return rivals[total.index(max(total))]
"""


def test_scores_that_a_setting_names_unless_given_are_there(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(DEFAULTS)
    more = ["--searcher-file", str(tmp_path / "mine.py"), "--searchers", "asks,asks:live_params"]
    assert search(tmp_path / "run", *more) == 0
    assert (finals(tmp_path / "run")["status"] == "ok").all()
