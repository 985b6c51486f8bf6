"""The official archive at its real size: 15,625 records, imported in one command."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.table import AccuracyName, AccuracyTable
from tests.benchmarks.official import load_plain, records_from_table, write_pickle


def write_part(table: pd.DataFrame, folder: Path) -> None:
    for index, record in records_from_table(table):
        write_pickle(record, folder / f"{index:06d}.pickle.pbz2")


@pytest.mark.slow
def test_a_full_archive_is_imported_in_minutes_and_two_gigabytes(
    data: Path, tmp_path: Path
) -> None:
    folder, target = tmp_path / "NATS-tss-v1_0-3ffb9-simple", tmp_path / "table.parquet"
    folder.mkdir()
    meta = load_plain(data / folder.name / "meta.pickle.pbz2", "the meta file")
    write_pickle(meta, folder / "meta.pickle.pbz2")
    source = AccuracyTable.read(data / "nb201_table.parquet")
    rows = source.rows.astype({"arch": str})
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        parts = [rows[rows["index"] % 16 == part] for part in range(16)]
        list(pool.map(write_part, parts, [folder] * 16))
    began = time.perf_counter()
    command = [sys.executable, "-m", "harness.cli", "import", str(folder), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    assert "140625 accuracies of 15625 candidates" in done.stdout
    assert done.stderr == ""
    print(f"import: {seconds:.0f} s, {gigabytes:.2f} GB in the largest process")
    assert gigabytes < 0.4  # five processes together stay under 2 GB
    began = time.perf_counter()
    converted = AccuracyTable.read(target)
    name = AccuracyName("cifar10", "ori-test", 200, 777)
    found = converted.accuracy(name)
    assert time.perf_counter() - began < 1
    wanted = source.accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    pd.testing.assert_series_equal(found, wanted, check_names=False)
