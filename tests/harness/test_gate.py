"""The gate: every sabotage is caught, an innocent change passes, nothing compared is no pass."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor

from harness.cli import main
from proxies import Proxy, load_all, registry
from proxies.records import LossGradients

pytestmark = pytest.mark.usefixtures("undrawn")

PROXIES = dict(load_all())

NAMES = "snip,grad_norm,synflow,params"
RUN = ["score", "--proxies", NAMES, "--cells", "stratified:60", "--workers", "1"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gate") / "run"
    assert main([*RUN, "--out", str(out)]) == 0
    assert main(["baseline", str(out), str(out / "baseline.json")]) == 0
    return out


def changed(
    finished: Path, folder: Path, change: Callable[[pd.Series], object], name: str = "synflow"
) -> Path:
    """A copy of the run in which one proxy's scores are others."""
    out = folder / "run"
    out.mkdir()
    for file in ("plan.json", "costs.csv"):
        (out / file).write_bytes((finished / file).read_bytes())
    frame = pd.read_parquet(finished / "scores.parquet")
    rows = frame["proxy"] == name
    frame.loc[rows, "score"] = change(frame.loc[rows, "score"])
    frame.loc[rows & frame["score"].isna(), "status"] = "undefined"
    frame.to_parquet(out / "scores.parquet")
    return out


def comparing(out: Path, baseline: Path, *more: str) -> list[str]:
    return ["compare", str(out), "--out", str(out), "--baseline", str(baseline), *more]


def verdicts(out: Path, finished: Path, *more: str) -> tuple[int, dict[str, str]]:
    code = main(comparing(out, finished / "baseline.json", *more))
    entries = json.loads((out / "compare.json").read_text())
    return code, {entry["name"].removesuffix(" kendall"): entry["extra"] for entry in entries}


def flipped(loss: LossGradients) -> Tensor:
    return -PROXIES["snip"].function(loss)


def shallow(loss: LossGradients) -> Tensor:
    """The last layer is forgotten."""
    return PROXIES["snip"].function(LossGradients(loss.weights[:-1], loss.grads[:-1], ()))


def shaken(loss: LossGradients) -> Tensor:
    generator = torch.Generator().manual_seed(loss.weights[0].view(torch.int32).sum().item() % 997)
    return PROXIES["snip"].function(loss) * (1 + 0.5 * torch.randn((), generator=generator))


