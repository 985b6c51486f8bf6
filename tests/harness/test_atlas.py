"""Scores that come with the project: shown, judged beside a run's, and refused where they moved."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import harness
from benchmarks.errors import BadInput
from harness.atlases import names, stored
from harness.atlases.shipped import atlas_of
from harness.atlases.stored import Atlas, AtlasColumn
from harness.cli import main
from harness.judging.whole_space import worths
from harness.options.run_settings import plan_from
from harness.runs.candidates import chosen_cells
from harness.scoring.flow import truth
from studies import atlas as study
from tests.material.refusals import refused

pytestmark = pytest.mark.usefixtures("undrawn")

OPTIONS = ["--batch=8", "--device=cpu", "--workers=1"]
CELLS = "--cells=random:40"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An atlas of 40 cells of the embedded benchmark, and the run that it is of."""
    home = tmp_path_factory.mktemp("atlas")
    run = [
        "run",
        *OPTIONS,
        CELLS,
        "--proxies=snip,naswot,meco_released",
        "--out",
        str(home / "run"),
    ]
    assert main(run) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "FOLDER", home)
        said = study.collect(home / "run", OPTIONS)
    assert "40 snip" in said
    assert "600 params" in said
    return home


@pytest.fixture(autouse=True)
def shipped(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in the place of what comes with the project."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    for path in made.glob("mini_*"):
        shutil.copy(path, folder)
    monkeypatch.setattr(names, "FOLDER", folder)
    return folder


def test_scores_are_kept_to_rounding(made: Path) -> None:
    kept = stored.read("mini_digits")
    ran = pd.read_parquet(made / "run" / "scores.parquet")
    for name in ("snip", "naswot", "meco_released"):
        own = ran[ran["proxy"] == name].set_index("arch" if kept.columns[name].of_cell else "class")
        values = kept.columns[name].values.droplevel("seed")
        np.testing.assert_allclose(values[own.index], own["score"], rtol=1e-7)


def test_the_table_names_what_is_not_of_all_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["atlas", "--benchmark=mini"]) == 0
    printed = capsys.readouterr().out
    assert "of all 600 cells" in printed
    assert "The median 95 % interval of τ-b is" in printed  # they are a sample of the space
    assert "snip (40 of 600 are)" in printed
    assert "| *live_params* |" in printed
    few = ["--proxies=params,params+live_params,snip", "--dataset=digits"]
    assert main(["atlas", "--benchmark=mini", *few]) == 0
    own = capsys.readouterr().out
    assert re.findall(r"^\| \*?([a-z_+]+)\*? (?:† )?\|", own, re.MULTILINE)[1:] == [
        "params+live_params",
        "params",
    ]
    assert "left out: snip (40 of 600 are)." in own
    assert re.findall(r"^\| \*params.*$", own, re.MULTILINE) == re.findall(
        r"^\| \*params.*$", printed, re.MULTILINE
    )
    assert main(["atlas", "--benchmark=mini", "--out", str(tmp_path / "out")]) == 0
    assert "live_params" in (tmp_path / "out" / "report.html").read_text("utf-8")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert plan["settings"]["images"] == "embedded"
    capsys.readouterr()
    assert main(["run", *OPTIONS, CELLS, "--proxies=snip", "--out", str(tmp_path / "out")]) == 2
    assert "which would be lost: give another folder" in capsys.readouterr().err
    scores = pd.read_parquet(tmp_path / "out" / "scores.parquet")
    assert (scores["proxy"] == "params").sum() == 600


