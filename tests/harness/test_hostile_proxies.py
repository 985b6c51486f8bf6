"""What a formula from elsewhere does to itself it does to no other score."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from harness.scoring import workers
from tests.material.refusals import refused

DYING = """
import os
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def dying(loss: LossGradients) -> Tensor:
    if float(1000 * loss.grads[0].abs().sum()) % 2 < 1:
        os._exit(9)
    return loss.grads[0].sum()
"""

ENDLESS = """
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="nobody")
def endless(loss: LossGradients) -> Tensor:
    while len(loss.weights) > 5:
        try:
            sum(range(1000))
        except Exception:
            pass
    return loss.grads[0].sum()
"""

COUNTING = """
import os
import time
from torch import Tensor
from proxies import proxy
from proxies.records import CellCounts

@proxy(larger_is_better=True, source="nobody")
def dying(counts: CellCounts) -> Tensor:
    if counts.params > 20000:
        os._exit(0)
    return counts.params

@proxy(larger_is_better=True, source="nobody")
def lazy(counts: CellCounts) -> Tensor:
    from ending_helper import scaled
    return scaled(counts.params)
"""


RAISING = """
import sys
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

class Strange(BaseException):
    pass

class Unprintable(Exception):
    def __str__(self) -> str:
        sys.exit(4)

ERRORS = {
    "strange": lambda: Strange("it is no Exception"),
    "unprintable": Unprintable,
    "unstorable": lambda: ValueError("a\\ud800b\\x1b[2J\\nc"),
    "leaving": lambda: SystemExit(4),
    "pressed": KeyboardInterrupt,
}

def made(name):
    def formula(loss: LossGradients) -> Tensor:
        raise ERRORS[name]()
    formula.__name__ = name
    formula.__doc__ = "A lone surrogate, \\ud800, in the text that stands in the page."
    return formula

for name in ERRORS:
    proxy(larger_is_better=True, source="\\ud800")(made(name))
"""

ASKING = """
from typing import NamedTuple
from torch import Tensor
from proxies import proxy
from proxies.records import Ranks

class Mine(NamedTuple):
    x: Tensor

@proxy(larger_is_better=True, source="nobody")
def asking(it: WHAT) -> Tensor:
    return it[0]