@pytest.mark.parametrize("sabotage", [flipped, shallow, shaken])
def test_a_sabotaged_formula_is_caught_end_to_end(
    sabotage: Callable[[LossGradients], Tensor],
    finished: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store is new and the source is the same, as where something below the formula broke."""
    monkeypatch.setattr(sabotage, "__module__", PROXIES["snip"].function.__module__)
    saboteur = Proxy(**{**vars(PROXIES["snip"]), "function": sabotage})
    monkeypatch.setattr(registry, "PROXIES", PROXIES | {"snip": saboteur})
    assert main([*RUN, "--out", str(tmp_path / "run")]) == 0
    code, found = verdicts(tmp_path / "run", finished)
    assert code == 1
    assert found["snip"] in ("regressed", "drifted")
    assert {found[name] for name in ("synflow", "grad_norm", "params")} == {"same"}


def noisy(scores: pd.Series) -> pd.Series:
    return np.log(scores) + np.random.default_rng(0).normal(0, 30, len(scores))


SABOTAGE = {
    "sign flipped": lambda scores: -scores,
    "noise added": noisy,
    "layer dropped": lambda scores: scores * np.linspace(0.5, 1.5, len(scores)),
    "all undefined": lambda scores: scores * np.nan,
    "constant": lambda scores: scores * 0,
    "scaled": lambda scores: scores * 1.01,
}


@pytest.mark.parametrize("sabotage", SABOTAGE)
def test_every_sabotage_is_caught(sabotage: str, finished: Path, tmp_path: Path) -> None:
    out = changed(finished, tmp_path, SABOTAGE[sabotage])
    code, found = verdicts(out, finished)
    assert code == 1
    assert found["synflow"] in ("regressed", "drifted", "not scored")
    assert {found[name] for name in ("snip", "grad_norm", "params")} == {"same"}


def test_the_same_run_passes(finished: Path, tmp_path: Path) -> None:
    code, found = verdicts(changed(finished, tmp_path, lambda scores: scores), finished)
    assert code == 0
    assert set(found.values()) == {"same"}


def test_an_innocent_refactoring_passes(finished: Path, tmp_path: Path) -> None:
    """Other rounding, as from sums in another order."""
    noise = np.random.default_rng(0)
    out = changed(finished, tmp_path, lambda s: s * (1 + 1e-6 * noise.normal(size=len(s))))
    assert verdicts(out, finished)[0] == 0


def test_a_changed_formula_may_change_scores_but_not_for_the_worse(
    finished: Path, tmp_path: Path
) -> None:
    stored = json.loads((finished / "baseline.json").read_text())
    stored["proxies"]["synflow"]["formula"] = "another"
    other = tmp_path / "baseline.json"
    other.write_text(json.dumps(stored))
    out = changed(finished, tmp_path, lambda scores: np.log(scores))
    assert main(comparing(out, other)) == 0
    assert "| synflow | same |" in (out / "compare.md").read_text()
    worse = tmp_path / "worse"
    worse.mkdir()
    out = changed(finished, worse, lambda scores: -scores)
    assert main(comparing(out, other)) == 1


def test_a_margin_forgives(finished: Path, tmp_path: Path) -> None:
    out = changed(finished, tmp_path, lambda scores: -scores)
    code, found = verdicts(out, finished, "--margin", "2")
    assert code == 1  # still another order than the same formula gave
    assert found["synflow"] == "drifted"


def test_reports_for_machines(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = tmp_path / "step.md"
    step.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    out = changed(finished, tmp_path, lambda scores: -scores)
    assert verdicts(out, finished)[0] == 1
    assert step.read_text().startswith("before\n### Proxy quality: 1 of 4 proxies failed")
    suite = ElementTree.parse(out / "compare.xml").getroot()
    assert suite.attrib["failures"] == "1"
    (failure,) = suite.iter("failure")
    assert failure.attrib["type"] == "regressed"
    entry = json.loads((out / "compare.json").read_text())[0]
    assert set(entry) == {"name", "unit", "value", "range", "extra"}


def without(finished: Path, folder: Path, name: str) -> Path:
    """A copy of the run that lacks a proxy."""
    out = changed(finished, folder, lambda scores: scores)
    frame = pd.read_parquet(out / "scores.parquet")
    frame[frame["proxy"] != name].to_parquet(out / "scores.parquet")
    return out


def test_a_proxy_that_vanished_fails_unless_it_may(finished: Path, tmp_path: Path) -> None:
    out = without(finished, tmp_path, "snip")
    command = comparing(out, finished / "baseline.json")
    assert main(command) == 1
    assert "**snip** missing: the baseline has it" in (out / "compare.md").read_text()
    assert main([*command, "--allow-missing"]) == 0
    assert "| snip | left out |" in (out / "compare.md").read_text()


def renamed(finished: Path, folder: Path, *names: str) -> Path:
    """The baseline as if the formulas had been others."""
    stored = json.loads((finished / "baseline.json").read_text())
    for name in names or stored["proxies"]:
        stored["proxies"][name]["formula"] = "another"
    other = folder / "renamed.json"
    other.write_text(json.dumps(stored))
    return other


def test_a_changed_formula_fails_on_what_it_lost_over_these_cells(
    finished: Path, tmp_path: Path
) -> None:
    """The best cell is put last: the interval holds zero, and yet these cells rank worse."""

    def worst(scores: pd.Series) -> pd.Series:
        found = scores.copy()
        found[scores.idxmax()] = 0.0
        return found

    out = changed(finished, tmp_path, worst)
    other = renamed(finished, tmp_path, "synflow")
    command = comparing(out, other, "--margin", "0.001")
    assert main(command) == 1
    row = next(one for one in (out / "compare.md").read_text().splitlines() if "| synflow" in one)
    assert "| synflow | fell |" in row
    low, high = row.split("[")[1].split("]")[0].replace("−", "-").split(", ")
    assert float(low) < 0 < float(high) + 0.02
    assert main([*command[:-1], "0.5"]) == 0


def test_a_score_of_no_cell_is_never_the_same(finished: Path, tmp_path: Path) -> None:
    """Even where it had none before."""
    dead = changed(finished, tmp_path, lambda scores: scores * np.nan)
    assert main(["baseline", str(dead), str(dead / "baseline.json")]) == 0
    code, found = verdicts(dead, dead)
    assert (code, found["synflow"]) == (1, "not scored")


def test_what_the_cells_cannot_tell_is_said(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed formula passes there, and is not called the same; with a wide margin it is."""
    noise = np.random.default_rng(0)
    out = changed(finished, tmp_path, lambda s: np.log(s) + noise.normal(0, 1.0, len(s)))
    other = renamed(finished, tmp_path, "synflow")
    command = comparing(out, other, "--margin")
    assert main([*command, "0.03"]) == 0
    said = capsys.readouterr().out
    assert "4 proxies passed, of which 1 cannot be told" in said
    assert "- **synflow** cannot tell: its formula has changed" in said
    assert 'failures="0" skipped="0"' in (out / "compare.xml").read_text()
    assert main([*command, "1"]) == 0
    assert "| synflow | same |" in capsys.readouterr().out


def test_what_has_to_be_shown_as_good_is_not_where_the_interval_is_wide(
    finished: Path, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0)
    out = changed(finished, tmp_path, lambda s: np.log(s) + noise.normal(0, 1.0, len(s)))
    other = renamed(finished, tmp_path, "synflow")
    command = comparing(out, other, "--margin", "0.03")
    assert main(command) == 0
    assert main([*command, "--non-inferior"]) == 1
    assert "**synflow** not shown as good" in (out / "compare.md").read_text()
    assert main([*command[:-1], "1", "--non-inferior"]) == 0


def test_among_many_a_fall_has_to_be_surer(finished: Path, tmp_path: Path) -> None:
    """Holm: p is about .012, enough alone and not among four whose scores moved."""
    noise = np.random.default_rng(10)
    out = changed(finished, tmp_path, lambda s: np.log(s) + noise.normal(0, 1.5, len(s)))
    alone = renamed(finished, tmp_path, "synflow")
    assert main(comparing(out, alone)) == 1
    assert "| synflow | regressed |" in (out / "compare.md").read_text()
    frame = pd.read_parquet(out / "scores.parquet")
    for name in ("snip", "grad_norm", "params"):  # two cells exchange their ranks
        rows = frame.index[frame["proxy"] == name][:2]
        frame.loc[rows, "score"] = frame.loc[rows, "score"].to_numpy()[::-1]
    frame.to_parquet(out / "scores.parquet")
    assert main(comparing(out, renamed(finished, tmp_path))) == 1
    assert "| synflow | fell |" in (out / "compare.md").read_text()


def test_what_a_comparison_could_have_shown_is_said(finished: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0)
    out = changed(finished, tmp_path, lambda s: np.log(s) + noise.normal(0, 1.0, len(s)))
    assert main(comparing(out, renamed(finished, tmp_path))) in (0, 1)
    lines = (out / "compare.md").read_text().splitlines()
    cells = {line.split(" | ")[0].strip("| "): line.split(" | ") for line in lines if "|" in line}
    low, high = cells["synflow"][5].strip("[]").replace("−", "-").split(", ")
    error = (float(high) - float(low)) / 2 / 1.96
    assert float(cells["synflow"][6]) == pytest.approx(0.01 + 2.80 * error, abs=2e-3)
    assert cells["snip"][6] == "–"  # not moved
    assert "intervals speak for" in lines[-1]


def test_nothing_compared_is_exit_3(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = json.loads((finished / "baseline.json").read_text())
    for change in ({"proxies": {}}, {"run": stored["run"] | {"batch": 32}}):
        other = tmp_path / "other.json"
        other.write_text(json.dumps(stored | change))
        assert main(["compare", str(finished), "--baseline", str(other)]) == 3
    assert "batch (32 there, 64 here)" in capsys.readouterr().err


BROKEN = [
    "",
    "{}",
    "[]",
    '{"format": 9, "proxies": {}}',
    '{"format": 1, "proxies": {"snip": {}}, "run": {"cells": 3}}',
    '{"format": 1, "proxies": []}',
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_baseline_is_refused(
    text: str, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text(text)
    assert main(["compare", str(finished), "--baseline", str(other)]) == 2
    assert "should be a baseline" in capsys.readouterr().err


def test_a_baseline_is_a_line_a_proxy(finished: Path) -> None:
    lines = (finished / "baseline.json").read_text().splitlines()
    assert sum('"formula"' in line for line in lines) == len(NAMES.split(","))
    assert (finished / "baseline.json").stat().st_size < 4000


def test_a_proxy_that_died_is_caught_whatever_its_worth(finished: Path, tmp_path: Path) -> None:
    """With few classes there is no interval, and a proxy worth nothing loses nothing."""
    few = tmp_path / "few"
    run = ["score", "--proxies", "snip,random", "--cells", "stratified:8", "--workers", "1"]
    assert main([*run, "--out", str(few)]) == 0
    assert main(["baseline", str(few), str(few / "baseline.json")]) == 0
    for name in ("snip", "random"):
        folder = tmp_path / name
        folder.mkdir()
        out = changed(few, folder, lambda scores: scores * np.nan, name)
        code, found = verdicts(out, few)
        assert code == 1
        assert found[name] == "not scored"


def test_of_few_cells_only_what_is_seen_is_judged(tmp_path: Path) -> None:
    few = tmp_path / "few"
    run = ["score", "--proxies", "snip", "--cells", "stratified:8", "--workers", "1"]
    assert main([*run, "--out", str(few)]) == 0
    assert main(["baseline", str(few), str(few / "baseline.json")]) == 0
    other = renamed(few, tmp_path)
    out = changed(few, tmp_path, lambda scores: -scores, "snip")
    assert main(comparing(out, other)) == 1
    assert "**snip** fell" in (out / "compare.md").read_text()
    assert main(comparing(out, other, "--margin", "2")) == 3


def test_a_better_member_does_not_fail_its_combination(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    run = ["score", "--proxies", "snip+params", "--cells", "stratified:40", "--workers", "1"]
    assert main([*run, "--out", str(whole)]) == 0
    assert main(["baseline", str(whole), str(whole / "baseline.json")]) == 0
    out = changed(whole, tmp_path, lambda scores: scores**2 + 1, "snip")
    assert main(comparing(out, whole / "baseline.json")) == 1
    assert "| snip | drifted |" in (out / "compare.md").read_text()
    stored = json.loads((whole / "baseline.json").read_text())
    for name in ("snip", "snip+params"):  # as if the formula had been another
        stored["proxies"][name]["formula"] = "another"
    (whole / "baseline.json").write_text(json.dumps(stored))
    assert main(comparing(out, whole / "baseline.json")) == 0


def test_a_negative_margin_is_refused(finished: Path) -> None:
    for margin in ("nan", "-1", "x"):
        command = ["compare", str(finished), "--baseline", "x.json", f"--margin={margin}"]
        assert main(command) == 2
