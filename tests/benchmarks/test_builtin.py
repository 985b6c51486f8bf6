"""The tables of NAS-Bench-201 that come with the project are those of their sources."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.costs import DEVICES, ENERGY, MetricName
from benchmarks.errors import BadInput
from benchmarks.metrics import MetricTable
from benchmarks.nasbench201 import build, builtin
from benchmarks.sources import read_metrics, read_truth
from benchmarks.space import BUILT_IN
from benchmarks.stored import Stored
from benchmarks.table import AccuracyTable
from tests.material.stored_tables import to_the_last_bit

FINAL = {"cifar10": "ori-test", "cifar100": "x-test", "ImageNet16-120": "x-test"}


@pytest.fixture(scope="module")
def accuracies() -> AccuracyTable:
    return read_truth(BUILT_IN, 1)


@pytest.fixture(scope="module")
def metrics() -> MetricTable:
    return read_metrics(BUILT_IN)


def test_it_holds_what_the_literature_speaks_of(accuracies: AccuracyTable) -> None:
    """The best cell of each dataset, and sums over all cells."""
    best = {"cifar10": (6111, 94.373), "cifar100": (9930, 73.513), "ImageNet16-120": (857, 47.311)}
    sums = {"cifar10": 1360358.295, "cifar100": 959461.013, "ImageNet16-120": 524787.399}
    for dataset, (index, accuracy) in best.items():
        found = accuracies.accuracy(AccuracyName(dataset, FINAL[dataset], 200, None))
        assert len(found) == 15_625
        assert found.loc[index] == found.max() == pytest.approx(accuracy, abs=1e-3)
        assert found.sum() == pytest.approx(sums[dataset], abs=1e-2)


def test_every_dataset_has_trainings_that_tell_the_noise(
    accuracies: AccuracyTable,
) -> None:
    for dataset, split in FINAL.items():
        trials, source = accuracies.trials(AccuracyName(dataset, split, 200, None))
        assert (trials.notna().sum(axis=1) >= 2).sum() > 10_000
        assert source == {
            "cifar10": "training seeds of NAS-Bench-201 v1.1",
        }.get(dataset, "training seeds on x-valid")


def test_trainings_of_another_version_are_nobody_s_accuracy(
    accuracies: AccuracyTable,
) -> None:
    with pytest.raises(BadInput, match="no accuracy cifar10 / ori-test / 200 epochs / seed 777"):
        accuracies.accuracy(AccuracyName("cifar10", "ori-test", 200, 777))


def test_it_equals_the_genuine_records(data: Path, accuracies: AccuracyTable) -> None:
    """Cells 0, 11 and 284, the mean over seeds after 200 epochs."""
    official = read_truth(data / "NATS-tss-v1_0-3ffb9-simple", 1)
    for dataset, split in FINAL.items():
        name = AccuracyName(dataset, split, 200, None)
        known = official.accuracy(name)
        found = accuracies.accuracy(name).loc[known.index]
        assert found.to_numpy() == pytest.approx(known.to_numpy(), abs=5e-3)
    for dataset in ("cifar10-valid", "cifar100", "ImageNet16-120"):
        for seed in (777, 888, 999):
            name = AccuracyName(dataset, "x-valid", 200, seed)
            known = official.accuracy(name)
            assert accuracies.accuracy(name).loc[known.index].to_numpy() == pytest.approx(
                known.to_numpy(), abs=5e-4
            )


def test_every_figure_is_its_source_s_to_the_last_bit(data: Path) -> None:
    to_the_last_bit(builtin.TABLE, build.columns(data))


def test_counts_are_those_of_the_networks(metrics: MetricTable) -> None:
    space = BENCHMARKS["nats-tss"]
    drawn = np.random.default_rng(0).integers(15_625, size=200)
    archs = metrics.rows.drop_duplicates("index").set_index("index")["arch"]
    for dataset in space.datasets:
        for place, metric in enumerate(("params", "flops")):
            found = metrics.values(MetricName(metric, dataset.name))
            wanted = [space.cost(str(archs[i]), dataset)[place] for i in drawn]
            assert found.loc[drawn].tolist() == wanted


def test_costs_are_there(metrics: MetricTable) -> None:
    for dataset in FINAL:
        for device in DEVICES:
            found = metrics.values(MetricName(f"{device}_latency", dataset))
            assert len(found) == (10_926 if device == "edgetpu" else 15_625)
            assert (found > 0).all()
        for device in ENERGY:
            assert len(metrics.values(MetricName(f"{device}_energy", dataset))) == 15_625
    seconds = metrics.values(MetricName("train_seconds", "cifar10-valid", 12))
    assert seconds.loc[0] == pytest.approx(86.653, abs=1e-3)


def test_it_is_small_enough_to_ship() -> None:
    assert builtin.TABLE.file.stat().st_size < 4_000_000


@pytest.mark.parametrize("damage", ["cut", "flipped", "gone", "no checksum"])
def test_a_damaged_file_is_said(damage: str, tmp_path: Path) -> None:
    content = builtin.TABLE.file.read_bytes()
    file, checksum = tmp_path / "nats_tss.parquet", tmp_path / "nats_tss.json"
    checksum.write_text(
        "{}" if damage == "no checksum" else builtin.TABLE.file.with_suffix(".json").read_text()
    )
    if damage == "cut":
        file.write_bytes(content[:-100])
    elif damage == "flipped":
        file.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
    elif damage == "no checksum":
        file.write_bytes(content)
    with pytest.raises(BadInput, match="should be as it came with this project"):
        Stored(file).accuracies()