"""

pytestmark = pytest.mark.usefixtures("forgotten", "undrawn")

SCORE = ["score", "--cells", "0,7", "--batch", "8", "--workers", "1"]


@pytest.mark.parametrize("code", ["0", "3"])
@pytest.mark.parametrize("leave", ["import sys\nsys.exit", "import os\nos._exit"])
def test_a_file_that_ends_the_program_is_refused(
    leave: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(f"{leave}({code})\n")
    out = tmp_path / "run"
    assert main(["run", "--proxy-file", str(file), "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert f"ends the program with exit code {code}" in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("beside", ["1", "2"])
def test_what_dies_is_failed_alone_in_the_same_run(beside: str, tmp_path: Path) -> None:
    """With one worker too, which is a process of its own where a formula comes from a file."""
    file = tmp_path / "mine.py"
    file.write_text(DYING)
    run = ["score", "--cells", "59,122,125", "--batch", "8", "--workers", beside]
    more = ["--proxy-file", str(file), "--proxies", "dying,snip,naswot,params"]
    assert main([*run, *more, "--out", str(tmp_path / "run")]) == 0
    rows = pd.read_parquet(tmp_path / "run" / "scores.parquet")
    failed = rows[rows["status"] == "failed"]
    assert failed[["index", "proxy"]].to_numpy().tolist() == [[59, "dying"]]
    assert failed["reason"].tolist() == ["the process that scored it died: exit code 9"]
    assert (rows["status"] == "ok").sum() >= 3 * rows["index"].nunique()


def test_a_formula_that_counts_does_not_end_the_run_either(tmp_path: Path) -> None:
    """Nor does a helper that it imports as it scores, and that nobody imports to look at it."""
    file, out = tmp_path / "mine.py", tmp_path / "run"
    file.write_text(COUNTING)
    (tmp_path / "ending_helper.py").write_text("import sys\nsys.exit(0)\n")
    run = ["score", "--cells", "0,7,11", "--proxies", "dying,lazy,params", "--workers", "1"]
    assert main([*run, "--proxy-file", str(file), "--out", str(out)]) == 0
    rows = pd.read_parquet(out / "scores.parquet").set_index(["proxy", "index"])["status"]
    assert rows["dying"].tolist() == ["ok", "failed", "ok"]
    assert set(rows["lazy"]) == {"failed"}
    assert set(rows["params"]) == {"ok"}


def dies(*_: object) -> None:
    os._exit(7)


def test_workers_that_die_at_once_are_said_to_and_the_run_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["score", "--cells", "59", "--batch", "8", "--workers", "2", "--proxies", "snip,params"]
    with monkeypatch.context() as patched:
        patched.setattr(workers, "set_up", dies)
        assert main([*run, "--out", str(tmp_path / "run")]) == 2
    (said,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("harness:")]
    assert "One died at once (exit code 7)" in said
    assert "the same command goes on" in said
    assert main([*run, "--out", str(tmp_path / "run")]) == 0


@pytest.mark.parametrize("beside", ["1", "2"])
def test_what_never_ends_is_failed_alone_in_the_same_run(beside: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(ENDLESS)
    run = ["score", "--cells", "0,7", "--batch", "8", "--workers", beside, "--time-limit", "1"]
    more = ["--proxy-file", str(file), "--proxies", "endless,snip,params"]
    assert main([*run, *more, "--out", str(tmp_path / "run")]) == 0
    rows = pd.read_parquet(tmp_path / "run" / "scores.parquet")
    failed = rows[rows["status"] == "failed"]
    assert set(failed["proxy"]) == {"endless"}
    assert set(failed["reason"]) == {"formula: took longer than 1 s (`--time-limit`)"}
    assert set(rows.loc[rows["proxy"] != "endless", "status"]) == {"ok"}


RAISED = {
    "strange": "Strange: it is no Exception",
    "unprintable": "Unprintable: what it says cannot be printed (Unprintable)",
    "unstorable": r"ValueError: a\ud800b\x1b[2J",
    "leaving": "SystemExit: 4",
    "pressed": "KeyboardInterrupt",
}


def test_whatever_is_raised_is_failed_alone_and_the_report_is_made(tmp_path: Path) -> None:
    file, out = tmp_path / "mine.py", tmp_path / "run"
    file.write_text(RAISING)
    run = ["run", "--cells", "stratified:24", "--batch", "8", "--workers", "1"]
    more = ["--proxy-file", str(file), "--proxies", ",".join(["params", *RAISED])]
    assert main([*run, *more, "--out", str(out)]) == 0
    rows = pd.read_parquet(out / "scores.parquet").query("proxy != 'params'")
    assert set(rows["status"]) == {"failed"}
    found = rows.groupby("proxy")["reason"].agg(set).to_dict()
    assert found == {name: {f"formula: {said}"} for name, said in RAISED.items()}
    assert r"A lone surrogate, \ud800" in (out / "report.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["unprintable", "leaving"])
def test_a_contract_is_not_kept_by_what_ends_the_program(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(RAISING)
    assert main(["validate", name, "--proxy-file", str(file)]) == 1
    assert f"It raises {RAISED[name]}; at" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["Ranks", "Mine"])
def test_what_the_engine_does_not_make_is_no_record(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(ASKING.replace("WHAT", what))
    argv = [*SCORE, "--proxies", "asking", "--proxy-file", str(file)]
    said = refused([*argv, "--out", str(tmp_path / "run")], capsys)
    assert "should be annotated with a record of `proxies.records`" in said
