"""Costs: named, with units, as the official records hold them."""

from __future__ import annotations

from pathlib import Path

import nats_bench
import pandas as pd
import pytest

from benchmarks.costs import METRICS, MetricName
from benchmarks.errors import BadInput
from benchmarks.metrics import MetricTable
from benchmarks.sources import read_metrics
from benchmarks.space import EMBEDDED
from benchmarks.table import AccuracyTable
from harness.searching.problem import charged
from tests.material.official import SPACES, write_pth, write_single_file

INDICES = (0, 11, 284)


@pytest.fixture(scope="module", params=["tss-v1_0-3ffb9", "sss-v1_0-50262"])
def official(request: pytest.FixtureRequest, data: Path) -> tuple[MetricTable, pd.DataFrame]:
    expected = pd.read_csv(data / f"official_samples_{request.param[:3]}.csv")
    return read_metrics(data / f"NATS-{request.param}-simple"), expected


def test_counts_equal_the_official_ones(official: tuple[MetricTable, pd.DataFrame]) -> None:
    table, expected = official
    for dataset, rows in expected.groupby("dataset"):
        each = rows.groupby("index")[["params", "flop"]].first()
        for metric, column in (("params", "params"), ("flops", "flop")):
            found = table.values(MetricName(metric, str(dataset)))
            assert found.to_dict() == pytest.approx((1e6 * each[column]).to_dict(), rel=1e-9)


def test_training_seconds_equal_the_table(data: Path) -> None:
    table = read_metrics(data / "NATS-tss-v1_0-3ffb9-simple")
    seconds = pd.read_parquet(data / "nb201_train_seconds.parquet")
    seconds = seconds[seconds["index"].isin(INDICES)]
    for (dataset, epochs), rows in seconds.groupby(["dataset", "epochs"]):
        found = table.values(MetricName("train_seconds", str(dataset), int(epochs)))
        known = rows.set_index("index")["seconds"]
        assert found.to_dict() == pytest.approx(known.to_dict(), rel=2e-3), (dataset, epochs)
        if str(dataset) != "cifar10":  # trained on all of its images, so that none validate
            evaluated = table.values(MetricName("valid_seconds", str(dataset), int(epochs)))
            assert (evaluated < known / int(epochs)).all()


@pytest.mark.parametrize("dataset", ["cifar10-valid", "cifar100", "ImageNet16-120"])
def test_a_search_is_charged_what_the_official_code_charges(dataset: str, data: Path) -> None:
    folder = data / "NATS-tss-v1_0-3ffb9-simple"
    official = nats_bench.create(str(folder), "tss", fast_mode=True, verbose=False)
    name = dataset.removesuffix("-valid")  # the official code knows it by that of the whole
    index = pd.Index(INDICES)
    seconds, validated = charged(read_metrics(folder), dataset, 12, index)
    assert validated
    for i, found in zip(INDICES, seconds or (), strict=True):
        known = official.simulate_train_eval(i, name, iepoch=None, hp="12", account_time=False)[2]
        assert found == pytest.approx(known, rel=1e-9)


def test_every_official_form_has_the_same_costs(data: Path, tmp_path: Path) -> None:
    folder = data / SPACES["tss"]
    single, pth = tmp_path / "NATS.pickle.pbz2", tmp_path / "NAS-Bench-201-v1_1-096897.pth"
    write_single_file(folder, single)
    write_pth(folder, pth)
    expected = read_metrics(folder).rows
    pd.testing.assert_frame_equal(read_metrics(single).rows, expected)
    kept = expected[expected["epochs"].isna() | expected["epochs"].isin([12, 200])]
    pd.testing.assert_frame_equal(read_metrics(pth).rows, kept.reset_index(drop=True))
    assert {"train_seconds", "valid_seconds", "params", "flops"} <= set(kept["metric"])


def test_accuracies_alone_have_no_costs(tmp_path: Path) -> None:
    row = {"index": 0, "arch": "a", "dataset": "d", "split": "s", "epochs": 1, "seed": None}
    AccuracyTable.from_rows([row | {"accuracy": 1.0}]).write(tmp_path / "table.parquet")
    assert read_metrics(tmp_path / "table.parquet").rows.empty
    assert read_metrics(EMBEDDED).rows.empty


@pytest.mark.parametrize("name", ["none", "table.csv"])
def test_another_source_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").touch()
    with pytest.raises(BadInput, match="should be"):
        read_metrics(tmp_path / name)


ROW = (0, "a", "cifar10", "params", None, None, 5.0)


def test_a_name_has_to_be_whole_and_known() -> None:
    table = MetricTable.from_rows([ROW, (0, "a", "cifar10", "train_seconds", 12, 777, 3.0)])
    assert table.values(MetricName("params", "cifar10")).to_dict() == {0: 5.0}
    assert table.values(MetricName("train_seconds", "cifar10", 12)).to_dict() == {0: 3.0}
    for name, said in (
        (MetricName("parms", "cifar10"), r"Did you mean `params`"),
        (MetricName("params", "cifar"), r"It has: params / cifar10; train_seconds"),
        (MetricName("train_seconds", "cifar10"), r"train_seconds / cifar10 / 12 epochs"),
        (MetricName("params", "cifar10", 12), r"no cost params / cifar10 / 12 epochs"),
    ):
        with pytest.raises(BadInput, match=said):
            table.values(name)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(*ROW[:3], "latencies", *ROW[4:])], r"Found `latencies`. Did you mean `latency`"),
        ([(*ROW[:6], -1.0)], r"at least 0. Found -1.0 for params of index 0"),
        ([(*ROW[:6], float("nan"))], r"at least 0"),
        ([ROW, ROW], r"once. One is there twice"),
        (
            [ROW, (*ROW[:1], "b", "cifar100", *ROW[3:])],
            r"by an index. One names two",
        ),
        ([("zero", *ROW[1:])], r"whole numbers in index, epochs, seed"),
        ([(*ROW[:4], 12.5, *ROW[5:])], r"whole numbers in index, epochs, seed"),
        ([(*ROW[:4], 70_000, *ROW[5:])], r"whole numbers in index, epochs, seed"),
        ([(0, b"a", *ROW[2:])], r"text elsewhere. It does not: `arch` holds"),
        ([(*ROW[:6], "much")], r"numbers in value"),
    ],
)
def test_bad_rows_are_refused(rows: list, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        MetricTable.from_rows(rows)


def test_every_metric_has_a_unit() -> None:
    assert {metric.unit for metric in METRICS.values()} == {"1", "s", "ms", "mJ"}
    assert {"edgegpu_latency", "eyeriss_energy", "params"} <= set(METRICS)
