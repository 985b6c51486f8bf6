"""Interference: which pairs, how alike, and what is said of it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from scipy.stats import pearsonr, rankdata, ttest_1samp

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.images import Minibatch
from benchmarks.training import Recipe
from harness.cli import main
from harness.judging.similarities import associations, by_distance, partial
from harness.oneshot import measuring
from harness.oneshot.pairs import pairs
from harness.oneshot.similarity import similarities
from harness.oneshot.training import SupernetTraining
from tests.material.refusals import refused
from tests.material.supernets import AXES, images, network, npz


@pytest.mark.parametrize("distance", [1, 2, 3, 4, 5])
def test_pairs_differ_as_often_as_is_asked_and_share_what_both_run(distance: int) -> None:
    whole = network()
    found = pairs(whole, AXES, distance, 30, np.random.default_rng(distance))
    assert len(found) == 30
    for pair in found:
        assert sum(a != b for a, b in zip(pair.first, pair.second, strict=True)) == distance
        assert pair.shared
        for name in pair.shared:
            edge = AXES.index(next(axis for axis in AXES if axis.name.replace("-", "") == name[:2]))
            choices = {AXES[edge].choices[child[edge]] for child in (pair.first, pair.second)}
            assert choices == {name[2:]}
            assert name in whole.path(pair.first)
            assert name in whole.path(pair.second)


def literal(child: tuple[int, ...], name: str, stage: int, batch: Minibatch) -> list[np.ndarray]:
    """Gradient, input and output of a convolution, of the child's own network, by definition."""
    alone = network().child(child)
    cell = [part for part in alone.body if type(part).__name__ == "CellModule"][stage]
    chain, kept = cell.edges[name], {}
    chain[0].register_forward_hook(lambda m, x, y: kept.update(inputs=x[0].detach()))
    chain[1].register_forward_hook(lambda m, x, y: kept.update(outputs=y.detach()))
    torch.autograd.backward(F.cross_entropy(alone(batch.images), batch.labels))
    each = (chain[0].weight.grad, kept["inputs"], kept["outputs"])
    return [part.numpy().ravel() for part in each]


def test_cosines_are_those_of_the_childrens_own_networks() -> None:
    batch = Minibatch(images(6), torch.arange(6) % 3, "")
    whole = network()
    pair = pairs(whole, AXES, 2, 3, np.random.default_rng(1))[2]
    found = list(similarities(whole, pair, batch))
    assert {one.name for one in found} == set(pair.shared)
    assert {one.stage for one in found} == {0, 1, 2}
    for one in found:
        first, second = (literal(c, one.name, one.stage, batch) for c in (pair.first, pair.second))
        for u, v, cosine in zip(first, second, one[2:], strict=True):
            wanted = float(u @ v) / np.sqrt(float(u @ u) * float(v @ v))
            assert cosine == pytest.approx(wanted, abs=1e-8)


def rows(seeds: int = 4) -> pd.DataFrame:
    draw = np.random.default_rng(0)
    made = []
    for seed in range(seeds):
        for stage in (1, 2):
            for distance in (1, 2, 3):
                for pair in range(6):
                    for _ in range(1 + pair % 3):
                        inputs = draw.normal() - 0.3 * distance
                        gradient = inputs - 0.2 * distance + draw.normal()
                        made.append((seed, stage, distance, pair, gradient, inputs, draw.normal()))
    names = ["seed", "stage", "distance", "pair", "gradient", "inputs", "outputs"]
    return pd.DataFrame(made, columns=names).assign(trained=0)


def test_means_are_over_pairs_and_intervals_over_supernets() -> None:
    made = rows()
    found = {(one.stage, one.distance): one for one in by_distance(made)}
    assert set(found) == {(s, d) for s in (1, 2) for d in (1, 2, 3)}
    one, each = found[2, 3], []
    for seed in range(4):
        of_pairs = []
        for pair in range(6):
            some = made[(made["seed"] == seed) & (made["stage"] == 2) & (made["distance"] == 3)]
            of_pairs.append(np.mean(some.loc[some["pair"] == pair, "gradient"].tolist()))
        each.append(np.mean(of_pairs))
    assert one.cosine == pytest.approx(np.mean(each))
    assert (one.low, one.high) == pytest.approx(tuple(ttest_1samp(each, 0).confidence_interval()))
    assert one.n == 24


