"""The official archive at its real size: 15,625 records, imported in one command."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.table import AccuracyName, AccuracyTable
from tests.material.official import load_plain, records_from_table, write_pickle


def write_part(table: pd.DataFrame, folder: Path) -> None:
    for index, record in records_from_table(table):
        write_pickle(record, folder / f"{index:06d}.pickle.pbz2")


def tree_gigabytes(pid: int) -> float:
    """Return the memory of a process and its children, each shared page counted once."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    total = 0
    for member in (str(pid), *(children.read_text().split() if children.exists() else ())):
        try:
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has just ended
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 2**20


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc"
)
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
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, tree_gigabytes(process.pid))
        time.sleep(0.1)
    out, err = process.communicate()
    print(f"import: {time.perf_counter() - began:.0f} s, {peak:.2f} GB in all processes together")
    assert "accuracies of 15625 candidates" in out
    assert err == ""
    assert 0 < peak < 2
    began = time.perf_counter()
    converted = AccuracyTable.read(target)
    name = AccuracyName("cifar10", "ori-test", 200, 777)
    found = converted.accuracy(name)
    assert time.perf_counter() - began < 1
    wanted = source.accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    pd.testing.assert_series_equal(found, wanted, check_names=False)
