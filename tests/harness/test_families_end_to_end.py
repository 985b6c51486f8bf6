"""Families of networks from the command line: tables that come with the project, measures, rows."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.sources import read_truth
from harness.cli import main
from tests.material.refusals import refused

pytestmark = pytest.mark.usefixtures("undrawn")

COUNTS = "params,flops,live_params,depth,n_operations,n_conv3x3,n_layers,random"


def run(out: Path, *more: str) -> str:
    assert main(["run", "--proxies", COUNTS, "--workers", "1", "--out", str(out), *more]) == 0
    return (out / "table.md").read_text("utf-8")


def test_chains_are_judged_by_the_accuracies_that_come_with_the_project(tmp_path: Path) -> None:
    words = ("--benchmark", "nas-bench-macro", "--images", "noise", "--cells", "all")
    table = run(tmp_path / "run", *words)
    assert "with best-epoch accuracy (cifar10 / ori-test / 50 epochs / mean over seeds" in table
    assert "of 6561 cells in 3969 functional classes" in table
    rows = pd.read_csv(tmp_path / "run" / "correlations.csv")
    rows = rows[(rows["statistic"] == "kendall") & (rows["cells"] == "all")]
    found = rows.set_index("proxy")["value"]
    assert found["n_operations"] == pytest.approx(0.693, abs=1e-3)
    assert found["flops"] == pytest.approx(0.556, abs=1e-3)
    assert found["params"] == pytest.approx(0.218, abs=1e-3)


def test_a_task_without_accuracy_speaks_of_its_own_measure(tmp_path: Path) -> None:
    """Rooms are judged by a loss, after as many epochs as that task has."""
    words = ("--benchmark", "transnas-micro", "--dataset", "normal", "--cells", "stratified:40")
    words += ("--proxies", "params,live_params,random")
    table = run(tmp_path / "run", *words)
    assert "Rank correlation with SSIM (normal / valid / 30 epochs" in table
    assert "images of Gaussian noise in place of normal, labels drawn evenly" in table
    assert "the best tenth by SSIM" in table
    assert "accuracy" not in table
    lines = [[part.strip() for part in line.split("|")] for line in table.splitlines()]
    place = next(line.index("regret") for line in lines if "regret" in line)
    regrets = [line[place] for line in lines if len(line) > place and "params" in line[1]]
    assert len(regrets) == 2
    assert all(len(regret) == len("0.1234") for regret in regrets)
    page = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert "Furthest from where SSIM ranks them" in page
    transferred = pd.read_csv(tmp_path / "run" / "correlations.csv")["dataset"].unique()
    assert {"class_scene", "jigsaw", "autoencoder"} <= set(transferred)


def test_names_of_tables_and_images_are_no_paths(tmp_path: Path) -> None:
    table = run(tmp_path / "run", "--benchmark", "nats-tss", "--images", "noise", "--cells", "7,9")
    assert "cifar10 / ori-test / 200 epochs" in table
    plan = json.loads((tmp_path / "run" / "plan.json").read_text("utf-8"))
    assert (plan["settings"]["truth"], plan["settings"]["images"]) == ("built-in", "noise")


SEARCH = ["search", "--benchmark", "nas-bench-macro", "--budget", "4", "--seeds", "2"]


def test_what_a_family_lacks_is_asked_of_it_by_no_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A network of all candidates; a score that is undefined for every one of them."""
    asked = [*SEARCH, "--workers", "1", "--out", str(tmp_path)]
    said = refused([*asked, "--searchers", "nasi", "--images", "noise"], capsys)
    assert "Nobody has built one of nas-bench-macro: leave it out" in said
    by = "best_of:linear_regions"
    said = refused([*asked, "--searchers", by, "--scores", "atlas"], capsys)
    assert "`linear_regions` should be known for some of the 6,561 candidates" in said
    assert not list(tmp_path.iterdir())


def test_an_empty_row_of_a_whole_space_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for names, said in (("epsinas,params", True), ("params", False)):
        assert main(["atlas", "--benchmark", "nas-bench-macro", "--proxies", names]) == 0
        assert ("Dashes: its definition reaches no cell" in capsys.readouterr().out) == said


def test_searches_of_another_benchmark_leave_a_folder_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--searchers", "random", "--workers", "1", "--out", str(tmp_path)]
    assert main([*SEARCH, *asked]) == 0
    before = (tmp_path / "final.csv").read_bytes()
    assert "They are judged by the same images." in capsys.readouterr().out
    said = refused(["search", "--budget", "4", "--seeds", "2", *asked], capsys)
    assert "benchmark is `nas-bench-macro` there and `mini` now. Give another `--out`." in said
    assert (tmp_path / "final.csv").read_bytes() == before


@pytest.mark.parametrize("dataset", [task.name for task in BENCHMARKS["transnas-micro"].datasets])
@pytest.mark.parametrize("more", [(), ("--objectives", "error,params")], ids=["search", "front"])
def test_a_search_pays_for_trainings_of_each_tasks_own_length(
    dataset: str, more: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--benchmark", "transnas-macro", "--dataset", dataset, "--budget", "12"]
    searchers = "nsga_ii" if more else "regularized_evolution"
    some = ["--searchers", searchers, "--seeds", "2", "--workers", "1", "--out", str(tmp_path)]
    assert main([*words, *more, *some]) == 0
    table = capsys.readouterr().out
    assert f"| {searchers} | " in table
    benchmark = BENCHMARKS["transnas-macro"]
    task = benchmark.dataset(dataset)
    name = AccuracyName(dataset, task.split, benchmark.epochs(task), None)
    measure = read_truth(benchmark.truth, 1).measure(name)
    assert f"{measure.name} ({dataset} / valid" in table
    assert ("accuracy" in table) == ("accuracy" in measure.name)
    assert more or ("| within .5 |" in table) == (measure.unit == "%")
    others = [task.name for task in benchmark.datasets if task.name != dataset]
    assert more or all(f"| {other} |" in table for other in others)