def test_a_partial_correlation_is_that_of_the_residuals_of_ranks() -> None:
    made = rows(1)
    ranks = {name: rankdata(made[name]) for name in ("gradient", "inputs", "distance")}
    line = np.stack([ranks["distance"], np.ones(len(made))], 1)
    left = [
        ranks[name] - line @ np.linalg.lstsq(line, ranks[name], rcond=None)[0]
        for name in ("gradient", "inputs")
    ]
    assert partial(made, "inputs") == pytest.approx(pearsonr(*left).statistic)
    told = {(one.of, one.stage): one.value for one in associations(rows())}
    assert told["distance", 1] < 0
    assert told["inputs", 1] > 0.3
    assert abs(told["outputs", 1]) < 0.3


def command(folder: Path, **changed: str) -> list[str]:
    options = {
        "benchmark": "mini",
        "images": str(npz(folder / "few.npz")),
        "batch": "12",
        "pairs": "10",
        "supernet-seeds": "2",
        "supernet-epochs": "1",
        "supernet-cells": "1",
        "device": "cpu",
        "workers": "1",
        "out": str(folder / "out"),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return ["interference", *(f"--{name}={value}" for name, value in options.items())]


def test_the_command_writes_rows_tables_and_a_figure_and_resumes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.options.interference.FEWEST", 2)
    assert main(command(tmp_path, pairs="2")) == 0
    told, out = capsys.readouterr().out, tmp_path / "out"
    found = pd.read_csv(out / "interference.csv")
    columns = ["distance", "stage", "trained", "cosine", "low", "high", "n"]
    assert list(found) == columns
    assert len(found) == 5 * 3 * 2
    assert set(found["trained"]) == {0, 6}
    assert (found["cosine"].abs() <= 1).all()
    assert (found["n"] == 4).all()
    assert "similarity falls with the number of different operations in" in told
    for name in ("interference.png", "interference.svg", "associations.csv", "interference.md"):
        assert (out / name).stat().st_size > 0
    (out / "measured").joinpath(sorted(p.name for p in (out / "measured").iterdir())[1]).unlink()
    assert main(command(tmp_path, pairs="2")) == 0
    assert capsys.readouterr().out == told

    def never(*_: object) -> None:
        raise AssertionError("nothing is left to measure")

    monkeypatch.setattr(measuring, "similar", never)
    assert main(command(tmp_path, pairs="2")) == 0


class Deadly(int):
    """A seed that ends the process that reads it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (3,)


def test_a_process_that_dies_is_one_sentence(tmp_path: Path) -> None:
    mini, images_of = BENCHMARKS["mini"], str(npz(tmp_path / "few.npz"))
    training = SupernetTraining(mini, mini.datasets[0], images_of, Recipe(1), 1, "cpu")
    what = measuring.Measurement(training, 2, 12, tmp_path)
    with pytest.raises(BadInput, match=r"It died \(exit code 3\)\. Try `--workers 1`"):
        list(measuring.measured(what, [Deadly(0)], 2))


REFUSED = {
    "size space": ({"benchmark": "nats-sss"}, "nats-sss has none"),
    "too few pairs": ({"pairs": "3"}, "at least 10 a distance"),
    "images that do not fit": ({"benchmark": "nats-tss"}, "should be uint8"),
    "no device": ({"device": "tpu"}, "should be auto, cpu, cuda or cuda:i, found `tpu`"),
    "noise": ({"images": "noise"}, "Found `--images noise`"),
    "no benchmark": ({"benchmark": "minni"}, "Did you mean `mini`"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, says = REFUSED[name]
    assert says in refused(command(tmp_path, **changed), capsys)
