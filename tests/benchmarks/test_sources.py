"""The four sources of accuracies: each gives the official numbers, each refuses what it should."""

from __future__ import annotations

from pathlib import Path

import nats_bench
import numpy as np
import pandas as pd
import pytest
from nas_201_api import NASBench201API

from benchmarks.accuracy_names import AccuracyName
from benchmarks.errors import BadInput
from benchmarks.sources import read_truth
from benchmarks.table import AccuracyTable
from tests.material import official
from tests.material.official import SPACES

NAMED = ["index", "dataset", "split", "epochs", "seed"]


def expected(data: Path, space: str) -> pd.DataFrame:
    return pd.read_csv(data / f"official_samples_{space}.csv")[[*NAMED, "accuracy"]]


def same(table: AccuracyTable, wanted: pd.DataFrame) -> None:
    judged = table.rows[table.rows["split"] != "train"]
    rows = judged[[*NAMED, "accuracy"]]
    both = rows.astype({"dataset": str, "split": str}).merge(
        wanted, on=NAMED, how="outer", suffixes=("", "_official")
    )
    assert len(both) == len(rows) == len(wanted)
    assert (both["accuracy"] == both["accuracy_official"]).all()


@pytest.mark.parametrize("space", SPACES)
def test_archive_folder_gives_every_official_accuracy(data: Path, space: str) -> None:
    same(read_truth(data / SPACES[space], 1), expected(data, space))


@pytest.mark.parametrize("space", SPACES)
def test_single_file_gives_every_official_accuracy(data: Path, space: str, tmp_path: Path) -> None:
    path = tmp_path / "NATS.pickle.pbz2"
    official.write_single_file(data / SPACES[space], path)
    same(read_truth(path, 1), expected(data, space))


def test_pth_gives_every_official_accuracy(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "NAS-Bench-201-v1_1-096897.pth"
    official.write_pth(data / SPACES["tss"], path)
    same(read_truth(path, 1), expected(data, "tss"))


def test_parquet_gives_every_official_accuracy(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    read_truth(data / SPACES["tss"], 1).write(path)
    same(read_truth(path, 1), expected(data, "tss"))


@pytest.mark.parametrize("space", SPACES)
def test_means_are_those_of_the_official_api(data: Path, space: str) -> None:
    folder = data / SPACES[space]
    api = nats_bench.create(str(folder), space, fast_mode=True, verbose=False)
    table = read_truth(folder, 1)
    for _, name in table.names().iterrows():
        if name["split"] == "train":
            continue
        dataset, split, epochs = str(name["dataset"]), str(name["split"]), int(name["epochs"])
        hp = "01" if epochs == 1 else str(epochs)
        found = table.accuracy(AccuracyName(dataset, split, epochs, None))
        for index in (0, 11, 284):
            results = api.query_by_index(index, hp=hp)
            mean = results.get_metrics(dataset, split, None, False)["accuracy"]
            assert found[index] == pytest.approx(mean, rel=1e-15)  # Python 3.12 sums otherwise


def test_means_are_those_of_the_older_official_api(data: Path) -> None:
    meta = official.load_plain(data / SPACES["tss"] / "meta.pickle.pbz2", "the meta file")
    records = official.genuine(data / SPACES["tss"])
    whole = {
        "meta_archs": meta["meta_archs"],
        "arch2infos": {i: {"less": r["12"], "full": r["200"]} for i, r in records.items()},
        "evaluated_indexes": list(records),
    }
    api = NASBench201API(whole, verbose=False)
    table = read_truth(data / SPACES["tss"], 1)
    found = table.accuracy(AccuracyName("cifar100", "x-test", 200, None))
    for index in (0, 11, 284):
        info = api.get_more_info(index, "cifar100", hp="200", is_random=False)
        assert found[index] == pytest.approx(info["test-accuracy"], abs=1e-12)


def test_a_seed_is_named_and_its_number_is_its_own(data: Path) -> None:
    table = read_truth(data / SPACES["tss"], 1)
    wanted = expected(data, "tss").set_index(NAMED)["accuracy"]
    for seed in (777, 888, 999):
        found = table.accuracy(AccuracyName("cifar10", "ori-test", 200, seed))
        assert found[11] == wanted[11, "cifar10", "ori-test", 200, seed]


def test_an_accuracy_that_is_not_there_lists_what_is(data: Path) -> None:
    table = read_truth(data / SPACES["tss"], 1)
    with pytest.raises(
        BadInput, match=r"cifar10 / ori-test / 12 epochs / mean, seed 111; "
    ) as caught:
        table.accuracy(AccuracyName("cifar10", "x-valid", 200, None))
    assert "no accuracy cifar10 / x-valid" in str(caught.value)
    with pytest.raises(BadInput, match="Did you mean `x-test`"):
        table.accuracy(AccuracyName("cifar100", "xtest", 200, None))
    with pytest.raises(BadInput, match="200 epochs / mean, seed 777, seed 888, seed 999"):
        table.accuracy(AccuracyName("cifar10", "ori-test", 200, 111))


def test_stored_means_are_used_where_there_are_no_seeds(data: Path) -> None:
    table = read_truth(data / "nb201_table.parquet", 1)
    found = table.accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    samples = expected(data, "tss").query(
        "dataset == 'cifar10' and split == 'ori-test' and epochs == 200"
    )
    means = samples.groupby("index")["accuracy"].mean()
    assert len(found) == 15_625
    np.testing.assert_allclose(found[means.index], means, atol=5e-3)


@pytest.mark.parametrize("space", SPACES)
def test_the_ends_of_the_training_curves_are_read(data: Path, space: str) -> None:
    """Accuracy on the minibatches of the last epoch."""
    table, records = read_truth(data / SPACES[space], 1), official.genuine(data / SPACES[space])
    for index, record in records.items():
        for hp, trained in record.items():
            for (dataset, seed), trial in trained["all_results"].items():
                name = AccuracyName(dataset, "train", int(hp), int(seed))
                assert table.accuracy(name)[index] == trial["train_acc1es"][int(hp) - 1]
