"""A file that changes: as it is scored, and before its scores are compared."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from harness.scoring.store import stored
from tests.material.new_process import forget
from tests.material.refusals import refused

pytestmark = pytest.mark.usefixtures("forgotten", "undrawn")

SCORE = ["score", "--cells", "0,7", "--batch", "8", "--workers", "1"]

MINE = """
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def mine(loss: LossGradients) -> Tensor:
    return loss.grads[0].sum()
"""

CHANGING = """
from pathlib import Path
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def changing(loss: LossGradients) -> Tensor:
    here = Path(__file__)
    with here.open("a") as file:
        file.write("# scored")
    return loss.grads[0].sum()
"""


def test_a_file_that_changes_as_it_is_scored_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Processes that begin later would import another formula than the one whose key they have."""
    file, out = tmp_path / "mine.py", tmp_path / "run"
    file.write_text(CHANGING)
    run = [*SCORE, "--proxies", "changing,params", "--proxy-file", str(file), "--out", str(out)]
    said = refused(run, capsys)
    assert f"`{file}` should stay as it is while it is scored. It has changed: run again" in said
    assert {row.proxy for row in stored(out / "scores.sqlite")[1]} == set()


def test_a_changed_formula_is_stale_until_it_is_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "mine.py", tmp_path / "run"
    file.write_text(MINE)
    run = ["score", "--cells", "stratified:24", "--batch", "8", "--workers", "1"]
    more = ["--proxy-file", str(file), "--proxies", "mine,params", "--out", str(out)]
    assert main([*run, *more]) == 0
    baseline = tmp_path / "baseline.json"
    assert main(["baseline", str(out), str(baseline)]) == 0
    compare = ["compare", str(out), "--baseline", str(baseline)]
    assert main(compare) == 0
    forget()
    file.write_text(MINE.replace("return loss", "return -loss"))
    capsys.readouterr()
    assert main(compare) == 1
    said = capsys.readouterr().out
    assert (
        "**mine** stale: its sources have changed since these scores were made, or are gone: run"
        in said
    )
    assert main(["baseline", str(out), str(baseline)]) == 2
    assert "were made by others, or these are gone: run" in capsys.readouterr().err
    file.rename(tmp_path / "elsewhere.py")
    assert main(compare) == 1
    assert "**mine** stale" in capsys.readouterr().out
    (tmp_path / "elsewhere.py").rename(file)
    assert main([*run, *more]) == 0
    assert main(compare) in (0, 1)
    assert "stale" not in capsys.readouterr().out


def test_keys_stand_in_the_store_and_in_the_scores(tmp_path: Path) -> None:
    run = ["score", "--cells", "0,7", "--proxies", "snip", "--workers", "1", "--batch", "8"]
    assert main([*run, "--out", str(tmp_path)]) == 0
    (key,) = set(pd.read_parquet(tmp_path / "scores.parquet")["key"])
    assert {row.key for row in stored(tmp_path / "scores.sqlite")[1]} == {key}
