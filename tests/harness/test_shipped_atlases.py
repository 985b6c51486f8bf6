"""The stored scores that come with the project: whole, described, and those of today's formulas."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS
from harness.atlases import names, stored
from harness.atlases.checked import differing
from harness.atlases.stored import Atlas, AtlasColumn
from harness.options.run_settings import plan_from
from harness.scoring.inputs import frozen_inputs
from harness.scoring.processes import deterministic
from harness.scoring.tasks import Setting
from studies import atlas as study
from tests.material.commit import commit

DRAWN = {"mini_digits": 3}
"""Classes of an atlas that are scored anew, where they are more than one."""


def test_what_comes_with_the_project_is_whole_and_of_todays_formulas() -> None:
    for name in names.atlases():
        kept = stored.read(name)
        assert kept.moved == []
        assert BENCHMARKS[kept.settings["benchmark"]]
    sizes = {path.stem: path.stat().st_size for path in names.FOLDER.glob("*.parquet")}
    assert sizes["nats-tss_cifar10"] < 3e6
    assert sum(sizes.values()) < 4e6
    assert json.loads((names.FOLDER / f"{name}.json").read_text("utf-8"))["sha256"]


HEAVY = ("nas-bench-macro_cifar10", "transnas-micro_noise")
"""Atlases of large networks: one is drawn by the commit, and a third of its proxies, which score
the smallest of three networks."""

SKIPPED, THIRD = HEAVY[int(commit(), 16) % 2], int(commit(), 16) // 2 % 3


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*names.atlases()} - {SKIPPED}))
def test_scores_that_come_with_the_project_are_those_of_today(name: str, data: Path) -> None:
    """Classes drawn by the commit are scored anew, by every proxy where networks are small."""
    kept = stored.read(name)
    smallest = None
    if name in HEAVY:
        smallest = kept.columns["live_flops"].values.get
        left_out = [proxy for i, proxy in enumerate(sorted(kept.columns)) if i % 3 != THIRD]
        kept = kept.without([proxy for proxy in left_out if proxy != "snip"])
    asked = {key: kept.settings[key] for key in ("benchmark", "dataset", "labels")}
    space = BENCHMARKS[asked["benchmark"]]
    files = space.images or str(data / f"{kept.settings['dataset']}_subset.npz")
    images = "noise" if kept.settings["images"] == "noise" else files
    plan = plan_from({**asked, "images": images, "device": "cpu"})
    inputs, digest = frozen_inputs(plan.minibatch())
    assert digest == kept.inputs
    deterministic()
    setting = Setting(plan.space, plan.data, inputs, "cpu").prepared()
    some = "snip" if "snip" in kept.columns else "nasi"
    places = sorted(kept.columns[some].values.index)
    draw = random.Random(f"{commit()} {name}")
    draws = draw.sample(places, DRAWN.get(name, 1))
    for drawn in draws if smallest is None else [min(draw.sample(places, 3), key=smallest)]:
        assert differing(kept, setting, *drawn) == []
        assert some in differing(_moved(kept, some), setting, *drawn)


def test_the_data_sheet_says_what_the_files_hold() -> None:
    page = (names.FOLDER / "DATA.md").read_text("utf-8")
    assert f"<!-- sheet -->\n{study.sheet()}\n<!-- /sheet -->" in page


def _moved(atlas: Atlas, name: str) -> Atlas:
    column = atlas.columns[name]
    return Atlas(
        atlas.settings,
        atlas.inputs,
        {
            name: AtlasColumn(
                1.1 * column.values + column.values.abs().median(), column.formula, column.of_cell
            )
        },
        made=atlas.made,
    )
