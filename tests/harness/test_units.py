"""Costs in units: forward-backwards of the same networks, measured by the same processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.scoring.store import Score
from harness.scoring.tasks import Task
from harness.scoring.units import NETWORKS, UNIT, costs, with_units, without_units
from proxies import load_all
from tests.material.own_proxy import score


@pytest.mark.parametrize(("name", "measured"), [("snip", 80), ("naswot", NETWORKS)])
def test_units_are_everywhere_where_they_are_free(name: str, measured: int) -> None:
    proxies = (load_all()[name],)
    tasks = [Task(f"{i:03}", seed, proxies) for i in range(40) for seed in (0, 1)]
    found = with_units(tasks)
    assert [task[:2] for task in found] == [task[:2] for task in tasks]
    assert all(task.proxies[:1] == proxies for task in found)
    assert sum(task.proxies[-1].name == UNIT for task in found) == measured
    assert with_units([]) == []


def test_their_scores_are_not_kept() -> None:
    def row(name: str, seconds: float, reason: str = "") -> Score:
        return Score("a", name, 0, "", 1.0, "ok", reason, seconds)

    seconds: dict = {}
    blocks = [[row("snip", 1.0)], [row(UNIT, 2.0)], [row(UNIT, 3.0, "failed")]]
    kept = [r for rows in without_units(blocks, seconds) for r in rows]
    assert [r.proxy for r in kept] == ["snip"]
    assert seconds == {("a", 0): 2.0}


def test_a_cost_is_the_ratio_over_networks_that_have_both() -> None:
    stored = pd.DataFrame(
        [(name, 0, "snip", seconds) for name, seconds in zip("abcd", (2, 4, 5, 100), strict=True)],
        columns=["subject", "seed", "proxy", "seconds"],
    )
    units = {("a", 0): 1.0, ("b", 0): 1.0, ("c", 0): 0.1}
    (found,) = costs(stored, units, pd.DataFrame()).to_dict("records")
    assert found["units"] == 4  # the median of 2, 4 and 50
    assert found["n"] == 4
    former = pd.DataFrame({"proxy": ["snip"], "units": [7.0]})
    assert costs(stored, {}, former)["units"].tolist() == [7.0]
    assert np.isnan(costs(stored, {}, pd.DataFrame())["units"]).all()


def test_a_run_tells_units_and_where_they_were_measured(tmp_path: Path) -> None:
    names = ["--proxies", "grad_norm,params", "--batch", "8"]
    assert score(tmp_path, *names, cells="stratified:5") == 0
    found = pd.read_csv(tmp_path / "costs.csv").set_index("proxy")["units"]
    assert found["grad_norm"] == pytest.approx(1, abs=0.2)  # the passes are the same
    assert found["params"] < found["grad_norm"]
    assert set(pd.read_parquet(tmp_path / "scores.parquet")["proxy"]) == {"grad_norm", "params"}
    again = pd.read_csv(tmp_path / "costs.csv")
    assert score(tmp_path, *names, cells="stratified:5") == 0
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "costs.csv"), again)
    said = pd.read_json(tmp_path / "plan.json")["provenance"]
    assert said["workers"] == 1
    assert said["cores"] >= 1
    assert said["cpu"]
    assert said["date"]