def test_drawn_candidates_speak_for_the_space_with_intervals(
    made: Path, shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = replace(stored.read("mini_digits"), cells="random:40")
    stored.write(shipped / "mini_digits.parquet", drawn)
    few = ["--proxies=snip,params,naswot,snip+naswot"]
    assert main(["atlas", "--benchmark=mini", *few, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert "40 of its 600 cells were scored (`random:40`)" in printed
    assert re.search(r"^\| snip\+naswot † \|", printed, re.MULTILINE)
    assert "of 40 cells in" in printed
    assert re.search(r"The median 95 % interval of τ-b is ± 0\.\d{3}; regret", printed)
    tau = re.search(r"^\| snip \| (\S+) \|", printed, re.MULTILINE)
    assert tau
    board = pd.read_csv(made / "run" / "table.csv").set_index("proxy")
    assert float(tau[1]) == pytest.approx(board.loc["snip", "kendall"], abs=6e-4)
    assert set(harness.atlas("mini")["index"]) == set(
        pd.read_parquet(made / "run" / "scores.parquet")["index"]
    )
    assert (tmp_path / "out" / "report.html").exists()


def test_a_run_computes_its_own_scores_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = tmp_path / "theirs.csv"
    pd.DataFrame({"index": range(600), "score": range(600)}).to_csv(theirs, index=False)
    run = ["run", *OPTIONS, CELLS, "--proxies=l2_norm", "--atlas", "--out", str(tmp_path / "run")]
    assert main([*run, "--scores", str(theirs)]) == 0
    printed = capsys.readouterr().out
    assert "From the atlas, scored on 8 images of digits, true labels: " in printed
    for name in ("l2_norm", "snip", "naswot", "params", "theirs §"):
        assert re.search(rf"^\| \*?{name}\*? \|", printed, re.MULTILINE)
    assert set(pd.read_parquet(tmp_path / "run" / "scores.parquet")["proxy"]) == {"l2_norm"}
    compare = ["compare", str(tmp_path / "run"), "--baseline", "atlas"]
    assert main(compare) == 3  # what stands beside it is not compared with itself


def test_it_is_a_baseline(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(made / "run"), "--baseline", "atlas"]) == 0
    assert "3 proxies passed" in capsys.readouterr().out


def test_a_run_goes_on_from_it(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = [*OPTIONS, CELLS, "--proxies=snip,naswot,meco_released"]
    assert study.restore("mini_digits", tmp_path / "run", options).endswith("today: none")
    monkeypatch.setattr("harness.scoring.processes.score_group", None)  # nothing is left to do
    assert main(["score", *options, "--out", str(tmp_path / "run")]) == 0


def test_a_second_run_stands_beside_the_first(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FOLDER", shipped)
    before = stored.read("mini_digits").columns
    run = ["score", *OPTIONS, "--cells=random:3", "--proxies=l2_norm,snip", "--seeds=2"]
    assert main([*run, "--out", str(tmp_path / "run")]) == 0
    said = study.collect(tmp_path / "run", OPTIONS)
    assert "6 l2_norm" in said
    after = stored.read("mini_digits").columns
    assert set(after) == {*before, "l2_norm"}
    kept, scored = before["snip"].values, pd.read_parquet(tmp_path / "run" / "scores.parquet")
    pd.testing.assert_series_equal(after["snip"].values[kept.index], kept)
    new = scored.loc[scored["proxy"] == "snip"].set_index(["class", "seed"])["score"]
    assert set(after["snip"].values.index) == {*kept.index, *new.index}
    np.testing.assert_allclose(after["snip"].values[new.index], new, rtol=1e-6)
    pd.testing.assert_series_equal(after["naswot"].values, before["naswot"].values)


def test_it_says_what_devices_its_scores_were_made_on(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FOLDER", shipped)
    run = ["score", *OPTIONS, "--cells=random:3", "--proxies=l2_norm", "--out"]
    assert main([*run, str(tmp_path / "run")]) == 0
    with sqlite3.connect(tmp_path / "run" / "scores.sqlite") as store:
        store.execute("update plan set value = 'cuda' where name = 'device'")
        store.execute("update plan set value = '2.11.0' where name = 'torch'")
    store.close()
    study.collect(tmp_path / "run", OPTIONS)
    here = version("torch")
    assert stored.read("mini_digits").devices == {"cpu": [here], "cuda": ["2.11.0"]}
    assert f"PyTorch {here} on CPUs; PyTorch 2.11.0 on a GPU" in study.sheet()


def test_it_speaks_for_more_once_all_of_them_are_scored(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FOLDER", shipped)
    (shipped / "mini_digits.parquet").unlink()
    (shipped / "mini_digits.json").unlink()
    for number, speaks in ((20, 20), (10, 20), (40, 40)):
        cells = f"--cells=random:{number}"
        run = ["score", *OPTIONS, cells, "--proxies=l2_norm", "--out", str(tmp_path / "run")]
        assert main(run) == 0
        study.collect(tmp_path / "run", [*OPTIONS, cells])
        assert stored.read("mini_digits").cells == f"random:{speaks}"


def test_scores_of_other_images_are_not_put_beside(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FOLDER", shipped)
    other = ["--batch=9", "--device=cpu", "--workers=1"]
    run = ["score", *other, "--cells=random:3", "--proxies=l2_norm", "--out", str(tmp_path / "run")]
    assert main(run) == 0
    with pytest.raises(SystemExit, match="other images or labels"):
        study.collect(tmp_path / "run", other)


@pytest.mark.parametrize(
    ("options", "name"),
    [(["--labels=random"], "mini_random_labels"), (["--images=noise"], "mini_noise")],
)
def test_other_labels_and_images_have_a_file_of_scores_alone(
    options: list[str], name: str, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "FOLDER", shipped)
    run = ["score", *OPTIONS, *options, "--cells=random:3", "--proxies=l2_norm,snip"]
    assert main([*run, "--out", str(tmp_path / "run")]) == 0
    assert study.collect(tmp_path / "run", [*OPTIONS, *options]) == f"{name}: 3 l2_norm, 3 snip"
    assert set(stored.read(name).columns) == {"l2_norm", "snip"}
    assert atlas_of("mini").settings == stored.read("mini_digits").settings


def test_scores_of_noise_have_their_table_and_are_a_baseline(
    shipped: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(names, "FOLDER", shipped)
    options = [*OPTIONS, "--images=noise"]
    run = ["run", *options, CELLS, "--proxies=l2_norm,grasp", "--out", str(tmp_path / "run")]
    assert main(run) == 0
    study.collect(tmp_path / "run", [*options, CELLS])
    capsys.readouterr()
    assert main(["atlas", "--benchmark=mini", "--inputs=noise", "--proxies=grasp,params"]) == 0
    printed = capsys.readouterr().out
    assert "scored on 8 images of Gaussian noise in place of digits" in printed
    assert sorted(re.findall(r"^\| (\S+) \|", printed, re.MULTILINE)) == [
        "*params*",
        "grasp",
        "proxy",
    ]
    noise = harness.atlas("mini", inputs="noise").set_index(["proxy", "index"])["score"]
    scored = pd.read_parquet(tmp_path / "run" / "scores.parquet").set_index(["proxy", "index"])
    np.testing.assert_allclose(noise["grasp"], scored["score"]["grasp"][noise["grasp"].index])
    assert main(["compare", str(tmp_path / "run"), "--baseline", "atlas"]) == 0
    assert "2 proxies passed" in capsys.readouterr().out


def test_inputs_that_were_not_scored_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["atlas", "--benchmark=mini", "--inputs=digit"]) == 2
    assert "An atlas of mini should be scored on digits. Found `digit`. Did you mean `digits`?" in (
        capsys.readouterr().err
    )


def test_a_missing_file_is_no_other_atlas(shipped: Path) -> None:
    shutil.copy(shipped / "mini_digits.parquet", shipped / "mini_noise.parquet")
    (shipped / "mini_digits.parquet").unlink()
    with pytest.raises(BadInput, match="`mini_digits` has no file: install the project again"):
        atlas_of("mini")


def test_another_minibatch_beside_the_atlas_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["run", *OPTIONS, "--batch=9", CELLS, "--proxies=l2_norm", "--atlas"]
    assert main([*run, "--out", str(tmp_path / "run")]) == 0
    assert "true labels (another minibatch than this run's): " in capsys.readouterr().out
    assert main(["compare", str(tmp_path / "run"), "--baseline", "atlas"]) == 3
    said = capsys.readouterr().err
    assert "the atlas's are those of `--dataset digits --images embedded --batch 8`" in said


def test_scores_of_another_benchmark_are_no_scores_of_this_one() -> None:
    scores = harness.atlas("mini").assign(arch="|none~0|+|none~0|none~1|+|none~0|none~1|none~2|")
    with pytest.raises(BadInput, match="name the `benchmark` that they are of"):
        harness.judge(scores)


def test_other_formulas_are_left_out_and_named(
    shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = stored.read("mini_digits")
    moved = {name: AtlasColumn(c.values, "another", c.of_cell) for name, c in kept.columns.items()}
    columns = {**kept.columns, "depth": moved["depth"]}
    stored.write(shipped / "mini_digits.parquet", Atlas(kept.settings, kept.inputs, columns))
    assert main(["atlas", "--benchmark=mini"]) == 0
    out, err = capsys.readouterr()
    assert "scores of depth were made by other formulas" in err
    assert "*depth*" not in out


def test_what_it_lacks_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["atlas", "--benchmark=mini", "--proxies=snip"]) == 2
    said = capsys.readouterr().err
    assert "`--proxies snip` should name scores that the atlas has of all its cells." in said
    assert "It lacks snip (40 of 600 are)." in said


def test_a_folder_says_what_was_scored_and_when(shipped: Path, tmp_path: Path) -> None:
    kept = stored.read("mini_digits")
    assert set(kept.made) >= {"versions", "git", "date", "cpu"}
    other = {**kept.made, "date": "2001-01-01"}
    stored.write(shipped / "mini_digits.parquet", replace(kept, made=other))
    assert main(["atlas", "--benchmark=mini", "--out", str(tmp_path / "out")]) == 0
    plan = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert "2001-01-01" in json.dumps(plan)


def test_a_damaged_file_is_refused(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shipped / "mini_digits.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert main(["atlas", "--benchmark=mini"]) == 2
    assert "should be as it came with this project" in capsys.readouterr().err


def test_a_benchmark_without_one_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["atlas", "--benchmark=nats-sss"]) == 2
    said = capsys.readouterr().err
    assert "An atlas should be of mini. Of nats-sss no scores come with the project" in said
    assert main(["atlas", "--benchmark=minni"]) == 2
    assert "Did you mean `mini`?" in capsys.readouterr().err


def test_each_score_says_what_it_is_worth() -> None:
    plan = plan_from({"batch": 8})
    table = truth(plan, 1)
    cells = chosen_cells(plan, table)
    accuracy = table.accuracy(plan.accuracy).to_numpy(float)
    index = pd.MultiIndex.from_product([cells["class"], [0]], names=["subject", "seed"])
    kept = stored.read("mini_digits").columns
    columns = {"snip": AtlasColumn(pd.Series(accuracy, index), "", False), "params": kept["params"]}
    rows = worths(Atlas({}, "", columns), table, [plan.accuracy], cells)
    found = {row.proxy: row for row in rows}
    assert found["snip"].kendall == pytest.approx(1)
    assert found["snip"].regret == 0
    assert found["params"].over_counting == 0
    assert found["snip"].over_counting == pytest.approx(1 - found["params"].kendall)


def test_no_other_atlas_answers_for_one_that_lacks_its_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Path(stored.__file__).parent
    for file in kept.glob("nats-tss_*"):
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "nats-tss_cifar10.json").unlink()
    monkeypatch.setattr(names, "FOLDER", tmp_path)
    assert "nats-tss_cifar10" in refused(["atlas"], capsys)
