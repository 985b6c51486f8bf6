"""``harness search --objectives`` from end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.cli import main
from harness.searching.front_report import fronts
from searchers.fronts import hypervolume, nondominated
from tests.material import small_search
from tests.material.refusals import refused

pytestmark = pytest.mark.usefixtures("undrawn")

NAMES = "nsga_ii,zero_cost:params,regularized_evolution"


def search(out: Path, *more: str, seeds: int = 4, budget: str = "30") -> int:
    several = ["--objectives", "params,error", "--searchers", NAMES]
    return small_search.search(out, *several, *more, budget=budget, seeds=seeds)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fronts")
    assert search(out) == 0
    return out


def test_it_leaves_what_it_says(run: Path) -> None:
    front = pd.read_csv(run / "front.csv")
    assert list(front) == ["index", "arch", "error", "params"]
    text = (run / "search.md").read_text("utf-8")
    for row in ("*random*", "nsga_ii", "zero_cost:params", "regularized_evolution"):
        assert f"| {row} |" in text
    assert f"points ({len(front)} of 600 candidates" in text
    assert "params takes" in text
    assert r"\begin{tabular}" in (run / "search.tex").read_text("utf-8")
    page = (run / "search.html").read_text("utf-8")
    assert page.count("<img") == 2
    assert "--objectives error,params" in page
    for name in ("fronts", "hypervolume"):
        for suffix in ("png", "svg"):
            assert (run / "figures" / f"{name}.{suffix}").exists()
    statistics = set(pd.read_csv(run / "search.csv")["statistic"])
    assert {"hypervolume", "epsilon_against_random", "igd_plus", "found"} <= statistics
    assert set(pd.read_csv(run / "attainment.csv")["share"]) == {0.25, 0.5, 0.75}
    assert (pd.read_csv(run / "measures.csv")["spent"].max()) == 30


def test_every_number_is_the_tables(run: Path) -> None:
    from benchmarks.accuracy_names import AccuracyName
    from benchmarks.catalogue import BENCHMARKS
    from benchmarks.sources import read_truth

    table = read_truth("embedded", 1)
    judged = 100 - table.accuracy(AccuracyName("digits", "x-test", 3, None))
    space = BENCHMARKS["mini"]
    archs = table.candidates.loc[judged.index].astype(str)
    params = archs.map(lambda arch: space.cost(arch, space.datasets[0]).params)
    points = np.stack([judged, params], 1)
    front = pd.read_csv(run / "front.csv")
    assert front["index"].tolist() == judged.index[nondominated(points)].tolist()
    best, worst = front[["error", "params"]].min(), front[["error", "params"]].max()
    reference = worst + 0.1 * (worst - best)
    whole = hypervolume(points[nondominated(points)], reference)
    trials, finals = pd.read_parquet(run / "trials.parquet"), pd.read_csv(run / "final.csv")
    assert (finals["trainings"] == 30).all()
    for final in finals.itertuples():
        some = trials.query(f"searcher == '{final.searcher}' and seed == {final.seed}")
        seen = np.stack([100 - some["signal"], params.loc[some["index"]]], 1)
        kept = sorted({int(some["index"].iloc[i]) for i in nondominated(seen)})
        found = np.stack([judged.loc[kept], params.loc[kept]], 1)
        assert final.hypervolume == pytest.approx(hypervolume(found, reference) / whole)
    means = pd.read_csv(run / "search.csv").query("statistic == 'hypervolume'")
    for row in means.itertuples():
        own = finals.query(f"searcher == '{row.searcher}'")["hypervolume"]
        assert row.value == pytest.approx(own.mean())
    gaps = pd.read_csv(run / "search.csv").query("statistic == 'igd_plus_against_random'")
    wide = finals.pivot(index="seed", columns="searcher", values="igd_plus")
    for row in gaps.itertuples():
        assert row.value == pytest.approx((wide[row.searcher] - wide["random"]).mean())
        assert row.low < row.value < row.high


def test_the_fronts_of_runs_are_kept(run: Path) -> None:
    found = fronts(run).on_fronts
    stored = pd.read_parquet(run / "fronts.parquet")
    assert stored.columns.tolist() == ["searcher", "seed", "index", "arch", "error", "params"]
    pd.testing.assert_frame_equal(stored, found.reset_index(drop=True), check_dtype=False)
    sizes = pd.read_csv(run / "final.csv").set_index(["searcher", "seed"])["kept"]
    counted = stored.groupby(["searcher", "seed"]).size()
    assert counted.to_dict() == sizes.to_dict()


def test_a_reference_point_is_given_or_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--reference", "95,2000000"]
    assert search(tmp_path / "given", *given, seeds=2, budget="10") == 0
    assert "reference point error 95, params 2e+06" in capsys.readouterr().out
    words = ["search", "--budget", "10", "--seeds", "2", "--searchers", "random", "--out"]
    words += [str(tmp_path / "inside"), "--objectives", "error,params", "--reference", "1,2000000"]
    said = refused(words, capsys)
    assert "should lie beyond the true front, which reaches to error" in said
    assert not (tmp_path / "inside" / "searches.sqlite").exists()


def test_a_searcher_of_several_objectives_is_told_them_or_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "--budget", "10", "--searchers", "nsga_ii", "--out", str(tmp_path)]
    assert "Searcher `nsga_ii` should have several objectives." in refused(words, capsys)


def test_all_are_those_that_read_objectives() -> None:
    from searchers import choose

    rows = {one.row for one in choose("all", ["params"], several=True)}
    assert {"sh_emoa", "nsga_ii", "mo_bohb", "monas", "zero_cost:params"} <= rows
    assert not rows & {"bohb", "ms_ehvi", "local_search"}


def test_three_objectives_have_a_front(tmp_path: Path) -> None:
    pytest.importorskip("moocore")
    words = ["search", "--budget", "20", "--seeds", "2", "--workers", "1", "--out", str(tmp_path)]
    more = ["--objectives", "error,params,flops", "--searchers", "sh_emoa:population=8,mo_bohb"]
    assert main([*words, *more]) == 0
    assert list(pd.read_csv(tmp_path / "front.csv"))[2:] == ["error", "params", "flops"]
    assert not (tmp_path / "figures" / "fronts.png").exists()
    finals = pd.read_csv(tmp_path / "final.csv")
    assert finals["hypervolume"].between(0, 1).all()


def test_a_folder_of_fronts_has_its_section_beside_scores(run: Path, tmp_path: Path) -> None:
    scores = ["score", "--proxies", "params", "--cells", "random:20", "--batch", "8"]
    assert main([*scores, "--out", str(tmp_path)]) == 0
    assert main(["report", "--out", str(tmp_path), "--with", str(run)]) == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Fronts of error and params on mini, digits" in page
    text = (run / "search.md").read_text("utf-8")
    assert main(["report", "--out", str(run)]) == 0
    assert (run / "search.md").read_text("utf-8") == text


def test_an_official_archive_of_the_size_space_has_its_fronts(data: Path, tmp_path: Path) -> None:
    words = ["search", "--benchmark", "nats-sss", "--budget", "6", "--seeds", "2", "--workers", "1"]
    words += ["--truth", str(data / "NATS-sss-v1_0-50262-simple"), "--out", str(tmp_path)]
    assert (
        main([*words, "--objectives", "error,flops,train_seconds", "--searchers", "nsga_ii"]) == 0
    )
    front = pd.read_csv(tmp_path / "front.csv")
    assert set(front["index"]) <= {0, 11, 284}
    assert list(front)[2:] == ["error", "flops", "train_seconds"]
