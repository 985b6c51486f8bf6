"""Bringing a proxy: from a file, from a package, or as scores computed elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from proxies import load_all, registry

GOOD = '''
"""The largest gradient of any weight."""
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="a test")
def largest(loss: LossGradients) -> Tensor:
    """Largest absolute gradient of any weight, max |dL/dw|; a worse grad_norm."""
    return torch.stack([g.abs().max() for g in loss.grads]).max()
'''
BAD = """
import torch
from torch import Tensor
from proxies import proxy
from proxies.records import LossGradients

@proxy(larger_is_better=True, source="")
def careless(loss: LossGradients) -> Tensor:
    loss.grads[0].zero_()
    return loss.grads[-1][0].sum().log() + torch.rand(())
"""


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test registers is gone after it."""
    load_all()
    known, loaded = dict(registry.PROXIES), set(sys.modules)
    yield
    registry.PROXIES.clear()
    registry.PROXIES.update(known)
    registry.clashes.clear()
    for name in set(sys.modules) - loaded:
        if name.startswith("proxy_file_"):
            del sys.modules[name]


def forget() -> None:
    """As in a new process."""
    for name in [n for n in sys.modules if n.startswith("proxy_file_")]:
        del sys.modules[name]
    for name in ("largest", "careless"):
        registry.PROXIES.pop(name, None)


def written(folder: Path, text: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def run(out: Path, *more: str, workers: int = 1, cells: str = "stratified:24") -> int:
    command = ["run", "--cells", cells, "--workers", str(workers), "--out", str(out), *more]
    return main(command)


def test_a_file_is_scored_beside_the_others_by_workers_too(tmp_path: Path) -> None:
    file = str(written(tmp_path, GOOD))
    proxies = ["--proxies", "largest,snip"]
    for workers in (1, 2):
        out = tmp_path / str(workers)
        assert run(out, "--proxy-file", file, *proxies, workers=workers) == 0
        forget()
    frames = [pd.read_parquet(tmp_path / n / "scores.parquet") for n in ("1", "2")]
    pd.testing.assert_frame_equal(*frames)
    assert "| largest |" in (tmp_path / "1" / "table.md").read_text()
    assert main(["report", "--out", str(tmp_path / "1")]) == 0  # the plan knows the file


def test_only_what_is_new_or_changed_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness import run as flow

    asked: list[set[str]] = []
    original = flow.missing

    def spy(*arguments: object) -> list:
        tasks = original(*arguments)  # type: ignore[arg-type]
        asked.append({proxy.name for task in tasks for proxy in task.proxies})
        return tasks

    monkeypatch.setattr(flow, "missing", spy)
    out, file = tmp_path / "run", written(tmp_path, GOOD)
    assert run(out, "--proxies", "snip") == 0
    more = ["--proxy-file", str(file), "--proxies", "largest,snip"]
    assert run(out, *more) == 0
    forget()
    file.write_text("# a comment changes nothing\n" + GOOD)
    assert run(out, *more) == 0
    forget()
    file.write_text(GOOD.replace(").max()\n", ").sum()\n"))
    assert run(out, *more) == 0
    assert asked == [{"snip"}, {"largest"}, set(), {"largest"}]


def test_a_built_in_wins_and_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, GOOD.replace("def largest", "def snip"))
    before = load_all()["snip"]
    assert main(["list", "--proxy-file", str(file)]) == 0
    assert load_all()["snip"] is before
    assert "proxy `snip` of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('broken')", "raises RuntimeError: broken"),
        ("x = 1", "registers none"),
        ("def (", "SyntaxError"),
    ],
)
def test_a_file_that_is_no_proxy_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--proxy-file", str(written(tmp_path, text))]) == 2
    assert said in capsys.readouterr().err


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--proxy-file", str(tmp_path / "none.py")]) == 2
    assert "does not exist" in capsys.readouterr().err


def installed(folder: Path, name: str, text: str) -> None:
    """A package as pip leaves it: a module and its metadata."""
    (folder / f"{name}.py").write_text(text)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[nas_proxy_harness.proxies]\n{name} = {name}\n")


def test_an_entry_point_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(tmp_path, "plugged_proxy", GOOD)
    installed(tmp_path, "broken_proxy", "raise RuntimeError('broken')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert run(tmp_path / "run", "--proxies", "largest") == 0
    assert "the entry point `broken_proxy` should register proxies" in capsys.readouterr().err
    assert set(pd.read_parquet(tmp_path / "run" / "scores.parquet")["proxy"]) == {"largest"}
    sys.modules.pop("plugged_proxy", None)


def test_validate_says_what_does_not_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "careless", "--proxy-file", str(written(tmp_path, BAD))]) == 1
    said = capsys.readouterr().out
    for fault in (
        "✗ It should say what it computes",
        "✗ It gives",
        "✗ It writes into a record",
        "✗ A disconnected cell is undefined",
    ):
        assert fault in said


@pytest.mark.parametrize("name", ["nasi", "naswot", "params", "zico", "gennas"])
def test_built_ins_validate(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", name]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.count("✓") >= 8


def test_scores_from_elsewhere_join_the_table(tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run(out, "--proxies", "params,snip") == 0
    scores = pd.read_parquet(out / "scores.parquet")
    mine = scores[scores["proxy"] == "snip"]
    by_arch = mine[["arch", "score"]].iloc[1:]  # one cell is missing
    by_arch.to_csv(tmp_path / "theirs.csv", index=False)
    by_index = mine[["index", "score"]].assign(score=-mine["score"])
    by_index.to_csv(tmp_path / "turned.csv", index=False)
    more = [x for n in ("theirs", "turned") for x in ("--scores", str(tmp_path / f"{n}.csv"))]
    assert main(["report", "--out", str(out), *more]) == 0
    rows = pd.read_csv(out / "correlations.csv").query("statistic == 'kendall' and cells == 'all'")
    rows = rows.set_index("proxy")
    assert rows.loc["theirs", ["n", "undefined", "family"]].tolist() == [23, 1, "elsewhere"]
    assert rows.loc["turned", "value"] == pytest.approx(-rows.loc["snip", "value"])
    assert "| theirs § |" in (out / "table.md").read_text()
    assert "theirs.csv" in (out / "report.html").read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cell,score\n1,2\n", "should have a column `score` and one of"),
        ("index,score\n99999,1\n", "None of its 1 rows does"),
        ("index,score\n1,1\n1,2\n", "one row a cell"),
        ("", "cannot be read"),
    ],
)
def test_a_table_of_scores_that_is_none_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert run(out, "--proxies", "params", cells="stratified:5") == 0
    other = tmp_path / "other.csv"
    other.write_text(text)
    assert main(["report", "--out", str(out), "--scores", str(other)]) == 2
    assert said in capsys.readouterr().err
